"""Visiting: who may ask for an entry by its number and his own telephone, and what he may then see and do."""

import hmac
from dataclasses import dataclass
from enum import StrEnum

from h5app.domain.nomination import Nomination, Route, Status


class Role(StrEnum):
    """Whose telephone it was."""

    NOMINEE = "nominee"
    NOMINATOR = "nominator"  # whoever filled in for him: a colleague, or his unit


@dataclass(frozen=True)
class Rights:
    """What a visitor may do; everybody who may ask sees where the entry stands."""

    reads: bool
    corrects: bool
    withdraws: bool


def role_of(entry: Nomination, phone: str) -> Role | None:
    """Whose number this is, the nominee's first; None where it is nobody's.

    Args:
        phone: in its one spelling, as `parse_phone` gives it.
    """
    answers = entry.answers
    if _equal(answers.get("phone", ""), phone):
        return Role.NOMINEE
    if any(_equal(answers.get(name, ""), phone) for name in ("nominator_phone", "unit_phone")):
        return Role.NOMINATOR
    return None


def rights_of(entry: Nomination, role: Role) -> Rights:
    """The nominee may do everything; who filled in for him, until the nominee has made it his own.

    Whether a correction still is in time is another rule (`correcting`); withdrawing always is.
    """
    if entry.status.is_erased:
        return Rights(reads=False, corrects=False, withdraws=False)
    free = role is Role.NOMINEE or entry.confirmed_at is None
    return Rights(reads=free, corrects=free, withdraws=free)


def route_of_correction(entry: Nomination, role: Role) -> Route:
    """The form a correction is filled in on: the nominee's own, or the one the entry came by."""
    return Route.SELF if role is Role.NOMINEE else entry.route


def end_by(entry: Nomination, role: Role) -> Status:
    """What an entry has become when this visitor takes it back; a nominee who never agreed has declined."""
    never_his = role is Role.NOMINEE and entry.status is Status.WAITING
    return Status.DECLINED if never_his else Status.WITHDRAWN


def _equal(known: str, given: str) -> bool:
    return bool(known) and hmac.compare_digest(known.encode(), given.encode())
