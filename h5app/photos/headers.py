"""Format and size of a picture by its own header, read without decoding anything.

Rule: a file that is no JPEG, PNG, WebP or HEIC, or claims too many pixels, never reaches a decoder (Pillow itself
only warns). Whoever lies in the header meets the child's limits instead.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from h5app.domain.errors import PhotoTooLargeError, UnreadablePhotoError

ONLY_PHOTOS = "这里只收照片（JPG、PNG、WebP、HEIC），请换一张"
UNREADABLE = "照片无法读取，请换一张"
TOO_MANY_PIXELS = "这张照片尺寸太大，请用手机自带的“编辑”裁小后再传，或换一张"

# What fits into 768 MiB, measured with Pillow 13 at the dearest mode of each: JPEG is decoded at a reduced scale,
# PNG takes 4 bytes a pixel and as much again for its alpha, libheif keeps planes beside the result, and Pillow reads
# WebP through the animation decoder with two canvases and two copies (16 to 20 bytes a pixel). Phones write at most
# 50 megapixels of HEIC and hardly any WebP.
CEILINGS: Mapping[str, int] = MappingProxyType(
    {"JPEG": 110_000_000, "PNG": 51_000_000, "HEIF": 51_000_000, "WEBP": 32_000_000}
)

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"})
_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_START_OF_SCAN = 0xDA
_JPEG_END = 0xD9
# Real files have some hundred segments or boxes (an iPhone's HEIC has 50 tiles); the walk must end on made-up ones.
_MOST_PARTS = 2000
_FILL_BYTES = 64


@dataclass(frozen=True)
class Header:
    """Pillow's name of the format, and the size the file claims: of a HEIC the coded one, with its margins."""

    format: str
    width_px: int
    height_px: int


class _DamagedError(Exception):
    """The bytes end or contradict themselves before the size is known."""


def read_header(data: bytes, *, max_pixels: int) -> Header:
    """The header of an upload that may go to a decoder.

    Raises:
        UnreadablePhotoError: another kind of file, or a damaged header.
        PhotoTooLargeError: more than `max_pixels`, or than the format's ceiling.
    """
    kind = _format(data)
    if kind is None:
        raise UnreadablePhotoError(ONLY_PHOTOS)
    try:
        width, height = _SIZES[kind](data)
    except (_DamagedError, struct.error, IndexError) as error:
        raise UnreadablePhotoError(UNREADABLE) from error
    if width < 1 or height < 1:
        raise UnreadablePhotoError(UNREADABLE)
    if width * height > min(max_pixels, CEILINGS[kind]):
        raise PhotoTooLargeError(TOO_MANY_PIXELS)
    return Header(kind, width, height)


def _format(data: bytes) -> str | None:
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return None


def _jpeg_size(data: bytes) -> tuple[int, int]:
    """Of the first frame header before the first scan. Source: ITU-T T.81, B.1 and B.2."""
    at = 2
    for _ in range(_MOST_PARTS):
        marker_at = at
        while data[at] == 0xFF and at - marker_at < _FILL_BYTES:
            at += 1
        marker = data[at]
        if at == marker_at or marker in {0x00, 0xFF, _JPEG_START_OF_SCAN, _JPEG_END}:
            break
        at += 1
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, at + 3)
            return width, height
        at += max(2, struct.unpack_from(">H", data, at)[0])
    raise _DamagedError


def _png_size(data: bytes) -> tuple[int, int]:
    length, kind, width, height = struct.unpack_from(">I4sII", data, 8)
    if (length, kind) != (13, b"IHDR"):
        raise _DamagedError
    return width, height


def _webp_size(data: bytes) -> tuple[int, int]:
    """Source: RFC 9649 (container, VP8L) and RFC 6386, 9.1 (VP8)."""
    kind = data[12:16]
    if kind == b"VP8X":
        low_width, high_width, low_height, high_height = struct.unpack_from("<HBHB", data, 24)
        return 1 + low_width + (high_width << 16), 1 + low_height + (high_height << 16)
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and data[20] == 0x2F:
        bits = struct.unpack_from("<I", data, 21)[0]
        return 1 + (bits & 0x3FFF), 1 + ((bits >> 14) & 0x3FFF)
    raise _DamagedError


def _heif_size(data: bytes) -> tuple[int, int]:
    """The largest `ispe` property: picture, tiles and thumbnails each have one. Source: ISO/IEC 23008-12, 6.5.3."""
    sizes = [
        struct.unpack_from(">II", data, start + 4)
        for meta_start, meta_end in _boxes(data, b"meta", 0, len(data))
        for iprp_start, iprp_end in _boxes(data, b"iprp", meta_start + 4, meta_end)
        for ipco_start, ipco_end in _boxes(data, b"ipco", iprp_start, iprp_end)
        for start, _ in _boxes(data, b"ispe", ipco_start, ipco_end)
    ]
    if not sizes:
        raise _DamagedError
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return width, height


def _boxes(data: bytes, wanted: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the contents of the boxes of one kind begin and end, among the siblings from start to end."""
    at = start
    for _ in range(_MOST_PARTS):
        if at + 8 > end:
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1:
            size, head = struct.unpack_from(">Q", data, at + 8)[0], 16
        if size == 0:
            size = end - at
        if size < head or at + size > end:
            raise _DamagedError
        if kind == wanted:
            yield at + head, at + size
        at += size
    raise _DamagedError


_SIZES = MappingProxyType({"JPEG": _jpeg_size, "PNG": _png_size, "WEBP": _webp_size, "HEIF": _heif_size})
