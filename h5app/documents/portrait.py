"""The portrait on paper: covers 25 × 35 mm whatever its shape, cut at the longer side, never stretched."""

import io

from PIL import Image, UnidentifiedImageError

from h5app.documents.plan import PORTRAIT_HEIGHT_MM, PORTRAIT_WIDTH_MM
from h5app.domain.errors import UnreadablePhotoError

_UNREADABLE = "近照无法读取，请换一张近照重新上传"
# About as large as the cell on a phone's page image: more pixels hold no more colours.
_ENOUGH_PX = (125, 175)


def portrait_size_px(portrait: bytes) -> tuple[int, int]:
    """Width and height from the JPEG's header; nothing is decoded.

    Raises:
        UnreadablePhotoError: not a JPEG. Typst would leave the cell empty without a word.
    """
    try:
        with Image.open(io.BytesIO(portrait), formats=["JPEG"]) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise UnreadablePhotoError(_UNREADABLE) from error


def portrait_colours(portrait: bytes, *, count: int) -> list[tuple[int, int, int]]:
    """The `count` colours, or fewer, that stand for the JPEG's best.

    Raises:
        UnreadablePhotoError: not a JPEG, or one that breaks off.
    """
    try:
        with Image.open(io.BytesIO(portrait), formats=["JPEG"]) as image:
            image.draft("RGB", _ENOUGH_PX)
            small = image.convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError) as error:
        raise UnreadablePhotoError(_UNREADABLE) from error
    small.thumbnail(_ENOUGH_PX)
    levels = small.quantize(count, method=Image.Quantize.MEDIANCUT).getpalette() or []
    return [(levels[at], levels[at + 1], levels[at + 2]) for at in range(0, len(levels), 3)]


def overhang(size_px: tuple[int, int]) -> tuple[float, float]:
    """Part of the width and of the height to cut off at *each* side so that the rest fills the cell.

    >>> overhang((295, 413))
    (0.0, 0.0)
    >>> overhang((1000, 700))
    (0.25, 0.0)
    """
    width, height = size_px
    shape, cell = width / height, PORTRAIT_WIDTH_MM / PORTRAIT_HEIGHT_MM
    if shape > cell:
        return ((1 - cell / shape) / 2, 0.0)
    return (0.0, (1 - shape / cell) / 2)
