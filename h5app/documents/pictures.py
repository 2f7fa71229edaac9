"""推荐表 as page images: nothing needs downloading inside WeChat. Drawn by the PDF's own template, so the two agree."""

from h5app.documents import plan as grid
from h5app.documents.palette import INK, MOST_COLOURS, PAPER, indexed_png, steps
from h5app.documents.pdf import RECOMMENDATION, recommendation_inputs
from h5app.documents.portrait import portrait_colours
from h5app.documents.typesetting import typeset
from h5app.domain.sheet import Sheet

PAGE_WIDTH_PX = 1080
"""As wide as most phones' screens; 131 dpi."""
PAGE_HEIGHT_PX = 1527

_MM_PER_INCH = 25.4
_GREYS = steps(INK, PAPER, count=16)


def recommendation_pictures(sheet: Sheet) -> list[bytes]:
    """Draw each page of `sheet` as a PNG of 1080 × 1527 pixels; the same sheet gives the same bytes.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG, or a broken one.
    """
    ppi = PAGE_WIDTH_PX / grid.PAGE_WIDTH_MM * _MM_PER_INCH
    colours = [*_GREYS]
    if sheet.portrait is not None:
        colours += portrait_colours(sheet.portrait, count=MOST_COLOURS - len(_GREYS))
    pages = typeset(RECOMMENDATION, recommendation_inputs(sheet), form="png", ppi=ppi)
    return [indexed_png(page, colours) for page in pages]
