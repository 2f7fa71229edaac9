"""Reviewing: what staff do with an entry. Every move is conditional and leaves an audit row."""

from collections.abc import Iterable
from datetime import datetime

from h5app.domain.errors import ConflictError, InvalidAnswerError, NotFoundError
from h5app.domain.nomination import MOVES, Nomination, Status
from h5app.domain.text import clean_text
from h5app.storage.audit import AuditEntry
from h5app.storage.stores import Stores

_REASON_MOST = 200
CHANGED = "这份推荐表刚刚有了变化：同事处理过，或者本人改过。请看过最新的再处理"


def entry(stores: Stores, reference: str) -> Nomination:
    """An entry by its 受理编号, or NotFoundError."""
    nomination = stores.nominations.by_reference(reference.upper())
    if nomination is None:
        raise NotFoundError("没有这个受理编号，请核对")
    return nomination


def present(stores: Stores, reference: str) -> Nomination:
    """An entry of which there is something to see, or NotFoundError."""
    nomination = entry(stores, reference)
    if nomination.status.is_erased:
        raise NotFoundError(f"这份推荐表{nomination.status.label}，资料已经删除，没有可以下载的")
    return nomination


def decide(
    stores: Stores, nomination: Nomination, *, was: Status, to: Status, who: str, reason: str, now: datetime
) -> None:
    """Move an entry to another status.

    Args:
        nomination: as whoever decides has seen it: another revision of it is not what he has judged.

    Raises:
        ConflictError: a colleague or the person was quicker, or there is no such move.
        InvalidAnswerError: returned without a word: the person could not know what to mend.
    """
    if to not in MOVES[was]:
        raise ConflictError(f"“{was.label}”不能直接改成“{to.label}”，请刷新页面再看")
    reason = _cleaned(reason)
    if to is Status.RETURNED and not reason:
        raise InvalidAnswerError("请写明要改什么，本人会照着改，比如“近照看不清，请换一张”")
    with stores.rows.transaction():
        seen = nomination.revision
        if not stores.nominations.move(nomination.id, was=was, to=to, reason=reason, now=now, revision=seen):
            raise ConflictError(CHANGED)
        stores.audit.add(AuditEntry(now, who, f"标为“{to.label}”", nomination.reference, reason))


def reveal(stores: Stores, nomination: Nomination, *, who: str, reason: str, now: datetime) -> None:
    """Write down that somebody is about to see ID number and telephone; he must say why.

    Raises:
        InvalidAnswerError: no reason given.
    """
    reason = _cleaned(reason)
    if not reason:
        raise InvalidAnswerError("请写明查看原因，比如“电话核实”")
    stores.audit.add(AuditEntry(now, who, "查看完整号码", nomination.reference, reason))


def note_download(stores: Stores, reference: str, what: str, *, who: str, now: datetime) -> None:
    """Write down that personal data left the console as a file; `reference` is "" for a table of many."""
    stores.audit.add(AuditEntry(now, who, f"下载{what}", reference, ""))


def note_downloads(
    stores: Stores, references: Iterable[str], what: str, *, who: str, now: datetime, detail: str = ""
) -> None:
    """The same with each of many entries, so that everybody's own history says so, all of it or nothing."""
    with stores.rows.transaction():
        for reference in references:
            stores.audit.add(AuditEntry(now, who, f"下载{what}", reference, detail))


def _cleaned(reason: str) -> str:
    return clean_text(reason)[:_REASON_MOST]
