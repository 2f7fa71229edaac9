"""What the office prints with: its own Word form, or none, and fonts of its own beside the shipped ones."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Stationery:
    """Passed to whatever prints; nothing here is read from the environment or kept between calls.

    Args:
        word_template: the bytes of the office's changed recommendation.docx, or None for the shipped one.
        font_folders: folders that are asked before the shipped fonts, with all that lies below them.
        rare_fonts: TrueType files that are asked last, for characters that no other font has.
    """

    word_template: bytes | None = field(default=None, repr=False)
    font_folders: tuple[Path, ...] = ()
    rare_fonts: tuple[Path, ...] = ()


SHIPPED = Stationery()
"""Nothing but what comes with the service."""
