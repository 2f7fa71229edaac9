"""The outbox: one letter a revision, from the submit's own transaction until a server has taken all its messages.

A letter may be too large for one message; then it has several parts, each frozen and taken by itself.
"""

from collections.abc import Sequence
from datetime import datetime

from h5app.domain.attempt import Phase
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict
from h5app.domain.nomination import Route
from h5app.storage.digests import Digests, add_for_day
from h5app.storage.letters import FREE, Frozen, ListedLetter, QueuedLetter, frozen_of, letter_of
from h5app.storage.rows import Params, Rows, to_text


class Outbox:
    """Tables `outbox` and `messages`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._digests = Digests(rows)

    def add(self, nomination_id: int, *, now: datetime, revision: int = 1, kind: LetterKind = LetterKind.ENTRY) -> None:
        """Queue the letter of a revision; belongs into the transaction that stores the revision."""
        sql = """
            INSERT INTO outbox (nomination_id, revision, kind, state, due_at)
            VALUES (:nomination_id, :revision, :kind, 'queued', :now)
            ON CONFLICT DO NOTHING
        """
        values: Params = {"nomination_id": nomination_id, "revision": revision, "kind": kind.value, "now": to_text(now)}
        self._rows.write(sql, values)

    def add_report(self, *, day: str, mailbox: str, now: datetime) -> bool:
        """Queue the report of a day for one of its readers; False where there is one already."""
        return add_for_day(self._rows, LetterKind.REPORT, mailbox=mailbox, day=day, now=now) is not None

    def drop_unsent(self, nomination_id: int) -> None:
        """Take back letters that no server has seen; what may have arrived stays.

        A worker that has one of them finds so before the final dot (`hand_over`). A digest that carries one is
        built anew without it. Belongs into the transaction that makes them wrong: a new revision, or the entry's end.
        """
        self._digests.leave(nomination_id)
        values: Params = {"nomination_id": nomination_id}
        sql = """
            DELETE FROM outbox
            WHERE nomination_id = :nomination_id AND state IN ('queued', 'collected', 'held') AND may_have_left = 0
        """
        self._rows.write(sql, values)
        # One that was handed over once and waits for a digest again, or for people, is claimed by nobody who could find
        # it wrong; and people cannot send an older letter again, so that its alarm would never end.
        dropped = """
            UPDATE outbox SET state = 'dropped', note = '已更正或撤回，这一封不再寄', alarm = 0
            WHERE nomination_id = :nomination_id AND state IN ('collected', 'held')
        """
        self._rows.write(dropped, values)

    def empty(self, nomination_id: int) -> None:
        """Let what may have left stand as a line without its messages, never sent again: the entry has ended.

        A worker that has one of them loses it. Belongs into the transaction that erases the entry.
        """
        self._digests.leave(nomination_id)
        values: Params = {"nomination_id": nomination_id}
        self._rows.write(
            "DELETE FROM messages WHERE letter_id IN (SELECT id FROM outbox WHERE nomination_id = :nomination_id)",
            values,
        )
        sql = """
            UPDATE outbox
            SET state = CASE WHEN state IN ('sent', 'written') THEN state ELSE 'dropped' END,
                carried_by = NULL, note = '', alarm = 0, lease_until = NULL, may_have_left = 1
            WHERE nomination_id = :nomination_id
        """
        self._rows.write(sql, values)

    def get(self, letter_id: int) -> QueuedLetter | None:
        if letter_id > _LARGEST:
            return None  # an address may say any number, and neither database takes this one
        found = self._rows.read("SELECT * FROM outbox WHERE id = :id", {"id": letter_id})
        return letter_of(found[0]) if found else None

    def all_of(self, nomination_id: int) -> list[QueuedLetter]:
        """Every letter of an entry, oldest first."""
        sql = "SELECT * FROM outbox WHERE nomination_id = :nomination_id ORDER BY id"
        return [letter_of(row) for row in self._rows.read(sql, {"nomination_id": nomination_id})]

    def of_nomination(self, nomination_id: int) -> QueuedLetter | None:
        """An entry's newest letter; None while it waits for the nominee."""
        sql = "SELECT * FROM outbox WHERE nomination_id = :nomination_id ORDER BY id DESC LIMIT 1"
        found = self._rows.read(sql, {"nomination_id": nomination_id})
        return letter_of(found[0]) if found else None

    def messages(self, letter_id: int) -> list[Frozen]:
        """A letter's messages in order; [] until it is frozen."""
        sql = "SELECT * FROM messages WHERE letter_id = :id ORDER BY part"
        return [frozen_of(row) for row in self._rows.read(sql, {"id": letter_id})]

    def files_about(self, nomination_id: int) -> list[str]:
        """Every frozen message that says something about an entry, the digests' too."""
        sql = """
            SELECT m.file FROM messages AS m JOIN outbox AS o ON o.id = m.letter_id OR o.carried_by = m.letter_id
            WHERE o.nomination_id = :id
        """
        return [row["file"] for row in self._rows.read(sql, {"id": nomination_id})]

    def claim_next(self, *, now: datetime, lease_until: datetime) -> QueuedLetter | None:
        """Lease the oldest due letter and return it, this attempt counted; None if none is due.

        One conditional UPDATE, so two workers cannot win the same letter and no lock is held while
        SMTP talks. A letter whose worker died is due again when its lease is over, and one that a
        clock running ahead has parked beyond every wait is due at once.
        """
        sql = """
            UPDATE outbox
            SET lease_until = :lease_until, attempts = attempts + 1, first_at = COALESCE(first_at, :now)
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
        return letter_of(claimed[0]) if claimed else None

    def freeze(self, letter: QueuedLetter, messages: Sequence[Frozen]) -> bool:
        """Remember the built messages, all of them: from now on the same bytes are sent on every try.

        False where the letter is wrong by now, or somebody else's: a message built while its entry was withdrawn must
        not outlive it.
        """
        with self._rows.transaction():
            if not self._rows.write(f"UPDATE outbox SET note = note {_MINE} RETURNING id", _mine(letter)):
                return False
            for each in messages:
                sql = """
                    INSERT INTO messages (letter_id, part, file, message_id, size_bytes)
                    VALUES (:letter_id, :part, :file, :message_id, :size_bytes)
                """
                values: Params = {
                    "letter_id": letter.id,
                    "part": each.part,
                    "file": each.file,
                    "message_id": each.message_id,
                    "size_bytes": each.size_bytes,
                }
                self._rows.write(sql, values)
            return True

    def hand_over(self, letter: QueuedLetter, *, part: int, now: datetime) -> bool:
        """Write down that the final dot is about to be sent; False where the letter is wrong by now, or somebody
        else's, and must not be.

        What dies between this and `record` is known to be in doubt.
        """
        with self._rows.transaction():
            sql = f"UPDATE outbox SET may_have_left = 1 {_MINE} RETURNING id"
            if not self._rows.write(sql, _mine(letter)):
                return False
            handed = """
                UPDATE messages SET handings = handings + 1, handed_at = :now
                WHERE letter_id = :id AND part = :part AND taken_at IS NULL
            """
            self._rows.write(handed, {"id": letter.id, "part": part, "now": to_text(now)})
            self._rows.write("UPDATE outbox SET may_have_left = 1 WHERE carried_by = :id", {"id": letter.id})
            return True

    def record(
        self, letter: QueuedLetter, verdict: Verdict, *, phase: Phase, now: datetime, taken: int | None = None
    ) -> bool:
        """Write down how an attempt ended and give the lease back; False where a later attempt has taken over.

        An attempt that called nobody (Phase.ADDRESS) counts as none, and says nothing about an earlier doubt: a queue
        that has waited for its mailbox for days has its whole patience left.

        Args:
            taken: the part that was taken, where one was.
        """
        sql = f"""
            UPDATE outbox
            SET state = :state, due_at = COALESCE(:due_at, due_at), sent_at = COALESCE(:sent_at, sent_at),
                attempts = :attempts, first_at = CASE WHEN :fresh = 1 THEN NULL ELSE first_at END,
                phase = :phase, note = :note, alarm = :alarm, lease_until = NULL,
                may_have_left = CASE WHEN :refused = 1 THEN :was_left ELSE may_have_left END
            {_MINE}
            RETURNING id
        """
        arrived = verdict.state in {LetterState.SENT, LetterState.WRITTEN}
        more = taken is not None and not arrived
        called = phase is not Phase.ADDRESS
        in_doubt = LetterState.UNKNOWN in {letter.state, verdict.state}
        params: Params = {
            **_mine(letter),
            "attempts": 0 if more else letter.attempts - (0 if called and verdict.counts else 1),
            "fresh": int(more),
            "refused": int(called and taken is None and not arrived and not in_doubt),
            "was_left": int(letter.may_have_left),
            "state": verdict.state.value,
            "due_at": to_text(verdict.due_at) if verdict.due_at else None,
            "sent_at": to_text(now) if arrived else None,
            "phase": phase.value,
            "note": verdict.note,
            "alarm": int(verdict.alarm),
        }
        with self._rows.transaction():
            if not self._rows.write(sql, params):
                return False
            if taken is not None:
                self._take(letter, part=taken, now=now)
            elif called and (letter.state is LetterState.UNKNOWN or verdict.state is not LetterState.UNKNOWN):
                self._forget_handing(letter)
            if arrived and letter.kind is LetterKind.DIGEST:
                self._digests.arrive(letter, verdict, now=now)
            return True

    def _take(self, letter: QueuedLetter, *, part: int, now: datetime) -> None:
        sql = """
            UPDATE messages SET taken_at = :now, handings = 0, handed_at = NULL WHERE letter_id = :id AND part = :part
        """
        self._rows.write(sql, {"id": letter.id, "part": part, "now": to_text(now)})

    def _forget_handing(self, letter: QueuedLetter) -> None:
        """This attempt's end is known, and nothing has left by it; an earlier one's doubt stays."""
        sql = """
            UPDATE messages SET handings = CASE WHEN handings > :doubts THEN :doubts ELSE handings END
            WHERE letter_id = :id AND taken_at IS NULL
        """
        self._rows.write(sql, {"id": letter.id, "doubts": int(letter.state is LetterState.UNKNOWN)})

    def requeue(self, letter_id: int, *, now: datetime) -> bool:
        """Send a letter again at once with fresh patience; False while a worker has it, where it is wrong by now, or
        goes with a digest.

        What was only written to a file, or held for a person while surely nobody has any of it, is built anew for the
        mailbox and the photos of now; anything else stays frozen, so that whoever has it twice has the same twice. A
        letter that has been taken goes out whole again, one of which some parts were taken goes on with the others.
        """
        with self._rows.transaction():
            sendable = f"{FREE} AND state NOT IN ('dropped', 'collected')"
            sql = f"SELECT state, may_have_left FROM outbox WHERE id = :id AND {sendable}"
            found = self._rows.read(sql, _free(letter_id, now=now))
            if not found:
                return False
            was = LetterState(found[0]["state"])
            if was is LetterState.WRITTEN or (was is LetterState.HELD and not found[0]["may_have_left"]):
                self._rows.write("DELETE FROM messages WHERE letter_id = :id", {"id": letter_id})
            again = """
                UPDATE messages SET handings = 0, handed_at = NULL,
                    taken_at = CASE WHEN :whole = 1 THEN NULL ELSE taken_at END
                WHERE letter_id = :id
            """
            self._rows.write(again, {"id": letter_id, "whole": int(was is LetterState.SENT)})
            self._rows.write(f"UPDATE outbox SET {_AFRESH} WHERE id = :id", {"id": letter_id, "now": to_text(now)})
            return True

    def only_written(self) -> list[int]:
        """Every entry's newest letter that was only written to a file, oldest first: the mailbox has none of them."""
        sql = """
            SELECT o.id FROM outbox AS o
            WHERE o.state = 'written' AND o.nomination_id IS NOT NULL
              AND o.id = (SELECT MAX(id) FROM outbox WHERE nomination_id = o.nomination_id)
            ORDER BY o.id
        """
        return [row["id"] for row in self._rows.read(sql)]

    def split(self, letter_id: int, *, now: datetime) -> bool:
        """Build a letter anew in one message more than it has, and send all of them at once; False while a worker
        has it, or where it is done."""
        with self._rows.transaction():
            unsent = f"{FREE} AND state NOT IN ('sent', 'written', 'dropped', 'collected')"
            found = self._rows.read(f"SELECT * FROM outbox WHERE id = :id AND {unsent}", _free(letter_id, now=now))
            if not found:
                return False
            parts = max(len(self.messages(letter_id)), found[0]["least_parts"]) + 1
            self._rows.write("DELETE FROM messages WHERE letter_id = :id", {"id": letter_id})
            sql = f"UPDATE outbox SET {_AFRESH}, least_parts = :parts WHERE id = :id"
            self._rows.write(sql, {"id": letter_id, "now": to_text(now), "parts": parts})
            return True

    def counts(self) -> dict[LetterState, int]:
        """How many letters are in each state that has any."""
        rows = self._rows.read("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
        return {LetterState(row["state"]): row["n"] for row in rows}

    def count_alarms(self) -> int:
        """How many letters staff must look at; on every page of the console, so each half has its index."""
        sql = """
            SELECT (SELECT COUNT(*) FROM outbox WHERE alarm = 1 AND state <> 'held')
                 + (SELECT COUNT(*) FROM outbox WHERE state = 'held') AS n
        """
        return int(self._rows.read(sql)[0]["n"])

    def page(self, *, state: str, limit: int, offset: int) -> list[ListedLetter]:
        """Letters newest first, of one state, of all (""), or those that staff must look at (ALARM)."""
        sql = """
            SELECT o.*, n.reference, n.name, n.category, n.route, n.path AS entry_path,
                   o.nomination_id IS NULL
                   OR o.id = (SELECT MAX(id) FROM outbox WHERE nomination_id = n.id) AS is_newest
            FROM outbox AS o LEFT JOIN nominations AS n ON n.id = o.nomination_id
            WHERE :state = '' OR o.state = :state OR (:state = 'alarm' AND (o.alarm = 1 OR o.state = 'held'))
            ORDER BY o.id DESC
            LIMIT :limit OFFSET :offset
        """
        rows = self._rows.read(sql, {"state": state, "limit": limit, "offset": offset})
        return [
            ListedLetter(
                reference=row["reference"] or "",
                name=row["name"] or "",
                category=row["category"] or "",
                route=Route(row["route"]) if row["route"] else None,
                path=row["entry_path"] or row["path"],
                letter=letter_of(row),
                is_newest=bool(row["is_newest"]),
            )
            for row in rows
        ]

    def file_names(self) -> set[str]:
        """Every frozen message some row mentions."""
        return {row["file"] for row in self._rows.read("SELECT file FROM messages")}


_LARGEST = 2**63 - 1
# A letter as this worker has claimed it: neither taken over since, nor made wrong. Attempts alone do not tell: sending
# again, or a pause, counts them anew.
_MINE = "WHERE id = :mine AND lease_until = :lease_until AND attempts = :claimed AND state <> 'dropped'"
_AFRESH = """
    state = 'queued', due_at = :now, attempts = 0, first_at = NULL, note = '', alarm = 0, lease_until = NULL,
    carried_by = NULL
"""


def _mine(letter: QueuedLetter) -> Params:
    lease_until = to_text(letter.lease_until) if letter.lease_until else ""
    return {"mine": letter.id, "claimed": letter.attempts, "lease_until": lease_until}


def _free(letter_id: int, *, now: datetime) -> Params:
    return {"id": letter_id, "now": to_text(now), "horizon": to_text(now + LONGEST_WAIT)}
