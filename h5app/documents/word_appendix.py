"""The 附页 of a Word form: what the form could not hold, behind it. Added to whatever template was filled.

How a reader puts an answer together again: a cell's text ends with （下转附页）, and an 附页（续 …） of that cell
follows. Where the mark is a paragraph (or a line) of its own, a line of the person's ends before it; where it ends a
paragraph, nothing parts the two.
"""

from typing import cast

from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle

from h5app.documents import plan as grid

TITLE_STYLE = "推荐表标题"
HEADING_STYLE, PERSON_STYLE, TEXT_STYLE = "附页标题", "附页姓名", "附页正文"


def add_appendix(document: Document, planned: grid.Plan, *, name: str, reference: str) -> None:
    """Append a heading, whose form this belongs to, and the rest of each answer that goes on."""
    if not planned.continued:
        return
    add_appendix_styles(document)
    _set_size(cast("ParagraphStyle", document.styles[TEXT_STYLE]), planned.appendix_pt, grid.BODY_PITCH)
    for number, part in enumerate(planned.continued):
        heading = document.add_paragraph(part.heading, style=HEADING_STYLE)
        heading.paragraph_format.page_break_before = number == 0
        person = document.add_paragraph(f"姓名：{' '.join(name.split())}", style=PERSON_STYLE)
        if reference:
            person.add_run(f"\t受理编号：{reference}")
        _add_text(document, part, size_pt=planned.appendix_pt)


def _add_text(document: Document, part: grid.Continued, *, size_pt: float) -> None:
    indent = Pt(grid.INDENT_EM * size_pt if part.name == "deeds" else 0)
    for number, line in enumerate(part.text.split("\n")):
        paragraph = document.add_paragraph(line, style=TEXT_STYLE)
        paragraph.paragraph_format.first_line_indent = Pt(0) if part.within_line and number == 0 else indent


def add_appendix_styles(document: Document) -> None:
    """Add the styles that a template has not; the office may set those it has as it likes."""
    names = {style.name for style in document.styles}
    if HEADING_STYLE not in names:
        heading = _add_style(document, HEADING_STYLE, base=TITLE_STYLE if TITLE_STYLE in names else "Normal")
        heading.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = Pt(18)
        heading.paragraph_format.space_after = Pt(6)
        _set_size(heading, grid.APPENDIX_TITLE_PT, grid.TITLE_PITCH)
    if PERSON_STYLE not in names:
        person = _add_style(document, PERSON_STYLE, base="Normal")
        person.paragraph_format.keep_with_next = True
        person.paragraph_format.space_after = Pt(8)
        person.paragraph_format.tab_stops.add_tab_stop(Mm(sum(grid.COLUMNS_MM)), WD_TAB_ALIGNMENT.RIGHT)
        _set_size(person, grid.LABEL_PT, grid.BODY_PITCH)
        _add_rule_below(person)
    if TEXT_STYLE not in names:
        text = _add_style(document, TEXT_STYLE, base="Normal")
        text.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        _set_size(text, grid.LABEL_PT, grid.BODY_PITCH)


def _add_style(document: Document, name: str, *, base: str) -> ParagraphStyle:
    style = cast("ParagraphStyle", document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
    style.base_style = document.styles[base]
    style.quick_style = True
    return style


def _add_rule_below(style: ParagraphStyle) -> None:
    properties = style.element.get_or_add_pPr()
    rule = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:bottom w:val="single" w:sz="4" w:space="3" w:color="000000"/></w:pBdr>'
    )
    properties.find(qn("w:tabs")).addprevious(rule)


def _set_size(style: ParagraphStyle, size_pt: float, pitch: float) -> None:
    style.font.size = Pt(size_pt)
    style.paragraph_format.line_spacing = Pt(size_pt * pitch)
