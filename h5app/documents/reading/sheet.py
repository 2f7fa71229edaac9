"""A table that somebody sent, CSV or a workbook, → rows of text, none of them trusted.

Rule: workbooks are opened in a child with limits (`sheet_child.py`), and formulas are never worked out: what the file
says they came to is taken as text.
"""

import csv
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from h5app.documents.reading.sheet_child import LOCKED
from h5app.domain.errors import UnreadableListError
from h5app.domain.rows import Row

FILE_MOST_MIB = 5
ROWS_MOST = 1000
"""Rows with something in them, the headings among them."""
_CELLS_MOST = 50
_WALL_S = 20.0
_CHILD = Path(__file__).with_name("sheet_child.py")

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# A workbook with a password lies in an old compound file, by this name.
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NAMES_OF_OTHERS = {b"%PDF": "PDF 文件", b"\xff\xd8\xff": "照片", b"\x89PNG": "图片", b"Rar!": "RAR 压缩包"}
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
# Of two that are in as many lines, the first counts.
_DELIMITERS = "\t;,，"
_SAMPLE_LINES, _SAMPLE_CHARS = 20, 20_000

SAVE_AGAIN = "请用 Excel 或 WPS 打开，另存为“Excel 工作簿（.xlsx）”，再传一次"
TOO_LARGE = f"这个文件太大（超过 {FILE_MOST_MIB} MB）。请只留下名单那一张表，再传一次"
TOO_MANY = f"一次最多 {ROWS_MOST} 行，这个表里还要多。请分成几个文件，分几次传"
_TOO_WIDE = f"这个表格太大，读不完。请把名单的几列复制到一张新表里，再传一次。{SAVE_AGAIN}"
_LOCKED = "这个表格加了密码，没法读。请在 Excel 或 WPS 里去掉密码，再传一次"
_DAMAGED = f"这个文件打不开，可能不是表格，或者已经损坏。{SAVE_AGAIN}"
_ENCODING = f"这个文件里的字认不出来。{SAVE_AGAIN}"
_EMPTY = "这个文件里没有字，请重新选一次"


def read_sheet(data: bytes) -> tuple[Row, ...]:
    """The rows of a CSV, XLSX, XLS or ODS that have something in them; the kind is told by its bytes.

    Raises:
        UnreadableListError: what it is instead, and what to do.
    """
    if len(data) > FILE_MOST_MIB * 1024 * 1024:
        raise UnreadableListError(TOO_LARGE)
    for start, name in _NAMES_OF_OTHERS.items():
        if data.startswith(start):
            raise UnreadableListError(f"这是{name}，不是表格，没有读。请传 CSV 或 XLSX 表格")
    if data.startswith(_OLE) and _ENCRYPTED in data:
        raise UnreadableListError(_LOCKED)
    rows = _workbook(data) if data.startswith((_ZIP, _OLE)) else tuple(_csv(_decoded(data)))
    if not rows:
        raise UnreadableListError(_EMPTY)
    if len(rows) > ROWS_MOST:
        raise UnreadableListError(TOO_MANY)
    return rows


def _workbook(data: bytes) -> tuple[Row, ...]:
    command = [sys.executable, "-I", str(_CHILD), str(ROWS_MOST), str(_CELLS_MOST)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=_WALL_S, check=False)  # noqa: S603 -- our own words
    except subprocess.TimeoutExpired:
        raise UnreadableListError(_TOO_WIDE) from None
    if done.returncode < 0:  # ended by a limit
        raise UnreadableListError(_TOO_WIDE)
    if done.returncode:
        raise UnreadableListError(_LOCKED if done.returncode == LOCKED else _DAMAGED)
    return tuple(Row(number, tuple(cells)) for number, cells in json.loads(done.stdout))


def _decoded(data: bytes) -> str:
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise UnreadableListError(_ENCODING)


def _csv(text: str) -> Iterator[Row]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for number, cells in enumerate(lines, start=1):
            texts = tuple(cell.strip() for cell in cells[:_CELLS_MOST])
            if any(texts):
                yield Row(number, texts)
    except csv.Error:
        raise UnreadableListError(_DAMAGED) from None


def _delimiter(text: str) -> str:
    """What most of the first lines have: above the headings there may be a title without any."""
    lines = text[:_SAMPLE_CHARS].splitlines()[:_SAMPLE_LINES]
    return max(_DELIMITERS, key=lambda mark: sum(mark in line for line in lines))
