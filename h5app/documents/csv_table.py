"""A table as CSV for office programs: UTF-8 with its mark, and no text that a spreadsheet would take for a formula."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

from h5app.documents.table import cell_text

# Excel and LibreOffice calculate what begins so; an apostrophe in front says “text” (OWASP, CSV injection).
_FORMULA_BEGINS = frozenset("=+-@\t\r\n")


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str | int]]) -> bytes:
    """Write headings and rows; numbers stay numbers.

    Raises:
        ValueError: a row that is longer or shorter than `columns`.
    """
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([safe_cell(value) for _, value in zip(columns, row, strict=True)])
    return target.getvalue().encode("utf-8-sig")


def safe_cell(value: str | int) -> str | int:
    """
    >>> safe_cell("=1+1"), safe_cell("＝1+1"), safe_cell("解放区"), safe_cell(-3)
    ("'=1+1", "'＝1+1", '解放区', -3)
    """
    if isinstance(value, int):
        return value
    text = cell_text(value)
    first = unicodedata.normalize("NFKC", text.lstrip(" \u3000")[:1])
    return f"'{text}" if first and first in _FORMULA_BEGINS else text
