"""Where everything stands on the 推荐表, in millimetres and points: planned once, drawn by Word and PDF alike.

Widths are estimated (a Chinese character is one em, a digit 0.55, the rest 0.65), because the fonts that Word
will find are not known here. Lines have a fixed pitch, so heights are not a guess once lines are counted.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from h5app.documents.text import printable
from h5app.domain.sheet import CELLS, Sheet

PT_MM = 25.4 / 72

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210.0, 297.0
MARGIN_X_MM, MARGIN_TOP_MM, MARGIN_BOTTOM_MM = 18.0, 17.0, 17.0
FOOTER_MM = 9.0
"""Distance of the 受理编号 from the lower edge of the paper."""

COLUMNS_MM = (25.0, 29.0, 21.0, 24.0, 21.0, 26.0, 28.0)
"""Label, answer, label, answer, label, answer, portrait."""

NARROW_PADDING_MM, WIDE_PADDING_MM = 1.0, 2.6
"""Left and right of an answer: one column holds five characters only, wider cells have air."""
CELL_PADDING_Y_MM, BODY_PADDING_Y_MM = 1.0, 1.8
"""Above and below a short answer, and above and below prose."""

PORTRAIT_WIDTH_MM, PORTRAIT_HEIGHT_MM = 25.0, 35.0
"""一寸."""

ROW_MM, UNIT_ROW_MM, HONOURS_ROW_MM, OPINION_ROW_MM = 13.0, 14.0, 22.0, 32.0
CONTINUED_DEEDS_ROW_MM = 30.0
BELOW_GRID_MM = 9.0

SIZES_PT = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0)
CONTINUED_PT = 10.5
TITLE_SIZES_PT = (22.0, 20.0, 18.0, 16.0)
CELL_PITCH, BODY_PITCH, TITLE_PITCH = 1.25, 1.5, 1.4
TITLE_AFTER_PT = 12.0
INDENT_EM = 2

LABEL_PT, FOOTER_PT = 12.0, 9.0
LINE_PT, FRAME_PT = 0.5, 0.75
"""Lines between cells, and the grid's outer frame."""

_SAFETY_MM = 4.0
"""Left free at the foot: what the thickness of lines and another font's widths may add in Word."""


@dataclass(frozen=True)
class Cell:
    """An answer of the grid: the columns it takes, `first` to before `end`; its label stands left of it."""

    name: str
    first: int
    end: int

    @property
    def width_mm(self) -> float:
        """Width between the cell's lines."""
        return sum(COLUMNS_MM[self.first : self.end])

    @property
    def padding_mm(self) -> float:
        """Room left free at the left and at the right."""
        return WIDE_PADDING_MM if self.end - self.first > 1 else NARROW_PADDING_MM


@dataclass(frozen=True)
class Row:
    """A row of short answers, and the least height it has."""

    least_mm: float
    cells: tuple[Cell, ...]


PORTRAIT_ROWS = 3
"""The portrait spans the first three rows, right of the last answer."""
SHORT_ROWS = (
    Row(ROW_MM, (Cell("name", 1, 2), Cell("sex", 3, 4), Cell("birth_month", 5, 6))),
    Row(ROW_MM, (Cell("native_place", 1, 2), Cell("ethnicity", 3, 4), Cell("political_status", 5, 6))),
    Row(ROW_MM, (Cell("id_number", 1, 6),)),
    Row(UNIT_ROW_MM, (Cell("unit_and_post", 1, 4), Cell("education", 5, 7))),
    Row(ROW_MM, (Cell("professional_title", 1, 2), Cell("skill_level", 3, 4), Cell("phone", 5, 7))),
)
BODY_CELLS = (Cell("honours", 1, 7), Cell("deeds", 1, 7))
_SHORT_NAMES = tuple(cell.name for row in SHORT_ROWS for cell in row.cells)
_BODY_NAMES = tuple(cell.name for cell in BODY_CELLS)
ANSWERS = {cell.name: cell for row in SHORT_ROWS for cell in row.cells} | {c.name: c for c in BODY_CELLS}

_LABEL_LINES = {"honours": ("曾获", "主要荣誉"), "deeds": ("主要事迹", "（{deeds_chars}字）")}
"""Labels of two lines, as 附件1 prints them."""
OPINION_LABEL = ("申报单位", "意见")
SIGNING = {
    "seal": "（盖章）",
    "no_seal": "（无须盖章）",
    "date": "　　　年　　月　　日",
    "unit": "推荐单位：",
    "dated": "日期：　　　年　　月　　日",
}
"""What is left to fill in by hand. 社会化推荐 “无须加盖单位公章”: a bare “（盖章）” left empty would look
like a form that is not finished, so the sheet itself says that none is asked for."""
SEAL_INDENT_EM = 4
"""How far the seal's place stands from the right edge, above the date."""
NO_PORTRAIT = ("正面免冠", "彩色近照", "（1寸）")
_ONE_LINE_CELLS = frozenset({"name", "sex", "birth_month", "id_number", "phone"})

_NARROW_EM, _DIGIT_EM, _SCRIPT_GAP_EM = 0.65, 0.55, 0.25
# A run of Latin stays whole; a closing mark never begins a line, an opening one never ends it.
_NARROW_RUN = re.compile(r"[^\s\u1100-\uffff\U00020000-\U0003ffff]+")
_TOKEN = re.compile(r"[!-~]+|[（《“‘〈「『【]*.[，。、；：？！）》”’〉」』】…%]*", re.DOTALL)


@dataclass(frozen=True)
class Plan:
    """One sheet, ready to draw.

    Args:
        texts: cell name → text that can be printed, lines parted by a line feed.
        sizes_pt: cell name → size of its text.
        title_pt: size of the heading.
        deeds_row_mm: least height of the 主要事迹 row; what is left of the page, unless it continues.
        continues: the text does not fit one page at the smallest size and runs on to another.
    """

    title: str
    texts: Mapping[str, str]
    sizes_pt: Mapping[str, float]
    title_pt: float
    honours_row_mm: float
    deeds_row_mm: float
    continues: bool


def plan(sheet: Sheet) -> Plan:
    """Choose the largest sizes, 12 pt down to 9 pt, at which the sheet stays on one page."""
    title = printable(sheet.title).replace("\n", " ")
    texts = {name: _cell_text(name, sheet.texts[name]) for name in CELLS}
    sizes = {name: _short_size_pt(name, texts[name]) for name in _SHORT_NAMES}
    title_pt = _title_size_pt(title)
    room_mm = _room_mm(title, title_pt, texts, sizes)
    for size in SIZES_PT:
        honours_mm = max(HONOURS_ROW_MM, _body_height_mm(texts["honours"], size, indent_em=0))
        if honours_mm + _body_height_mm(texts["deeds"], size, indent_em=INDENT_EM) <= room_mm:
            sizes |= dict.fromkeys(_BODY_NAMES, size)
            return Plan(title, texts, sizes, title_pt, honours_mm, room_mm - honours_mm, continues=False)
    sizes |= dict.fromkeys(_BODY_NAMES, CONTINUED_PT)
    return Plan(title, texts, sizes, title_pt, HONOURS_ROW_MM, CONTINUED_DEEDS_ROW_MM, continues=True)


def label_lines(name: str, *, deeds_chars: int | str) -> tuple[str, ...]:
    """What stands left of an answer, line by line.

    >>> label_lines("deeds", deeds_chars=500)
    ('主要事迹', '（500字）')
    """
    return tuple(line.format(deeds_chars=deeds_chars) for line in _LABEL_LINES.get(name, (CELLS[name],)))


def unit_line(sheet: Sheet) -> str:
    """The 推荐单位 line under the grid: the unit where it is known, and room for its seal where one is asked for."""
    return f"{SIGNING['unit']}{printable(sheet.unit)}{SIGNING['seal'] if sheet.stamped else ''}"


def is_body(name: str) -> bool:
    """Whether an answer is set as prose, over the width of the grid."""
    return name in _BODY_NAMES


def line_count(text: str, *, width_em: float, indent_em: float = 0, gap_em: float = 0) -> int:
    """Lines that `text` takes in a column of `width_em` characters.

    Args:
        indent_em: indent of each of the text's own lines.
        gap_em: space that is set between Chinese and Latin.

    >>> line_count("一二三四五，六", width_em=5)
    2
    """
    return sum(_wrapped_lines(line, width_em=width_em, indent_em=indent_em, gap_em=gap_em) for line in text.split("\n"))


def breakable(text: str, *, width_em: float) -> str:
    """Let a run without spaces that is wider than the column break anywhere, by zero-width spaces.

    Word does so by itself; Typst would run it over the cell's edge. Whatever fits stays as it was
    typed, so that a copied ID number is just that.
    """
    return _NARROW_RUN.sub(lambda run: _broken(run[0], width_em), text)


def _broken(run: str, width_em: float) -> str:
    return run if _width_em(run) <= width_em else "\u200b".join(run)


def _wrapped_lines(line: str, *, width_em: float, indent_em: float, gap_em: float) -> int:
    lines, used = 1, indent_em
    for token in _TOKEN.findall(line):
        width = _width_em(token) + (2 * gap_em if token[0].isascii() else 0)
        if used + width <= width_em:
            used += width
        else:
            whole, rest = divmod(width, width_em)
            lines += 1 + int(whole)
            used = rest
    return lines


def _width_em(token: str) -> float:
    return sum(_character_em(character) for character in token)


def _character_em(character: str) -> float:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    if unicodedata.east_asian_width(character) in "WFA":
        return 1
    return _DIGIT_EM if character.isdigit() else _NARROW_EM


def _cell_text(name: str, text: str) -> str:
    clean = printable(text).strip()
    if name != "deeds":
        return clean
    # The indent is drawn; one that was typed as well would be seen twice.
    return "\n".join(line.strip() for line in clean.split("\n"))


def _short_size_pt(name: str, text: str) -> float:
    width_mm = text_width_mm(name)
    for lines in (1, 2, 3) if name in _ONE_LINE_CELLS else (2, 3):
        for size in SIZES_PT:
            if line_count(text, width_em=width_mm / (size * PT_MM)) <= lines:
                return size
    return SIZES_PT[-1]


def _title_size_pt(title: str) -> float:
    fits = (size for size in TITLE_SIZES_PT if _title_lines(title, size) == 1)
    return next(fits, TITLE_SIZES_PT[-1])


def _title_lines(title: str, size_pt: float) -> int:
    return line_count(title, width_em=sum(COLUMNS_MM) / (size_pt * PT_MM))


def _room_mm(title: str, title_pt: float, texts: Mapping[str, str], sizes: Mapping[str, float]) -> float:
    """Height that 曾获主要荣誉 and 主要事迹 share on one page."""
    page_mm = PAGE_HEIGHT_MM - MARGIN_TOP_MM - MARGIN_BOTTOM_MM - _SAFETY_MM
    title_mm = (_title_lines(title, title_pt) * title_pt * TITLE_PITCH + TITLE_AFTER_PT) * PT_MM
    rows_mm = sum(
        max(row.least_mm, *(_short_height_mm(cell.name, texts, sizes) for cell in row.cells)) for row in SHORT_ROWS
    )
    return page_mm - title_mm - rows_mm - OPINION_ROW_MM - BELOW_GRID_MM


def _short_height_mm(name: str, texts: Mapping[str, str], sizes: Mapping[str, float]) -> float:
    size = sizes[name]
    lines = line_count(texts[name], width_em=text_width_mm(name) / (size * PT_MM))
    return lines * size * CELL_PITCH * PT_MM + 2 * CELL_PADDING_Y_MM


def _body_height_mm(text: str, size_pt: float, *, indent_em: float) -> float:
    width_em = text_width_mm("deeds") / (size_pt * PT_MM)
    lines = line_count(text, width_em=width_em, indent_em=indent_em, gap_em=_SCRIPT_GAP_EM)
    return lines * size_pt * BODY_PITCH * PT_MM + 2 * BODY_PADDING_Y_MM


def text_width_mm(name: str) -> float:
    """Width left for the text of an answer, within the cell's padding."""
    cell = ANSWERS[name]
    return cell.width_mm - 2 * cell.padding_mm
