"""File names that every system takes: Windows, old unzip programs, phones, mail clients."""

import re
import unicodedata

from h5app.documents.text import printable

UNNAMED = "未命名"
LEAST_BYTES = 32

_SEPARATORS = re.compile(r'[\\/:*?"<>|\s]+')
# Source: “Naming Files, Paths, and Namespaces”, Microsoft Learn; with any extension, in any case.
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])[ .]*(?:\..*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".jpg": "image/jpeg",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def clean_file_name(text: str, *, max_bytes: int = 80) -> str:
    """Make one file name of `text`: no path, no control, never empty, at most `max_bytes` of UTF-8.

    What is too long is cut before its extension, between code points. Folders in `text` become part of
    the name. Cleaning a cleaned name changes nothing. Nothing is normalised: NFC would replace
    compatibility ideographs that stand in people's names.

    Raises:
        ValueError: `max_bytes` leaves no room for a name and its extension.

    >>> clean_file_name("../推荐表：张三?.docx")
    '推荐表：张三.docx'
    >>> clean_file_name("con.jpg")
    '_con.jpg'
    """
    if max_bytes < LEAST_BYTES:
        raise ValueError(f"a file name needs at least {LEAST_BYTES} bytes")
    visible = (c for c in printable(text) if unicodedata.category(c) != "Cf")
    name = _trimmed(_SEPARATORS.sub("-", "".join(visible)))
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name, max_bytes) or UNNAMED


def split_extension(name: str) -> tuple[str, str]:
    """Part a name into stem and extension, dot included; "" where there is none.

    >>> split_extension("推荐表.docx")
    ('推荐表', '.docx')
    """
    found = _EXTENSION.search(name)
    return (name[: found.start()], found[0]) if found and found.start() else (name, "")


def media_type(name: str) -> str:
    """What a file of ours is, for browsers and mail programs.

    >>> media_type("推荐表.pdf")
    'application/pdf'
    """
    return _MEDIA_TYPES[split_extension(name)[1]]


def cut_bytes(text: str, max_bytes: int) -> str:
    """Keep as many whole code points as fit `max_bytes` of UTF-8."""
    return text.encode()[:max_bytes].decode(errors="ignore")


def _trimmed(name: str) -> str:
    stem, extension = split_extension(name.strip(" .-"))
    return stem.strip(" .-") + extension


def _shortened(name: str, max_bytes: int) -> str:
    if len(name.encode()) <= max_bytes:
        return name
    stem, extension = split_extension(name)
    return cut_bytes(stem, max_bytes - len(extension)).rstrip(" .-") + extension
