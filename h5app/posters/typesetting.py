"""typst, set up once: our fonts only, so that a poster looks the same on every machine. Data goes in as JSON.

Rule: a template sees the files it is given here and none of the disk.
"""

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pylopdf_fonts_zh_cn as noto
import typst

from h5app.posters.boxes import with_bleed_box

_ROOT = Path(__file__).resolve().parents[2]
_TEMPLATES = _ROOT / "templates" / "posters"
_ASSETS = _ROOT / "qr" / "assets"
# One compile at a time: a compiler is changed by what it compiles.
_turn = threading.Lock()


class TextDoesNotFitError(Exception):
    """A text is too long even at its smallest size; `name` says which."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def typeset(
    template: str,
    data: Mapping[str, object],
    *,
    form: Literal["pdf", "png"],
    dpi: float | None = None,
    emblem: str = "",
) -> bytes:
    """One page as PDF, or as PNG at `dpi`.

    Args:
        template: file name under `templates/posters`, which reads `data` from `sys.inputs.poster`.
        emblem: SVG that the template may draw as "emblem.svg", besides our own drawings.

    Raises:
        TextDoesNotFitError: the template found no size at which a text fits.
    """
    inputs = {"poster": json.dumps(data, ensure_ascii=False)}
    try:
        with _turn:
            files = _files(template, emblem)
            # Its types leave out the files by name that it reads as well as one file.
            page = _compiler().compile(  # type: ignore[type-var]
                files, format=form, ppi=dpi, sys_inputs=inputs, pdf_tags=False
            )
    except typst.TypstError as error:
        if too_long := re.search(r"does-not-fit:(\w+)", str(error)):
            raise TextDoesNotFitError(too_long[1]) from error
        raise
    if not isinstance(page, bytes):
        raise TypeError(f"{template} must be one page")
    return with_bleed_box(page) if form == "pdf" else page


def drawing(svg: str) -> bytes:
    """What a template would draw of this, alone, small and without a ground, as PNG; b"" where it cannot."""
    image = '#image("emblem.svg", width: 64pt, height: 64pt, fit: "contain")'
    page = f"#set page(width: 64pt, height: 64pt, margin: 0pt, fill: none)\n{image}".encode()
    files = {"main.typ": page, "emblem.svg": svg.encode()}
    try:
        with _turn:
            png = _compiler().compile(files, format="png", ppi=72)  # type: ignore[type-var]
    except typst.TypstError:
        return b""
    return png if isinstance(png, bytes) else b""


@lru_cache
def _files(template: str, emblem: str) -> dict[str, bytes]:
    files = {path.name: path.read_bytes() for path in _TEMPLATES.glob("*.typ")}
    files |= {f"assets/{path.name}": path.read_bytes() for path in (_ASSETS / "backgrounds").glob("*.svg")}
    return files | {"emblem.svg": emblem.encode(), "main.typ": files[template]}


@lru_cache(maxsize=1)
def _compiler() -> typst.Compiler:
    # A root with nothing in it that a template could read by a path of its own.
    return typst.Compiler(root=_ASSETS / "fonts", font_paths=_fonts())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [noto.sans_path().parent, _ASSETS / "fonts"]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
