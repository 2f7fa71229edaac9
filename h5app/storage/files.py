"""Files named by their content, written once: on the disk before any row mentions them, checked on every read."""

import errno
import hashlib
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from h5app.domain.errors import NotFoundError, SealError, StoreFullError
from h5app.storage.vault import Vault

_NAME = re.compile("[0-9a-f]{64}")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
_FULL = "存放照片的磁盘快满了，暂时不能上传。您已填的内容都在，请打电话告诉工作人员，稍后再传。"
_CONTEXT = "file"


class FileStore(Protocol):
    """Bytes by name; a name is 64 hex digits that the store gives."""

    def put(self, data: bytes) -> str:
        """Keep `data` for good, return its name; when this returns, a power cut cannot take it away.

        Raises:
            StoreFullError: no room left above the reserve.
        """

    def get(self, name: str) -> bytes:
        """The bytes that `put` was given.

        Raises:
            NotFoundError: no such file, or not a name.
            SealError: the bytes on the disk are not those that were written.
        """

    def delete(self, name: str) -> None:
        """Remove it; no error when it is gone already."""

    def names(self) -> Iterator[str]:
        """Every stored name, in no order."""

    def added_at(self, name: str) -> datetime:
        """When it was put (last), UTC; for sweeping files that no row mentions.

        Raises:
            NotFoundError: no such file, or not a name.
        """

    def discard_unfinished(self, *, before: datetime) -> int:
        """Remove what a killed `put` left behind before that instant; how many."""

    def check_room(self, size_bytes: int = 0) -> None:
        """Whether `size_bytes` more would fit, to be asked before an upload is read.

        Raises:
            StoreFullError: they would not, the reserve counted in.
        """


class DiskFiles:
    """Files in `root/ab/abcd…`, mode 0600.

    Args:
        root: made when missing, mode 0700.
        reserve_bytes: free space that uploads must leave for the database and the mails.
    """

    def __init__(self, root: Path, *, reserve_bytes: int) -> None:
        self._root = root
        self._unfinished = root / "unfinished"
        self._reserve_bytes = reserve_bytes
        # Folders whose own names this process has seen onto the disk.
        self._safe_folders: set[Path] = set()

    def put(self, data: bytes) -> str:
        name = hashlib.sha256(data).hexdigest()
        path = self._path(name)
        with _full_disk_told():
            self._make_folder(self._unfinished)
            self._make_folder(path.parent)
            self.check_room(len(data))
            # The same bytes again are written again: the file is young once more, and whole if it was not.
            self._write(path, data)
        return name

    def get(self, name: str) -> bytes:
        with _missing_told():
            data = self._path(name).read_bytes()
        if hashlib.sha256(data).hexdigest() != name:
            raise SealError(f"文件 {name} 的内容变了，磁盘可能出了问题。请从备份恢复这个文件。")
        return data

    def delete(self, name: str) -> None:
        self._path(name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for folder in self._root.glob("[0-9a-f][0-9a-f]"):
            yield from (path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))

    def added_at(self, name: str) -> datetime:
        with _missing_told():
            return _changed_at(self._path(name))

    def discard_unfinished(self, *, before: datetime) -> int:
        discarded = 0
        for path in list(self._unfinished.glob("*")):
            # A put that finishes meanwhile takes its file away.
            with suppress(FileNotFoundError):
                if _changed_at(path) < before:
                    path.unlink()
                    discarded += 1
        return discarded

    def check_room(self, size_bytes: int = 0) -> None:
        existing = next(path for path in (self._root, *self._root.absolute().parents) if path.exists())
        if shutil.disk_usage(existing).free - size_bytes < self._reserve_bytes:
            raise StoreFullError(_FULL)

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NotFoundError("没有这个文件。")
        return self._root / name[:2] / name

    def _write(self, path: Path, data: bytes) -> None:
        unfinished = self._unfinished / secrets.token_hex(16)
        file = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(file, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(file)
            unfinished.rename(path)
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def _make_folder(self, folder: Path) -> None:
        """Make it and see its name onto the disk: another process may have made it and lost power before."""
        if folder in self._safe_folders:
            return
        if folder.parent != folder and not folder.parent.is_dir():
            self._make_folder(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        _sync_folder(folder.parent)
        self._safe_folders.add(folder)


class SealedFiles:
    """Files that only the key opens; names are hashes of the sealed bytes, so copies are checked without it.

    Args:
        inner: where the sealed bytes go.
        vault: seals and opens them.
    """

    def __init__(self, inner: FileStore, vault: Vault) -> None:
        self._inner = inner
        self._vault = vault

    def put(self, data: bytes) -> str:
        return self._inner.put(self._vault.seal_bytes(data, context=_CONTEXT))

    def get(self, name: str) -> bytes:
        return self._vault.open_bytes(self._inner.get(name), context=_CONTEXT)

    def delete(self, name: str) -> None:
        self._inner.delete(name)

    def names(self) -> Iterator[str]:
        return self._inner.names()

    def added_at(self, name: str) -> datetime:
        return self._inner.added_at(name)

    def discard_unfinished(self, *, before: datetime) -> int:
        return self._inner.discard_unfinished(before=before)

    def check_room(self, size_bytes: int = 0) -> None:
        self._inner.check_room(size_bytes)


def _changed_at(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _full_disk_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise StoreFullError(_FULL) from error
        raise


@contextmanager
def _missing_told() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise NotFoundError("没有这个文件。") from error
