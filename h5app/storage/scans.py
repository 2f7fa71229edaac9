"""Scans: how often each poster's code was opened on each day, and nothing about who opened it."""

from datetime import date

from h5app.storage.rows import Rows


class Scans:
    """Table `scans`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def count(self, code: str, *, day: date) -> None:
        sql = """
            INSERT INTO scans (code, day, count) VALUES (:code, :day, 1)
            ON CONFLICT (code, day) DO UPDATE SET count = scans.count + 1
        """
        self._rows.write(sql, {"code": code, "day": day.isoformat()})

    def totals(self) -> dict[str, int]:
        """Code → scans of all days."""
        rows = self._rows.read("SELECT code, CAST(SUM(count) AS BIGINT) AS n FROM scans GROUP BY code")
        return {row["code"]: row["n"] for row in rows}
