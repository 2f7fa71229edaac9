"""The pause of the whole mail queue: until a time, where a server is in trouble, or until staff end it."""

from dataclasses import dataclass
from datetime import datetime

from h5app.domain.letter import is_due
from h5app.storage.rows import Rows, from_text, to_text


@dataclass(frozen=True)
class Pause:
    """Why no letter is tried. `until` is None where staff have paused it: then nothing but staff ends it."""

    until: datetime | None
    note: str


class Pauses:
    """Table `queue_state`, one row."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def now(self, *, now: datetime) -> Pause | None:
        """What holds the queue at this moment; None while it runs."""
        rows = self._rows.read("SELECT * FROM queue_state")
        if not rows:
            return None
        if rows[0]["by_hand"]:
            return Pause(None, rows[0]["note"])
        until = from_text(rows[0]["paused_until"])
        return None if is_due(until, now=now) else Pause(until, rows[0]["note"])

    def until(self, until: datetime, *, note: str) -> None:
        """Send nothing before `until`: the account or the server is in trouble, not a letter.

        What staff have paused stays so.
        """
        sql = """
            INSERT INTO queue_state (id, paused_until, note) VALUES (1, :until, :note)
            ON CONFLICT (id) DO UPDATE SET paused_until = excluded.paused_until, note = excluded.note
            WHERE queue_state.by_hand = 0
        """
        self._rows.write(sql, {"until": to_text(until), "note": note})

    def by_hand(self, *, note: str) -> None:
        """Send nothing until `resume`."""
        sql = """
            INSERT INTO queue_state (id, paused_until, note, by_hand) VALUES (1, NULL, :note, 1)
            ON CONFLICT (id) DO UPDATE SET paused_until = NULL, note = excluded.note, by_hand = 1
        """
        self._rows.write(sql, {"note": note})

    def lift(self) -> None:
        """End a pause that a server's trouble made: somebody has mended it. What staff have paused stays so."""
        self._rows.write("DELETE FROM queue_state WHERE by_hand = 0")

    def resume(self) -> None:
        """End any pause."""
        self._rows.write("DELETE FROM queue_state")
