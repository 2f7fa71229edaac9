"""Bytes somebody sent → the parts of a Word file that are read, and no others; whatever else it is gets a sentence.

Rule: nothing is unpacked before its size is known, nothing is fetched, no macro or entity does anything here.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from h5app.domain.errors import UnreadableFormError

MIB = 1024 * 1024
FILE_MOST = 25 * MIB
"""Largest Word file: a form with a photo straight from a camera."""
_XML_MOST = 8 * MIB
_PICTURE_MOST = 20 * MIB
_PARTS_MOST = 2000
_DEPTH_MOST = 200

SAVE_AGAIN = "请用 Word 或 WPS 打开，另存为“Word 文档（.docx）”，再传一次"
DAMAGED = f"这个文件打不开，可能已经损坏。{SAVE_AGAIN}"
TOO_LARGE = f"这个文件太大（超过 {FILE_MOST // MIB} MB）。请把里面的照片换成小一些的，再传一次"
MACROS = f"这个文件带有宏，为了安全没有读。{SAVE_AGAIN}"
LOCKED = "这个文件加了密码，没法读。请在 Word 或 WPS 里去掉密码，再传一次"
NOT_WORD = f"这不是 Word 文件，没有读。{SAVE_AGAIN}"
OLD_WORD = f"这是旧格式的 Word 文件（.doc、.wps）。{SAVE_AGAIN}"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
# Names of streams in an old compound file stand in its directory as UTF-16.
_ENCRYPTED, _WORD_STREAM = ("EncryptedPackage".encode("utf-16-le"), "WordDocument".encode("utf-16-le"))
_NAMES_OF_OTHERS = {b"%PDF": " PDF 文件", b"\xff\xd8\xff": "照片", b"\x89PNG": "照片", b"Rar!": " RAR 压缩包"}


@dataclass(frozen=True)
class WordFile:
    """The document of a Word file, and its pictures on demand."""

    document: Element
    relations: Mapping[str, str]
    archive: zipfile.ZipFile

    def picture(self, relation: str) -> bytes:
        """Bytes of an embedded picture; b"" where it is missing, linked from elsewhere, or too large."""
        try:
            return _part(self.archive, self.relations[relation], most=_PICTURE_MOST)
        except (KeyError, UnreadableFormError):
            return b""


def is_old_word(data: bytes) -> bool:
    """Whether LibreOffice may be able to read it: an old compound file or RTF that holds a text."""
    return (data.startswith(_OLE) and _ENCRYPTED not in data) or data.startswith(b"{\\rtf")


def open_word(data: bytes) -> WordFile:
    """The parts of a .docx.

    Raises:
        UnreadableFormError: what it is instead, and what to do.
    """
    _check_kind(data)
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        raise UnreadableFormError(DAMAGED) from None
    names = archive.namelist()
    if len(names) > _PARTS_MOST:
        raise UnreadableFormError(DAMAGED)
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise UnreadableFormError(MACROS)
    main = _main_part(archive)
    document = _xml(_part(archive, main, most=_XML_MOST))
    return WordFile(document, _relations(archive, main), archive)


def _check_kind(data: bytes) -> None:
    if len(data) > FILE_MOST:
        raise UnreadableFormError(TOO_LARGE)
    if not data:
        raise UnreadableFormError("这个文件是空的，请重新选一次")
    if data.startswith(_OLE):
        raise UnreadableFormError(LOCKED if _ENCRYPTED in data else OLD_WORD if _WORD_STREAM in data else NOT_WORD)
    if data.startswith(b"{\\rtf"):
        raise UnreadableFormError(OLD_WORD)
    for start, name in _NAMES_OF_OTHERS.items():
        if data.startswith(start):
            raise UnreadableFormError(f"这是{name}，不是 Word 文件，没有读。请传填好的 Word 推荐表")
    if not data.startswith(_ZIP):
        raise UnreadableFormError(NOT_WORD)


def _main_part(archive: zipfile.ZipFile) -> str:
    if "_rels/.rels" not in archive.namelist():
        raise UnreadableFormError(NOT_WORD)
    for relation in _xml(_part(archive, "_rels/.rels", most=_XML_MOST)):
        if relation.get("Type", "").endswith("/officeDocument"):
            part = relation.get("Target", "").lstrip("/")
            if part.startswith("word/"):
                return part
    raise UnreadableFormError(NOT_WORD)


def _relations(archive: zipfile.ZipFile, main: str) -> Mapping[str, str]:
    """Relation id → name of the part inside the file; what is linked from elsewhere is left out."""
    folder, name = posixpath.split(main)
    try:
        relations = _xml(_part(archive, f"{folder}/_rels/{name}.rels", most=_XML_MOST))
    except KeyError:
        return {}
    return {
        relation.get("Id", ""): posixpath.normpath(posixpath.join("/", folder, relation.get("Target", ""))).lstrip("/")
        for relation in relations
        if relation.get("TargetMode") != "External"
    }


def _part(archive: zipfile.ZipFile, name: str, *, most: int) -> bytes:
    """One part, unpacked.

    Raises:
        KeyError: there is none of that name.
        UnreadableFormError: damaged, locked, or it unpacks to more than `most` bytes.
    """
    info = archive.getinfo(name)
    if info.flag_bits & 1:
        raise UnreadableFormError(LOCKED)
    if info.file_size > most:
        raise UnreadableFormError(TOO_LARGE)
    try:
        with archive.open(info) as part:
            data = part.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError):
        raise UnreadableFormError(DAMAGED) from None
    if len(data) > most:
        raise UnreadableFormError(TOO_LARGE)
    return data


class _Careful(TreeBuilder):
    """Builds a tree without document types (entities!) and without depths that no form has."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        raise UnreadableFormError(DAMAGED)

    def start(self, tag: str, attrs: dict[str, str]) -> Element:
        self._depth += 1
        if self._depth > _DEPTH_MOST:
            raise UnreadableFormError(DAMAGED)
        return super().start(tag, attrs)

    def end(self, tag: str) -> Element:
        self._depth -= 1
        return super().end(tag)


def _xml(data: bytes) -> Element:
    parser = XMLParser(target=_Careful())  # noqa: S314 -- expat bounds what entities may grow to, and none gets here
    try:
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError):
        raise UnreadableFormError(DAMAGED) from None
    return root
