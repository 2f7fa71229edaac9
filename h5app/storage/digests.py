"""Digests: letters that carry those of a path's day; each of them waits as COLLECTED until its digest is sent."""

from datetime import date, datetime

from h5app.domain.days import day_words
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict
from h5app.storage.letters import FREE, QueuedLetter, letter_of
from h5app.storage.rows import Params, Rows, from_text, to_text


class Digests:
    """The rows of `outbox` that carry others, and those that are carried."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, *, path: str, day: str, now: datetime) -> int | None:
        """Queue the digest of a path and a day with everything that is collected for it by now; None where there is
        one already, or nothing to carry. Belongs into one transaction."""
        carried = self._rows.read(f"SELECT 1 {_COLLECTED} LIMIT 1", {"path": path})
        made = add_for_day(self._rows, LetterKind.DIGEST, path=path, day=day, now=now) if carried else None
        if made is not None:
            sql = f"UPDATE outbox SET carried_by = :digest WHERE id IN (SELECT o.id {_COLLECTED})"
            self._rows.write(sql, {"digest": made, "path": path})
        return made

    def oldest_collected(self, path: str) -> datetime | None:
        """Since when a path's letters have waited for a digest; None where none does."""
        rows = self._rows.read(f"SELECT MIN(o.due_at) AS since {_COLLECTED}", {"path": path})
        return from_text(rows[0]["since"]) if rows[0]["since"] else None

    def collect(self, path: str, *, note: str, now: datetime) -> None:
        """Let a path's letters that nobody has built or begun wait for its digest; each has waited since it was due."""
        sql = f"""
            UPDATE outbox
            SET state = 'collected', note = :note, alarm = 0, attempts = 0, first_at = NULL,
                due_at = CASE WHEN due_at > :now THEN :now ELSE due_at END
            WHERE kind = 'entry' AND state = 'queued' AND {FREE}
              AND nomination_id IN (SELECT id FROM nominations WHERE path = :path)
              AND NOT EXISTS (SELECT 1 FROM messages AS m WHERE m.letter_id = outbox.id)
        """
        values: Params = {"path": path, "note": note, "now": to_text(now), "horizon": to_text(now + LONGEST_WAIT)}
        self._rows.write(sql, values)

    def paths_collected(self) -> list[str]:
        """The paths for which letters wait for a digest that is not made yet."""
        sql = """
            SELECT DISTINCT n.path FROM outbox AS o JOIN nominations AS n ON n.id = o.nomination_id
            WHERE o.state = 'collected' AND o.carried_by IS NULL ORDER BY n.path
        """
        return [row["path"] for row in self._rows.read(sql)]

    def release_collected(self, path: str, *, now: datetime) -> None:
        """Let what waits for a digest go out one by one: the path has none any more."""
        sql = f"""
            UPDATE outbox SET state = 'queued', due_at = :now, attempts = 0, first_at = NULL, note = ''
            WHERE id IN (SELECT o.id {_COLLECTED})
        """
        self._rows.write(sql, {"path": path, "now": to_text(now)})

    def set_apart(self, letter: QueuedLetter, *, note: str) -> None:
        """Take an entry's letter out of the digest that carries it: it cannot be built, and waits for people."""
        sql = """
            UPDATE outbox SET state = 'held', alarm = 1, note = :note, carried_by = NULL
            WHERE id = :id AND state = 'collected' AND carried_by = :digest
        """
        self._rows.write(sql, {"id": letter.id, "digest": letter.carried_by, "note": note})

    def carried(self, digest_id: int) -> list[QueuedLetter]:
        """The entries' letters that a digest carries, oldest first."""
        sql = "SELECT * FROM outbox WHERE carried_by = :id ORDER BY id"
        return [letter_of(row) for row in self._rows.read(sql, {"id": digest_id})]

    def leave(self, nomination_id: int) -> None:
        """Take an entry out of every digest: one that nobody can have is built anew, and whoever is building or sending
        it loses it; one that may have left is not sent again, and the others in it wait for the next."""
        sql = "SELECT DISTINCT carried_by FROM outbox WHERE nomination_id = :id AND carried_by IS NOT NULL"
        for row in self._rows.read(sql, {"id": nomination_id}):
            digest: Params = {"digest": row["carried_by"]}
            self._rows.write("DELETE FROM messages WHERE letter_id = :digest", digest)
            self._rows.write("UPDATE outbox SET lease_until = NULL WHERE id = :digest", digest)
            self._rows.write(
                """
                UPDATE outbox SET carried_by = NULL
                WHERE carried_by = :digest AND state = 'collected'
                  AND EXISTS (SELECT 1 FROM outbox AS d
                              WHERE d.id = :digest AND d.may_have_left = 1 AND d.state NOT IN ('sent', 'written'))
                """,
                digest,
            )
            self._rows.write(
                """
                UPDATE outbox
                SET state = 'dropped', alarm = 0,
                    note = '里面有一份已更正或撤回，其余的随下一次汇总寄出，可能重复'
                WHERE id = :digest AND may_have_left = 1 AND state NOT IN ('sent', 'written')
                """,
                digest,
            )
            self._rows.write("UPDATE outbox SET carried_by = NULL WHERE nomination_id = :id", {"id": nomination_id})

    def arrive(self, digest: QueuedLetter, verdict: Verdict, *, now: datetime) -> None:
        sql = """
            UPDATE outbox SET state = :state, sent_at = :now, note = :note, may_have_left = 1
            WHERE carried_by = :id AND state = 'collected'
        """
        end = "寄出" if verdict.state is LetterState.SENT else "写成文件，没有寄出"
        values: Params = {
            "id": digest.id,
            "state": verdict.state.value,
            "now": to_text(now),
            "note": f"随 {day_words(date.fromisoformat(digest.day))} 的汇总邮件{end}",
        }
        self._rows.write(sql, values)


def add_for_day(
    rows: Rows, kind: LetterKind, *, day: str, now: datetime, path: str = "", mailbox: str = ""
) -> int | None:
    """Queue a letter that is about a day and no single entry; its id, or None where there is one already."""
    sql = """
        INSERT INTO outbox (revision, kind, path, mailbox, day, state, due_at)
        VALUES (0, :kind, :path, :mailbox, :day, 'queued', :now)
        ON CONFLICT DO NOTHING
        RETURNING id
    """
    values: Params = {"kind": kind.value, "path": path, "mailbox": mailbox, "day": day, "now": to_text(now)}
    added = rows.write(sql, values)
    return int(added[0]["id"]) if added else None


_COLLECTED = """
    FROM outbox AS o JOIN nominations AS n ON n.id = o.nomination_id
    WHERE o.state = 'collected' AND o.carried_by IS NULL AND n.path = :path
"""
