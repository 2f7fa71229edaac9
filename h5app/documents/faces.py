"""Font files as they are: which characters a face draws, and a face of a few of its glyphs only.

Fonts of rare characters are 20 to 50 MB, and typst would keep one for ever once it has printed a single character of
it. So the glyphs that a sheet needs are taken out, into a font of some hundred bytes. Only TrueType outlines are
taken; what is read is mapped, not loaded. Source: OpenType 1.9, tables cmap, glyf, head, hhea, hmtx, loca, maxp, name.
"""

import mmap
import struct
from array import array
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

_UNICODE_SUBTABLES = frozenset({(0, 3), (0, 4), (0, 6), (3, 1), (3, 10)})
_SEGMENTS, _GROUPS = 4, 12
_SCALE, _TWO_SCALES, _MATRIX, _WORDS, _MORE = 0x0008, 0x0040, 0x0080, 0x0001, 0x0020
_NO_OUTLINE = b""


@dataclass(frozen=True)
class Coverage:
    """Which characters a face has, as ranges: some kilobytes, where a set of 50,000 numbers takes megabytes."""

    firsts: Sequence[int]
    lasts: Sequence[int]

    def __contains__(self, code: int) -> bool:
        at = bisect_right(self.firsts, code) - 1
        return at >= 0 and code <= self.lasts[at]


@dataclass(frozen=True)
class Face:
    """One face of a font file; `index` is its place in a collection."""

    path: Path
    index: int = 0

    @property
    def coverage(self) -> Coverage:
        return _coverage(self)

    @property
    def has_outlines(self) -> bool:
        """Whether glyphs can be taken out of it."""
        return _has_outlines(self)


@lru_cache(maxsize=64)
def _coverage(face: Face) -> Coverage:
    with _opened(face) as tables:
        spans = sorted((first, last) for first, last, _, _ in tables.spans())
    firsts, lasts = array("I"), array("I")
    for first, last in spans:
        if lasts and first <= lasts[-1] + 1:
            lasts[-1] = max(lasts[-1], last)
        else:
            firsts.append(first)
            lasts.append(last)
    return Coverage(firsts, lasts)


@lru_cache(maxsize=64)
def _has_outlines(face: Face) -> bool:
    with _opened(face) as tables:
        return {b"glyf", b"loca", b"hmtx"} <= tables.directory.keys()


def subset(face: Face, characters: str, *, family: str) -> bytes:
    """A TrueType font of these characters only, each of which the face has.

    Args:
        family: what the font is called, in ASCII.
    """
    with _opened(face) as tables:
        mapped = {ord(character): tables.glyph_of(ord(character)) for character in sorted(set(characters))}
        return _Subset(tables, mapped, family).built()


class _opened:  # noqa: N801 -- used like a function
    """The tables of a face while its file is mapped."""

    def __init__(self, face: Face) -> None:
        self._face = face

    def __enter__(self) -> "_Tables":
        with self._face.path.open("rb") as file:
            self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        return _Tables(self._map, self._face.index)

    def __exit__(self, *_: object) -> None:
        self._map.close()


class _Tables:
    def __init__(self, data: mmap.mmap, index: int) -> None:
        self._data = data
        start = struct.unpack_from(">I", data, 12 + 4 * index)[0] if data[:4] == b"ttcf" else 0
        (count,) = struct.unpack_from(">4xH", data, start)
        entries = (struct.unpack_from(">4s4xII", data, start + 12 + 16 * number) for number in range(count))
        self.directory = {tag: (offset, length) for tag, offset, length in entries}

    def table(self, tag: bytes) -> bytes:
        offset, length = self.directory[tag]
        return self._data[offset : offset + length]

    def spans(self) -> Iterator[tuple[int, int, int, int]]:
        """First and last character, the first's glyph, and 1 where glyphs count up with characters."""
        cmap, _ = self.directory[b"cmap"]
        (count,) = struct.unpack_from(">2xH", self._data, cmap)
        subtables = [struct.unpack_from(">HHI", self._data, cmap + 4 + 8 * number) for number in range(count)]
        for start in dict.fromkeys(
            cmap + at for platform, coding, at in subtables if (platform, coding) in _UNICODE_SUBTABLES
        ):
            (kind,) = struct.unpack_from(">H", self._data, start)
            if kind == _GROUPS:
                yield from self._groups(start)
            elif kind == _SEGMENTS:
                yield from self._segments(start)

    def _groups(self, start: int) -> Iterator[tuple[int, int, int, int]]:
        (count,) = struct.unpack_from(">I", self._data, start + 12)
        for first, last, glyph in struct.iter_unpack(">III", self._data[start + 16 : start + 16 + 12 * count]):
            yield first, last, glyph, 1

    def _segments(self, start: int) -> Iterator[tuple[int, int, int, int]]:
        (doubled,) = struct.unpack_from(">6xH", self._data, start)
        count = doubled // 2
        ends = struct.unpack_from(f">{count}H", self._data, start + 14)
        starts = struct.unpack_from(f">{count}H", self._data, start + 16 + doubled)
        deltas = struct.unpack_from(f">{count}H", self._data, start + 16 + 2 * doubled)
        offsets = struct.unpack_from(f">{count}H", self._data, start + 16 + 3 * doubled)
        for number, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
            if offset == 0:
                if first != 0xFFFF:
                    yield first, last, (first + delta) & 0xFFFF, 1
                continue
            place = start + 16 + 3 * doubled + 2 * number + offset
            for code in range(first, min(last, 0xFFFE) + 1):
                (glyph,) = struct.unpack_from(">H", self._data, place + 2 * (code - first))
                if glyph:
                    yield code, code, (glyph + delta) & 0xFFFF, 1

    def glyph_of(self, code: int) -> int:
        for first, last, glyph, step in self.spans():
            if first <= code <= last:
                return glyph + step * (code - first)
        raise ValueError(f"U+{code:04X} is not in this face")

    def outline(self, glyph: int) -> bytes:
        """A glyph's outline as stored; empty for one that draws nothing."""
        long_offsets = struct.unpack_from(">50xh", self.table(b"head"))[0]
        loca, _ = self.directory[b"loca"]
        if long_offsets:
            start, end = struct.unpack_from(">II", self._data, loca + 4 * glyph)
        else:
            start, end = (2 * half for half in struct.unpack_from(">HH", self._data, loca + 2 * glyph))
        glyf, _ = self.directory[b"glyf"]
        return self._data[glyf + start : glyf + end] if end > start else _NO_OUTLINE

    def metrics(self, glyph: int) -> tuple[int, int]:
        """Advance width and left side bearing."""
        (count,) = struct.unpack_from(">34xH", self.table(b"hhea"))
        hmtx, _ = self.directory[b"hmtx"]
        advance, bearing = struct.unpack_from(">Hh", self._data, hmtx + 4 * min(glyph, count - 1))
        if glyph >= count:
            (bearing,) = struct.unpack_from(">h", self._data, hmtx + 4 * count + 2 * (glyph - count))
        return advance, bearing


def _components(outline: bytes) -> Iterator[tuple[int, int]]:
    """Of a glyph that is made of others: where each is named in its outline, and which."""
    if not outline or struct.unpack_from(">h", outline)[0] >= 0:
        return
    place, flags = 10, _MORE
    while flags & _MORE:
        flags, glyph = struct.unpack_from(">HH", outline, place)
        yield place + 2, glyph
        place += 8 if flags & _WORDS else 6
        place += 2 if flags & _SCALE else 4 if flags & _TWO_SCALES else 8 if flags & _MATRIX else 0


class _Subset:
    """Glyphs numbered anew: 0 draws what is missing, then those asked for, then what these are made of."""

    def __init__(self, tables: _Tables, mapped: Mapping[int, int], family: str) -> None:
        self._tables, self._family = tables, family
        self._numbers: dict[int, int] = {0: 0}
        self._outlines: list[bytes] = []
        for glyph in mapped.values():
            self._numbers.setdefault(glyph, len(self._numbers))
        self._characters = {code: self._numbers[glyph] for code, glyph in mapped.items()}
        self._collect()

    def _collect(self) -> None:
        queue = list(self._numbers)
        for glyph in queue:
            outline = bytearray(self._tables.outline(glyph))
            for place, part in _components(bytes(outline)):
                if part not in self._numbers:
                    self._numbers[part] = len(self._numbers)
                    queue.append(part)
                struct.pack_into(">H", outline, place, self._numbers[part])
            self._outlines.append(bytes(outline) + bytes(-len(outline) % 4))

    def built(self) -> bytes:
        count = len(self._outlines)
        head, hhea, maxp = (bytearray(self._tables.table(tag)) for tag in (b"head", b"hhea", b"maxp"))
        struct.pack_into(">h", head, 50, 1)
        struct.pack_into(">H", hhea, 34, count)
        struct.pack_into(">H", maxp, 4, count)
        offsets = [0, *accumulate(map(len, self._outlines))]
        metrics = [self._tables.metrics(glyph) for glyph in self._numbers]
        return _file(
            {
                b"cmap": self._cmap(),
                b"glyf": b"".join(self._outlines),
                b"head": bytes(head),
                b"hhea": bytes(hhea),
                b"hmtx": b"".join(struct.pack(">Hh", *metric) for metric in metrics),
                b"loca": struct.pack(f">{count + 1}I", *offsets),
                b"maxp": bytes(maxp),
                b"name": _names(self._family),
                b"post": struct.pack(">I12x16x", 0x00030000),
            }
        )

    def _cmap(self) -> bytes:
        groups = b"".join(struct.pack(">III", code, code, glyph) for code, glyph in sorted(self._characters.items()))
        table = struct.pack(">HHIII", _GROUPS, 0, 16 + len(groups), 0, len(self._characters)) + groups
        return struct.pack(">HHHHI", 0, 1, 3, 10, 12) + table


def _names(family: str) -> bytes:
    text = family.encode("utf-16-be")
    records = [(1, text), (2, "Regular".encode("utf-16-be")), (4, text), (6, text)]
    storage = b"".join(value for _, value in records)
    starts = [0, *accumulate(len(value) for _, value in records)]
    entries = b"".join(
        struct.pack(">HHHHHH", 3, 1, 0x409, name, len(value), start)
        for (name, value), start in zip(records, starts, strict=False)
    )
    return struct.pack(">HHH", 0, len(records), 6 + len(entries)) + entries + storage


def _file(tables: Mapping[bytes, bytes]) -> bytes:
    """A font file: its directory, then the tables, each begun at a multiple of four."""
    start = 12 + 16 * len(tables)
    directory, body = b"", b""
    for tag, table in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag, _checksum(table), start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    power = len(tables).bit_length() - 1
    search = (2**power) * 16
    return struct.pack(">IHHHH", 0x00010000, len(tables), search, power, len(tables) * 16 - search) + directory + body


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
