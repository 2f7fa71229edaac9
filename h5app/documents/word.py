"""推荐表 as Word: the office's own kind of file, filled by docxtpl from templates/documents/recommendation.docx.

What the placeholders are is said in build_recommendation_docx.py beside the template.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, cast

from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docxtpl import DocxTemplate
from markupsafe import Markup, escape

from h5app.documents import plan as grid
from h5app.documents.portrait import overhang, portrait_size_px
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.text import printable
from h5app.domain.sheet import CELLS, Sheet

_TEMPLATE = Path(__file__).parents[2] / "templates" / "documents" / "recommendation.docx"
_TITLE_STYLE = "推荐表标题"
_HONOURS_ROW, _DEEDS_ROW = len(grid.SHORT_ROWS), len(grid.SHORT_ROWS) + 1
_THOUSANDTHS_OF_PERCENT = 100_000
_EPOCH = datetime(1980, 1, 1)  # noqa: DTZ001 -- the date of a ZIP member has no zone
# docxtpl turns {_{ }_} {_% %_} into {{ }} {% %} once it has rendered, also in what a person typed.
_BRACES = {ord(character): f"&#{ord(character)};" for character in "{}%"}


def recommendation_docx(sheet: Sheet, stationery: Stationery = SHIPPED) -> bytes:
    """Fill the Word form with `sheet`; the same sheet gives the same bytes.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
    """
    planned = grid.plan(sheet)
    template = DocxTemplate(io.BytesIO(stationery.word_template or _template()))
    document: Document = template.get_docx()
    _set_sizes(document, planned)
    template.render(_context(sheet, planned, document), autoescape=True)
    document.core_properties.title = planned.title
    document.core_properties.created = document.core_properties.modified = _EPOCH
    filled = io.BytesIO()
    document.save(filled)
    return _undated(filled)


def _context(sheet: Sheet, planned: grid.Plan, document: Document) -> dict[str, Any]:
    texts = {name: _inert(text) for name, text in planned.texts.items()}
    return {
        "title": _inert(planned.title),
        "texts": texts,
        "lines": {cell.name: texts[cell.name].split("\n") for cell in grid.BODY_CELLS},
        "portrait": None if sheet.portrait is None else _picture(document, sheet.portrait),
        "stamped": sheet.stamped,
        "unit": _inert(grid.unit_line(sheet)),
        "deeds_chars": sheet.deeds_chars,
        "reference": _inert(printable(sheet.reference)),
        "continues": planned.continues,
    }


def _inert(text: str) -> Markup:
    """Escape for XML and for docxtpl alike; `Markup`, so that it is escaped once."""
    return Markup(str(escape(text)).translate(_BRACES))  # noqa: S704 -- escaped right here


def _set_sizes(document: Document, planned: grid.Plan) -> None:
    styles = {style.name: cast("ParagraphStyle", style) for style in document.styles}
    for name, label in CELLS.items():
        size = planned.sizes_pt[name]
        pitch = grid.BODY_PITCH if grid.is_body(name) else grid.CELL_PITCH
        _set_size(styles[label], size, pitch)
    styles[CELLS["deeds"]].paragraph_format.first_line_indent = Pt(grid.INDENT_EM * planned.sizes_pt["deeds"])
    _set_size(styles[_TITLE_STYLE], planned.title_pt, grid.TITLE_PITCH)
    rows = document.tables[0].rows
    rows[_HONOURS_ROW].height = Mm(planned.honours_row_mm)
    rows[_DEEDS_ROW].height = Mm(planned.deeds_row_mm)


def _set_size(style: ParagraphStyle, size_pt: float, pitch: float) -> None:
    style.font.size = Pt(size_pt)
    style.paragraph_format.line_spacing = Pt(size_pt * pitch)


def _picture(document: Document, portrait: bytes) -> Markup:
    """Draw the portrait at 25 × 35 mm, cropped by Word itself: the JPEG stays as it is."""
    across, down = overhang(portrait_size_px(portrait))
    inline = document.part.new_pic_inline(io.BytesIO(portrait), Mm(grid.PORTRAIT_WIDTH_MM), Mm(grid.PORTRAIT_HEIGHT_MM))
    inline.docPr.set("descr", "正面免冠彩色近照")
    for side in "TBLR":
        inline.set(f"dist{side}", "0")  # where it is left out, LibreOffice takes 3 mm
    crop = OxmlElement("a:srcRect")
    for side, part in (("l", across), ("t", down), ("r", across), ("b", down)):
        crop.set(side, str(round(part * _THOUSANDTHS_OF_PERCENT)))
    next(inline.iter(qn("a:blip"))).addnext(crop)
    return Markup(  # noqa: S704 -- python-docx's own XML
        f'</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
    )


def _undated(filled: io.BytesIO) -> bytes:
    """Pack the parts again without the moment of packing, so that the same sheet gives the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(filled) as source, zipfile.ZipFile(packed, "w") as target:
        for name, part in _parts(source):
            member = zipfile.ZipInfo(name, _EPOCH.timetuple()[:6])
            target.writestr(member, part, compress_type=zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _parts(source: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    for name in source.namelist():
        yield name, source.read(name)


@cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()
