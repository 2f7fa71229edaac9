"""A letter as the bytes that go over the wire; the same letter is the same bytes on every try.

Everything is base64 on lines of 76: seven-bit safe on any path, no line begins with a dot, and the
size is known before a byte is encoded.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from h5app.domain.attempt import is_mailbox, one_line
from h5app.domain.errors import SettingsError
from h5app.mail.headers import ascii_file_name, encoded_words, file_name_parameters

_LINE_BYTES = 57  # encoded: 76 characters
_SUBJECT_LIMIT = 200
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MESSAGE_ID = re.compile(rf"<{_ATOM}(\.{_ATOM})*@{_ATOM}(\.{_ATOM})*>")  # RFC 5322, 3.6.4 without its obsolete forms
_SENDER_NAME_LIMIT = 60


@dataclass(frozen=True)
class Enclosure:
    """One attached file.

    Args:
        file_name: as the receiver shall see it, Chinese or not; at most 80 bytes are kept.
        content_type: such as "application/pdf".
        data: the file itself.
        ascii_name: what it is called in a letter with `ascii_names`, such as "7K2M9QXA_form.pdf"; unless it is
            1–60 letters, digits, spaces, “.”, “_” and “-”, the file is called after its place in the letter.
    """

    file_name: str
    content_type: str
    data: bytes
    ascii_name: str = ""


@dataclass(frozen=True)
class Letter:
    """What a mail says; everything that would differ from try to try is given, not made.

    Args:
        sender: mail address of the sending account.
        sender_name: shown in front of it, "" for none.
        to: the path's mailbox, "" while none is set (“To: undisclosed-recipients:;”).
        subject: made by `subject_line`.
        text_body, html_body: the same text twice; "" leaves the HTML out.
        enclosures: in the order in which clients list them.
        message_id: made by `message_id`; the boundaries derive from it.
        date: aware.
        ascii_names: for a mailbox that garbles Chinese names: every file goes out under its ASCII name only.
    """

    sender: str
    sender_name: str
    to: str
    subject: str
    text_body: str
    html_body: str
    enclosures: tuple[Enclosure, ...]
    message_id: str
    date: datetime
    ascii_names: bool = False


def message_id(seed: str, *, sender: str) -> str:
    """A Message-ID for a letter, from something of its own that never changes (and is no personal data).

    >>> message_id("7K2M9QXA-1", sender="office@example.org")
    '<7K2M9QXA-1@example.org>'
    """
    return f"<{seed}@{sender.rpartition('@')[2]}>"


def to_mime(letter: Letter) -> bytes:
    """The letter as MIME: CRLF, ASCII, no line over 998; equal letters give equal bytes.

    Raises:
        SettingsError: sender or mailbox is not one plain mail address.
        ValueError: the date is naive, or the Message-ID is none.
    """
    return b"".join(piece if isinstance(piece, bytes) else piece.encoded() for piece in _pieces(letter))


def encoded_size(letter: Letter) -> int:
    """Bytes that `to_mime` will give, without encoding any; raises what it raises."""
    return sum(len(piece) if isinstance(piece, bytes) else base64_size(len(piece.data)) for piece in _pieces(letter))


def base64_size(byte_count: int) -> int:
    """Bytes that a body or an enclosure of this size takes in a mail, line ends included, headers not.

    >>> base64_size(57), base64_size(58)
    (78, 84)
    """
    lines = -(-byte_count // _LINE_BYTES)
    return 4 * -(-byte_count // 3) + 2 * lines


@dataclass(frozen=True)
class _Payload:
    data: bytes

    def encoded(self) -> bytes:
        return base64.encodebytes(self.data).replace(b"\n", b"\r\n")


def _pieces(letter: Letter) -> Iterator[bytes | _Payload]:
    """Headers and boundaries as they stand, payloads still to be encoded."""
    mixed = _boundary(letter, "mixed")
    yield _top(letter, mixed)
    yield from _bodies(letter, mixed)
    for number, enclosure in enumerate(letter.enclosures, 1):
        file_name = _file_name(enclosure, number) if letter.ascii_names else enclosure.file_name
        yield from (_open(mixed), _enclosure_head(enclosure.content_type, file_name), _Payload(enclosure.data))
    yield _close(mixed)


def _bodies(letter: Letter, mixed: str) -> Iterator[bytes | _Payload]:
    if not letter.html_body:
        yield from _body_part(mixed, "plain", letter.text_body)
        return
    alternative = _boundary(letter, "alternative")
    yield from (_open(mixed), _multipart("alternative", alternative))
    yield from _body_part(alternative, "plain", letter.text_body)
    yield from _body_part(alternative, "html", letter.html_body)
    yield _close(alternative)


def _top(letter: Letter, boundary: str) -> bytes:
    lines = (
        f"Date: {_date(letter.date)}",
        f"From: {_from(letter)}",
        f"To: {_checked(letter.to) if letter.to else 'undisclosed-recipients:;'}",
        f"Subject: {encoded_words(one_line(letter.subject, limit=_SUBJECT_LIMIT))}",
        f"Message-ID: {_checked_id(letter.message_id)}",
        # RFC 3834: holiday notices and other robots do not answer to this.
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "",
    )
    return "\r\n".join(lines).encode("ascii") + _multipart("mixed", boundary)


def _multipart(kind: str, boundary: str) -> bytes:
    return f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n\r\n'.encode("ascii")


def _body_part(boundary: str, kind: str, text: str) -> Iterator[bytes | _Payload]:
    head = f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")
    yield from (_open(boundary), head.encode("ascii"), _Payload(lines.encode(errors="replace")))


def _file_name(enclosure: Enclosure, number: int) -> str:
    return ascii_file_name(enclosure.ascii_name, file_name=enclosure.file_name, number=number)


def _enclosure_head(content_type: str, file_name: str) -> bytes:
    name, filename = file_name_parameters(file_name)
    lines = (
        f"Content-Type: {content_type}{name}",
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: attachment{filename}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _open(boundary: str) -> bytes:
    return f"--{boundary}\r\n".encode("ascii")


def _close(boundary: str) -> bytes:
    return f"--{boundary}--\r\n".encode("ascii")


def _boundary(letter: Letter, kind: str) -> str:
    # “=_” never occurs in base64, so no payload can hold a boundary.
    return f"=_{kind}_{hashlib.sha256(letter.message_id.encode()).hexdigest()[:32]}"


def _from(letter: Letter) -> str:
    address = _checked(letter.sender)
    name = one_line(letter.sender_name, limit=_SENDER_NAME_LIMIT)
    return f"{encoded_words(name)}\r\n <{address}>" if name else address


def _checked(address: str) -> str:
    if not is_mailbox(address):
        raise SettingsError("收件邮箱或发件邮箱写得不对，应当像 office@example.org，请在设置里改正")
    return address


def _checked_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise ValueError("a Message-ID is <word@domain> in plain ASCII")
    return text


def _date(date: datetime) -> str:
    if date.tzinfo is None:
        raise ValueError("a letter's date needs a time zone")
    return format_datetime(date)
