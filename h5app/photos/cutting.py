"""The part of a portrait that goes onto paper: cut from its press rendition, and measured. Runs in the child only.

Measured is what will be printed, so that a hint is about what the person sees; the words are the domain's.
"""

import io
import math
import statistics

from PIL import Image

from h5app.domain.attachment import Measures
from h5app.domain.portrait import Box
from h5app.photos.rebuilding import REDUCING_GAP, jpeg_of
from h5app.photos.renditions import PAPER_HEIGHT_PX, PAPER_WIDTH_PX, THUMB_LONG_EDGE_PX, Cutting, fitted

_PAPER_QUALITY = 90
_THUMB_QUALITY = 78
# Small enough to walk over in Python, large enough for a face that counts.
_LOOK_PX = (50, 70)
# Skin of every shade lies close together in Cb and Cr, apart in brightness. So do wood and sand: a face is missed
# rather than called for. Source: Chai & Ngan, Face segmentation using skin-color map, IEEE Trans. CSVT 9 (1999).
_SKIN_CB, _SKIN_CR = range(77, 128), range(133, 174)
# Where there is background in a portrait: left and right of the head, this far in and down.
_BESIDE_PX, _DOWN_TO_PX = 8, 30


def cut(press: bytes, box: Box) -> Cutting:
    """Cut `box` out of a press rendition; decoded no larger than the paper needs."""
    with Image.open(io.BytesIO(press), formats=("JPEG",)) as picture:
        full = picture.size
        shrink = min(1.0, PAPER_WIDTH_PX / box.width_px, PAPER_HEIGHT_PX / box.height_px)
        picture.draft("RGB", (math.ceil(full[0] * shrink), math.ceil(full[1] * shrink)))
        picture.load()
        across, down = picture.width / full[0], picture.height / full[1]
        part = (
            box.left_px * across,
            box.top_px * down,
            (box.left_px + box.width_px) * across,
            (box.top_px + box.height_px) * down,
        )
        size = (max(1, round(box.width_px * shrink)), max(1, round(box.height_px * shrink)))
        paper = picture.resize(size, Image.Resampling.LANCZOS, box=part, reducing_gap=REDUCING_GAP)
    thumb = paper.resize(fitted(size, long_edge_px=THUMB_LONG_EDGE_PX), Image.Resampling.LANCZOS)
    return Cutting(
        paper=jpeg_of(paper, _PAPER_QUALITY), thumb=jpeg_of(thumb, _THUMB_QUALITY), measures=measures_of(paper)
    )


def measures_of(paper: Image.Image) -> Measures:
    """Brightness, face and unrest of a picture in mode RGB."""
    light, blue, red = _planes(paper, Image.Resampling.BOX)
    # Of single pixels: where red meets white, their average is skin.
    _, *colours = _planes(paper, Image.Resampling.NEAREST)
    skin = [b in _SKIN_CB and r in _SKIN_CR for b, r in zip(*colours, strict=True)]
    return Measures(
        # The brightest fifth begins here: a dark jacket is no dark picture.
        brightness=int(statistics.quantiles(light, n=5)[3]),
        face_percent=round(100 * _tallest_patch(skin) / _LOOK_PX[1]),
        unrest=min(255, round(max(_unrest(light, blue, red, columns) for columns in _beside()))),
    )


def _planes(paper: Image.Image, filter_: Image.Resampling) -> tuple[bytes, ...]:
    return tuple(plane.tobytes() for plane in paper.resize(_LOOK_PX, filter_).convert("YCbCr").split())


def _beside() -> tuple[range, range]:
    return range(_BESIDE_PX), range(_LOOK_PX[0] - _BESIDE_PX, _LOOK_PX[0])


def _unrest(light: bytes, blue: bytes, red: bytes, columns: range) -> float:
    """How far the background strays from its own mean: in brightness, and in colour, which walls have only one of."""
    places = [row * _LOOK_PX[0] + column for row in range(_DOWN_TO_PX) for column in columns]
    return sum(statistics.pstdev([plane[place] for place in places]) for plane in (light, blue, red))


def _tallest_patch(skin: list[bool]) -> int:
    """Height in rows of the largest connected patch; 0 without any."""
    width, height = _LOOK_PX
    seen = bytearray(len(skin))
    largest, rows = 0, 0
    for start in range(len(skin)):
        if not skin[start] or seen[start]:
            continue
        seen[start] = 1
        patch = [start]
        for place in patch:
            column = place % width
            for near in (
                place - width,
                place + width,
                place - 1 if column else -1,
                place + 1 if column < width - 1 else -1,
            ):
                if 0 <= near < width * height and skin[near] and not seen[near]:
                    seen[near] = 1
                    patch.append(near)
        if len(patch) > largest:
            largest = len(patch)
            rows = max(patch) // width - min(patch) // width + 1
    return rows
