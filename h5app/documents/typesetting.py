"""typst for paper and pictures: templates of our own, shipped fonts, and what people typed only ever as data.

Threads may typeset at the same time: they share the fonts only, as one `Compiler` refuses a second thread
(“Already borrowed”) and keeping one saves nothing once the fonts are kept.
"""

import tempfile
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, cast

import typst

from h5app.documents.fonts import FONT_FOLDER, HEADING_FOLDER

_TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"


def typeset(
    template: str,
    inputs: Mapping[str, str],
    *,
    form: Literal["pdf", "png"],
    ppi: float = 72,
    font_folders: tuple[Path, ...] = (),
    few_glyphs: Sequence[bytes] = (),
) -> list[bytes]:
    """Draw a template: one PDF, or a PNG for each page. The same arguments give the same bytes.

    Args:
        template: file name under `templates/documents`.
        inputs: what the template reads from `sys.inputs`.
        ppi: pixels an inch of a PNG; at 72 a point is a pixel.
        font_folders: more fonts than the shipped ones.
        few_glyphs: small fonts of this text's own rare characters.
    """
    if not few_glyphs:
        return _compiled(template, inputs, _kept_fonts(font_folders), form=form, ppi=ppi)
    # typst takes fonts from files only. All fonts are read anew: 40 ms, where rare characters are.
    with tempfile.TemporaryDirectory(prefix="h5app-glyphs-") as folder:
        for number, font in enumerate(few_glyphs):
            (Path(folder) / f"{number}.ttf").write_bytes(font)
        return _compiled(template, inputs, _fonts((*font_folders, Path(folder))), form=form, ppi=ppi)


def _compiled(
    template: str, inputs: Mapping[str, str], fonts: typst.Fonts, *, form: Literal["pdf", "png"], ppi: float
) -> list[bytes]:
    compiler = typst.Compiler(_source(template), root=_TEMPLATES, font_paths=fonts, sys_inputs=dict(inputs))
    made = compiler.compile(format=form, ppi=ppi)
    return made if isinstance(made, list) else [cast("bytes", made)]


@lru_cache(maxsize=16)
def _source(template: str) -> bytes:
    return (_TEMPLATES / template).read_bytes()


@lru_cache(maxsize=8)
def _kept_fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    """Read the fonts' tables once: 50 ms that every compile would pay again."""
    return _fonts(folders)


def _fonts(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[*folders, FONT_FOLDER, HEADING_FOLDER],
    )
