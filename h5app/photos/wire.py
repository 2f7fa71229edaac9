"""What parent, zygote and child say to each other: an order, a sign of life, an answer.

Rule: the parent believes nothing that a child says but its lengths, and checks those; no pickle, no JSON.
"""

import struct
from dataclasses import dataclass

from h5app.photos.renditions import PRESS_LONG_EDGE_PX, Renditions

STARTED = b"S"
TOO_LARGE = b"L"
UNREADABLE = b"U"
_RENDITIONS = b"R"

# 4096 × 4096 pixels of pure noise are 20 MB.
MAX_ANSWER_BYTES = 32 * 1024 * 1024

_ORDER = struct.Struct("!QQQId")
_SIZES = struct.Struct("!cIIII")
_JPEG_BEGINS = b"\xff\xd8\xff"
_JPEG_ENDS = b"\xff\xd9"


@dataclass(frozen=True)
class Order:
    """One photo to decode: how many bytes will follow, and what the child may cost."""

    length: int
    max_pixels: int
    memory_bytes: int
    cpu_s: int
    wall_s: float

    def packed(self) -> bytes:
        return _ORDER.pack(self.length, self.max_pixels, self.memory_bytes, self.cpu_s, self.wall_s)

    @classmethod
    def unpacked(cls, message: bytes) -> "Order":
        return cls(*_ORDER.unpack(message))


ORDER_BYTES = _ORDER.size


class BadAnswerError(Exception):
    """The child ended in the middle, or does not say what a decoder says."""


def packed(renditions: Renditions) -> bytes:
    sizes = _SIZES.pack(
        _RENDITIONS, renditions.width_px, renditions.height_px, len(renditions.press), len(renditions.mail)
    )
    return sizes + renditions.press + renditions.mail


def unpacked(answer: bytes) -> Renditions:
    """The renditions in an answer.

    Raises:
        BadAnswerError: the answer is cut short or too long, names impossible sizes, or holds something else than
            two JPEGs.
    """
    try:
        mark, width, height, press_bytes, mail_bytes = _SIZES.unpack_from(answer)
    except struct.error as error:
        raise BadAnswerError from error
    press = answer[_SIZES.size : _SIZES.size + press_bytes]
    mail = answer[_SIZES.size + press_bytes :]
    sound = (
        mark == _RENDITIONS
        and len(mail) == mail_bytes
        and 1 <= min(width, height) <= max(width, height) <= PRESS_LONG_EDGE_PX
        and all(jpeg.startswith(_JPEG_BEGINS) and jpeg.endswith(_JPEG_ENDS) for jpeg in (press, mail))
    )
    if not sound:
        raise BadAnswerError
    return Renditions(press=press, mail=mail, width_px=width, height_px=height)
