"""Which part of a portrait goes onto paper: a box of 25 : 35, chosen by the person or a bit above the centre."""

import math
from dataclasses import dataclass

from h5app.domain.errors import PhotoError

WIDTH_PARTS, HEIGHT_PARTS = 5, 7
"""25 × 35 mm, the small two-inch of Chinese forms called 1寸: 295 × 413 px at 300 dpi."""

# Of what is cut off in height, this much at the top: heads are above the middle, hair needs air.
_CUT_AT_TOP = 0.3
# Enlarged further, a face would be a handful of squares.
_LEAST_WIDTH_PX = 60
ADJUST_AGAIN = "没有看清要留哪一部分，请再调整一次"


@dataclass(frozen=True)
class Box:
    """A part of an upright picture, in pixels of its press rendition."""

    left_px: int
    top_px: int
    width_px: int
    height_px: int


def centre_box(width_px: int, height_px: int) -> Box:
    """The largest box of 25 : 35 in a picture: centred across, a bit above the centre.

    >>> centre_box(3000, 4000)
    Box(left_px=71, top_px=0, width_px=2857, height_px=4000)
    >>> centre_box(1000, 2000)
    Box(left_px=0, top_px=180, width_px=1000, height_px=1400)
    """
    width, height = _largest(width_px, height_px)
    return Box((width_px - width) // 2, int((height_px - height) * _CUT_AT_TOP), width, height)


def box_of(width_px: int, height_px: int, *, left: float, top: float, width: float) -> Box:
    """The box that a person chose, moved and shrunk into the picture where it sticks out.

    Args:
        width_px: of the picture.
        height_px: of the picture.
        left: of the box, as a part of the picture's width.
        top: of the box, as a part of the picture's height.
        width: of the box, as a part of the picture's width; its height follows.

    Raises:
        PhotoError: not numbers that mean a box.

    >>> box_of(1000, 2000, left=0.25, top=0.1, width=0.5)
    Box(left_px=250, top_px=200, width_px=500, height_px=700)
    """
    if not all(math.isfinite(number) for number in (left, top, width)) or width <= 0:
        raise PhotoError(ADJUST_AGAIN)
    most_width, most_height = _largest(width_px, height_px)
    box_width = _inside(_pixels(width, width_px), least=min(_LEAST_WIDTH_PX, most_width), most=most_width)
    box_height = min(most_height, max(1, round(box_width * HEIGHT_PARTS / WIDTH_PARTS)))
    return Box(
        _inside(_pixels(left, width_px), least=0, most=width_px - box_width),
        _inside(_pixels(top, height_px), least=0, most=height_px - box_height),
        box_width,
        box_height,
    )


def _largest(width_px: int, height_px: int) -> tuple[int, int]:
    width = min(width_px, max(1, round(height_px * WIDTH_PARTS / HEIGHT_PARTS)))
    return width, min(height_px, max(1, round(width * HEIGHT_PARTS / WIDTH_PARTS)))


def _pixels(part: float, side_px: int) -> int:
    return round(max(0.0, min(part, 1.0)) * side_px)


def _inside(value: int, *, least: int, most: int) -> int:
    return max(least, min(value, most))
