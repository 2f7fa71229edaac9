"""The clean pictures made of every upload, and the part of a portrait that goes onto paper."""

from dataclasses import dataclass

from h5app.domain.attachment import Measures

PRESS_LONG_EDGE_PX = 4096
MAIL_LONG_EDGE_PX = 1600
THUMB_LONG_EDGE_PX = 480
# 25 × 35 mm at 610 dpi: twice what an office printer resolves.
PAPER_WIDTH_PX, PAPER_HEIGHT_PX = 600, 840


@dataclass(frozen=True)
class Renditions:
    """JPEGs made of pixels alone: sRGB, upright, nothing else in the file.

    Args:
        press: long edge ≤ 4096 px, for newspapers.
        mail: long edge ≤ 1600 px.
        thumb: long edge ≤ 480 px, for the phone's pages.
        width_px: width of `press`.
        height_px: height of `press`.
    """

    press: bytes
    mail: bytes
    thumb: bytes
    width_px: int
    height_px: int


@dataclass(frozen=True)
class Cutting:
    """The part of a portrait that goes onto paper, as JPEGs of 25 : 35; never enlarged.

    Args:
        paper: at most 600 × 840 px.
        thumb: height ≤ 480 px.
        measures: of this part.
    """

    paper: bytes
    thumb: bytes
    measures: Measures


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
