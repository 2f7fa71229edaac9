"""The text of a Word file as its reader sees it: paragraphs, tables, text boxes, and where pictures stand.

Rule: what was deleted, hidden or only asked for is not there, what was inserted is; lines stay lines. Elements go by
their local names, because strict files have other namespaces.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias
from xml.etree.ElementTree import Element

# Left out with all they hold: deleted, moved away, instructions of fields, phonetic guides, formats.
_UNSEEN = frozenset({"del", "moveFrom", "instrText", "delText", "rt", "pPr", "sdtPr", "sdtEndPr", "rubyPr", "tblPr"})
_DRAWN = frozenset({"drawing", "pict", "object"})
_BREAKS = {"br": "\n", "cr": "\n", "tab": "\t", "ptab": "\t", "noBreakHyphen": "-", "softHyphen": ""}
# Wingdings and Wingdings 2, the fonts in which Word and WPS tick boxes.
_TICKED = frozenset({"F0FE", "F0FC", "F052", "F050", "F053", "F0FD", "F078"})
_UNTICKED = frozenset({"F0A8", "F06F", "F0A3", "F071", "F072"})
_EMU_PER_PT = 12700
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.3465, "mm": 2.83465, "px": 0.75, "": 0.75}
_SIZE = re.compile(r"(?:^|;)\s*(width|height)\s*:\s*([\d.]+)\s*(pt|in|cm|mm|px|)\s*(?:;|$)")
_THOUSANDTHS_OF_PERCENT = 100_000
_NESTED_MOST = 6


@dataclass(frozen=True)
class Picture:
    """A picture where it stands.

    Args:
        relation: names its part in the file.
        width_pt: as drawn, 0 where it is not said.
        height_pt: likewise.
        cut: parts of width and height that Word cuts off at the left, top, right and bottom.
    """

    relation: str
    width_pt: float
    height_pt: float
    cut: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Paragraph:
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True)
class RawCell:
    """One `w:tc` with what its properties say of merging."""

    blocks: "tuple[Block, ...]"
    columns: int
    continues_above: bool
    continues_left: bool


@dataclass(frozen=True)
class RawRow:
    skipped: int
    cells: tuple[RawCell, ...]


@dataclass(frozen=True)
class Table:
    rows: tuple[RawRow, ...]


Block: TypeAlias = Paragraph | Table


def blocks_of(container: Element, *, depth: int = 0) -> tuple[Block, ...]:
    """Paragraphs and tables of a body, cell or text box in order; a text box follows the paragraph that holds it."""
    blocks: list[Block] = []
    open_line = False  # a paragraph whose mark was deleted goes on in the next one
    for child in container:
        match _local(child):
            case "p":
                paragraph, boxes = _paragraph(child, depth)
                if open_line and blocks and isinstance(last := blocks[-1], Paragraph):
                    blocks.pop()
                    paragraph = Paragraph(last.text + paragraph.text, last.pictures + paragraph.pictures)
                blocks += [paragraph, *boxes]
                open_line = _mark_is_deleted(child)
            case "tbl" if depth < _NESTED_MOST:
                blocks.append(_table(child, depth + 1))
            case tag if tag not in _UNSEEN and not _is_placeholder(child):
                blocks += blocks_of(child, depth=depth)
    return tuple(blocks)


def text_of(blocks: tuple[Block, ...]) -> str:
    """Their text, a paragraph or a row of a table a line."""
    return "\n".join(_block_text(block) for block in blocks).strip("\n")


def pictures_of(blocks: tuple[Block, ...]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from block.pictures
        else:
            for row in block.rows:
                for cell in row.cells:
                    yield from pictures_of(cell.blocks)


def _block_text(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return "\n".join(" ".join(text_of(cell.blocks) for cell in row.cells) for row in block.rows)


def _paragraph(element: Element, depth: int) -> tuple[Paragraph, list[Block]]:
    """The paragraph, and what stands in its text boxes."""
    pieces: list[str] = []
    pictures: list[Picture] = []
    boxes: list[Block] = []
    for node in _seen(element):
        match _local(node):
            case "t":
                pieces.append(node.text or "")
            case "sym":
                pieces.append(_symbol(node))
            case "drawing":
                pictures += _drawn(node)
            case "pict" | "object":
                pictures += _drawn_in_vml(node)
            case "txbxContent":
                boxes += blocks_of(node, depth=depth + 1) if depth < _NESTED_MOST else ()
            case tag:
                pieces.append(_BREAKS.get(tag, ""))
    return Paragraph("".join(pieces), tuple(pictures)), boxes


def _seen(element: Element) -> Iterator[Element]:
    """Everything inside that is seen, in order; of two ways to draw one thing the first."""
    for child in element:
        tag = _local(child)
        if tag in _UNSEEN or (tag == "r" and _is_hidden(child)) or (tag == "sdt" and _is_placeholder(child)):
            continue
        if tag == "AlternateContent":
            choices = [each for each in child if _local(each) in {"Choice", "Fallback"}]
            if choices:
                yield from _seen(choices[0])
            continue
        yield child
        if tag in _DRAWN:  # looked through as a whole, but for what is written in it
            yield from (inside for inside in _seen(child) if _local(inside) == "txbxContent")
        elif tag != "txbxContent":
            yield from _seen(child)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(element: Element, name: str) -> str | None:
    """An attribute, whatever its namespace."""
    return next((value for key, value in element.attrib.items() if key.rpartition("}")[2] == name), None)


def _child(element: Element | None, *path: str) -> Element | None:
    for name in path:
        if element is None:
            return None
        element = next((child for child in element if _local(child) == name), None)
    return element


def _is_on(switch: Element | None) -> bool:
    return switch is not None and _value(switch, "val") not in {"0", "false", "off"}


def _is_hidden(run: Element) -> bool:
    return _is_on(_child(run, "rPr", "vanish"))


def _is_placeholder(control: Element) -> bool:
    """Whether a content control only shows what to type there."""
    return _is_on(_child(control, "sdtPr", "showingPlcHdr"))


def _mark_is_deleted(paragraph: Element) -> bool:
    return _child(paragraph, "pPr", "rPr", "del") is not None


def _symbol(node: Element) -> str:
    code = (_value(node, "char") or "").upper()
    return "☑" if code in _TICKED else "□" if code in _UNTICKED else ""


def _drawn(drawing: Element) -> Iterator[Picture]:
    extent = next((each for each in drawing.iter() if _local(each) == "extent"), None)
    width, height = (_number(extent, side) / _EMU_PER_PT for side in ("cx", "cy"))
    for fill in drawing.iter():
        if _local(fill) != "blipFill":
            continue
        blip = next((each for each in fill.iter() if _local(each) == "blip"), None)
        relation = _value(blip, "embed") if blip is not None else None
        if relation:
            yield Picture(relation, width, height, _cut(_child(fill, "srcRect")))


def _cut(rectangle: Element | None) -> tuple[float, float, float, float]:
    left, top, right, bottom = (
        min(max(_number(rectangle, side) / _THOUSANDTHS_OF_PERCENT, 0.0), 1.0) for side in ("l", "t", "r", "b")
    )
    return (left, top, right, bottom) if left + right < 1 and top + bottom < 1 else (0.0, 0.0, 0.0, 0.0)


def _drawn_in_vml(picture: Element) -> Iterator[Picture]:
    for shape in picture.iter():
        data = _child(shape, "imagedata")
        relation = _value(data, "id") if data is not None else None
        if relation:
            sizes = {
                side: float(number) * _POINTS[unit]
                for side, number, unit in _SIZE.findall(_value(shape, "style") or "")
                if number.count(".") < 2 and number != "."
            }
            yield Picture(relation, sizes.get("width", 0.0), sizes.get("height", 0.0))


def _number(element: Element | None, name: str) -> float:
    text = (_value(element, name) or "") if element is not None else ""
    return float(text) if re.fullmatch(r"-?\d{1,12}", text) else 0.0


def _table(element: Element, depth: int) -> Table:
    return Table(tuple(_row(row, depth) for row in _parts(element, "tr") if _child(row, "trPr", "del") is None))


def _row(element: Element, depth: int) -> RawRow:
    skipped = int(_number(_child(element, "trPr", "gridBefore"), "val"))
    return RawRow(skipped, tuple(_cell(cell, depth) for cell in _parts(element, "tc")))


def _parts(element: Element, wanted: str) -> Iterator[Element]:
    """Rows of a table or cells of a row, also those inside content controls and other wrappings."""
    for child in element:
        tag = _local(child)
        if tag == wanted:
            yield child
        elif tag in {"sdt", "sdtContent", "customXml", "ins", "moveTo"}:
            yield from _parts(child, wanted)


def _cell(element: Element, depth: int) -> RawCell:
    properties = _child(element, "tcPr")
    return RawCell(
        blocks=blocks_of(element, depth=depth),
        columns=max(1, int(_number(_child(properties, "gridSpan"), "val"))),
        continues_above=_continues(_child(properties, "vMerge")),
        continues_left=_continues(_child(properties, "hMerge")),
    )


def _continues(merge: Element | None) -> bool:
    return merge is not None and _value(merge, "val") in {None, "continue"}
