"""推荐表 as page images: nothing needs downloading inside WeChat. Drawn by the PDF's own template, so the two agree."""

from h5app.documents import plan as grid
from h5app.documents.palette import INK, MOST_COLOURS, PAPER, indexed_png, steps
from h5app.documents.pdf import draw
from h5app.documents.portrait import portrait_colours
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.domain.sheet import Sheet

PAGE_WIDTH_PX, PAGE_HEIGHT_PX = 1080, 1527
"""As wide as most phones' screens; 131 dpi."""
GLANCE_WIDTH_PX, GLANCE_HEIGHT_PX = 720, 1018
"""As wide as a page's column on a screen of two pixels a point."""

_MM_PER_INCH = 25.4
_GREYS = steps(INK, PAPER, count=16)
# Evenly spaced ones would part a thin line into lighter and darker pieces: the border between two stood in its grey.
_FEW_GREYS = [INK, (45, 45, 45), (140, 140, 140), PAPER]


def recommendation_pictures(sheet: Sheet, stationery: Stationery = SHIPPED) -> list[bytes]:
    """Draw each page of `sheet` as a PNG of 1080 × 1527 pixels; the same sheet gives the same bytes.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG, or a broken one.
    """
    colours = [*_GREYS]
    if sheet.portrait is not None:
        colours += portrait_colours(sheet.portrait, count=MOST_COLOURS - len(_GREYS))
    return [indexed_png(page, colours) for page in _pages(sheet, stationery, width_px=PAGE_WIDTH_PX)]


def recommendation_glance(sheet: Sheet, stationery: Stationery = SHIPPED) -> bytes:
    """Draw the first page as a PNG of 720 × 1018 pixels in four greys: 8 KB for a blank form, against 28 KB."""
    first, *_ = _pages(sheet, stationery, width_px=GLANCE_WIDTH_PX)
    return indexed_png(first, _FEW_GREYS, level=9)


def _pages(sheet: Sheet, stationery: Stationery, *, width_px: int) -> list[bytes]:
    ppi = width_px / grid.PAGE_WIDTH_MM * _MM_PER_INCH
    return draw(sheet, stationery, form="png", ppi=ppi)
