"""The sentence that is laid over copies of honours: set once, for pictures of any size."""

import json
from functools import lru_cache

from h5app.documents.fonts import FONT_FAMILIES
from h5app.documents.text import printable
from h5app.documents.typesetting import typeset

_PPI = 144


@lru_cache(maxsize=4)
def watermark(text: str) -> bytes:
    """A PNG with transparency: the sentence, slanting, with the air that parts it from the next."""
    told = {"text": " ".join(printable(text).split()), "fonts": tuple(reversed(FONT_FAMILIES))}
    (png,) = typeset("watermark.typ", {"told": json.dumps(told, ensure_ascii=False)}, form="png", ppi=_PPI)
    return png
