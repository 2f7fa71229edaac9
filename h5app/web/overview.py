"""What the check page shows: every answer with a way to change it, and what is still to be done, with links to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from h5app.domain.answers import Checked, shown
from h5app.domain.attachment import Slot
from h5app.domain.nomination import Draft
from h5app.domain.questions import Question, Topic, questions_of, topics_of
from h5app.web.context import topics
from h5app.web.steps import change_url, topic_url

# From this many characters on an answer has the whole width.
_WIDE_CHARS = 40
# A page on which nothing is answered is one thing to do, not ten.
_UNTOUCHED = "还没有填"


@dataclass(frozen=True)
class Row:
    """One answer. `problem` says what to do about it; `text` is as typed where it is wrong."""

    name: str
    label: str
    text: str
    problem: str
    url: str

    @property
    def is_wide(self) -> bool:
        return len(self.text) > _WIDE_CHARS


@dataclass(frozen=True)
class Section:
    """One topic."""

    topic: Topic
    rows: tuple[Row, ...]

    @property
    def is_untouched(self) -> bool:
        return len(self.rows) > 1 and all(row.problem and not row.text for row in self.rows if row.problem or row.text)


@dataclass(frozen=True)
class Overview:
    """The whole draft.

    Args:
        to_do: address and sentence of everything that keeps the draft from being submitted.
    """

    sections: tuple[Section, ...]
    to_do: tuple[tuple[str, str], ...]


def overview_of(draft: Draft, checked: Checked, problems: Mapping[str, str]) -> Overview:
    """What a draft holds.

    Args:
        problems: question or slot name → what to do.
    """
    sections = tuple(
        Section(topic, tuple(_rows(draft, topic, checked, problems)))
        for topic in topics_of(draft.route)
        if topic is not Topic.PHOTOS
    )
    to_do = [each for section in sections for each in _to_do(section)]
    photos = topic_url(draft.route, Topic.PHOTOS)
    to_do += [(f"{photos}#slot-{slot}", problems[slot]) for slot in Slot if slot in problems]
    return Overview(sections, tuple(to_do))


def _rows(draft: Draft, topic: Topic, checked: Checked, problems: Mapping[str, str]) -> list[Row]:
    return [
        Row(
            name=question.name,
            label=question.label,
            text=shown(question.name, checked.values.get(question.name, draft.answers.get(question.name, ""))),
            problem=problems.get(question.name, ""),
            url=change_url(draft.route, _asked_for(question, draft)),
        )
        for question in questions_of(draft.route, topic)
        if question.name in checked.values or question.name in problems
    ]


def _asked_for(question: Question, draft: Draft) -> Question:
    """The question that changes an answer: sex and birth month follow from the ID number where they are not asked."""
    asked = {each.name: each.question for each in topics().asked(draft.route, question.topic)}
    return asked.get(question.name) or asked["id_number"]


def _to_do(section: Section) -> list[tuple[str, str]]:
    wrong = [row for row in section.rows if row.problem]
    if wrong and section.is_untouched:
        return [(wrong[0].url, f"{section.topic.heading}：{_UNTOUCHED}")]
    return [(row.url, row.problem) for row in wrong]
