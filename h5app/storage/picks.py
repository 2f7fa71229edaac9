"""Picks: entries that a member of staff has chosen for a table, in his order; numbers only, nothing about people."""

from collections.abc import Sequence

from h5app.domain.nomination import Status
from h5app.storage.rows import Rows


class Picks:
    """Table `picks`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, who: str) -> list[str]:
        """受理编号 in order; what has been erased since is left out."""
        sql = """
            SELECT p.reference, n.status FROM picks AS p
            JOIN nominations AS n ON n.reference = p.reference
            WHERE p.who = :who ORDER BY p.place
        """
        rows = self._rows.read(sql, {"who": who})
        return [row["reference"] for row in rows if not Status(row["status"]).is_erased]

    def put(self, who: str, references: Sequence[str]) -> None:
        """Replace them all. Several statements: belongs into a transaction, together with what was read before."""
        self._rows.write("DELETE FROM picks WHERE who = :who", {"who": who})
        sql = "INSERT INTO picks (who, place, reference) VALUES (:who, :place, :reference)"
        for place, reference in enumerate(references, start=1):
            self._rows.write(sql, {"who": who, "place": place, "reference": reference})
