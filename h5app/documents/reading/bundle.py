"""What somebody chose to upload → one file after another: Word files themselves, and those inside of ZIPs.

Rule: one file's fault is that file's sentence, and the others are read. A member is unpacked only when its turn comes,
and its name is nothing but a word to show.
"""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from h5app.documents.reading.opening import DAMAGED, FILE_MOST, LOCKED, MACROS, NOT_WORD, TOO_LARGE

FILES_MOST = 200
"""Forms in one upload."""
_UNPACKED_MOST = 400 * 1024 * 1024
_MEMBERS_MOST = 2000
# Word's own XML shrinks to a tenth, its pictures not at all.
_RATIO_MOST = 120
_NAME_MOST = 80
TOO_MANY = f"一次最多读 {FILES_MOST} 份，后面的没有读，请分几次传"
TOO_MUCH = "压缩包解开以后太大，后面的没有读，请分几次传"
ZIP_DAMAGED = "这个压缩包打不开，可能已经损坏。请解压后直接传里面的 Word 文件"
ZIP_IN_ZIP = "压缩包里还有压缩包，没有读。请解压后再传"
ZIP_EMPTY = "这个压缩包里没有 Word 文件"

_WORD_ENDINGS = (".docx", ".doc", ".wps", ".dotx", ".wpt", ".rtf")
# What macOS, Windows and Office leave beside the files that somebody meant.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\._|~\$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


@dataclass(frozen=True)
class Upload:
    """One file: its bytes, or the sentence that says why it is not read."""

    name: str
    data: bytes = b""
    problem: str = ""


def forms_in(files: Iterable[tuple[str, BinaryIO]]) -> Iterator[Upload]:
    """Every form of an upload, in order; one at a time in memory, whatever the size of a ZIP.

    Args:
        files: name and contents of each file, as chosen.
    """
    count = 0
    for name, file in files:
        inside = _unpacked(name, file) if _is_bundle(name, file) else [_single(name, file.read(FILE_MOST + 1))]
        for upload in inside:
            count += 1
            if count > FILES_MOST:
                yield Upload(upload.name, problem=TOO_MANY)
                return
            yield upload


def _single(name: str, data: bytes) -> Upload:
    shown = shown_name(name)
    if shown.lower().endswith((".docm", ".dotm")):
        return Upload(shown, problem=MACROS)
    return Upload(shown, data)


def _is_bundle(name: str, file: BinaryIO) -> bool:
    """Whether this is a ZIP of files rather than a Word file, which is a ZIP too; a damaged one by its name."""
    file.seek(0)
    start = file.read(4)
    file.seek(0)
    if start not in {b"PK\x03\x04", b"PK\x05\x06"}:
        return False
    archive = _opened(file)
    file.seek(0)
    if archive is None:
        return name.lower().endswith(".zip")
    return not {"[Content_Types].xml", "mimetype"} & set(archive.namelist())


def _opened(file: BinaryIO) -> zipfile.ZipFile | None:
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return None


def _unpacked(bundle: str, file: BinaryIO) -> Iterator[Upload]:
    bundle = shown_name(bundle)
    archive = _opened(file)
    if archive is None:
        yield Upload(bundle, problem=ZIP_DAMAGED)
        return
    wanted = [info for info in archive.infolist()[:_MEMBERS_MOST] if not info.is_dir()]
    wanted = [info for info in wanted if not _LITTER.search(_member_name(info))]
    left = _UNPACKED_MOST
    for info in wanted:
        upload = _member(archive, info, most=min(left, FILE_MOST))
        left -= len(upload.data)
        if left <= 0:
            yield Upload(bundle, problem=TOO_MUCH)
            return
        yield upload
    if not wanted:
        yield Upload(bundle, problem=ZIP_EMPTY)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, *, most: int) -> Upload:
    name = shown_name(_member_name(info))
    if problem := _refusal(name, info):
        return Upload(name, problem=problem)
    try:
        with archive.open(info) as member:
            data = member.read(most + 1)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        return Upload(name, problem=DAMAGED)
    if len(data) > most:
        return Upload(name, problem=TOO_LARGE)
    if _is_bundle(name, io.BytesIO(data)):
        return Upload(name, problem=ZIP_IN_ZIP)
    return Upload(name, data)


def _refusal(name: str, info: zipfile.ZipInfo) -> str:
    ending = name.lower()
    if info.flag_bits & 1:
        return LOCKED
    if ending.endswith((".docm", ".dotm")):
        return MACROS
    if ending.endswith((".zip", ".rar", ".7z")):
        return ZIP_IN_ZIP
    if not ending.endswith(_WORD_ENDINGS):
        return NOT_WORD
    if info.file_size > FILE_MOST or info.file_size > _RATIO_MOST * max(info.compress_size, 1):
        return TOO_LARGE
    return ""


def _member_name(info: zipfile.ZipInfo) -> str:
    """The name as its sender saw it: UTF-8 where the file says so, else UTF-8 or GBK, whichever it is."""
    if info.flag_bits & 0x800:
        return info.filename
    raw = info.orig_filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def shown_name(name: str) -> str:
    """The last part of a path as a word to show.

    >>> shown_name("..\\\\..\\\\推荐表/张三.docx")
    '张三.docx'
    """
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(char for char in last if unicodedata.category(char)[0] != "C").strip()
    return plain if len(plain) <= _NAME_MOST else f"{plain[: _NAME_MOST - 8]}…{plain[-7:]}"
