"""Pages of questions: what is drawn, what is sent. What an answer must be, the domain says.

A page looks the same for everybody but for its answers, so it is drawn once with gaps and then filled: drawing
three long lists anew took 2 ms, ten times everything else that a request needs. No answer meets a template:
it enters its gap escaped, and whatever it holds is not looked at again.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from h5app.domain.answers import Terms
from h5app.domain.campaign import Campaign, Writing
from h5app.domain.nomination import Route
from h5app.domain.questions import NONE_WORD, Kind, Question, Topic, questions_of, topics_of
from h5app.domain.text import word_count

# Beyond this many choices a list to scroll beats rows to tap.
_MOST_ROWS = 8
# A character that neither a template nor a campaign file holds.
_GAP = re.compile("\0([^\0]*)\0")


def gap(name: str) -> Markup:
    """A place in a template's output that `Drawing.filled` fills."""
    return Markup(f"\0{name}\0")  # noqa: S704 -- it never reaches a browser


@dataclass(frozen=True)
class Asked:
    """A question as one campaign and route ask it. Its gaps hold what the person answered so far.

    Args:
        mark: what a ticked box sends: with other words beside it, it has to be ticked again.
        writing: help with the writing of it.
    """

    question: Question
    required: bool
    max_chars: int
    asked_chars: int
    choices: tuple[str, ...]
    agreement_text: str = ""
    mark: str = ""
    writing: Writing | None = None

    @property
    def name(self) -> str:
        return self.question.name

    @property
    def is_long_list(self) -> bool:
        return len(self.choices) > _MOST_ROWS

    @property
    def value(self) -> Markup:
        return gap(self.name)

    @property
    def count(self) -> Markup:
        return gap(f"{self.name}#")

    def chosen(self, choice: str) -> Markup:
        """Where `checked` or `selected` goes if this is the answer."""
        return gap(f"{self.name}={choice}")

    def gaps(self, answer: str) -> Iterator[tuple[str, str]]:
        """What goes into its gaps; those not mentioned stay empty."""
        match self.question.kind:
            case Kind.CHOICE:
                yield f"{self.name}={answer}", " selected" if self.is_long_list else " checked"
            case Kind.AGREEMENT:
                yield f"{self.name}={answer}", " checked"
            case _:
                yield self.name, str(escape(answer))
                if self.question.kind is Kind.LINES:
                    yield f"{self.name}#", str(word_count(answer))
                if answer == NONE_WORD:
                    yield f"{self.name}={NONE_WORD}", " checked"


class Drawing:
    """A page as a template drew it, gaps and all."""

    def __init__(self, html: str) -> None:
        pieces = _GAP.split(html)  # text, gap's name, text, …
        self._places: dict[str, list[int]] = {}
        for place in range(1, len(pieces), 2):
            self._places.setdefault(pieces[place], []).append(place)
        self._empty = [piece if place % 2 == 0 else "" for place, piece in enumerate(pieces)]

    def filled(self, gaps: Mapping[str, str]) -> str:
        """The page for one person.

        Args:
            gaps: name → HTML; an answer must be escaped before.

        >>> Drawing(f"<b>{gap('name')}</b>").filled({"name": "李"})
        '<b>李</b>'
        """
        # Of a hundred gaps, most are choices that nobody has made: only those with something in them are visited.
        pieces = self._empty.copy()
        for name, html in gaps.items():
            for place in self._places.get(name, ()):
                pieces[place] = html
        return "".join(pieces)


class Topics:
    """Every page of questions of a campaign, and the drawings of those that show no problem."""

    def __init__(self, campaign: Campaign) -> None:
        self._drawings: dict[tuple[Route, Topic, bool, bool], Drawing] = {}
        self._asked = {
            (route, topic): tuple(_asked_on(topic, Terms(campaign, route, on=date.min)))
            for route in Route
            for topic in topics_of(route)
        }

    def has(self, route: Route, topic: Topic) -> bool:
        return (route, topic) in self._asked

    def asked(self, route: Route, topic: Topic) -> tuple[Asked, ...]:
        return self._asked[route, topic]

    def answers(self, route: Route, topic: Topic, posted: Mapping[str, str]) -> dict[str, str]:
        """Question name → text as typed, with “无” where its box was ticked beside an empty field.

        What a browser does not send is left out, but for boxes: not sending is how one is unticked.
        """
        sent = {}
        for asked in self.asked(route, topic):
            ticked_none = posted.get(f"{asked.name}__none", "")
            if asked.name in posted or ticked_none or asked.question.kind is Kind.AGREEMENT:
                sent[asked.name] = posted.get(asked.name, "") or ticked_none
        return sent

    def drawing(self, route: Route, topic: Topic, *, begun: bool, changing: bool, draw: Callable[[], str]) -> Drawing:
        """The page without problems; `draw` is called for its first visitor.

        Args:
            begun: there is a draft, with a time of saving.
            changing: it was opened from the check page, and leads back there.
        """
        key = (route, topic, begun, changing)
        if key not in self._drawings:
            self._drawings[key] = Drawing(draw())
        return self._drawings[key]

    def gaps(self, route: Route, topic: Topic, answers: Mapping[str, str]) -> dict[str, str]:
        """What the answers put into a page's gaps."""
        return dict(pair for asked in self.asked(route, topic) for pair in asked.gaps(answers.get(asked.name, "")))


def _asked_on(topic: Topic, terms: Terms) -> Iterator[Asked]:
    for question in questions_of(terms.route, topic):
        if terms.is_asked(question):
            yield Asked(
                question=question,
                required=terms.is_required(question),
                max_chars=terms.max_chars(question),
                asked_chars=terms.path.limits.deeds_chars if question.name == "deeds" else 0,
                choices=terms.choices(question),
                **_said_beside(question, terms),
            )


def _said_beside(question: Question, terms: Terms) -> dict[str, Any]:
    if question.kind is Kind.AGREEMENT:
        return {"agreement_text": terms.agreement_text(question), "mark": terms.agreement_mark(question)}
    return {"writing": terms.campaign.writing} if question.name == "deeds" else {}
