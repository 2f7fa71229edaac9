"""Chinese in mail headers: seven-bit lines that old and new clients read alike.

Attachment names go out twice: RFC 2047 words in `Content-Type: …; name=`, RFC 2231 in
`Content-Disposition: …; filename*=`. Thunderbird and nodemailer write the same pair. QQ and Foxmail
know only the first and call everything else `tcmime.….bin`; standard readers take the second.

A third, ASCII `filename="7K2M9QXA_form.pdf"` beside them was measured, before and after `filename*=`. It takes the
Chinese name from Python (default policy: before; compat32: both), mail-parser and every client that prefers
Content-Disposition, and ripmime writes each file three times, one name run into the other. With `name=` in ASCII
instead, ripmime, QQ and Foxmail lose the name. Only munpack, which decodes neither, gains. So the ASCII name is
a choice for the whole letter (`Letter.ascii_names`): the same plain name in both headers, which every reader shows.
tests/mail/test_readers.py holds both ways against Python, Perl's MIME-tools, ripmime and munpack.

`filename*=` is one piece, never `filename*0*=`, which fewer clients join.
"""

import base64
import re
from urllib.parse import quote

from h5app.domain.attempt import one_line

# 39 bytes make 52 of base64; with `=?utf-8?B?…?=` and “Subject: ” a line stays under the 76 of RFC 2047.
_WORD_BYTES = 39
# Three words: ripmime cuts longer names off, and munpack, which writes the words themselves, loses the file beyond
# the 255 bytes of a name on disk.
_FILE_NAME_BYTES = 80
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._ -]{1,60}")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_SEPARATORS = str.maketrans({"/": "_", "\\": "_"})


def encoded_words(text: str) -> str:
    """Text as RFC 2047 words of whole characters, folded between the words.

    >>> encoded_words("张三")
    '=?utf-8?B?5byg5LiJ?='
    """
    if not text:
        return ""  # RFC 2047, 2: a word holds at least one character
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(chunk).decode()}?=" for chunk in _chunks(text))


def file_name_parameters(file_name: str) -> tuple[str, str]:
    """What to append to Content-Type and to Content-Disposition so that every client shows this name.

    Line breaks and control characters are taken out (S9), a name over 80 bytes loses the end of its stem.

    >>> file_name_parameters("form.pdf")
    (';\\r\\n name="form.pdf"', ';\\r\\n filename="form.pdf"')
    >>> file_name_parameters("表.pdf")
    (';\\r\\n name="=?utf-8?B?6KGoLnBkZg==?="', ";\\r\\n filename*=utf-8''%E8%A1%A8.pdf")
    """
    name = _header_safe(file_name)
    if _PLAIN_NAME.fullmatch(name):
        return f';\r\n name="{name}"', f';\r\n filename="{name}"'
    return f';\r\n name="{encoded_words(name)}"', f";\r\n filename*=utf-8''{quote(name, safe='')}"


def ascii_file_name(wanted: str, *, file_name: str, number: int) -> str:
    """A plain name for an attachment: the wanted one where it is plain, else its number with the extension it has.

    >>> ascii_file_name("7K2M9QXA_form.pdf", file_name="推荐表.pdf", number=1)
    '7K2M9QXA_form.pdf'
    >>> ascii_file_name("", file_name="推荐表.pdf", number=2)
    'attachment-2.pdf'
    """
    if _PLAIN_NAME.fullmatch(wanted):
        return wanted
    extension = _EXTENSION.search(file_name)
    return f"attachment-{number}{extension[0] if extension else ''}"


def _chunks(text: str) -> list[bytes]:
    chunks, chunk = [], b""
    for char in text:
        encoded = char.encode()
        if len(chunk) + len(encoded) > _WORD_BYTES:
            chunks.append(chunk)
            chunk = b""
        chunk += encoded
    return [*chunks, chunk]


def _header_safe(file_name: str) -> str:
    name = one_line(file_name, limit=len(file_name) + 1).translate(_SEPARATORS) or "file"
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix.encode()) > _WORD_BYTES:
        stem, dot, suffix = name, "", ""
    room = _FILE_NAME_BYTES - len((dot + suffix).encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + suffix
