"""A row of a table that somebody sent, whatever kind of file it came in."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """Its number as the table's own program shows it, from 1, and the text of its cells."""

    number: int
    cells: tuple[str, ...]
