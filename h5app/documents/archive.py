"""Folders of files as one ZIP64 stream: each file leaves as soon as it is there, none is kept.

The standard library writes it: an archive is a file to it, of which only the newest member can still be gone back
to. So heads carry sums and sizes as in any ZIP, where a pipe or zipstream-ng would write them behind stored data,
which readers of streams refuse, and dates are what we say. The length is not known before: forms are made on the
way, and making them all twice for it would double the wait. Broken off, it has no end and no program opens it.
"""

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from h5app.documents.names import LEAST_BYTES, clean_file_name
from h5app.documents.package import MEMBER_BYTES, PackageFile, dated, unique_names

FOLDER_BYTES = MEMBER_BYTES - 1 - LEAST_BYTES


@dataclass(frozen=True)
class Folder:
    """Files of one folder; with "" as name, files beside the folders.

    Args:
        name: cleaned and cut to `FOLDER_BYTES`; whoever gives it sees to it that no two are alike.
        modified_at: as a clock on the wall shows it.
    """

    name: str
    files: tuple[PackageFile, ...] = field(repr=False)
    modified_at: datetime


def archive_stream(folders: Iterable[Folder]) -> Iterator[bytes]:
    """Pack folders as they come, stored; every member is relative, unique in its folder, at most 80 bytes of UTF-8.

    The same folders give the same bytes. An error of `folders` passes on and leaves an archive without an end.
    """
    window = _Window()
    with zipfile.ZipFile(window, "w", zipfile.ZIP_STORED) as archive:
        for folder in folders:
            top = f"{clean_file_name(folder.name, max_bytes=FOLDER_BYTES)}/" if folder.name else ""
            for name, file in unique_names(folder.files, max_bytes=MEMBER_BYTES - len(top.encode())):
                archive.writestr(dated(top + name, folder.modified_at), file.data)
                yield from window.taken()
    yield from window.taken()


class _Window:
    """A file that keeps what has been written since it was last taken, and takes a head again that was amended."""

    def __init__(self) -> None:
        self._pieces: dict[int, bytes] = {}
        self._at = 0

    def write(self, piece: bytes) -> int:
        self._pieces[self._at] = piece
        self._at += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self._at

    def seek(self, to: int) -> int:
        self._at = to
        return to

    def flush(self) -> None:
        """Nothing waits anywhere."""

    def close(self) -> None:
        """Nothing is held open."""

    def taken(self) -> Iterator[bytes]:
        """Hand over what is there, in its order, and forget it."""
        pieces, self._pieces = self._pieces, {}
        yield from (piece for piece in pieces.values() if piece)
