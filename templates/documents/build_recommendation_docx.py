#!/usr/bin/env python3
"""Build recommendation.docx, the Word form of 附件1 that docxtpl fills; commit what it writes.

    .venv/bin/python -m templates.documents.build_recommendation_docx

The result is an ordinary Word file that the office may change: docs/paper.md says how, and
h5app/documents/word_template.py what its placeholders are. Each answer has a paragraph style named by its label
(姓名, 主要事迹, …), the heading 推荐表标题, labels 栏目; the sizes of the first two are set for each sheet, and the
heights of the last rows.
"""

from pathlib import Path
from typing import cast

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from h5app.documents import plan as grid
from h5app.documents.word_appendix import TITLE_STYLE, add_appendix_styles
from h5app.domain.sheet import CELLS

TARGET = Path(__file__).with_name("recommendation.docx")

BODY_FONT, TITLE_FONT, LATIN_FONT = "仿宋", "方正小标宋简体", "Times New Roman"
FALLBACKS = {BODY_FONT: "仿宋_GB2312,FangSong,STFangsong", TITLE_FONT: "FZXiaoBiaoSong-B05S,华文中宋,宋体"}
"""Other names under which a machine may have the font, or a near one; Word looks them up in this order."""

LABEL_STYLE, SIGNING_STYLE, PORTRAIT_STYLE = "栏目", "落款", "近照"
KEPT_STYLES = {"Normal", "Default Paragraph Font", "Normal Table", "No List"}
EIGHTHS_PER_PT, TWIPS_PER_PT = 8, 20
DEEDS_ROW_MM = 30.0
GREY = RGBColor(80, 80, 80)


def main() -> None:
    """Write the template beside this script."""
    build().save(str(TARGET))


def build() -> Document:
    """Return the template as a python-docx document."""
    document = docx.Document()
    _tidy(document)
    _set_page(document)
    _add_styles(document)
    document.add_paragraph("{{ title }}{{ code }}", style=TITLE_STYLE)
    _add_grid(document)
    signing = document.add_paragraph("{{ unit }}\t" + grid.SIGNING["dated"], style=SIGNING_STYLE)
    signing.paragraph_format.space_before = Pt(8)
    signing.paragraph_format.tab_stops.add_tab_stop(Mm(sum(grid.COLUMNS_MM)), WD_TAB_ALIGNMENT.RIGHT)
    _fill_footer(document)
    return document


def _tidy(document: Document) -> None:
    """Leave of python-docx's own template what a form needs: it opens smaller and not in compatibility mode."""
    package_rels, rels = document.part.package.rels, document.part.rels
    unneeded = ("/thumbnail", "/stylesWithEffects", "/customXml", "/numbering")
    for relations in (package_rels, rels):
        for key in [key for key, rel in relations.items() if rel.reltype.endswith(unneeded)]:
            del relations[key]
    for style in list(document.styles):
        if style.name not in KEPT_STYLES:
            style.delete()
    settings = document.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")
    settings.find(qn("w:themeFontLang")).set(qn("w:eastAsia"), "zh-CN")
    core = document.core_properties
    core.author, core.title, core.comments, core.keywords = "", "推荐表", "", ""
    _name_fonts(document)


def _name_fonts(document: Document) -> None:
    part = document.part.part_related_by(RELATIONSHIP_TYPE.FONT_TABLE)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        '<w:family w:val="roman"/><w:pitch w:val="auto"/></w:font>'
        for name, others in FALLBACKS.items()
    )
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:fonts xmlns:w="{namespace}">{fonts}</w:fonts>'
    part._blob = xml.encode()  # noqa: SLF001 -- python-docx has no public way to a part it does not know


def _set_page(document: Document) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(grid.PAGE_WIDTH_MM), Mm(grid.PAGE_HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(grid.MARGIN_X_MM)
    section.top_margin, section.bottom_margin = Mm(grid.MARGIN_TOP_MM), Mm(grid.MARGIN_BOTTOM_MM)
    section.header_distance = section.footer_distance = Mm(grid.FOOTER_MM)
    # A document grid would add to every line pitch.
    section._sectPr.remove(section._sectPr.find(qn("w:docGrid")))  # noqa: SLF001 -- no public way either


def _add_styles(document: Document) -> None:
    normal = cast("ParagraphStyle", document.styles["Normal"])
    _set_font(normal, BODY_FONT, grid.LABEL_PT)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = False
    _set_pitch(normal, grid.LABEL_PT * grid.CELL_PITCH)
    centred = WD_ALIGN_PARAGRAPH.CENTER
    title = _add_style(document, TITLE_STYLE, align=centred)
    _set_font(title, TITLE_FONT, grid.TITLE_SIZES_PT[0])
    _set_pitch(title, grid.TITLE_SIZES_PT[0] * grid.TITLE_PITCH)
    title.paragraph_format.space_after = Pt(grid.TITLE_AFTER_PT)
    _no_script_gap(_add_style(document, LABEL_STYLE, align=centred))
    _add_style(document, SIGNING_STYLE, align=WD_ALIGN_PARAGRAPH.LEFT)
    # A picture in a line of fixed pitch would be cut off.
    _add_style(document, PORTRAIT_STYLE, align=centred).paragraph_format.line_spacing = 1
    for row in grid.SHORT_ROWS:
        for cell in row.cells:
            _no_script_gap(_add_style(document, CELLS[cell.name], align=centred))
    _add_style(document, CELLS["honours"], align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    _add_style(document, CELLS["deeds"], align=WD_ALIGN_PARAGRAPH.JUSTIFY)
    add_appendix_styles(document)


def _add_style(document: Document, name: str, *, align: WD_ALIGN_PARAGRAPH) -> ParagraphStyle:
    style = cast("ParagraphStyle", document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH))
    style.base_style = document.styles["Normal"]
    style.quick_style = True
    style.paragraph_format.alignment = align
    return style


def _set_font(style: ParagraphStyle, name: str, size_pt: float) -> None:
    style.font.size = Pt(size_pt)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for attribute in list(fonts.attrib):
        del fonts.attrib[attribute]
    for script in ("w:ascii", "w:hAnsi", "w:cs"):
        fonts.set(qn(script), LATIN_FONT)
    fonts.set(qn("w:eastAsia"), name)
    fonts.set(qn("w:hint"), "eastAsia")  # “ ” … belong to the Chinese around them
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US")
    language.set(qn("w:eastAsia"), "zh-CN")
    style.element.rPr.append(language)


def _set_pitch(style: ParagraphStyle, pitch_pt: float) -> None:
    style.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    style.paragraph_format.line_spacing = Pt(pitch_pt)


def _no_script_gap(style: ParagraphStyle) -> None:
    """Set digits close to Chinese, or 1990年12月 needs another line."""
    properties = style.element.get_or_add_pPr()
    place = properties.find(qn("w:spacing"))
    place = properties.find(qn("w:jc")) if place is None else place
    for name in ("w:autoSpaceDE", "w:autoSpaceDN"):
        element = OxmlElement(name)
        element.set(qn("w:val"), "0")
        place.addprevious(element)


def _add_grid(document: Document) -> None:
    table = document.add_table(rows=len(grid.SHORT_ROWS) + 3, cols=len(grid.COLUMNS_MM))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _set_lines(table)
    for column, width in zip(table.columns, grid.COLUMNS_MM, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    for row, planned in zip(table.rows, grid.SHORT_ROWS, strict=False):
        _set_height(row, planned.least_mm)
        for cell in planned.cells:
            _add_label(row, cell.first - 1, grid.label_lines(cell.name, deeds_chars="{{ deeds_chars }}"))
            _write(_answer_cell(row, cell), f"{{{{ texts.{cell.name} }}}}", CELLS[cell.name])
    _add_portrait(table)
    honours, deeds, opinion = list(table.rows)[len(grid.SHORT_ROWS) :]
    _add_body(honours, "honours", grid.HONOURS_ROW_MM)
    _add_body(deeds, "deeds", DEEDS_ROW_MM)
    _answer_cell(deeds, grid.ANSWERS["deeds"]).vertical_alignment = WD_ALIGN_VERTICAL.TOP
    _add_opinion(opinion)


def _set_lines(table: Table) -> None:
    """Draw the grid and set the padding that every cell has unless it says otherwise."""
    properties = table._tbl.tblPr  # noqa: SLF001 -- python-docx draws no lines of its own
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        width_pt = grid.LINE_PT if side.startswith("inside") else grid.FRAME_PT
        line = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single")
        line.set(qn("w:sz"), str(round(width_pt * EIGHTHS_PER_PT)))
        line.set(qn("w:space"), "0")
        line.set(qn("w:color"), "000000")
        borders.append(line)
    layout = properties.find(qn("w:tblLayout"))
    layout.addprevious(borders)
    layout.addnext(_margins("w:tblCellMar", grid.NARROW_PADDING_MM, grid.CELL_PADDING_Y_MM))


def _margins(tag: str, x_mm: float, y_mm: float) -> BaseOxmlElement:
    margins = OxmlElement(tag)
    for side, value_mm in (("top", y_mm), ("left", x_mm), ("bottom", y_mm), ("right", x_mm)):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(round(value_mm / grid.PT_MM * TWIPS_PER_PT)))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    return margins


def _set_height(row: _Row, least_mm: float) -> None:
    row.height, row.height_rule = Mm(least_mm), WD_ROW_HEIGHT_RULE.AT_LEAST


def _answer_cell(row: _Row, cell: grid.Cell) -> _Cell:
    merged: _Cell = row.cells[cell.first].merge(row.cells[cell.end - 1])
    merged.width = Mm(cell.width_mm)
    _pad(merged, cell.padding_mm, grid.CELL_PADDING_Y_MM)
    return merged


def _pad(cell: _Cell, x_mm: float, y_mm: float) -> None:
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001 -- cell margins have no public way
    for old in properties.findall(qn("w:tcMar")):
        properties.remove(old)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    properties.find(qn("w:vAlign")).addprevious(_margins("w:tcMar", x_mm, y_mm))


def _write(cell: _Cell, text: str, style: str) -> Paragraph:
    """Put `text` in the cell's first paragraph, or in another one below what is there."""
    paragraph: Paragraph = cell.paragraphs[-1]
    if paragraph.text:
        paragraph = cell.add_paragraph()
    paragraph.style = style
    paragraph.add_run(text)
    return paragraph


def _add_label(row: _Row, column: int, lines: tuple[str, ...]) -> None:
    cell = row.cells[column]
    cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    if len(lines) == 1 and len(lines[0]) == 2:  # 姓　名: set as wide as three characters
        first = _write(cell, lines[0][0], LABEL_STYLE)
        spacing = OxmlElement("w:spacing")
        spacing.set(qn("w:val"), str(round(grid.LABEL_PT * TWIPS_PER_PT)))
        first.runs[0]._r.get_or_add_rPr().append(spacing)  # noqa: SLF001 -- no public way
        first.add_run(lines[0][1])
        return
    for line in lines:
        _write(cell, line, LABEL_STYLE)


def _add_portrait(table: Table) -> None:
    column = len(grid.COLUMNS_MM) - 1
    cell = table.cell(0, column).merge(table.cell(grid.PORTRAIT_ROWS - 1, column))
    _pad(cell, grid.NARROW_PADDING_MM, grid.CELL_PADDING_Y_MM)
    _write(cell, "{%p if portrait %}", PORTRAIT_STYLE)
    _write(cell, "{{ portrait }}", PORTRAIT_STYLE)
    _write(cell, "{%p else %}", PORTRAIT_STYLE)
    for line in grid.NO_PORTRAIT:
        _write(cell, line, LABEL_STYLE)
    _write(cell, "{%p endif %}", PORTRAIT_STYLE)


def _add_body(row: _Row, name: str, least_mm: float) -> None:
    _set_height(row, least_mm)
    _add_label(row, 0, grid.label_lines(name, deeds_chars="{{ deeds_chars }}"))
    answer = grid.ANSWERS[name]
    cell = _answer_cell(row, answer)
    _pad(cell, answer.padding_mm, grid.BODY_PADDING_Y_MM)
    for line in (f"{{%p for line in lines.{name} %}}", "{{ line }}", "{%p endfor %}"):
        _write(cell, line, CELLS[name])


def _add_opinion(row: _Row) -> None:
    _set_height(row, grid.OPINION_ROW_MM)
    row._tr.get_or_add_trPr().insert(0, OxmlElement("w:cantSplit"))  # noqa: SLF001 -- no public way
    _add_label(row, 0, grid.OPINION_LABEL)
    cell = _answer_cell(row, grid.ANSWERS["deeds"])
    _pad(cell, grid.WIDE_PADDING_MM, grid.BODY_PADDING_Y_MM)
    cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
    signing = grid.SIGNING
    for text in ("{%p if stamped %}", signing["seal"], "{%p else %}", signing["no_seal"], "{%p endif %}"):
        paragraph = _write(cell, text, SIGNING_STYLE)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if text == signing["seal"]:
            paragraph.paragraph_format.right_indent = Pt(grid.SEAL_INDENT_EM * grid.LABEL_PT)
    date = _write(cell, signing["date"], SIGNING_STYLE)
    date.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    date.paragraph_format.space_before = Pt(8)


def _fill_footer(document: Document) -> None:
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.style = document.styles["Normal"]
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(sum(grid.COLUMNS_MM)), WD_TAB_ALIGNMENT.RIGHT)
    paragraph.add_run("{%r if continues %}")
    paragraph.add_run("第 ")
    _add_field(paragraph, "PAGE")
    paragraph.add_run(" 页，共 ")
    _add_field(paragraph, "NUMPAGES")
    paragraph.add_run(" 页")
    paragraph.add_run("{%r endif %}")
    paragraph.add_run("{%r if reference %}")
    paragraph.add_run("\t受理编号：{{ reference }}")
    paragraph.add_run("{%r endif %}")
    for run in paragraph.runs:
        run.font.size, run.font.color.rgb = Pt(grid.FOOTER_PT), GREY


def _add_field(paragraph: Paragraph, instruction: str) -> None:
    """Add a field in its long form, which unlike `fldSimple` keeps the runs' order for docxtpl."""
    for kind in ("begin", None, "separate", "1", "end"):
        run = paragraph.add_run("1" if kind == "1" else "")
        if kind is None:
            element = OxmlElement("w:instrText")
            element.text = instruction
            run._r.append(element)  # noqa: SLF001 -- python-docx knows no fields
        elif kind != "1":
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)  # noqa: SLF001 -- likewise


if __name__ == "__main__":
    main()
