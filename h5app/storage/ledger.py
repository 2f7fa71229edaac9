"""The ledger: entries counted against their letters. It reads only, counts in SQL, and opens no seal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route
from h5app.domain.reconciling import DailyLetter, Gap, Returned, Standing, Tally
from h5app.storage.rows import Row, Rows, from_text, to_text


@dataclass(frozen=True)
class Ledger:
    """Tables `nominations`, `revisions`, `outbox` and `messages`, read together."""

    rows: Rows

    def first_received_at(self) -> datetime | None:
        """When the first entry ever was; None where there is none."""
        found = self.rows.read(f"SELECT received_at AS at {_RECEIVED} ORDER BY id LIMIT 1")
        return from_text(found[0]["at"]) if found else None

    def count_received(self, *, since: datetime | None, until: datetime) -> int:
        """How many entries came in between two moments; their letters are not asked."""
        sql = f"SELECT COUNT(*) AS n {_RECEIVED} WHERE received_at < :until AND received_at >= :since"
        return int(self.rows.read(sql, {"since": to_text(since) if since else "", "until": to_text(until)})[0]["n"])

    def tallies(self, *, begins: datetime, ends: datetime) -> list[Tally]:
        """Where everything stands that was received until `ends`; `on_day` counts what came since `begins`."""
        sql = f"""
            SELECT s.route, s.category, s.standing, COUNT(*) AS so_far,
                   CAST(SUM(CASE WHEN s.received_at >= :begins THEN 1 ELSE 0 END) AS BIGINT) AS on_day
            {_STANDING}
            GROUP BY s.route, s.category, s.standing
        """
        found = self.rows.read(sql, {"begins": to_text(begins), "ends": to_text(ends)})
        return [
            Tally(
                route=Route(row["route"]),
                category=row["category"],
                standing=Standing(row["standing"]),
                on_day=row["on_day"],
                so_far=row["so_far"],
            )
            for row in found
        ]

    def standing_at(self, standings: Iterable[Standing], *, ends: datetime, limit: int) -> list[Gap]:
        """The entries that stand so, in the order of `Standing`, then the longest waiting first."""
        given = "".join(f",{standing.value}," for standing in standings)
        sql = f"""
            SELECT s.* {_STANDING}
            WHERE :given LIKE '%,' || s.standing || ',%'
            ORDER BY {_RANK}, s.since, s.id
            LIMIT :limit
        """
        found = self.rows.read(sql, {"given": given, "ends": to_text(ends), "limit": limit})
        return [_gap(row, LetterKind.ENTRY) for row in found]

    def ends_not_told(self, *, limit: int) -> list[Gap]:
        """Letters that take an entry back and that no mailbox has, the longest waiting first."""
        sql = f"""
            SELECT n.reference, o.revision, o.state AS standing, o.due_at AS since, o.note, o.alarm {_ENDS_NOT_TOLD}
            ORDER BY o.id LIMIT :limit
        """
        return [_gap(row, LetterKind.WITHDRAWAL) for row in self.rows.read(sql, {"limit": limit})]

    def count_ends_not_told(self) -> int:
        return int(self.rows.read(f"SELECT COUNT(*) AS n {_ENDS_NOT_TOLD}")[0]["n"])

    def returned(self, *, limit: int) -> list[Returned]:
        """What staff have sent back and nobody has mended, the longest first."""
        sql = f"SELECT reference, changed_at {_RETURNED} ORDER BY changed_at, id LIMIT :limit"
        return [
            Returned(row["reference"], from_text(row["changed_at"])) for row in self.rows.read(sql, {"limit": limit})
        ]

    def count_returned(self) -> int:
        return int(self.rows.read(f"SELECT COUNT(*) AS n {_RETURNED}")[0]["n"])

    def daily_not_taken(self, *, before: str) -> list[DailyLetter]:
        """Digests that nobody has taken, and reports of earlier days than `before` (YYYY-MM-DD)."""
        sql = """
            SELECT kind, path, day, state, note FROM outbox
            WHERE state IN ('queued', 'unknown', 'held') AND (kind = 'digest' OR kind = 'report' AND day < :before)
            ORDER BY day, id
        """
        return [
            DailyLetter(LetterKind(row["kind"]), row["path"], row["day"], LetterState(row["state"]), row["note"])
            for row in self.rows.read(sql, {"before": before})
        ]


# When an entry came in: a correction's date takes the place of the first one's, which its past revision keeps.
_RECEIVED = """
    FROM (
        SELECT n.id, COALESCE(r.submitted_at, n.submitted_at) AS received_at
        FROM nominations AS n LEFT JOIN revisions AS r ON r.nomination_id = n.id AND r.revision = 1
    ) AS s
"""

# What is called sent is so only where none of the messages that are left still waits.
_STANDING = """
    FROM (
        SELECT n.id, n.reference, n.route, n.category, n.revision, n.submitted_at AS since,
               COALESCE(r.submitted_at, n.submitted_at) AS received_at,
               CASE WHEN o.state = 'collected' AND d.note <> '' THEN d.note ELSE COALESCE(o.note, '') END AS note,
               CASE WHEN o.alarm = 1 OR d.alarm = 1 THEN 1 ELSE 0 END AS alarm,
               CASE
                   WHEN n.status IN ('withdrawn', 'declined') THEN n.status
                   WHEN n.status = 'waiting' THEN 'unconfirmed'
                   WHEN o.id IS NULL AND n.origin = 'mail' AND n.revision = 1 THEN 'typed_in'
                   WHEN o.id IS NULL OR o.state = 'dropped' THEN 'lost'
                   WHEN o.state IN ('sent', 'written') AND EXISTS (
                       SELECT 1 FROM messages AS m WHERE m.letter_id = o.id AND m.taken_at IS NULL
                   ) THEN 'lost'
                   WHEN o.state = 'collected' AND d.state IN ('held', 'unknown') THEN d.state
                   ELSE o.state
               END AS standing
        FROM nominations AS n
        LEFT JOIN revisions AS r ON r.nomination_id = n.id AND r.revision = 1
        LEFT JOIN outbox AS o ON o.nomination_id = n.id AND o.revision = n.revision AND o.kind = 'entry'
        LEFT JOIN outbox AS d ON d.id = o.carried_by
        WHERE COALESCE(r.submitted_at, n.submitted_at) < :ends
    ) AS s
"""

_RETURNED = "FROM nominations WHERE status = 'returned'"

_RANK = (
    "CASE s.standing "
    + " ".join(f"WHEN '{standing.value}' THEN {place}" for place, standing in enumerate(Standing))
    + " ELSE 99 END"
)

_ENDS_NOT_TOLD = """
    FROM outbox AS o JOIN nominations AS n ON n.id = o.nomination_id
    WHERE o.kind = 'withdrawal' AND o.state NOT IN ('sent', 'dropped')
"""


def _gap(row: Row, kind: LetterKind) -> Gap:
    return Gap(
        reference=row["reference"],
        revision=row["revision"],
        kind=kind,
        standing=Standing(row["standing"]),
        since=from_text(row["since"]),
        note=row["note"],
        alarm=bool(row["alarm"]),
    )
