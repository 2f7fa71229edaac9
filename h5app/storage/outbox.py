"""The outbox: one letter a revision, from the submit's own transaction until a server has taken it."""

from dataclasses import dataclass
from datetime import datetime

from h5app.domain.attempt import Phase
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict, is_due
from h5app.domain.nomination import Route
from h5app.storage.rows import Params, Row, Rows, from_text, to_text


@dataclass(frozen=True)
class QueuedLetter:
    """A letter and how far it has come. `message_file` and `message_id` are "" until it is frozen.

    `state` stays what it was while a worker has it: a claim is a lease, not a state, so a letter that
    may have arrived (UNKNOWN) is still known to be one while it is sent again.

    Args:
        may_have_left: whether somebody may have it: it was sent, written, in doubt, its worker died, or has it now.
    """

    id: int
    nomination_id: int
    revision: int
    kind: LetterKind
    state: LetterState
    due_at: datetime
    attempts: int
    first_at: datetime | None
    message_file: str
    message_id: str
    note: str
    sent_at: datetime | None
    may_have_left: bool = False


@dataclass(frozen=True)
class ListedLetter:
    """A letter in the console's list, with whom it is about; `is_newest` of its entry, and so the one sent again."""

    reference: str
    name: str
    category: str
    route: Route
    path: str
    letter: QueuedLetter
    is_newest: bool = True


class Outbox:
    """Table `outbox`, and the pause of the whole queue in `queue_state`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, nomination_id: int, *, now: datetime, revision: int = 1, kind: LetterKind = LetterKind.ENTRY) -> None:
        """Queue the letter of a revision; belongs into the transaction that stores the revision."""
        sql = """
            INSERT INTO outbox (nomination_id, revision, kind, state, due_at)
            VALUES (:nomination_id, :revision, :kind, 'queued', :now)
            ON CONFLICT DO NOTHING
        """
        values: Params = {"nomination_id": nomination_id, "revision": revision, "kind": kind.value, "now": to_text(now)}
        self._rows.write(sql, values)

    def drop_unsent(self, nomination_id: int) -> None:
        """Take back letters that no server has seen; what may have arrived, or is being sent, stays.

        Belongs into the transaction that makes them wrong: a new revision, or the entry's end.
        """
        sql = """
            DELETE FROM outbox
            WHERE nomination_id = :nomination_id AND state IN ('queued', 'held')
              AND lease_until IS NULL AND may_have_left = 0
        """
        self._rows.write(sql, {"nomination_id": nomination_id})

    def empty(self, nomination_id: int) -> None:
        """Let what may have left stand as a line without its message, never sent again: the entry has ended.

        A worker that has one of them loses it. Belongs into the transaction that erases the entry.
        """
        sql = """
            UPDATE outbox
            SET state = CASE WHEN state IN ('sent', 'written') THEN state ELSE 'dropped' END,
                message_file = NULL, note = '', lease_until = NULL, may_have_left = 1
            WHERE nomination_id = :nomination_id
        """
        self._rows.write(sql, {"nomination_id": nomination_id})

    def all_of(self, nomination_id: int) -> list[QueuedLetter]:
        """Every letter of an entry, oldest first."""
        sql = "SELECT * FROM outbox WHERE nomination_id = :nomination_id ORDER BY id"
        return [_letter(row) for row in self._rows.read(sql, {"nomination_id": nomination_id})]

    def claim_next(self, *, now: datetime, lease_until: datetime) -> QueuedLetter | None:
        """Lease the oldest due letter and return it, this attempt counted; None if none is due.

        One conditional UPDATE, so two workers cannot win the same letter and no lock is held while
        SMTP talks. A letter whose worker died is due again when its lease is over, and one that a
        clock running ahead has parked beyond every wait is due at once.
        """
        sql = """
            UPDATE outbox
            SET may_have_left = CASE WHEN lease_until IS NULL THEN may_have_left ELSE 1 END,
                lease_until = :lease_until, attempts = attempts + 1, first_at = COALESCE(first_at, :now)
            WHERE id = (
                SELECT id FROM outbox
                WHERE state IN ('queued', 'unknown')
                  AND (due_at <= :now OR due_at > :horizon)
                  AND (lease_until IS NULL OR lease_until <= :now OR lease_until > :horizon)
                ORDER BY due_at, id
                LIMIT 1
            )
            AND (lease_until IS NULL OR lease_until <= :now OR lease_until > :horizon)
            RETURNING *
        """
        params = {
            "now": to_text(now),
            "horizon": to_text(now + LONGEST_WAIT),
            "lease_until": to_text(lease_until),
        }
        claimed = self._rows.write(sql, params)
        return _letter(claimed[0]) if claimed else None

    def freeze(self, letter_id: int, *, message_file: str, message_id: str) -> bool:
        """Remember the built message: from now on the same bytes are sent on every try. False where it is wrong by now.

        A message built while its entry was withdrawn must not outlive it.
        """
        sql = """
            UPDATE outbox SET message_file = :file, message_id = :message_id
            WHERE id = :id AND state <> 'dropped'
            RETURNING id
        """
        return bool(self._rows.write(sql, {"id": letter_id, "file": message_file, "message_id": message_id}))

    def record(self, letter: QueuedLetter, verdict: Verdict, *, phase: Phase, now: datetime) -> bool:
        """Write down how an attempt ended and give the lease back; False where a later attempt has taken over."""
        sql = """
            UPDATE outbox
            SET state = :state, due_at = COALESCE(:due_at, due_at), sent_at = COALESCE(:sent_at, sent_at),
                attempts = :attempts, phase = :phase, note = :note, lease_until = NULL,
                may_have_left = CASE WHEN :left = 1 THEN 1 ELSE may_have_left END
            WHERE id = :id AND lease_until IS NOT NULL AND attempts = :claimed
            RETURNING id
        """
        arrived = verdict.state in {LetterState.SENT, LetterState.WRITTEN}
        params: Params = {
            "id": letter.id,
            "claimed": letter.attempts,
            "attempts": letter.attempts if verdict.counts else letter.attempts - 1,
            "state": verdict.state.value,
            "due_at": to_text(verdict.due_at) if verdict.due_at else None,
            "sent_at": to_text(now) if arrived else None,
            "phase": phase.value,
            "note": verdict.note,
            "left": int(arrived or verdict.state is LetterState.UNKNOWN),
        }
        return bool(self._rows.write(sql, params))

    def requeue(self, nomination_id: int, *, now: datetime) -> bool:
        """Send an entry's newest letter again at once with fresh patience; False while a worker has it.

        What was only written to a file, or held for a person, is built anew for the mailbox and the photos
        of now; anything else stays frozen.
        """
        sql = """
            UPDATE outbox
            SET message_file = CASE WHEN state IN ('written', 'held') THEN NULL ELSE message_file END,
                may_have_left = CASE WHEN lease_until IS NULL THEN may_have_left ELSE 1 END,
                state = 'queued', due_at = :now, attempts = 0, first_at = NULL, note = '', lease_until = NULL
            WHERE id = (SELECT MAX(id) FROM outbox WHERE nomination_id = :nomination_id)
              AND (lease_until IS NULL OR lease_until <= :now OR lease_until > :horizon)
            RETURNING id
        """
        params: Params = {
            "nomination_id": nomination_id,
            "now": to_text(now),
            "horizon": to_text(now + LONGEST_WAIT),
        }
        return bool(self._rows.write(sql, params))

    def of_nomination(self, nomination_id: int) -> QueuedLetter | None:
        """An entry's newest letter; None while it waits for the nominee."""
        sql = "SELECT * FROM outbox WHERE nomination_id = :nomination_id ORDER BY id DESC LIMIT 1"
        found = self._rows.read(sql, {"nomination_id": nomination_id})
        return _letter(found[0]) if found else None

    def counts(self) -> dict[LetterState, int]:
        """How many letters are in each state that has any."""
        rows = self._rows.read("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
        return {LetterState(row["state"]): row["n"] for row in rows}

    def page(self, *, state: str, limit: int, offset: int) -> list[ListedLetter]:
        """Letters newest first, of one state or ("") of all."""
        sql = """
            SELECT o.*, n.reference, n.name, n.category, n.route, n.path,
                   o.id = (SELECT MAX(id) FROM outbox WHERE nomination_id = n.id) AS is_newest
            FROM outbox AS o JOIN nominations AS n ON n.id = o.nomination_id
            WHERE (:state = '' OR o.state = :state)
            ORDER BY o.id DESC
            LIMIT :limit OFFSET :offset
        """
        rows = self._rows.read(sql, {"state": state, "limit": limit, "offset": offset})
        return [
            ListedLetter(
                reference=row["reference"],
                name=row["name"],
                category=row["category"],
                route=Route(row["route"]),
                path=row["path"],
                letter=_letter(row),
                is_newest=bool(row["is_newest"]),
            )
            for row in rows
        ]

    def file_names(self) -> set[str]:
        """Every frozen message some row mentions."""
        rows = self._rows.read("SELECT message_file FROM outbox WHERE message_file IS NOT NULL")
        return {row["message_file"] for row in rows}

    def pause(self, *, until: datetime, note: str) -> None:
        """Send nothing before `until`: the account or the server is in trouble, not a letter."""
        sql = """
            INSERT INTO queue_state (id, paused_until, note) VALUES (1, :until, :note)
            ON CONFLICT (id) DO UPDATE SET paused_until = excluded.paused_until, note = excluded.note
        """
        self._rows.write(sql, {"until": to_text(until), "note": note})

    def resume(self) -> None:
        """End the pause."""
        self._rows.write("DELETE FROM queue_state WHERE id = 1")

    def paused(self, *, now: datetime) -> tuple[datetime, str] | None:
        """Until when and why the queue stands still, or None while it runs."""
        rows = self._rows.read("SELECT paused_until, note FROM queue_state WHERE paused_until IS NOT NULL")
        if not rows or is_due(until := from_text(rows[0]["paused_until"]), now=now):
            return None
        return until, rows[0]["note"]


def _letter(row: Row) -> QueuedLetter:
    return QueuedLetter(
        id=row["id"],
        nomination_id=row["nomination_id"],
        revision=row["revision"],
        kind=LetterKind(row["kind"]),
        state=LetterState(row["state"]),
        due_at=from_text(row["due_at"]),
        attempts=row["attempts"],
        first_at=from_text(row["first_at"]) if row["first_at"] else None,
        message_file=row["message_file"] or "",
        message_id=row["message_id"] or "",
        note=row["note"],
        sent_at=from_text(row["sent_at"]) if row["sent_at"] else None,
        may_have_left=bool(row["may_have_left"] or row["lease_until"]),
    )
