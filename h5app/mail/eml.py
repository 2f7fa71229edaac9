"""Letters as .eml files, for as long as no server is set: each file is whole or not there."""

import errno
import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from h5app.domain.attempt import Attempt, Phase
from h5app.domain.errors import StoreFullError
from h5app.mail.mailer import TAKEN_OVER

_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


class EmlMailer:
    """Writes `<folder>/<name>.eml`, readable by its owner only.

    A letter replaces whatever stands under its name: of a name such as `7K2M9QXA.2`, the second message of a letter,
    the first one does so for all of them. What has been corrected or withdrawn must not stay beside what says so.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(
        self,
        mime: bytes,
        *,
        sender: str,  # noqa: ARG002 - stands in the message
        to: str,  # noqa: ARG002 - likewise
        name: str,
        before_dot: Callable[[], bool],
    ) -> Attempt:
        """Write the message; when this returns, it survives a power cut.

        Raises:
            StoreFullError: the disk is full.
            ValueError: a name that is no plain file name.
        """
        if not _NAME.fullmatch(name):
            raise ValueError("a message is named by ASCII letters, digits, “.”, “_” and “-”")
        try:
            is_ours = self._write(self._folder / f"{name}.eml", mime, before_name=before_dot)
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise StoreFullError("磁盘满了，信件写不下。请清理磁盘，信件会自动再写") from error
            raise
        return Attempt(Phase.FILE, None, "") if is_ours else TAKEN_OVER

    def _write(self, target: Path, mime: bytes, *, before_name: Callable[[], bool]) -> bool:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(dir=self._folder, prefix=f".{target.name}.")  # mode 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(mime)
                file.flush()
                os.fsync(file.fileno())
            if not before_name():
                return False
            Path(unfinished).replace(target)
        finally:
            Path(unfinished).unlink(missing_ok=True)
        self._clear(target)
        self._sync_folder()
        return True

    def _clear(self, written: Path) -> None:
        """Take away what an earlier letter has left under this one's name."""
        name, _, part = written.stem.partition(".")
        if part in {"", "1"}:
            for old in {self._folder / f"{name}.eml", *self._folder.glob(f"{name}.*.eml")} - {written}:
                old.unlink(missing_ok=True)

    def _sync_folder(self) -> None:
        # Only then does the new name itself survive a power cut.
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
