"""A filled 推荐表 in Word → what it says: answers found by their labels, wherever these stand, and the portrait.

Rule: every text is given back as found, with its lines; what it means is for others to say.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from h5app.documents.reading import labels
from h5app.documents.reading.appendix import Rest, joined, without_appendices
from h5app.documents.reading.grid import Cell, Grid
from h5app.documents.reading.opening import WordFile, open_word
from h5app.documents.reading.story import Block, Paragraph, Picture, Table, blocks_of, pictures_of, text_of
from h5app.domain.errors import UnreadableFormError
from h5app.domain.questions import BY_NAME, Kind
from h5app.domain.sheet import CELLS

NO_FORM = "这个 Word 文件里没有找到推荐表的栏目（姓名、身份证号等），请核对是不是选错了文件"
A_TABLE = "这是推荐汇总表，不是推荐表。请传每个人自己的推荐表"
TOO_LONG = "这个文件里的文字太多，不像一份推荐表，请核对是不是选错了文件"
NOTHING_FILLED = "这份推荐表还没有填，请核对是不是选错了文件"
SEVERAL = "这个文件里好像不止一份推荐表，只读了第一份。请把其余的分开存成文件，再传一次"

# A form has at least so many of the labels we know.
_LABELS_LEAST = 4
_CELLS_MOST = 4000
_LETTERS_MOST = 60_000
# Damaged ones are unpacked before that shows.
_PICTURES_TRIED = 8
_DIGIT_CELL = re.compile(r"\s*[0-9０-９xXＸｘ]{1,2}\s*")
# What 附件1 prints into the cell itself, where people write around it.
_PRINTED_HINT = re.compile(r"[（(]\s*填单位全称[，,]\s*具体到工作岗位\s*[）)]")
# Headings and signing lines of a form. Each character has one way to match: gaps in a row must not multiply.
_OF_THE_FORM = re.compile(
    r"\s*|.*推荐表\s*|\s*附件\s*[1１一]?\s*|"
    r"(?:推荐单位|申报单位|日期|签字|签名|[（(](?:无须)?(?:盖章|公章)[）)]|\d+\s*[年月日]|[年月日]|[:：\s])+"
)
# A portrait is upright; height over width.
_SLIM, _SQUAT = 1.9, 1.05


@dataclass(frozen=True)
class Found:
    """One answer as found: question name, the label and the text as they stand in the file."""

    name: str
    label: str
    text: str


@dataclass(frozen=True)
class Portrait:
    """The pasted picture as it came, and the parts that Word cuts off at the left, top, right and bottom."""

    data: bytes
    cut: tuple[float, float, float, float]


@dataclass(frozen=True)
class ReadForm:
    """What one file says.

    Args:
        found: in the order of the sheet, then others; one for each question that has a place in the file.
        others: texts that stand under no label we know, in their order.
        portrait: None where there is none.
        notes: sentences for whoever looks at it.
    """

    found: tuple[Found, ...]
    others: tuple[str, ...]
    portrait: Portrait | None
    notes: tuple[str, ...] = ()

    @property
    def texts(self) -> Mapping[str, str]:
        """Question name → text."""
        return {each.name: each.text for each in self.found}


def read_form(data: bytes) -> ReadForm:
    """Read a .docx.

    Raises:
        UnreadableFormError: no Word file, or no filled 推荐表; one sentence says what to do.
    """
    word = open_word(data)
    search = _Search()
    search.look_at(blocks_of(word.document))
    if len(search.found) < _LABELS_LEAST or "name" not in search.found:
        raise UnreadableFormError(NO_FORM)
    found = search.in_order()
    if sum(len(text) for text in (*(each.text for each in found), *search.others)) > _LETTERS_MOST:
        raise UnreadableFormError(TOO_LONG)
    portrait = _portrait(word, search)
    if not portrait and not any(each.text for each in found):
        raise UnreadableFormError(NOTHING_FILLED)
    return ReadForm(found, tuple(search.others), portrait, (SEVERAL,) if search.has_more else ())


@dataclass
class _Search:
    """Goes through a document once and keeps what it finds."""

    found: dict[str, Found] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    in_photo_cells: list[Picture] = field(default_factory=list)
    in_empty_cells: list[Picture] = field(default_factory=list)
    anywhere: list[Picture] = field(default_factory=list)
    appendices: list[Rest] = field(default_factory=list)
    has_more: bool = False
    cells: int = 0

    def look_at(self, blocks: tuple[Block, ...]) -> None:
        """Tables first: what is said between them counts only for what none of them has."""
        self.anywhere += pictures_of(blocks)
        for block in blocks:
            if isinstance(block, Table):
                self._look_at_table(block)
        text, appendices = without_appendices(text_of(tuple(each for each in blocks if isinstance(each, Paragraph))))
        self.appendices += appendices
        self._look_at_text(text)

    def in_order(self) -> tuple[Found, ...]:
        names = [*CELLS, *(name for name in self.found if name not in CELLS)]
        return tuple(self._whole(self.found[name]) for name in names if name in self.found)

    def _whole(self, found: Found) -> Found:
        """An answer with what the 附页 says more of it."""
        text = found.text
        for rest in self.appendices:
            if rest.name == found.name:
                text = joined(text, rest.text)
        return replace(found, text=_cleared(found.name, text)) if text != found.text else found

    def _look_at_table(self, table: Table) -> None:
        # Counted first: putting merged cells together looks at each one above.
        self.cells += sum(len(row.cells) for row in table.rows)
        if self.cells > _CELLS_MOST:
            raise UnreadableFormError(NO_FORM)
        self._look_at_grid(Grid(table))

    def _look_at_grid(self, grid: Grid) -> None:
        cells = grid.cells
        known = {cell: labels.label_of(cell.text) for cell in cells}
        _refuse_lists(grid, known)
        used = {cell for cell in cells if known[cell] is not None}
        for cell in used & {cell for cell in cells if known[cell] == labels.PHOTO}:
            self.in_photo_cells += cell.pictures
        for cell in cells:
            if (name := known[cell]) and name != labels.PHOTO:
                answers = _answer_cells(grid, cell, name, known)
                if answers:
                    self._keep(name, cell.text, answers)
                    used |= set(answers)
        for cell in cells:
            if cell not in used:
                self._look_at_rest(cell)
        for cell in cells:  # a label without a cell of its own for the answer is a place all the same
            if (name := known[cell]) and name != labels.PHOTO:
                self._add(Found(name, _one_line(cell.text), ""))

    def _keep(self, name: str, label: str, cells: Sequence[Cell]) -> None:
        text = "".join(cell.text for cell in cells) if len(cells) > 1 else cells[0].text
        self._add(Found(name, _one_line(label), _cleared(name, text)))

    def _look_at_rest(self, cell: Cell) -> None:
        if cell.tables:
            self.look_at(cell.blocks)
            return
        if cell.pictures and not cell.text.strip():
            self.in_empty_cells += cell.pictures
        self._look_at_text(cell.text)

    def _look_at_text(self, text: str) -> None:
        """Answers behind their labels in one text; the rest is kept for whoever compares."""
        under = labels.headed(text)
        said = [under] if under else list(labels.said_in(text))
        for each in said:
            self._add(Found(each.name, _one_line(each.label), _cleared(each.name, _first_part(each))))
        if not said and (rest := _without_forms_own(text)):
            self.others.append(rest)

    def _add(self, new: Found) -> None:
        old = self.found.get(new.name)
        if old is None or not old.text:
            self.found[new.name] = new
        elif new.name == "name" and new.text not in {"", old.text}:
            self.has_more = True
        elif new.name == "unit_and_post" and new.text and old.label != new.label and not self.has_more:
            self.found[new.name] = Found(new.name, f"{old.label}、{new.label}", f"{old.text} {new.text}")


def _answer_cells(grid: Grid, cell: Cell, name: str, known: Mapping[Cell, str | None]) -> list[Cell]:
    """The cells that hold a label's answer: right of it, or under it where another label stands right."""
    right = grid.right_of(cell)
    if right and _may_answer(right[0], name, known):
        digits = right[:1]
        if name == "id_number" and _DIGIT_CELL.fullmatch(right[0].text):
            for other in right[1:]:
                if known.get(other) is not None or not _DIGIT_CELL.fullmatch(other.text):
                    break
                digits.append(other)
        return digits
    under = grid.below(cell)
    return [under] if under and _may_answer(under, name, known) else []


def _may_answer(cell: Cell, name: str, known: Mapping[Cell, str | None]) -> bool:
    if known.get(cell) is not None:
        return False
    if BY_NAME[name].kind is Kind.LINES or cell.tables:
        return True
    said = next(labels.said_in(cell.text), None)
    return said is None or said.name == name


def _refuse_lists(grid: Grid, known: Mapping[Cell, str | None]) -> None:
    """A 汇总表 has the same labels in one row above many people."""
    for cell, name in known.items():
        if name == labels.NOTHING and re.sub(r"\s", "", cell.text) == "序号":
            beside = [known.get(other) for other in grid.row_of(cell)]
            if sum(bool(each) for each in beside) >= _LABELS_LEAST:
                raise UnreadableFormError(A_TABLE)


def _first_part(said: labels.Said) -> str:
    """Of a short answer its first line: what stands under it belongs to something else."""
    return said.text if BY_NAME[said.name].kind is Kind.LINES else said.text.split("\n", maxsplit=1)[0]


def _cleared(name: str, text: str) -> str:
    without = _PRINTED_HINT.sub("", text) if name == "unit_and_post" else text
    return "\n".join(line.strip() for line in without.split("\n")).strip("\n")


def _without_forms_own(text: str) -> str:
    """Lines that somebody has written: none of those the form itself has, filled in or not."""
    return "\n".join(line.strip() for line in text.split("\n") if not _OF_THE_FORM.fullmatch(line))


def _one_line(label: str) -> str:
    return " ".join(label.split())


def _portrait(word: WordFile, search: _Search) -> Portrait | None:
    """The picture in the photo's cell, else the largest upright one, else one in a cell that holds nothing else."""
    upright = [each for each in search.anywhere if _is_upright(each)]
    for group in (search.in_photo_cells, [each for each in search.in_empty_cells if _is_upright(each)], upright):
        for picture in sorted(group, key=_area, reverse=True)[:_PICTURES_TRIED]:
            if data := word.picture(picture.relation):
                return Portrait(data, picture.cut)
    return None


def _is_upright(picture: Picture) -> bool:
    return picture.width_pt > 0 and _SQUAT <= picture.height_pt / picture.width_pt <= _SLIM


def _area(picture: Picture) -> float:
    return picture.width_pt * picture.height_pt
