"""What parent, zygote and child say to each other: an order, a sign of life, an answer.

Rule: the parent believes nothing that a child says but its lengths, and checks those; no pickle, no JSON.
"""

import struct
from dataclasses import dataclass

from h5app.domain.attachment import Measures
from h5app.domain.portrait import Box
from h5app.photos.renditions import PRESS_LONG_EDGE_PX, Cutting, Renditions

STARTED = b"S"
TOO_LARGE = b"L"
UNREADABLE = b"U"
_RENDITIONS = b"R"
_CUTTING = b"C"
_SMALLER = b"J"

# 4096 × 4096 pixels of pure noise are 20 MB.
MAX_ANSWER_BYTES = 32 * 1024 * 1024

_ORDER = struct.Struct("!QQQId4III")
_OF_RENDITIONS = struct.Struct("!cIIIII")
_OF_CUTTING = struct.Struct("!cBBBII")
_OF_SMALLER = struct.Struct("!cI")
_WHOLE = (0, 0, 0, 0)
_JPEG_BEGINS = b"\xff\xd8\xff"
_JPEG_ENDS = b"\xff\xd9"


@dataclass(frozen=True)
class Order:
    """One photo to decode: how many bytes will follow, what the child may cost, and what is to be made of it.

    Args:
        cut: the part to cut out; None where there is none.
        long_edge_px: how small to make it; 0 where it is to be rebuilt, cut, or marked.
        mark_length: so many of the bytes are a mark to lay over the picture that follows; 0 where there is none.
    """

    length: int
    max_pixels: int
    memory_bytes: int
    cpu_s: int
    wall_s: float
    cut: Box | None = None
    long_edge_px: int = 0
    mark_length: int = 0

    def packed(self) -> bytes:
        cut = self.cut
        box = (cut.left_px, cut.top_px, cut.width_px, cut.height_px) if cut else _WHOLE
        costs = (self.max_pixels, self.memory_bytes, self.cpu_s, self.wall_s)
        return _ORDER.pack(self.length, *costs, *box, self.long_edge_px, self.mark_length)

    @classmethod
    def unpacked(cls, message: bytes) -> "Order":
        length, max_pixels, memory_bytes, cpu_s, wall_s, *box, edge, mark_length = _ORDER.unpack(message)
        part = None if tuple(box) == _WHOLE else Box(*box)
        return cls(length, max_pixels, memory_bytes, cpu_s, wall_s, part, edge, mark_length)


ORDER_BYTES = _ORDER.size


class BadAnswerError(Exception):
    """The child ended in the middle, or does not say what a decoder says."""


def packed(made: Renditions | Cutting | bytes) -> bytes:
    if isinstance(made, bytes):
        return _OF_SMALLER.pack(_SMALLER, len(made)) + made
    if isinstance(made, Renditions):
        jpegs = (made.press, made.mail, made.thumb)
        return _OF_RENDITIONS.pack(_RENDITIONS, made.width_px, made.height_px, *map(len, jpegs)) + b"".join(jpegs)
    measures = (made.measures.brightness, made.measures.face_percent, made.measures.unrest)
    return _OF_CUTTING.pack(_CUTTING, *measures, len(made.paper), len(made.thumb)) + made.paper + made.thumb


def renditions_in(answer: bytes) -> Renditions:
    """The renditions in an answer.

    Raises:
        BadAnswerError: the answer is cut short or too long, names impossible sizes, or holds something else than
            three JPEGs.
    """
    (width, height, *lengths), rest = _opened(_OF_RENDITIONS, answer, mark=_RENDITIONS)
    if not 1 <= min(width, height) <= max(width, height) <= PRESS_LONG_EDGE_PX:
        raise BadAnswerError
    press, mail, thumb = _jpegs(rest, lengths)
    return Renditions(press=press, mail=mail, thumb=thumb, width_px=width, height_px=height)


def cutting_in(answer: bytes) -> Cutting:
    """The cutting in an answer.

    Raises:
        BadAnswerError: as for `renditions_in`, with two JPEGs.
    """
    (brightness, face_percent, unrest, *lengths), rest = _opened(_OF_CUTTING, answer, mark=_CUTTING)
    paper, thumb = _jpegs(rest, lengths)
    return Cutting(paper=paper, thumb=thumb, measures=Measures(brightness, face_percent, unrest))


def smaller_in(answer: bytes) -> bytes:
    """The one JPEG in an answer, smaller or marked; BadAnswerError where there is none."""
    lengths, rest = _opened(_OF_SMALLER, answer, mark=_SMALLER)
    return _jpegs(rest, lengths)[0]


def _opened(head: struct.Struct, answer: bytes, *, mark: bytes) -> tuple[list[int], bytes]:
    try:
        said, *numbers = head.unpack_from(answer)
    except struct.error as error:
        raise BadAnswerError from error
    if said != mark:
        raise BadAnswerError
    return numbers, answer[head.size :]


def _jpegs(rest: bytes, lengths: list[int]) -> list[bytes]:
    if sum(lengths) != len(rest):
        raise BadAnswerError
    jpegs = []
    for length in lengths:
        jpegs.append(rest[:length])
        rest = rest[length:]
    if not all(jpeg.startswith(_JPEG_BEGINS) and jpeg.endswith(_JPEG_ENDS) for jpeg in jpegs):
        raise BadAnswerError
    return jpegs
