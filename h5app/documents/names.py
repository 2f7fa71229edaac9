"""File names that every system takes: Windows, old unzip programs, phones, mail clients."""

import re
import unicodedata
from collections.abc import Mapping

from h5app.documents.text import printable

UNNAMED = "未命名"
LEAST_BYTES = 32

_SEPARATORS = re.compile(r'[\\/:*?"<>|\s]+')
# Source: “Naming Files, Paths, and Namespaces”, Microsoft Learn; with any extension, in any case.
_RESERVED = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(?:COM|LPT)[0-9¹²³])[ .]*(?:\..*)?", re.IGNORECASE)
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}\Z")
_BRACED = re.compile(r"\{([^{}]*)\}")
_BRACKETS_OF_NOTHING = re.compile(r"[（(\[【《]\0+[）)\]】》]")
_JOINTS = r"[-_ .·、，,—–＿－+]*"
_JOINTS_AROUND_NOTHING = re.compile(rf"({_JOINTS})\0+({_JOINTS})")
# What tells one entry from another: never cut.
_TELLING = ("受理编号", "序号")
_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    ".eml": "message/rfc822",
    ".csv": "text/csv",
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
    name = _trimmed(_plain(text))
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name, max_bytes) or UNNAMED


def file_title(template: str, fields: Mapping[str, str], *, max_bytes: int = 60) -> str:
    """What the files of an entry are called, without an ending: a template such as “{姓名}_{受理编号}”, filled in.

    A field without text takes its separator and its brackets along. What is too long loses the ends of its longest
    fields, never 受理编号 or 序号; a template that has neither of them is given the 受理编号, so that no two entries
    share a title.

    Args:
        template: checked by the campaign file: in braces stand only names of `fields`.
        fields: with the 受理编号 at least, as its plain letters and digits.
        max_bytes: of UTF-8; room for the 受理编号.

    >>> file_title("{姓名}_{单位}_{受理编号}", {"姓名": "张三", "单位": "", "受理编号": "7K2M9QXA"})
    '张三_7K2M9QXA'
    >>> file_title("{姓名}", {"姓名": "阿卜杜拉·买买提", "受理编号": "7K2M9QXA"}, max_bytes=24)
    '阿卜杜拉·_7K2M9QXA'
    """
    reference = fields["受理编号"]
    if len(reference.encode()) > max_bytes:
        raise ValueError("a title needs room for the 受理编号")
    if not set(_BRACED.findall(template)) & set(_TELLING):
        template = f"{template}_{{受理编号}}"
    texts = {name: cut_bytes(_trimmed_end(_plain(text)), max_bytes) for name, text in fields.items()}
    title = _filled(template, texts)
    while len(title.encode()) > max_bytes:
        longest = max(texts, key=lambda name: 0 if name in _TELLING else len(texts[name].encode()))
        if longest in _TELLING or not texts[longest]:  # the template's own words are too long
            return _ending_in(reference, title, max_bytes)
        texts[longest] = _trimmed_end(texts[longest][:-1])
        title = _filled(template, texts)
    return title if reference in title or texts.get("序号") else _ending_in(reference, title, max_bytes)


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


def _plain(text: str) -> str:
    """On one line, without what is invisible or parts a path."""
    visible = (c for c in printable(text) if unicodedata.category(c) != "Cf")
    return _SEPARATORS.sub("-", "".join(visible))


def _filled(template: str, texts: Mapping[str, str]) -> str:
    """The template with every field's text; none takes what would join or enclose it along."""
    filled = _BRACED.sub(lambda field: texts.get(field[1], "") or "\0", template)
    while "\0" in filled:
        bare = _BRACKETS_OF_NOTHING.sub("\0", filled)
        filled = bare if bare != filled else _JOINTS_AROUND_NOTHING.sub(_one_joint, filled, count=1)
    return _trimmed_end(_plain(filled))


def _one_joint(found: re.Match[str]) -> str:
    between = found.start() and found.end() < len(found.string)
    return (found[1] or found[2]) if between else ""


def _ending_in(reference: str, title: str, max_bytes: int) -> str:
    start = _trimmed_end(cut_bytes(title, max(0, max_bytes - len(reference) - 1)))
    return f"{start}_{reference}" if start else reference


def _trimmed_end(text: str) -> str:
    return text.strip(" .-_")


def _trimmed(name: str) -> str:
    stem, extension = split_extension(name.strip(" .-"))
    return stem.strip(" .-") + extension


def _shortened(name: str, max_bytes: int) -> str:
    if len(name.encode()) <= max_bytes:
        return name
    stem, extension = split_extension(name)
    return cut_bytes(stem, max_bytes - len(extension)).rstrip(" .-") + extension
