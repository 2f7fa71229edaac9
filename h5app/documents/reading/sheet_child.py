"""Run as a program of its own by `sheet.py`: a workbook on stdin, its first filled sheet as JSON on stdout.

Rule: nothing of ours is imported, and memory, time and core dumps are limited before the first byte is read. A sheet of
a few kilobytes may say that it has 17 billion cells, and the library would reserve room for each of them.
"""

import io
import json
import resource
import sys
from collections.abc import Iterable, Sequence

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

MEMORY_BYTES = 768 * 1024 * 1024
CPU_S = 10
LOCKED, UNREADABLE = 3, 4
"""Exit codes: a password is missing; no workbook."""


def main(rows_most: int, cells_most: int) -> int:
    """Write the rows that say something, as `[number from 1, [text, …]]`, one more than `rows_most` at the most."""
    for what, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        rows = _first_filled(book, rows_most, cells_most)
    except PasswordError:
        return LOCKED
    except CalamineError:
        return UNREADABLE
    json.dump(rows, sys.stdout)
    return 0


def _first_filled(book: CalamineWorkbook, rows_most: int, cells_most: int) -> list[object]:
    for sheet in book.sheets_metadata:
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible:
            rows = _rows(book.get_sheet_by_name(sheet.name).iter_rows(), rows_most, cells_most)
            if rows:
                return rows
    return []


def _rows(sheet: Iterable[Sequence[object]], rows_most: int, cells_most: int) -> list[object]:
    rows: list[object] = []
    for number, cells in enumerate(sheet, start=1):
        texts = [_text(cell) for cell in cells[:cells_most]]
        if any(texts):
            rows.append([number, texts])
        if len(rows) > rows_most:
            break
    return rows


def _text(cell: object) -> str:
    """As the sheet shows it: whole numbers without a point, and what a formula had come to when it was saved."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)[:1000].strip()


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
