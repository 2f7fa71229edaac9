"""The two clean pictures made of every upload."""

from dataclasses import dataclass

PRESS_LONG_EDGE_PX = 4096
MAIL_LONG_EDGE_PX = 1600


@dataclass(frozen=True)
class Renditions:
    """JPEGs made of pixels alone: sRGB, upright, nothing else in the file.

    Args:
        press: long edge ≤ 4096 px, for newspapers and the portrait on paper.
        mail: long edge ≤ 1600 px.
        width_px: width of `press`.
        height_px: height of `press`.
    """

    press: bytes
    mail: bytes
    width_px: int
    height_px: int


def fitted(size: tuple[int, int], *, long_edge_px: int) -> tuple[int, int]:
    """Width and height in pixels, shrunk until the longer is `long_edge_px`; never enlarged, never below one pixel.

    >>> fitted((4000, 3000), long_edge_px=1600)
    (1600, 1200)
    >>> fitted((1, 60000), long_edge_px=4096)
    (1, 4096)
    """
    longer = max(size)
    if longer <= long_edge_px:
        return size
    width, height = (max(1, round(side * long_edge_px / longer)) for side in size)
    return width, height
