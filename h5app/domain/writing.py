"""Writing at two pages at once: the later one is told, and nothing is overwritten that its reader has not seen."""

from collections.abc import Mapping
from dataclasses import dataclass

from h5app.domain.errors import ConflictError
from h5app.domain.nomination import Draft


@dataclass(frozen=True)
class Sheet:
    """One page of questions as it was drawn for somebody.

    Args:
        topic: which questions.
        page: a random id of its own.
        seen: id of the page that had saved this topic last when this one was drawn; "" for none.
        draft: id of the draft whose answers it showed; "" where none had been begun.
        turn: counts what the page sends upwards; 0 where it cannot (no JavaScript).
    """

    topic: str
    page: str
    seen: str = ""
    draft: str = ""
    turn: int = 0


class WrittenElsewhereError(ConflictError):
    """Saving would overwrite what another page has stored meanwhile; nothing of it was stored.

    Args:
        elsewhere: question name → text stored there.
        draft: the draft as it is now.
    """

    def __init__(self, elsewhere: Mapping[str, str], draft: Draft) -> None:
        super().__init__("这一页在另一个窗口里改过")
        self.elsewhere = dict(elsewhere)
        self.draft = draft


def last_writer(draft: Draft, topic: str) -> str:
    """Id of the page that saved a topic last; "" for none."""
    return draft.writers.get(topic, ("", 0))[0]


def is_old_news(draft: Draft, sheet: Sheet) -> bool:
    """Whether a later save of the same page has arrived already: networks deliver in any order."""
    page, turn = draft.writers.get(sheet.topic, ("", 0))
    return page == sheet.page and 0 < sheet.turn < turn


def written_elsewhere(draft: Draft, answers: Mapping[str, str], sheet: Sheet) -> Mapping[str, str]:
    """Question name → what another page has stored since, where saving these answers would overwrite it.

    Empty for a page that knows what it overwrites: it has itself saved last, or has shown what was saved last.

    >>> from datetime import UTC, datetime
    >>> from h5app.domain.nomination import Route
    >>> then = datetime(2026, 3, 1, tzinfo=UTC)
    >>> draft = Draft("d", Route.SELF, "", {"name": "李"}, then, then, writers={"person": ("page1", 1)})
    >>> written_elsewhere(draft, {"name": "王"}, Sheet("person", "page2"))
    {'name': '李'}
    >>> written_elsewhere(draft, {"name": "王"}, Sheet("person", "page2", seen="page1"))
    {}
    """
    is_foreign = sheet.draft not in {"", draft.id}
    if not is_foreign and last_writer(draft, sheet.topic) in {"", sheet.page, sheet.seen}:
        return {}
    return {
        name: draft.answers.get(name, "")
        for name, text in answers.items()
        if _lines(text) != _lines(draft.answers.get(name, ""))
    }


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
