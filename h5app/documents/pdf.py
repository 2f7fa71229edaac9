"""推荐表 as PDF: a template of our own, and the answers only ever as data beside it."""

import base64
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from h5app.documents import plan as grid
from h5app.documents.faces import subset
from h5app.documents.fonts import (
    FONT_FILES,
    NO_GLYPH,
    Chain,
    chain_of,
    missing_characters,
    rare_characters,
    unusual_characters,
)
from h5app.documents.portrait import portrait_size_px
from h5app.documents.rare import described
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.text import printable
from h5app.documents.typesetting import typeset
from h5app.documents.wrapping import breakable
from h5app.domain.sheet import Sheet

_FEW_GLYPHS = "h5app few glyphs"


def recommendation_pdf(sheet: Sheet, stationery: Stationery = SHIPPED) -> bytes:
    """Draw `sheet` on one A4 page, and what even 9 pt would not hold on the 附页 behind it.

    The same sheet gives the same bytes: no clock, no system fonts, nothing written to disk.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
    """
    (pdf,) = draw(sheet, stationery, form="pdf")
    return pdf


def missing_notes(sheet: Sheet, stationery: Stationery = SHIPPED) -> tuple[str, ...]:
    """What the staff must know of characters that no font has: a sentence, or nothing."""
    missing = missing_characters("".join((sheet.title, sheet.unit, *sheet.texts.values())), stationery)
    if not missing:
        return ()
    named = "、".join(map(described, missing))
    return (
        f"请核对：PDF 上印成“{NO_GLYPH}”的字，字体里没有：{named}。请打印后手写补上；Word 上由您电脑里的字体显示。",
    )


def draw(sheet: Sheet, stationery: Stationery, *, form: Literal["pdf", "png"], ppi: float = 72) -> list[bytes]:
    """Draw `sheet` with the office's fonts, those of its rare characters, and 〓 for what no font has.

    Args:
        form: one PDF, or a PNG for each page.
        ppi: pixels an inch of a PNG.

    Raises:
        UnreadablePhotoError: the portrait is not a JPEG.
    """
    told = json.dumps(_inputs(sheet), ensure_ascii=False)
    unusual = unusual_characters(told, stationery)
    told = told.translate(dict.fromkeys(map(ord, missing_characters(unusual, stationery)), NO_GLYPH))
    rare = rare_characters(unusual, stationery)
    families = [f"{_FEW_GLYPHS} {number}" for number in range(len(rare))]
    chain = chain_of(stationery)
    fonts = {"body": [*chain.body, *families], "title": [*chain.title, *families]}
    inputs = {"sheet": told, "fonts": json.dumps(fonts)}
    if sheet.portrait is not None:
        inputs["portrait"] = _portrait_svg(sheet.portrait)
    return typeset(
        "recommendation.typ",
        inputs,
        form=form,
        ppi=ppi,
        font_folders=_folders(chain),
        few_glyphs=[subset(face, rare[face], family=family) for face, family in zip(rare, families, strict=True)],
    )


def _folders(chain: Chain) -> tuple[Path, ...]:
    """Where the office's fonts are that typst loads itself."""
    own = (face.path.parent for face in (*chain.whole, *chain.title_faces) if face.path not in FONT_FILES)
    return tuple(dict.fromkeys(own))


def _inputs(sheet: Sheet) -> dict[str, Any]:
    planned = grid.plan(sheet)
    return _GRID | {
        "title": planned.title,
        "title_pt": planned.title_pt,
        "texts": {name: _fitted(name, planned.shown(name), planned.sizes_pt[name]) for name in grid.ANSWERS},
        "sizes_pt": planned.sizes_pt,
        "honours_row_mm": planned.honours_row_mm,
        "deeds_row_mm": planned.deeds_row_mm,
        "appendix": [_appendix(part, planned.appendix_pt) for part in planned.continued],
        "appendix_pt": planned.appendix_pt,
        "name": " ".join(printable(sheet.texts["name"]).split()),
        "reference": printable(sheet.reference),
        "stamped": sheet.stamped,
        "unit": grid.unit_line(sheet),
        "labels": {name: grid.label_lines(name, deeds_chars=sheet.deeds_chars) for name in grid.ANSWERS}
        | {"opinion": grid.OPINION_LABEL},
        "code": None if sheet.code is None else asdict(sheet.code),
    }


def _fitted(name: str, text: str, size_pt: float) -> str:
    return breakable(text, width_em=grid.text_width_mm(name) / (size_pt * grid.PT_MM))


def _appendix(part: grid.Continued, size_pt: float) -> dict[str, Any]:
    width_em = sum(grid.COLUMNS_MM) / (size_pt * grid.PT_MM)
    return {
        "heading": part.heading,
        "text": breakable(part.text, width_em=width_em),
        "within_line": part.within_line,
        "indent_em": grid.INDENT_EM if part.name == "deeds" else 0,
    }


_GRID: dict[str, Any] = {
    "columns_mm": grid.COLUMNS_MM,
    "rows": [asdict(row) for row in grid.SHORT_ROWS],
    "opinion_row_mm": grid.OPINION_ROW_MM,
    "portrait_mm": (grid.PORTRAIT_WIDTH_MM, grid.PORTRAIT_HEIGHT_MM),
    "portrait_rows": grid.PORTRAIT_ROWS,
    "margin_mm": {
        "x": grid.MARGIN_X_MM,
        "top": grid.MARGIN_TOP_MM,
        "bottom": grid.MARGIN_BOTTOM_MM,
        "footer": grid.FOOTER_MM,
    },
    "padding_x_mm": {cell.name: cell.padding_mm for cell in grid.ANSWERS.values()},
    "padding_y_mm": {"cell": grid.CELL_PADDING_Y_MM, "body": grid.BODY_PADDING_Y_MM},
    "pitch": {"cell": grid.CELL_PITCH, "body": grid.BODY_PITCH, "title": grid.TITLE_PITCH},
    "title_after_pt": grid.TITLE_AFTER_PT,
    "indent_em": grid.INDENT_EM,
    "label_pt": grid.LABEL_PT,
    "footer_pt": grid.FOOTER_PT,
    "line_pt": grid.LINE_PT,
    "frame_pt": grid.FRAME_PT,
    "signing": grid.SIGNING,
    "seal_indent_em": grid.SEAL_INDENT_EM,
    "no_portrait": grid.NO_PORTRAIT,
    "appendix_title_pt": grid.APPENDIX_TITLE_PT,
    "mark": grid.CONTINUED_MARK,
    "code_mm": grid.CODE_MM,
    "code_top_mm": grid.CODE_TOP_MM,
}
"""What no answer changes; the template has no numbers of its own."""


def _portrait_svg(portrait: bytes) -> str:
    """Wrap the JPEG, as it is, in an SVG of the cell's size.

    Typst takes inputs as text only and decoding base64 in its own language is slow; the SVG reader does
    it natively, `slice` crops, and the JPEG's bytes reach the PDF unchanged.
    """
    portrait_size_px(portrait)
    width, height = grid.PORTRAIT_WIDTH_MM, grid.PORTRAIT_HEIGHT_MM
    data = base64.b64encode(portrait).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'preserveAspectRatio="xMidYMid slice" href="data:image/jpeg;base64,{data}"/></svg>'
    )
