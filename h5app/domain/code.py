"""A QR code as data, for whatever prints or draws one."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class PrintedCode:
    """A QR code without its quiet zone.

    Args:
        modules: modules per side.
        runs: dark modules as (x, y, length), in modules from the top left corner.
    """

    modules: int
    runs: Sequence[tuple[int, int, int]]
