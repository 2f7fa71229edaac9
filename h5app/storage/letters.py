"""Letters as rows: what the tables `outbox` and `messages` say of one."""

from dataclasses import dataclass
from datetime import datetime

from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route
from h5app.storage.rows import Row, from_text

ALARM = "alarm"
"""Instead of a state: every letter that staff must look at."""


FREE = "(lease_until IS NULL OR lease_until <= :now OR lease_until > :horizon)"
"""SQL: no worker has the letter, or one whose lease is over, or was given by a clock that ran ahead."""


@dataclass(frozen=True)
class QueuedLetter:
    """A letter and how far it has come.

    `state` stays what it was while a worker has it: a claim is a lease, not a state, so a letter that
    may have arrived (UNKNOWN) is still known to be one while it is sent again.

    Args:
        nomination_id: whom it is about; None for a digest or a report.
        path: the path of a digest, "" for all others.
        day: the day, as YYYY-MM-DD, of a digest or a report.
        mailbox: whom a report is for; "" where it is the path's mailbox.
        carried_by: the digest that this entry's letter goes with.
        least_parts: in how many messages at least it is to be sent.
        alarm: whether staff must be told.
        may_have_left: whether somebody may have it, or a part of it: it was handed over, and not refused.
        lease_until: until when a worker has it; None where none has.
    """

    id: int
    nomination_id: int | None
    revision: int
    kind: LetterKind
    state: LetterState
    due_at: datetime
    attempts: int
    first_at: datetime | None
    note: str
    sent_at: datetime | None
    may_have_left: bool = False
    path: str = ""
    day: str = ""
    mailbox: str = ""
    carried_by: int | None = None
    least_parts: int = 1
    alarm: bool = False
    lease_until: datetime | None = None

    @property
    def done_at(self) -> datetime | None:
        """When it was sent, or written to a file; None while it is under way again, though it once had been."""
        return self.sent_at if self.state in {LetterState.SENT, LetterState.WRITTEN} else None


@dataclass(frozen=True)
class Frozen:
    """A message as built, the same bytes for every try.

    Args:
        part: from 1.
        file: name of its bytes in the file store.
        size_bytes: as encoded; 0 where nobody has noted it.
        handings: how often it was about to be handed over and no answer has been written down since.
        handed_at: when that was the last time.
        taken_at: when a server took it, or it was written to a file.
    """

    part: int
    file: str
    message_id: str
    size_bytes: int
    handings: int = 0
    handed_at: datetime | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True)
class ListedLetter:
    """A letter in the console's list, with whom it is about; `is_newest` of its entry, and so the one sent again.

    A digest or a report is about nobody: reference, name and category are "", route is None.
    """

    reference: str
    name: str
    category: str
    route: Route | None
    path: str
    letter: QueuedLetter
    is_newest: bool = True


def letter_of(row: Row) -> QueuedLetter:
    return QueuedLetter(
        id=row["id"],
        nomination_id=row["nomination_id"],
        revision=row["revision"],
        kind=LetterKind(row["kind"]),
        state=LetterState(row["state"]),
        due_at=from_text(row["due_at"]),
        attempts=row["attempts"],
        first_at=from_text(row["first_at"]) if row["first_at"] else None,
        note=row["note"],
        sent_at=from_text(row["sent_at"]) if row["sent_at"] else None,
        may_have_left=bool(row["may_have_left"]),
        path=row["path"],
        day=row["day"] or "",
        mailbox=row["mailbox"],
        carried_by=row["carried_by"],
        least_parts=row["least_parts"],
        alarm=bool(row["alarm"]),
        lease_until=from_text(row["lease_until"]) if row["lease_until"] else None,
    )


def frozen_of(row: Row) -> Frozen:
    return Frozen(
        part=row["part"],
        file=row["file"],
        message_id=row["message_id"],
        size_bytes=row["size_bytes"],
        handings=row["handings"],
        handed_at=from_text(row["handed_at"]) if row["handed_at"] else None,
        taken_at=from_text(row["taken_at"]) if row["taken_at"] else None,
    )
