"""Opening: what a frozen message says, read back from the very bytes that are sent."""

import email.policy
from dataclasses import dataclass
from email.parser import BytesHeaderParser

from h5app.domain.errors import NotFoundError, SealError
from h5app.storage.files import FileStore
from h5app.storage.letters import Frozen

_HEADERS = BytesHeaderParser(policy=email.policy.default)


@dataclass(frozen=True)
class Opened:
    """What a reader of the message sees first: its subject, and each enclosure's name and size in bytes."""

    subject: str
    enclosures: tuple[tuple[str, int], ...]


def open_message(files: FileStore, message: Frozen) -> Opened | None:
    """Read a frozen message back; None where its file is gone or does not open any more.

    Only headers are parsed, and base64 is counted: the parser takes a second for the 19 MB that this does in 30 ms.
    """
    try:
        mime = files.get(message.file)
    except (NotFoundError, SealError):
        return None
    top = _HEADERS.parsebytes(mime[: _end_of_headers(mime)])
    boundary = top.get_boundary()
    parts = mime.split(b"\r\n--" + boundary.encode())[1:-1] if boundary else []
    return Opened(str(top["Subject"] or ""), tuple(found for part in parts if (found := _enclosure(part))))


def _enclosure(part: bytes) -> tuple[str, int] | None:
    end = _end_of_headers(part)
    name = _HEADERS.parsebytes(part[2:end]).get_filename()  # after the boundary's own line break
    return (name, _decoded_size(part[end:])) if name else None


def _end_of_headers(mime: bytes) -> int:
    end = mime.find(b"\r\n\r\n")
    return end + 4 if end >= 0 else len(mime)


def _decoded_size(base64: bytes) -> int:
    letters = len(base64) - base64.count(b"\r") - base64.count(b"\n")
    return letters * 3 // 4 - base64[-4:].count(b"=")
