"""How many pictures are decoded at once on this machine: as many as there are slots, whichever process asks.

Locks on files, because the kernel gives them back when a worker is killed; a counter in memory would be one for each
gunicorn worker, and a semaphore would stay taken.
"""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from h5app.domain.errors import PhotosBusyError

BUSY = "现在传照片的人多，请过半分钟再传一次"
_LOOK_AGAIN_S = 0.02


@contextmanager
def slot(folder: Path, *, count: int, wait_s: float) -> Iterator[None]:
    """Hold one of `count` slots.

    Raises:
        PhotosBusyError: none became free within `wait_s` seconds.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    until = time.monotonic() + wait_s
    while (handle := _free_slot(folder, count)) is None:
        if time.monotonic() >= until:
            raise PhotosBusyError(BUSY)
        time.sleep(_LOOK_AGAIN_S)
    try:
        yield
    finally:
        os.close(handle)


def _free_slot(folder: Path, count: int) -> int | None:
    for number in range(count):
        handle = os.open(folder / f"slot-{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
        else:
            return handle
    return None
