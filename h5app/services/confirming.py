"""Confirming: the nominee sees what somebody else has said of him, and makes it his own or declines."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from h5app.domain.campaign import Campaign
from h5app.domain.correcting import check_may_correct
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.identity import phone_end
from h5app.domain.nomination import Draft, Nomination, Route, Status
from h5app.services.correcting import begin_correction
from h5app.services.drafting import token_hash
from h5app.services.erasing import erase_entry
from h5app.services.trying import counted
from h5app.storage.audit import AuditEntry
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_NOT_HIS = "这四位和推荐人填的手机号对不上。请核对；推荐人可能填错了号码，请给推荐人打个电话，或者打电话问工会"
_OVER = "这份推荐已经有结果了，请重新打开链接看看"


@dataclass(frozen=True)
class Overdue:
    """An entry that has waited for its nominee for too long, and for how many whole days."""

    entry: Nomination
    days: int


def recognise(stores: Stores, entry: Nomination, *, digits: str, now: datetime) -> None:
    """Raise unless these are the last four digits of the nominee's telephone: a link may have been passed on.

    Args:
        digits: as typed.

    Raises:
        NotFoundError: other digits.
        TooManyTriesError: wrong too often.
    """
    with counted(stores, token_hash(f"nominee:{entry.reference}"), now=now):
        known = phone_end(entry.answers.get("phone", ""))
        if not known or not hmac.compare_digest(known, phone_end(digits)):
            raise NotFoundError(_NOT_HIS)


def begin_confirming(
    stores: Stores, files: FileStore, entry: Nomination, *, campaign: Campaign, now: datetime
) -> tuple[Draft, str]:
    """The nominee's own draft with what was said of him, and the token that opens it; submitting it confirms.

    Raises:
        ConflictError: it waits for nobody any more.
        PathClosedError: too late.
    """
    _check_waiting(entry)
    check_may_correct(entry, campaign.home_of(entry.path, entry.route), now=now)
    return begin_correction(stores, files, entry, route=Route.SELF, now=now)


def decline(stores: Stores, files: FileStore, entry: Nomination, *, now: datetime) -> None:
    """Delete all that was said of somebody who does not want to take part; at any time, also after the closing.

    Raises:
        ConflictError: it waits for nobody any more, or has changed meanwhile.
    """
    _check_waiting(entry)
    erase_entry(stores, files, entry, to=Status.DECLINED, who="本人", now=now)


def overdue_before(campaign: Campaign, *, now: datetime) -> datetime:
    """Whoever was named before this moment, and has not answered, is to be telephoned."""
    return now - timedelta(days=campaign.path_of(Route.PEER).confirm_days)


def overdue(stores: Stores, campaign: Campaign, *, now: datetime, limit: int, offset: int) -> list[Overdue]:
    """Whom to telephone, the longest waiting first."""
    entries = stores.nominations.waiting_since(overdue_before(campaign, now=now), limit=limit, offset=offset)
    return [Overdue(entry, (now - entry.submitted_at).days) for entry in entries]


def note_link_shown(stores: Stores, entry: Nomination, *, who: str, now: datetime) -> None:
    """Write down that somebody of the staff has the nominee's link before him: it opens what is sealed."""
    _check_waiting(entry)
    stores.audit.add(AuditEntry(now, who, "查看给本人的链接", entry.reference, ""))


def _check_waiting(entry: Nomination) -> None:
    if entry.status is not Status.WAITING:
        raise ConflictError(_OVER)
