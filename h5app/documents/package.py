"""A folder of files as one ZIP, with a list of what is in it.

Made by the standard library, in memory and stored: the parts are JPEGs and documents that are compressed
already. Archives too large for memory are `archive.py`'s.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from h5app.documents.names import LEAST_BYTES, clean_file_name, cut_bytes, split_extension

LIST_NAME = "清单.txt"
MEMBER_BYTES = 80
_FOLDER_BYTES = MEMBER_BYTES - 1 - LEAST_BYTES
_UNIX, _READABLE_FILE = 3, 0o100644 << 16
_FIRST_ZIP_YEAR, _LAST_ZIP_YEAR = 1980, 2107


@dataclass(frozen=True)
class PackageFile:
    """One file of a package; `name` is cleaned and made unique when it is packed.

    Args:
        ascii_name: for a mailbox that garbles Chinese names.
    """

    name: str
    data: bytes = field(repr=False)
    ascii_name: str = ""


def package_zip(folder: str, files: Sequence[PackageFile], *, modified_at: datetime) -> bytes:
    """Pack `files`, in their order, and `清单.txt` after them into one folder of a ZIP.

    Every member is relative, unique whatever the case, and at most 80 bytes of UTF-8 with its folder.
    The same arguments give the same bytes.

    Args:
        folder: name of the folder, cut to 47 bytes.
        files: what to pack.
        modified_at: date of every member, as a clock on the wall shows it (ZIP knows no zones).
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for path, data in members_of(folder, files):
            target.writestr(dated(path, modified_at), data)
    return archive.getvalue()


def members_of(folder: str, files: Sequence[PackageFile]) -> list[tuple[str, bytes]]:
    """Path and bytes of every member of a package, `清单.txt` last."""
    top = clean_file_name(folder, max_bytes=_FOLDER_BYTES)
    most = MEMBER_BYTES - 1 - len(top.encode())
    unique = unique_names(files, max_bytes=most, reserved=(LIST_NAME,))
    named = [PackageFile(name, file.data) for name, file in unique]
    return [(f"{top}/{file.name}", file.data) for file in (*named, PackageFile(LIST_NAME, _list_of(named)))]


def dated(path: str, modified_at: datetime) -> zipfile.ZipInfo:
    """Head of a member that was changed then; a clock outside of what ZIP knows is taken for its nearest year."""
    year = min(max(modified_at.year, _FIRST_ZIP_YEAR), _LAST_ZIP_YEAR)
    entry = zipfile.ZipInfo(path, (year, *modified_at.timetuple()[1:6]))
    entry.create_system, entry.external_attr = _UNIX, _READABLE_FILE
    return entry


def unique_names(
    files: Iterable[PackageFile], *, max_bytes: int, reserved: Iterable[str] = ()
) -> Iterator[tuple[str, PackageFile]]:
    """A clean name for each file of one folder, none of them twice or reserved, whatever the case."""
    taken = {name.casefold() for name in reserved}
    for file in files:
        name = _free_name(clean_file_name(file.name, max_bytes=max_bytes), taken, max_bytes)
        taken.add(name.casefold())
        yield name, file


def _free_name(name: str, taken: set[str], max_bytes: int) -> str:
    stem, extension = split_extension(name)
    number, free = 1, name
    while free.casefold() in taken:
        number += 1
        ending = f"-{number}{extension}"
        free = cut_bytes(stem, max_bytes - len(ending)) + ending
    return free


def _list_of(files: Sequence[PackageFile]) -> bytes:
    """Name, size and SHA-256 of each file; with a byte order mark and CR LF for Windows' own editor."""
    lines = [f"清单：共 {len(files)} 个文件", "", "文件名\t字节数\tSHA-256"]
    lines += [f"{file.name}\t{len(file.data)}\t{hashlib.sha256(file.data).hexdigest()}" for file in files]
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8-sig")
