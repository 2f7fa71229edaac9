"""The fonts that paper is printed with: the office's own first, then the shipped ones, then those of rare characters.

Rule: nothing depends on what a machine happens to have installed; whoever prints says which folders and files there
are (`Stationery`). A character that no font has is known before anything is printed.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

from h5app.documents.faces import Face
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.text import printable

FONT_FILES: tuple[Path, ...] = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
FONT_FAMILIES = ("Noto Serif SC", "Noto Sans SC")
"""In the order they are asked: Sans has a few rare characters that Serif has not (𰻞)."""
FONT_FOLDER = FONT_FILES[0].parent
HEADING_FOLDER = Path(__file__).parents[2] / "qr" / "assets" / "fonts"
HEADING_FAMILIES = ("Noto Serif CJK SC", *FONT_FAMILIES)
"""The posters' black weight, for headings of pictures; it has the characters of GB 2312 only."""

BODY_NAMES = (
    "FangSong",
    "仿宋",
    "FangSong_GB2312",
    "仿宋_GB2312",
    "STFangsong",
    "华文仿宋",
    "FZFangSong-Z02",
    "FZFangSong-Z02S",
    "方正仿宋_GBK",
    "方正仿宋简体",
)
"""What an office's fonts for answers are called, the best first."""
TITLE_NAMES = (
    "FZXiaoBiaoSong-B05S",
    "方正小标宋简体",
    "FZXiaoBiaoSong-B05",
    "方正小标宋_GBK",
    "STZhongsong",
    "华文中宋",
)
"""Likewise for the heading."""

NO_GLYPH = "〓"
"""Printed for a character that no font has: printers' sign for “the type is missing”, and no empty box."""

# Spaces, line feeds, joiners draw nothing by themselves; nor do variation selectors.
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Cf", "Cc"})
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


@dataclass(frozen=True)
class Chain:
    """The fonts that a text is printed with, in order.

    Args:
        body: families for answers and labels.
        title: families for the heading.
        whole: the faces of `body`, which typst loads as they are.
        title_faces: those of `title` that are not among them.
        rare: faces that single glyphs are taken out of, when a text needs them.
    """

    body: tuple[str, ...]
    title: tuple[str, ...]
    whole: tuple[Face, ...]
    title_faces: tuple[Face, ...]
    rare: tuple[Face, ...]


def missing_characters(text: str, stationery: Stationery = SHIPPED) -> tuple[str, ...]:
    """Name each character that no font can print, once, in the order met.

    >>> missing_characters("张三，䶮")
    ()
    """
    rare = chain_of(stationery).rare
    return tuple(c for c in unusual_characters(text, stationery) if not _is_in(c, rare))


def rare_characters(text: str, stationery: Stationery = SHIPPED) -> Mapping[Face, str]:
    """The characters that only fonts of rare ones have: face → those to be taken out of it."""
    found: dict[Face, str] = {}
    for character in unusual_characters(text, stationery):
        for face in chain_of(stationery).rare:
            if ord(character) in face.coverage:
                found[face] = found.get(face, "") + character
                break
    return found


def unusual_characters(text: str, stationery: Stationery = SHIPPED) -> str:
    """Those that the fonts in use have not, each once: all others need no more looking after."""
    whole = [face.coverage for face in chain_of(stationery).whole]
    return "".join(c for c in _drawn(text) if not any(ord(c) in coverage for coverage in whole))


def chain_of(stationery: Stationery) -> Chain:
    """The fonts there are; folders are looked through once in a process."""
    return _chain(stationery.font_folders, stationery.rare_fonts)


@lru_cache(maxsize=8)
def _chain(folders: tuple[Path, ...], rare_fonts: tuple[Path, ...]) -> Chain:
    own = [font for folder in folders for font in fonts_in(folder)]
    by_name = dict(reversed(own))
    body = [name for name in BODY_NAMES if name in by_name]
    title = [name for name in TITLE_NAMES if name in by_name]
    named = {by_name[name] for name in (*body, *title)}
    others = {name: by_name[name] for name, _ in own if by_name[name] not in named}
    # Glyphs can be taken out of TrueType outlines only; other fonts are loaded whole, after the shipped ones.
    loaded = [name for name, face in others.items() if not face.has_outlines]
    families = (*body, *FONT_FAMILIES, *loaded)
    return Chain(
        body=families,
        title=(*title, *families),
        whole=(*map(by_name.__getitem__, body), *map(Face, FONT_FILES), *map(by_name.__getitem__, loaded)),
        title_faces=tuple(by_name[name] for name in title),
        rare=(*(face for face in others.values() if face.has_outlines), *map(Face, rare_fonts)),
    )


def fonts_in(folder: Path) -> list[tuple[str, Face]]:
    """Every face in a folder by the name that typst knows it by, in the order of the files' names."""
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[folder])
    named = [(font.family, Face(Path(font.path), font.index)) for font in fonts.fonts() if font.path]
    return sorted(named, key=lambda one: (one[1].path, one[1].index))


def _drawn(text: str) -> Iterable[str]:
    """Each character that draws something, once."""
    once = "".join(dict.fromkeys(text))
    return (character for character in printable(once) if not _is_invisible(character))


def _is_in(character: str, faces: Iterable[Face]) -> bool:
    return any(ord(character) in face.coverage for face in faces)


def _is_invisible(character: str) -> bool:
    if any(ord(character) in selectors for selectors in _VARIATION_SELECTORS):
        return True
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES
