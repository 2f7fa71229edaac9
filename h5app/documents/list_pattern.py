"""A spreadsheet to be filled in: headings, examples, and cells that offer the words there are."""

import io
from collections.abc import Iterable, Mapping, Sequence

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from h5app.documents.table import CREATED_AT, cell_text, sheet_name

_ROWS = 1000
_WIDTHS = {True: 18, False: 30}
_WORDS_SHEET = "可以填的字"


def list_pattern(columns: Mapping[str, Sequence[str]], examples: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Write a sheet of text cells; a column with words offers them, and a second sheet lists them all.

    Args:
        columns: heading → the words that may stand below it, none where anything may.
        examples: rows to begin with, a text a column.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": title, "created": CREATED_AT})
        sheet, words = book.add_worksheet(sheet_name(title)), book.add_worksheet(_WORDS_SHEET)
        heading = book.add_format({"bold": True, "bg_color": "#F2F2F2", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        example = book.add_format({"num_format": "@", "font_color": "#767676", "italic": True})
        for column, (name, offered) in enumerate(columns.items()):
            sheet.set_column(column, column, _WIDTHS[bool(offered)], text)
            words.set_column(column, column, _WIDTHS[bool(offered)])
            for each in (sheet, words):
                each.write_string(0, column, name, heading)
            if offered:
                words.write_column(1, column, offered, text)
                source = f"='{_WORDS_SHEET}'!{xl_range_abs(1, column, len(offered), column)}"
                # The words are offered, not forced: the reader takes others too, or says what is wrong with them.
                rule = {"validate": "list", "source": source, "show_error": False}
                sheet.data_validation(1, column, _ROWS, column, rule)
        for row, cells in enumerate(examples, start=1):
            for column, value in enumerate(cells):
                sheet.write_string(row, column, cell_text(value), example)
        sheet.freeze_panes(1, 0)
    return target.getvalue()
