"""汇总表 as a spreadsheet that prints as the Word one does; every cell is text."""

import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from h5app.documents import roster_plan as plan
from h5app.documents.table import CREATED_AT, cell_text, sheet_name
from h5app.documents.text import printable
from h5app.domain.roster import Roster

_TITLE_FONT, _FONT = "方正小标宋简体", "仿宋"
_SHEET_NAME = "推荐汇总表"
_A4 = 9
_MM_PER_INCH, _PT_PER_MM = 25.4, 72 / 25.4
# Excel's width is counted in digits of its standard font: 7 pixels at 96 dpi, and 5 of padding.
_DIGIT_PX, _CELL_PADDING_PX = 7, 5
_TITLE_MM, _SIGNING_MM = 14.0, 9.0
_HIGHEST_PT = 409.0
"""As high as Excel lets a row be; a cell that needs more takes several rows."""
_ROOM = 1.1
"""Heights are estimated, and another font's lines may be more or higher. Left to the program that opens the file,
LibreOffice shows one line of each row and phones do as they like."""
_HEAD_ROWS = 3


def roster_xlsx(roster: Roster) -> bytes:
    """Draw the 汇总表 as an XLSX file: A4 landscape, one page wide, its head on every page.

    Nothing is cut: rows are as high as their text, and a text that Excel's highest row could not show stands
    in a cell of several rows. The same roster gives the same bytes.
    """
    planned = plan.plan_roster(roster)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": printable(roster.title), "created": CREATED_AT})
        sheet = book.add_worksheet(sheet_name(_SHEET_NAME))
        _set_page(sheet)
        for column, width_mm in enumerate(planned.widths_mm):
            sheet.set_column(column, column, _width(width_mm))
        _write_head(book, sheet, roster, planned)
        formats = _formats(book, planned)
        at = _HEAD_ROWS
        for row in planned.rows:
            at = _write_row(sheet, at, row, formats)
    return target.getvalue()


def _set_page(sheet: Any) -> None:  # noqa: ANN401 -- xlsxwriter has no types
    sheet.set_paper(_A4)
    sheet.set_landscape()
    x, top, bottom = (mm / _MM_PER_INCH for mm in (plan.MARGIN_X_MM, plan.MARGIN_TOP_MM, plan.MARGIN_BOTTOM_MM))
    sheet.set_margins(left=x, right=x, top=top, bottom=bottom)
    sheet.center_horizontally()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEAD_ROWS - 1)
    sheet.freeze_panes(_HEAD_ROWS, 0)
    sheet.set_footer("&C第 &P 页，共 &N 页", {"margin": plan.FOOTER_MM / _MM_PER_INCH})


def _write_head(book: Any, sheet: Any, roster: Roster, planned: plan.RosterPlan) -> None:  # noqa: ANN401 -- as above
    last = len(planned.columns) - 1
    title = {"font_name": _TITLE_FONT, "font_size": plan.TITLE_PT, "align": "center", "valign": "vcenter"}
    signing = {"font_name": _FONT, "font_size": plan.SIGNING_PT, "valign": "vcenter", "num_format": "@"}
    unit, dated = plan.signing_line(roster)
    sheet.set_row(0, _TITLE_MM * _PT_PER_MM)
    sheet.merge_range(0, 0, 0, last, "", book.add_format(title))
    sheet.write_string(0, 0, cell_text(roster.title), book.add_format(title))
    sheet.set_row(1, _SIGNING_MM * _PT_PER_MM)
    sheet.merge_range(1, 0, 1, last - 1, "", book.add_format(signing))
    sheet.write_string(1, 0, cell_text(unit), book.add_format(signing))
    sheet.write_string(1, last, cell_text(dated), book.add_format({**signing, "align": "right"}))
    sheet.set_row(2, plan.HEAD_ROW_MM * _PT_PER_MM)
    head = book.add_format(_boxed(plan.HEAD_PT, align="center"))
    for column, each in enumerate(planned.columns):
        sheet.write_string(2, column, "\n".join(plan.label_lines(each, deeds_chars=roster.deeds_chars)), head)


def _formats(book: Any, planned: plan.RosterPlan) -> list[Any]:  # noqa: ANN401 -- as above
    aligned = ["left" if column.name in plan.PROSE else "center" for column in planned.columns]
    return [book.add_format(_boxed(planned.size_pt, align=align)) for align in aligned]


def _boxed(size_pt: float, *, align: str) -> dict[str, object]:
    look = {"font_name": _FONT, "font_size": size_pt, "border": 1, "text_wrap": True, "num_format": "@"}
    return {**look, "align": align, "valign": "vcenter"}


def _write_row(sheet: Any, at: int, row: plan.PlannedRow, formats: Sequence[Any]) -> int:  # noqa: ANN401 -- as above
    """Write one person from row `at` on; the row after him."""
    height_pt = row.height_mm * _PT_PER_MM * _ROOM
    high = int(height_pt // _HIGHEST_PT) + 1
    for column, (text, style) in enumerate(zip(row.texts, formats, strict=True)):
        if high > 1:
            sheet.merge_range(at, column, at + high - 1, column, "", style)
        sheet.write_string(at, column, cell_text(text), style)
    for each in range(at, at + high):
        sheet.set_row(each, height_pt / high)
    return at + high


def _width(width_mm: float) -> float:
    pixels = width_mm / _MM_PER_INCH * 96
    return (pixels - _CELL_PADDING_PX) / _DIGIT_PX
