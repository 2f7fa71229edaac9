"""Which characters the poster fonts can draw. A poster with an empty box in it is not printed by anybody."""

import struct
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn as noto

_UNICODE_FULL = (3, 10)  # platform and encoding of the table that reaches beyond U+FFFF
_FORMAT_GROUPS = 12


def missing_characters(text: str) -> str:
    """The characters of `text` that neither text font has, each once, in order; "" when all can be drawn.

    Line breaks, tabs and other control characters count as missing: every text of a poster is one line.
    """
    return "".join(dict.fromkeys(letter for letter in text if ord(letter) not in _drawable()))


@lru_cache(maxsize=1)
def _drawable() -> frozenset[int]:
    fonts = (noto.sans_path(), noto.serif_path())
    return frozenset(
        point for font in fonts for first, last in _groups(font) for point in range(max(first, 0x20), last + 1)
    )


def _groups(font: Path) -> Iterable[tuple[int, int]]:
    """First and last code point of every group in the font's character map.

    Source: OpenType, table "cmap", subtable format 12.
    """
    data = font.read_bytes()
    (tables,) = struct.unpack_from(">H", data, 4)
    directory = struct.iter_unpack(">4sIII", data[12 : 12 + 16 * tables])
    cmap = next(offset for tag, _, offset, _ in directory if tag == b"cmap")
    (encodings,) = struct.unpack_from(">H", data, cmap + 2)
    records = struct.iter_unpack(">HHI", data[cmap + 4 : cmap + 4 + 8 * encodings])
    start = cmap + next(offset for platform, encoding, offset in records if (platform, encoding) == _UNICODE_FULL)
    kind, _, _, _, count = struct.unpack_from(">HHIII", data, start)
    if kind != _FORMAT_GROUPS:
        raise ValueError(f"{font.name}: character map of format {kind}, 12 was expected")
    for first, last, _ in struct.iter_unpack(">III", data[start + 16 : start + 16 + 12 * count]):
        yield first, last
