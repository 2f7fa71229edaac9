"""Entries as a spreadsheet in which every cell is text: what a person typed is never a formula or a date."""

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain, islice

import xlsxwriter

from h5app.documents.text import printable

_SHEET_NAME_UNITS = 31
_SHEET_NAME_FORBIDDEN = re.compile(r"[\[\]:*?/\\]+")
CELL_UNITS = 32_767
"""UTF-16 units that Excel takes in a cell; XlsxWriter would leave a longer one out."""
_LEAST_WIDTH, _MOST_WIDTH, _PADDING = 6, 48, 2
_ROWS_MEASURED = 200
CREATED_AT = datetime(2000, 1, 1)  # noqa: DTZ001 -- a fixed date, so that the same rows give the same bytes


def entries_xlsx(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str) -> bytes:
    """Write a sheet with a frozen bold header and a filter; ID numbers keep every digit.

    All of it stays in memory, about 8 KB a row of 24 columns: XlsxWriter's other way puts what people
    typed into plain files on the disk.

    Args:
        columns: headings, one at least; their number is the number of columns.
        rows: one text per column each; read once, so a generator over the database will do.
        title: name of the sheet (as much as Excel takes, 31 characters) and title of the file.

    Raises:
        ValueError: a row that is longer or shorter than `columns`.
    """
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": printable(title), "created": CREATED_AT})
        sheet = book.add_worksheet(sheet_name(title))
        heading = book.add_format({"bold": True, "bg_color": "#F2F2F2", "bottom": 1})
        text = book.add_format({"num_format": "@"})
        widths = [_LEAST_WIDTH] * len(columns)
        last = 0
        for last, row in enumerate(chain([columns], rows)):
            cells = [cell_text(value) for _, value in zip(columns, row, strict=True)]
            for column, value in enumerate(cells):
                sheet.write_string(last, column, value, text if last else heading)
            if last <= _ROWS_MEASURED:
                widths = [max(pair) for pair in zip(widths, map(_display_width, cells), strict=True)]
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width + _PADDING, _MOST_WIDTH))
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(columns) - 1)
    return target.getvalue()


def sheet_name(title: str) -> str:
    """Name a sheet: Excel refuses some characters, an empty name, and an apostrophe at either end."""
    name = _SHEET_NAME_FORBIDDEN.sub(" ", printable(title)).replace("\n", " ")
    return _cut(name, units=_SHEET_NAME_UNITS).strip(" '") or "Sheet1"


def cell_text(value: str) -> str:
    """As much of a text as fits a cell; one that goes on says so."""
    clean = printable(value)
    cut = _cut(clean, units=CELL_UNITS)
    return clean if cut == clean else _cut(clean, units=CELL_UNITS - 1) + "…"


def _cut(text: str, *, units: int) -> str:
    """As much of a text as Excel, which counts UTF-16 units, takes for so many."""
    return text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", errors="ignore")


def _display_width(text: str) -> int:
    """Width of the widest line in characters of a spreadsheet, two for a Chinese one."""
    return max(sum(_units(c) for c in islice(line, _MOST_WIDTH)) for line in text.split("\n"))


def _units(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
