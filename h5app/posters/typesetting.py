"""typst, set up once: our fonts only, so that a poster looks the same on every machine. Data goes in as JSON."""

import json
import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal

import pylopdf_fonts_zh_cn as noto
import typst

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


def background(name: str) -> str:
    """A drawing from `qr/assets/backgrounds`, as SVG."""
    return (_ASSETS / "backgrounds" / f"{name}.svg").read_text(encoding="utf-8")


def typeset(
    template: str, data: Mapping[str, object], *, form: Literal["pdf", "png"], dpi: float | None = None
) -> bytes:
    """One page as PDF, or as PNG at `dpi`.

    Args:
        template: file name under `templates/posters`, which reads `data` from `sys.inputs.poster`.

    Raises:
        TextDoesNotFitError: the template found no size at which a text fits.
    """
    inputs = {"poster": json.dumps(data, ensure_ascii=False)}
    try:
        with _turn:
            page = _compiler(template).compile(format=form, ppi=dpi, sys_inputs=inputs, pdf_tags=False)
    except typst.TypstError as error:
        if too_long := re.search(r"does-not-fit:(\w+)", str(error)):
            raise TextDoesNotFitError(too_long[1]) from error
        raise
    if not isinstance(page, bytes):
        raise TypeError(f"{template} must be one page")
    return page


@lru_cache
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(_TEMPLATES / template, root=_TEMPLATES, font_paths=_fonts())


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    folders = [noto.sans_path().parent, _ASSETS / "fonts"]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
