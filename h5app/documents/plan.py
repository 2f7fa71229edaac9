"""Where everything stands on the 推荐表, in millimetres and points: planned once, drawn by Word and PDF alike.

Rule: the form is one page. What does not fit it at a readable size goes on on the 附页, and nothing is lost: what the
form shows, the parting and what goes on, put together, are the answer. Lines have a fixed pitch, so heights are not
a guess once lines are counted; `wrapping` counts them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from h5app.documents.text import printable
from h5app.documents.wrapping import line_count, parted, width_em_of
from h5app.domain.sheet import CELLS, Sheet

PT_MM = 25.4 / 72

PAGE_WIDTH_MM, PAGE_HEIGHT_MM = 210.0, 297.0
MARGIN_X_MM, MARGIN_TOP_MM, MARGIN_BOTTOM_MM = 18.0, 17.0, 17.0
FOOTER_MM = 9.0
"""Distance of the 受理编号 from the lower edge of the paper."""

CODE_MM, CODE_TOP_MM = 11.0, 5.5
"""The code of the 受理编号: above the grid's right end, in the margin, where printers reach and no title does. At
21 modules one is 0.52 mm, three pixels of a scan at 150 dpi."""

COLUMNS_MM = (25.0, 29.0, 21.0, 24.0, 21.0, 26.0, 28.0)
"""Label, answer, label, answer, label, answer, portrait."""

NARROW_PADDING_MM, WIDE_PADDING_MM = 1.0, 2.6
"""Left and right of an answer: one column holds five characters only, wider cells have air."""
CELL_PADDING_Y_MM, BODY_PADDING_Y_MM = 1.0, 1.8
"""Above and below a short answer, and above and below prose."""

PORTRAIT_WIDTH_MM, PORTRAIT_HEIGHT_MM = 25.0, 35.0
"""一寸."""

ROW_MM, UNIT_ROW_MM, HONOURS_ROW_MM, OPINION_ROW_MM = 13.0, 14.0, 22.0, 32.0
BELOW_GRID_MM = 9.0

SIZES_PT = (12.0, 11.5, 11.0, 10.5, 10.0, 9.5, 9.0)
_SPARING_SIZES_PT = (12.0, 11.5, 11.0)
"""A short answer becomes so much smaller before its last character stands alone on a second line: 中共预备党员."""
CONTINUED_PT = 10.5
"""What goes on on the 附页 need not be as small as possible before."""
TITLE_SIZES_PT = (22.0, 20.0, 18.0, 16.0)
CELL_PITCH, BODY_PITCH, TITLE_PITCH = 1.25, 1.5, 1.4
TITLE_AFTER_PT = 12.0
INDENT_EM = 2

LABEL_PT, FOOTER_PT = 12.0, 9.0
LINE_PT, FRAME_PT = 0.5, 0.75
"""Lines between cells, and the grid's outer frame."""

_SAFETY_MM = 4.0
"""Left free at the foot: what the thickness of lines and another font's widths may add in Word."""
_SLACK_MM = 5.0
"""Left free as well where the deeds do not need it: a line that Word breaks elsewhere than was thought."""


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
_ROOM_FOR_A_NAME = "　" * 9
"""Before the seal's place, for a unit that is written by hand."""
SEAL_INDENT_EM = 4
"""How far the seal's place stands from the right edge, above the date."""
NO_PORTRAIT = ("正面免冠", "彩色近照", "（1寸）")
_ONE_LINE_CELLS = frozenset({"name", "sex", "birth_month", "id_number", "phone"})

CONTINUED_MARK = "（下转附页）"
"""Where an answer breaks off: a line of its own where one of the person's lines ends there, else the end of the line
that is parted. Both with a 附页 of that answer behind the form; so a reader can put the two together again."""
APPENDIX_HEADING = "附页（续 {label}）"
APPENDIX_TITLE_PT, APPENDIX_SIZES_PT = 18.0, (12.0, 11.5, 11.0, 10.5)
_APPENDIX_HEAD_MM = 26.0
"""A heading of the 附页 with the line of name and number below it."""

_SCRIPT_GAP_EM = 0.25
_BODY_LEAST_MM = 66.0
"""Room that honours and deeds have at the least: 12 lines of 10.5 pt. Short answers go on on the 附页 before that."""
_SHORT_LINES_MOST = (12, 8, 5, 3)
_HONOURS_SHARE = 0.4


@dataclass(frozen=True)
class Continued:
    """What the 附页 says of one answer.

    Args:
        name: the cell.
        text: what follows after the form's part and the parting, lines parted by a line feed.
        within_line: it goes on in the middle of one of the person's own lines: the parting is "", else a line feed.
    """

    name: str
    text: str
    within_line: bool

    @property
    def heading(self) -> str:
        return APPENDIX_HEADING.format(label=CELLS[self.name])


@dataclass(frozen=True)
class Plan:
    """One sheet, ready to draw.

    Args:
        texts: cell name → text that can be printed, lines parted by a line feed; without the mark that it goes on.
        sizes_pt: cell name → size of its text.
        title_pt: size of the heading.
        honours_row_mm: least height of the 曾获主要荣誉 row.
        deeds_row_mm: least height of the 主要事迹 row: what is left of the page, but for some slack.
        continued: what goes on on the 附页, in the form's order.
        appendix_pt: size of its text, smaller than 12 pt where that spares a page.
    """

    title: str
    texts: Mapping[str, str]
    sizes_pt: Mapping[str, float]
    title_pt: float
    honours_row_mm: float
    deeds_row_mm: float
    continued: tuple[Continued, ...] = ()
    appendix_pt: float = APPENDIX_SIZES_PT[0]

    @property
    def continues(self) -> bool:
        """Whether there is a 附页."""
        return bool(self.continued)

    def shown(self, name: str) -> str:
        """What the cell prints: the answer, or its beginning and the mark."""
        for part in self.continued:
            if part.name == name:
                return self.texts[name] + ("" if part.within_line else "\n") + CONTINUED_MARK
        return self.texts[name]


def plan(sheet: Sheet) -> Plan:
    """Choose the largest sizes, 12 pt down to 9 pt, at which the form is one page; part what is too long even then."""
    title = printable(sheet.title).replace("\n", " ")
    texts = {name: _cell_text(name, sheet.texts[name]) for name in CELLS}
    title_pt = _title_size_pt(title)
    page_mm = _page_mm(title, title_pt, unit_line(sheet))
    sizes = {name: _short_size_pt(name, texts[name]) for name in _SHORT_NAMES}
    continued = _part_short(texts, sizes, page_mm=page_mm)
    room_mm = page_mm - _rows_mm(texts, sizes)
    honours_mm, size = _common_size(texts, room_mm)
    if size is None:
        size = CONTINUED_PT
        honours_mm = _honours_share_mm(texts, room_mm)
        continued += _part_bodies(texts, {"honours": honours_mm, "deeds": room_mm - honours_mm})
    sizes |= dict.fromkeys(_BODY_NAMES, size)
    return Plan(
        title=title,
        texts=texts,
        sizes_pt=sizes,
        title_pt=title_pt,
        honours_row_mm=honours_mm,
        deeds_row_mm=max(_body_height_mm("deeds", texts["deeds"], size), room_mm - honours_mm - _SLACK_MM),
        continued=tuple(continued),
        appendix_pt=_appendix_size_pt(continued),
    )


def _common_size(texts: Mapping[str, str], room_mm: float) -> tuple[float, float | None]:
    """Height of the honours' row and the largest size at which honours and deeds fit; no size where none does."""
    honours_mm = HONOURS_ROW_MM
    for size in SIZES_PT:
        honours_mm = max(HONOURS_ROW_MM, _body_height_mm("honours", texts["honours"], size))
        if honours_mm + _body_height_mm("deeds", texts["deeds"], size) <= room_mm:
            return honours_mm, size
    return honours_mm, None


def _honours_share_mm(texts: Mapping[str, str], room_mm: float) -> float:
    """As much as the honours need, up to two fifths; and what short deeds leave."""
    honours_mm, deeds_mm = (_body_height_mm(name, texts[name], CONTINUED_PT) for name in _BODY_NAMES)
    return min(max(honours_mm, HONOURS_ROW_MM), max(_HONOURS_SHARE * room_mm, room_mm - deeds_mm))


def _part_bodies(texts: dict[str, str], heights_mm: Mapping[str, float]) -> list[Continued]:
    """Leave in `texts` what fits the rows, and return what goes on."""
    return [
        _part(name, texts, size_pt=CONTINUED_PT, lines=_body_lines(heights_mm[name], CONTINUED_PT))
        for name in _BODY_NAMES
        if _body_height_mm(name, texts[name], CONTINUED_PT) > heights_mm[name]
    ]


def _part_short(texts: dict[str, str], sizes: Mapping[str, float], *, page_mm: float) -> list[Continued]:
    """Leave in `texts` what keeps the short rows low enough, and return what goes on.

    No answer that the form takes is that long; what people mail may be.
    """
    continued: dict[str, Continued] = {}
    for most in _SHORT_LINES_MOST:
        if page_mm - _rows_mm(texts, sizes) >= _BODY_LEAST_MM:
            break
        for name in _SHORT_NAMES:
            if _lines_of(name, texts[name], sizes[name]) > most:
                rest = continued.get(name)
                part = _part(name, texts, size_pt=sizes[name], lines=most)
                continued[name] = part if rest is None else _joined(part, rest)
    return [continued[name] for name in _SHORT_NAMES if name in continued]


def _part(name: str, texts: dict[str, str], *, size_pt: float, lines: int) -> Continued:
    """Keep of an answer what leaves a line for the mark."""
    texts[name], parting, rest = parted(texts[name], lines=max(lines - 1, 1), **_column(name, size_pt))
    return Continued(name, rest, within_line=not parting)


def _joined(first: Continued, second: Continued) -> Continued:
    parting = "" if second.within_line else "\n"
    return Continued(first.name, first.text + parting + second.text, within_line=first.within_line)


def label_lines(name: str, *, deeds_chars: int | str) -> tuple[str, ...]:
    """What stands left of an answer, line by line.

    >>> label_lines("deeds", deeds_chars=500)
    ('主要事迹', '（500字）')
    """
    return tuple(line.format(deeds_chars=deeds_chars) for line in _LABEL_LINES.get(name, (CELLS[name],)))


def unit_line(sheet: Sheet) -> str:
    """The 推荐单位 line under the grid: the unit where it is known, and room for its seal where one is asked for."""
    if not sheet.stamped:
        return f"{SIGNING['unit']}{printable(sheet.unit)}"
    return f"{SIGNING['unit']}{printable(sheet.unit) or _ROOM_FOR_A_NAME}{SIGNING['seal']}"


def is_body(name: str) -> bool:
    """Whether an answer is set as prose, over the width of the grid."""
    return name in _BODY_NAMES


def _cell_text(name: str, text: str) -> str:
    clean = printable(text).strip()
    if name != "deeds":
        return clean
    # The indent is drawn; one that was typed as well would be seen twice.
    return "\n".join(line.strip() for line in clean.split("\n"))


def _short_size_pt(name: str, text: str) -> float:
    width_mm = text_width_mm(name)
    for lines in (1, 2, 3):
        spares_a_line = lines == 1 and name not in _ONE_LINE_CELLS
        for size in _SPARING_SIZES_PT if spares_a_line else SIZES_PT:
            if line_count(text, width_em=width_mm / (size * PT_MM)) <= lines:
                return size
    return SIZES_PT[-1]


def _title_size_pt(title: str) -> float:
    fits = (size for size in TITLE_SIZES_PT if _title_lines(title, size) == 1)
    return next(fits, TITLE_SIZES_PT[-1])


def _title_lines(title: str, size_pt: float) -> int:
    return line_count(title, width_em=sum(COLUMNS_MM) / (size_pt * PT_MM))


def _page_mm(title: str, title_pt: float, unit: str) -> float:
    """Height that the rows of answers have on one page."""
    page_mm = PAGE_HEIGHT_MM - MARGIN_TOP_MM - MARGIN_BOTTOM_MM - _SAFETY_MM
    title_mm = (_title_lines(title, title_pt) * title_pt * TITLE_PITCH + TITLE_AFTER_PT) * PT_MM
    return page_mm - title_mm - OPINION_ROW_MM - BELOW_GRID_MM - (_unit_lines(unit) - 1) * LABEL_PT * CELL_PITCH * PT_MM


def _unit_lines(unit: str) -> int:
    """Lines under the grid; the date stands at the right of the last one, or below."""
    width_em = sum(COLUMNS_MM) / (LABEL_PT * PT_MM)
    dated = "　" * round(width_em_of(SIGNING["dated"]))
    return line_count(f"{unit}　{dated}", width_em=width_em)


def _rows_mm(texts: Mapping[str, str], sizes: Mapping[str, float]) -> float:
    """Height of the rows of short answers."""
    return sum(
        max(row.least_mm, *(_short_height_mm(cell.name, texts, sizes) for cell in row.cells)) for row in SHORT_ROWS
    )


def _short_height_mm(name: str, texts: Mapping[str, str], sizes: Mapping[str, float]) -> float:
    size = sizes[name]
    return _lines_of(name, texts[name], size) * size * CELL_PITCH * PT_MM + 2 * CELL_PADDING_Y_MM


def _body_height_mm(name: str, text: str, size_pt: float) -> float:
    return _lines_of(name, text, size_pt) * size_pt * BODY_PITCH * PT_MM + 2 * BODY_PADDING_Y_MM


def _appendix_size_pt(continued: Sequence[Continued]) -> float:
    """The largest size at which the 附页 is one page; the first where none is small enough."""
    room_mm = PAGE_HEIGHT_MM - MARGIN_TOP_MM - MARGIN_BOTTOM_MM - _SAFETY_MM - len(continued) * _APPENDIX_HEAD_MM
    for size in APPENDIX_SIZES_PT:
        column = {"width_em": sum(COLUMNS_MM) / (size * PT_MM), "indent_em": INDENT_EM, "gap_em": _SCRIPT_GAP_EM}
        if sum(line_count(part.text, **column) for part in continued) * size * BODY_PITCH * PT_MM <= room_mm:
            return size
    return APPENDIX_SIZES_PT[0]


def _body_lines(height_mm: float, size_pt: float) -> int:
    return int((height_mm - 2 * BODY_PADDING_Y_MM) / (size_pt * BODY_PITCH * PT_MM))


def _lines_of(name: str, text: str, size_pt: float) -> int:
    return line_count(text, **_column(name, size_pt))


def _column(name: str, size_pt: float) -> dict[str, float]:
    """The cell's column as `wrapping` takes it."""
    return {
        "width_em": text_width_mm(name) / (size_pt * PT_MM),
        "indent_em": INDENT_EM if name == "deeds" else 0,
        "gap_em": _SCRIPT_GAP_EM if is_body(name) else 0,
    }


def text_width_mm(name: str) -> float:
    """Width left for the text of an answer, within the cell's padding."""
    cell = ANSWERS[name]
    return cell.width_mm - 2 * cell.padding_mm
