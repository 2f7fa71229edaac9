"""Tries: how often somebody has guessed wrong at something short."""

from datetime import datetime

from h5app.storage.rows import Rows, from_text, to_text


class Tries:
    """Table `tries`. A key is a blind index: the table tells nobody whom it is about."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def of(self, key: str) -> tuple[int, datetime] | None:
        """Wrong guesses in a row, and when the last one was; None after a right one."""
        found = self._rows.read("SELECT failures, at FROM tries WHERE key = :key", {"key": key})
        return (found[0]["failures"], from_text(found[0]["at"])) if found else None

    def add(self, key: str, *, now: datetime) -> None:
        """Count a wrong guess."""
        sql = """
            INSERT INTO tries (key, failures, at) VALUES (:key, 1, :now)
            ON CONFLICT (key) DO UPDATE SET failures = tries.failures + 1, at = excluded.at
        """
        self._rows.write(sql, {"key": key, "now": to_text(now)})

    def clear(self, key: str) -> None:
        """Forget the wrong guesses: somebody knew it."""
        self._rows.write("DELETE FROM tries WHERE key = :key", {"key": key})

    def forget_before(self, moment: datetime) -> None:
        """Forget what was guessed before `moment`; old guesses stand in nobody's way."""
        self._rows.write("DELETE FROM tries WHERE at < :moment", {"moment": to_text(moment)})
