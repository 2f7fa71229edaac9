"""Where everything stands on the 汇总表, in millimetres and points: planned once, drawn by Word and XLSX alike."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from h5app.documents.plan import PT_MM
from h5app.documents.text import printable
from h5app.documents.wrapping import line_count
from h5app.domain.roster import RECOMMENDER, Column, Roster

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 297.0, 210.0
MARGIN_X_MM, MARGIN_TOP_MM, MARGIN_BOTTOM_MM = 15.0, 15.0, 15.0
FOOTER_MM = 8.0
BODY_WIDTH_MM = PAGE_WIDTH_MM - 2 * MARGIN_X_MM

TITLE_PT, SIGNING_PT, HEAD_PT, FOOTER_PT = 20.0, 12.0, 10.5, 9.0
SIZES_PT = (10.5, 10.0, 9.5, 9.0)
PITCH = 1.3
PADDING_X_MM, PADDING_Y_MM = 1.2, 1.2
HEAD_ROW_MM, LEAST_ROW_MM = 12.0, 16.0
LINE_PT, FRAME_PT = 0.5, 0.75
INDENT_EM = 2

PROSE = frozenset({"honours", "deeds", "unit_and_post", RECOMMENDER})
"""Columns that are set from the left; the others stand in the middle."""

_SAFETY = 1.1
"""Heights are estimated: another font's characters may be wider."""
# 500 characters of deeds leave a page room for two people.
_WIDTHS_MM: Mapping[str, float] = {
    "number": 10,
    "recommender": 20.5,
    "name": 19,
    "sex": 10,
    "birth_month": 24,
    "ethnicity": 12,
    "political_status": 16,
    "unit_and_post": 28,
    "honours": 32.5,
}
# With ID number or telephone all others move together, so that 500 characters of deeds still fit a page.
_NARROW_MM: Mapping[str, float] = {
    "number": 10,
    "recommender": 18,
    "name": 17,
    "sex": 10,
    "birth_month": 21,
    "ethnicity": 12,
    "political_status": 14,
    "id_number": 32,
    "unit_and_post": 24,
    "phone": 21,
    "honours": 26,
}
_LABEL_LINES: Mapping[str, tuple[str, ...]] = {
    "political_status": ("政治", "面貌"),
    "deeds": ("主要事迹", "（{deeds_chars}字左右）"),
}

UNIT_LABEL, SEAL, DATE_LABEL = "推荐单位：", "（盖章）", "日期："
_NO_DATE = "　　　年　　月　　日"
_ROOM_FOR_A_NAME = "　" * 12


@dataclass(frozen=True)
class PlannedRow:
    """One row, ready to draw.

    Args:
        texts: a text a column, its lines parted by a line feed.
        height_mm: about how high it becomes.
        splits: it is higher than a page, so that it must go on on the next one.
    """

    texts: tuple[str, ...]
    height_mm: float
    splits: bool


@dataclass(frozen=True)
class RosterPlan:
    """One 汇总表, ready to draw: widths go with columns, one size for all of its rows."""

    columns: tuple[Column, ...]
    widths_mm: tuple[float, ...]
    size_pt: float
    rows: tuple[PlannedRow, ...]


def plan_roster(roster: Roster) -> RosterPlan:
    """Choose the largest size, 10.5 pt down to 9 pt, at which no row takes more than half a page; or else 9 pt."""
    columns = roster.columns
    widths = _widths_mm(columns)
    texts = [tuple(map(_tidied, row)) for row in roster.numbered()]
    for size_pt in SIZES_PT:
        heights = [_height_mm(columns, widths, row, size_pt) for row in texts]
        if max(heights, default=0) <= _page_mm() / 2:
            break
    rows = tuple(
        PlannedRow(row, height, splits=height * _SAFETY > _page_mm())
        for row, height in zip(texts, heights, strict=True)
    )
    return RosterPlan(columns, widths, size_pt, rows)


def signing_line(roster: Roster) -> tuple[str, str]:
    """What stands above the table: who recommends with room for the seal, and the day."""
    unit = printable(roster.unit).replace("\n", " ") or _ROOM_FOR_A_NAME
    return f"{UNIT_LABEL}{unit}{SEAL}", f"{DATE_LABEL}{printable(roster.dated) or _NO_DATE}"


def label_lines(column: Column, *, deeds_chars: int) -> tuple[str, ...]:
    """What heads a column, line by line.

    >>> label_lines(Column("deeds", "主要事迹"), deeds_chars=500)
    ('主要事迹', '（500字左右）')
    """
    return tuple(line.format(deeds_chars=deeds_chars) for line in _LABEL_LINES.get(column.name, (column.label,)))


def kept_together(column: Column, text: str, width_mm: float, size_pt: float) -> str:
    """A name too long for one line breaks where its parts meet, not within one.

    >>> kept_together(Column("name", "姓名"), "阿卜杜拉·买买提", 18, 9)
    '阿卜杜拉·\\n买买提'
    """
    if column.name != "name" or _lines(text, width_mm, size_pt) == 1:
        return text
    return "·\n".join(text.split("·"))


def _lines(text: str, width_mm: float, size_pt: float, *, indent_em: float = 0) -> int:
    return line_count(text, width_em=(width_mm - 2 * PADDING_X_MM) / (size_pt * PT_MM), indent_em=indent_em)


def _widths_mm(columns: Sequence[Column]) -> tuple[float, ...]:
    """Deeds take what the others leave."""
    widths = _NARROW_MM if any(column.asked for column in columns) else _WIDTHS_MM
    left = BODY_WIDTH_MM - sum(widths[column.name] for column in columns if column.name in widths)
    return tuple(widths.get(column.name, left) for column in columns)


def _height_mm(columns: Sequence[Column], widths: Sequence[float], texts: Sequence[str], size_pt: float) -> float:
    lines = max(
        _lines(text, width, size_pt, indent_em=INDENT_EM if column.name == "deeds" else 0)
        for column, width, text in zip(columns, widths, texts, strict=True)
    )
    return max(LEAST_ROW_MM, lines * size_pt * PITCH * PT_MM + 2 * PADDING_Y_MM)


def _page_mm() -> float:
    """Room for rows on a page after the first."""
    return PAGE_HEIGHT_MM - MARGIN_TOP_MM - MARGIN_BOTTOM_MM - HEAD_ROW_MM


def _tidied(text: str) -> str:
    """The person's lines without the empty ones between them."""
    lines = (line.strip() for line in printable(text).split("\n"))
    return "\n".join(line for line in lines if line)
