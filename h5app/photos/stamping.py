"""A sentence over a picture that leaves the house, so that the copy serves nothing else. Runs in the child only."""

import io
import itertools

from PIL import Image

from h5app.photos.rebuilding import jpeg_of

_QUALITY = 88
# The sentence three times across a picture, and every other row set between those above it.
_ACROSS = 2.4


def stamp(mark: bytes, picture: bytes) -> bytes:
    """Repeat `mark` over a JPEG of ours.

    Args:
        mark: a PNG with its own transparency, one sentence and the air around it.
        picture: a rendition.
    """
    with Image.open(io.BytesIO(picture), formats=("JPEG",)) as opened:
        stamped = opened.convert("RGB")
    with Image.open(io.BytesIO(mark), formats=("PNG",)) as opened:
        tile = opened.convert("RGBA")
    width = max(1, round(max(stamped.size) / _ACROSS))
    tile = tile.resize((width, max(1, round(tile.height * width / tile.width))), Image.Resampling.LANCZOS)
    for row, top in enumerate(range(0, stamped.height, tile.height)):
        start = -tile.width // 2 if row % 2 else 0
        for left in itertools.takewhile(lambda x: x < stamped.width, itertools.count(start, tile.width)):
            stamped.paste(tile, (left, top), tile)
    return jpeg_of(stamped, _QUALITY)
