"""What the check page shows: every answer with a way to change it, and what is still to be done, with links to it."""

from collections.abc import Mapping
from dataclasses import dataclass

from h5app.domain.answers import Checked, shown
from h5app.domain.attachment import Slot
from h5app.domain.nomination import Draft
from h5app.domain.questions import Topic, questions_of, topics_of
from h5app.web.context import topics
from h5app.web.steps import change_url, topic_url

# An answer wider than this, in Chinese characters, stands under its label, over the whole width.
_BESIDE_EM = 9
_LATIN_EM = 0.55
_FIRST_CHINESE = "\u2e80"


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
        width_em = sum(1 if char >= _FIRST_CHINESE else _LATIN_EM for char in self.text)
        return "\n" in self.text or width_em > _BESIDE_EM


@dataclass(frozen=True)
class Section:
    """One topic. A page on which nothing has been answered is one thing to do, not ten."""

    topic: Topic
    rows: tuple[Row, ...]
    is_untouched: bool

    @property
    def sentence(self) -> str:
        """What to do about an untouched one."""
        return f"还没有填“{self.topic.heading}”"

    @property
    def to_do(self) -> tuple[tuple[str, str], ...]:
        wrong = tuple((row.url, row.problem) for row in self.rows if row.problem)
        return ((self.url, self.sentence),) if self.is_untouched else wrong

    @property
    def url(self) -> str:
        return self.rows[0].url


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
        _section(draft, topic, checked, problems) for topic in topics_of(draft.route) if topic is not Topic.PHOTOS
    )
    to_do = [each for section in sections for each in section.to_do]
    photos = topic_url(draft.route, Topic.PHOTOS)
    to_do += [(f"{photos}#slot-{slot}", problems[slot]) for slot in Slot if slot in problems]
    return Overview(sections, tuple(to_do))


def _section(draft: Draft, topic: Topic, checked: Checked, problems: Mapping[str, str]) -> Section:
    asked = {each.name for each in topics().asked(draft.route, topic)}
    page_url = topic_url(draft.route, topic)
    rows = tuple(
        Row(
            name=question.name,
            label=question.label,
            text=shown(question.name, checked.values.get(question.name, draft.answers.get(question.name, ""))),
            problem=problems.get(question.name, ""),
            # Sex and birth month follow from the ID number where they are not asked.
            url=change_url(page_url, question.name if question.name in asked else "id_number"),
        )
        for question in questions_of(draft.route, topic)
        if question.name in checked.values or question.name in problems
    )
    wrong = any(row.problem for row in rows)
    return Section(topic, rows, is_untouched=wrong and not any(draft.answers.get(row.name) for row in rows))
