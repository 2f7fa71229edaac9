"""One Word form, one sheet: docxtpl fills the placeholders, and what no template says is added afterwards.

Rule: a template is text from somebody else. It is rendered in jinja's sandbox, with nothing in reach but plain texts.
"""

import io
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any, cast

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.table import Table
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from h5app.documents import plan as grid
from h5app.documents.text import printable
from h5app.documents.undated import EPOCH, undated
from h5app.documents.word_appendix import TITLE_STYLE, add_appendix
from h5app.documents.word_pictures import code_run, portrait_run
from h5app.documents.word_runs import name_rare_fonts
from h5app.domain.sheet import CELLS, Sheet

# docxtpl turns {_{ }_} {_% %_} into {{ }} {% %} once it has rendered, also in what a person typed.
_BRACES = {ord(character): f"&#{ord(character)};" for character in "{}%"}
_SAME_MM = 1.0


def fill(template: bytes, sheet: Sheet) -> bytes:
    """Fill a Word form with `sheet`; the same two give the same bytes.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
        Exception: whatever a broken template makes docxtpl, jinja or python-docx raise.
    """
    planned = grid.plan(sheet)
    form = DocxTemplate(io.BytesIO(template))
    opened: Document = form.get_docx()
    _set_sizes(opened, planned)
    form.render(_context(sheet, planned, opened), jinja_env=sandbox(), autoescape=True)
    document = _reopened(opened)
    _align_marks(document)
    add_appendix(document, planned, name=printable(sheet.texts["name"]), reference=printable(sheet.reference))
    name_rare_fonts(document)
    document.core_properties.title = planned.title
    document.core_properties.created = document.core_properties.modified = EPOCH
    filled = io.BytesIO()
    document.save(filled)
    return undated(filled.getvalue())


def _reopened(opened: Document) -> Document:
    """The document with its new body: the one that was opened still holds the body as it was.

    docxtpl reads the new body as plain XML, and an element stays plain to lxml as long as anybody knows it: a traceback
    that holds docxtpl's call is enough. Of a copy nobody does.
    """
    opened.element.replace(opened.element.body, deepcopy(opened.element.body))
    return Document(opened.element, opened.part)


@cache
def sandbox() -> ImmutableSandboxedEnvironment:
    """Where templates are rendered: no attribute that leads to Python, and a name that nobody gave is an error."""
    return ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)


def _context(sheet: Sheet, planned: grid.Plan, document: Document) -> dict[str, Any]:
    texts = {name: _inert(planned.shown(name)) for name in CELLS}
    return {
        "title": _inert(planned.title),
        "texts": texts,
        "lines": {cell.name: texts[cell.name].split("\n") for cell in grid.BODY_CELLS},
        "portrait": None if sheet.portrait is None else portrait_run(document, sheet.portrait),
        "code": "" if sheet.code is None else code_run(document, sheet.code),
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
    """Set the plan's sizes in the styles that the template still has, and its heights where the grid is still ours."""
    styles = {style.name: cast("ParagraphStyle", style) for style in document.styles}
    for name, label in CELLS.items():
        if style := styles.get(label):
            pitch = grid.BODY_PITCH if grid.is_body(name) else grid.CELL_PITCH
            _set_size(style, planned.sizes_pt[name], pitch)
    if deeds := styles.get(CELLS["deeds"]):
        deeds.paragraph_format.first_line_indent = Pt(grid.INDENT_EM * planned.sizes_pt["deeds"])
    if title := styles.get(TITLE_STYLE):
        _set_size(title, planned.title_pt, grid.TITLE_PITCH)
    if _is_our_grid(document):
        rows = document.tables[0].rows
        rows[len(grid.SHORT_ROWS)].height = Mm(planned.honours_row_mm)
        rows[len(grid.SHORT_ROWS) + 1].height = Mm(planned.deeds_row_mm)


def _set_size(style: ParagraphStyle, size_pt: float, pitch: float) -> None:
    style.font.size = Pt(size_pt)
    style.paragraph_format.line_spacing = Pt(size_pt * pitch)


def _is_our_grid(document: Document) -> bool:
    """Whether page, margins and rows are those of the plan; another grid keeps the heights it was given."""
    section, tables = document.sections[0], document.tables
    found = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    planned = (grid.PAGE_WIDTH_MM, grid.PAGE_HEIGHT_MM, grid.MARGIN_TOP_MM, grid.MARGIN_BOTTOM_MM)
    same = all(length and abs(length.mm - mm) < _SAME_MM for length, mm in zip(found, planned, strict=True))
    return same and len(tables) == 1 and len(tables[0].rows) == len(grid.SHORT_ROWS) + 3


def _align_marks(document: Document) -> None:
    """Set （下转附页） at the right, as newspapers do, where it has a line of its own."""
    for paragraph in _paragraphs_of(document.tables):
        if paragraph.text == grid.CONTINUED_MARK:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            paragraph.paragraph_format.first_line_indent = Pt(0)


def _paragraphs_of(tables: list[Table]) -> Iterator[Paragraph]:
    for table in tables:
        for element in table._tbl.iter(qn("w:p")):  # noqa: SLF001 -- cells of merged rows would come up repeatedly
            yield Paragraph(cast("Any", element), cast("Any", table))
