"""The fonts that paper is printed with, shipped as a package: nothing depends on what a machine has installed."""

import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

from h5app.documents.text import printable

FONT_FILES: tuple[Path, ...] = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
FONT_FAMILIES = ("Noto Serif SC", "Noto Sans SC")
"""In the order they are asked: Sans has a few rare characters that Serif has not (𰻞)."""
FONT_FOLDER = FONT_FILES[0].parent
HEADING_FOLDER = Path(__file__).parents[2] / "qr" / "assets" / "fonts"
HEADING_FAMILIES = ("Noto Serif CJK SC", *FONT_FAMILIES)
"""The posters' black weight, for headings of pictures; it has the characters of GB 2312 only."""

_UNICODE_SUBTABLES = frozenset({(0, 4), (0, 6), (3, 10)})
_SEGMENTED_COVERAGE = 12
# Spaces, line feeds, joiners draw nothing by themselves; nor do variation selectors.
_INVISIBLE_CATEGORIES = frozenset({"Zs", "Cf", "Cc"})
_VARIATION_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))


def missing_characters(text: str) -> tuple[str, ...]:
    """Name each character that no shipped font can print, once, in the order met.

    >>> missing_characters("张三，䶮")
    ()
    """
    characters = dict.fromkeys(printable(text))
    return tuple(c for c in characters if ord(c) not in _covered() and not _is_invisible(c))


def _is_invisible(character: str) -> bool:
    if any(ord(character) in selectors for selectors in _VARIATION_SELECTORS):
        return True
    return unicodedata.category(character) in _INVISIBLE_CATEGORIES


@cache
def _covered() -> frozenset[int]:
    return frozenset(code for path in FONT_FILES for code in _code_points(path))


def _code_points(path: Path) -> Iterator[int]:
    """Code points that a font's `cmap` maps to a glyph.

    Only format 12 is read: it alone reaches beyond the basic plane, and a font that does so has it.
    Source: OpenType 1.9, cmap, “Format 12: Segmented coverage”.
    """
    cmap = _table(path, b"cmap")
    (subtables,) = struct.unpack_from(">H", cmap, 2)
    for index in range(subtables):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * index)
        (kind,) = struct.unpack_from(">H", cmap, start)
        if (platform, encoding) in _UNICODE_SUBTABLES and kind == _SEGMENTED_COVERAGE:
            (groups,) = struct.unpack_from(">I", cmap, start + 12)
            for first, last, _ in struct.iter_unpack(">III", cmap[start + 16 : start + 16 + 12 * groups]):
                yield from range(first, last + 1)


def _table(path: Path, tag: bytes) -> bytes:
    with path.open("rb") as font:
        (tables,) = struct.unpack(">4xH6x", font.read(12))
        for _ in range(tables):
            name, start, length = struct.unpack(">4s4xII", font.read(16))
            if name == tag:
                font.seek(start)
                return font.read(length)
    raise ValueError(f"{path.name} has no {tag.decode()} table")
