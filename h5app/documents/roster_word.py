"""汇总表 as Word: A4 landscape, in the fonts and styles of the shipped 推荐表, its head on every page."""

import io
from functools import cache
from pathlib import Path
from typing import cast
from xml.sax.saxutils import escape

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm, Pt
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from h5app.documents import roster_plan as plan
from h5app.documents.text import printable
from h5app.documents.undated import EPOCH, undated
from h5app.documents.word_runs import name_rare_fonts
from h5app.domain.roster import Roster

_STYLES_FROM = Path(__file__).parents[2] / "templates" / "documents" / "recommendation.docx"
_TITLE_STYLE, _LABEL_STYLE, _SIGNING_STYLE = "推荐表标题", "栏目", "落款"
_SHORT_STYLE, _PROSE_STYLE, _DEEDS_STYLE = "汇总表短栏", "汇总表文字", "汇总表事迹"
_TWIPS_PER_MM, _EIGHTHS_PER_PT = 1440 / 25.4, 8


def roster_docx(roster: Roster) -> bytes:
    """Draw the 汇总表 as a Word file; the same roster gives the same bytes.

    No row is torn in two unless it is higher than a page; then it goes on on the next one, under the same head.
    """
    planned = plan.plan_roster(roster)
    document: Document = docx.Document(io.BytesIO(_styles()))
    _clear(document)
    _set_page(document)
    _set_styles(document, planned)
    document.add_paragraph(printable(roster.title).replace("\n", " "), style=_TITLE_STYLE)
    _add_signing(document, roster)
    document.add_paragraph(style=_SIGNING_STYLE).paragraph_format.line_spacing = Pt(1)
    document.element.body[-2].addprevious(parse_xml(_table(planned, deeds_chars=roster.deeds_chars)))
    _number_pages(document)
    name_rare_fonts(document)
    properties = document.core_properties
    properties.title, properties.created, properties.modified = printable(roster.title), EPOCH, EPOCH
    drawn = io.BytesIO()
    document.save(drawn)
    return undated(drawn.getvalue())


@cache
def _styles() -> bytes:
    return _STYLES_FROM.read_bytes()


def _clear(document: Document) -> None:
    """Take the 推荐表 out of its own template; what is left are fonts, styles and settings."""
    body = document.element.body
    for element in list(body)[:-1]:
        body.remove(element)
    for part in (document.sections[0].header, document.sections[0].footer):
        for paragraph in part.paragraphs[1:]:
            paragraph._p.getparent().remove(paragraph._p)  # noqa: SLF001 -- no public way
        part.paragraphs[0].clear()


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(plan.PAGE_WIDTH_MM), Mm(plan.PAGE_HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(plan.MARGIN_X_MM)
    section.top_margin, section.bottom_margin = Mm(plan.MARGIN_TOP_MM), Mm(plan.MARGIN_BOTTOM_MM)
    section.header_distance = section.footer_distance = Mm(plan.FOOTER_MM)


def _set_styles(document: Document, planned: plan.RosterPlan) -> None:
    sizes = {_TITLE_STYLE: plan.TITLE_PT, _LABEL_STYLE: plan.HEAD_PT, _SIGNING_STYLE: plan.SIGNING_PT}
    for name, size_pt in sizes.items():
        _set_size(cast("ParagraphStyle", document.styles[name]), size_pt)
    for name, align in (
        (_SHORT_STYLE, WD_ALIGN_PARAGRAPH.CENTER),
        (_PROSE_STYLE, WD_ALIGN_PARAGRAPH.LEFT),
        (_DEEDS_STYLE, WD_ALIGN_PARAGRAPH.JUSTIFY),
    ):
        style = cast("ParagraphStyle", document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
        style.base_style = document.styles[_LABEL_STYLE]
        style.paragraph_format.alignment = align
        _set_size(style, planned.size_pt)
        if name == _DEEDS_STYLE:
            style.paragraph_format.first_line_indent = Pt(plan.INDENT_EM * planned.size_pt)


def _set_size(style: ParagraphStyle, size_pt: float) -> None:
    style.font.size = Pt(size_pt)
    style.paragraph_format.line_spacing = Pt(size_pt * plan.PITCH)


def _add_signing(document: Document, roster: Roster) -> None:
    unit, dated = plan.signing_line(roster)
    paragraph = document.add_paragraph(f"{unit}\t{dated}", style=_SIGNING_STYLE)
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(plan.BODY_WIDTH_MM), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.paragraph_format.space_after = Pt(6)


def _number_pages(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles[_SHORT_STYLE]
    for text in ("第 ", "PAGE", " 页，共 ", "NUMPAGES", " 页"):
        if text.isascii():
            _add_field(paragraph, text)
        else:
            paragraph.add_run(text)
    for run in paragraph.runs:
        run.font.size = Pt(plan.FOOTER_PT)


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    field = f'<w:fldSimple {nsdecls("w")} w:instr="{instruction}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
    paragraph._p.append(parse_xml(field))  # noqa: SLF001 -- python-docx knows no fields


def _table(planned: plan.RosterPlan, *, deeds_chars: int) -> str:
    """The whole table as one piece of XML: row by row through python-docx, 500 rows take half a minute."""
    widths = [round(width * _TWIPS_PER_MM) for width in planned.widths_mm]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(planned, row, widths) for row in planned.rows)
    return (
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'{_borders()}<w:tblLayout w:type="fixed"/>{_padding()}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{_head(planned, widths, deeds_chars=deeds_chars)}{rows}</w:tbl>"
    )


def _borders() -> str:
    lines = "".join(
        f'<w:{side} w:val="single" w:sz="{round(width * _EIGHTHS_PER_PT)}" w:space="0" w:color="000000"/>'
        for side, width in (
            ("top", plan.FRAME_PT),
            ("left", plan.FRAME_PT),
            ("bottom", plan.FRAME_PT),
            ("right", plan.FRAME_PT),
            ("insideH", plan.LINE_PT),
            ("insideV", plan.LINE_PT),
        )
    )
    return f"<w:tblBorders>{lines}</w:tblBorders>"


def _padding() -> str:
    x_mm, y_mm = plan.PADDING_X_MM, plan.PADDING_Y_MM
    cells = "".join(
        f'<w:{side} w:w="{round(mm * _TWIPS_PER_MM)}" w:type="dxa"/>'
        for side, mm in (("top", y_mm), ("left", x_mm), ("bottom", y_mm), ("right", x_mm))
    )
    return f"<w:tblCellMar>{cells}</w:tblCellMar>"


def _head(planned: plan.RosterPlan, widths: list[int], *, deeds_chars: int) -> str:
    cells = "".join(
        _cell("\n".join(plan.label_lines(column, deeds_chars=deeds_chars)), width, _LABEL_STYLE)
        for column, width in zip(planned.columns, widths, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{_at_least(plan.HEAD_ROW_MM)}<w:tblHeader/></w:trPr>{cells}</w:tr>"


def _row(planned: plan.RosterPlan, row: plan.PlannedRow, widths: list[int]) -> str:
    cells = "".join(
        _cell(plan.kept_together(column, text, width_mm, planned.size_pt), width, _style_of(column.name))
        for column, text, width_mm, width in zip(planned.columns, row.texts, planned.widths_mm, widths, strict=True)
    )
    whole = "" if row.splits else "<w:cantSplit/>"
    return f"<w:tr><w:trPr>{whole}{_at_least(plan.LEAST_ROW_MM)}</w:trPr>{cells}</w:tr>"


def _at_least(height_mm: float) -> str:
    return f'<w:trHeight w:val="{round(height_mm * _TWIPS_PER_MM)}" w:hRule="atLeast"/>'


def _style_of(column: str) -> str:
    if column == "deeds":
        return _DEEDS_STYLE
    return _PROSE_STYLE if column in plan.PROSE else _SHORT_STYLE


def _cell(text: str, width: int, style: str) -> str:
    paragraphs = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        f'<w:r><w:t xml:space="preserve">{escape(line)}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
    centred = "" if style == _DEEDS_STYLE else '<w:vAlign w:val="center"/>'
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{centred}</w:tcPr>{paragraphs}</w:tc>'
