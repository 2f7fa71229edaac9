"""Pictures in a Word form, as runs that stand in for a placeholder: the portrait, and the code in the corner."""

import io

from docx.document import Document
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.oxml.shape import CT_Inline
from docx.shared import Mm
from markupsafe import Markup
from PIL import Image, ImageDraw

from h5app.documents import plan as grid
from h5app.documents.portrait import overhang, portrait_size_px
from h5app.domain.code import PrintedCode

_THOUSANDTHS_OF_PERCENT = 100_000
_MODULE_PX = 16


def portrait_run(document: Document, portrait: bytes) -> Markup:
    """Draw the portrait at 25 × 35 mm, cropped by Word itself: the JPEG stays as it is.

    Raises:
        UnreadablePhotoError: not a JPEG.
    """
    across, down = overhang(portrait_size_px(portrait))
    inline = _inline(document, portrait, grid.PORTRAIT_WIDTH_MM, grid.PORTRAIT_HEIGHT_MM)
    inline.docPr.set("descr", "正面免冠彩色近照")
    for side in "TBLR":
        inline.set(f"dist{side}", "0")  # where it is left out, LibreOffice takes 3 mm
    crop = OxmlElement("a:srcRect")
    for side, part in (("l", across), ("t", down), ("r", across), ("b", down)):
        crop.set(side, str(round(part * _THOUSANDTHS_OF_PERCENT)))
    next(inline.iter(qn("a:blip"))).addnext(crop)
    return _run(inline.xml)


def code_run(document: Document, code: PrintedCode) -> Markup:
    """Put the code above the grid's right end, floating, so that it moves nothing."""
    inline = _inline(document, _png(code), grid.CODE_MM, grid.CODE_MM)
    left_mm = grid.PAGE_WIDTH_MM - grid.MARGIN_X_MM - grid.CODE_MM
    anchor = parse_xml(
        f'<wp:anchor {nsdecls("wp", "a")} distT="0" distB="0" distL="0" distR="0" simplePos="0" relativeHeight="2" '
        'behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="page"><wp:posOffset>{Mm(left_mm)}</wp:posOffset></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{Mm(grid.CODE_TOP_MM)}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{Mm(grid.CODE_MM)}" cy="{Mm(grid.CODE_MM)}"/><wp:effectExtent l="0" t="0" r="0" b="0"/>'
        '<wp:wrapNone/><wp:docPr id="1" name="code" descr="受理编号的二维码"/><wp:cNvGraphicFramePr/></wp:anchor>'
    )
    anchor.append(inline.graphic)
    return _run(anchor.xml)


def _inline(document: Document, picture: bytes, width_mm: float, height_mm: float) -> CT_Inline:
    return document.part.new_pic_inline(io.BytesIO(picture), Mm(width_mm), Mm(height_mm))


def _png(code: PrintedCode) -> bytes:
    """One bit a pixel, each module whole pixels."""
    side = code.modules * _MODULE_PX
    image = Image.new("1", (side, side), 1)
    draw = ImageDraw.Draw(image)
    for x, y, length in code.runs:
        left, top = x * _MODULE_PX, y * _MODULE_PX
        draw.rectangle((left, top, left + length * _MODULE_PX - 1, top + _MODULE_PX - 1), fill=0)
    made = io.BytesIO()
    image.save(made, "PNG")
    return made.getvalue()


def _run(drawing: str) -> Markup:
    """A drawing in place of a placeholder's text: the run around the placeholder is closed and opened again."""
    return Markup(  # noqa: S704 -- python-docx's own XML
        f'</w:t></w:r><w:r><w:drawing>{drawing}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
    )
