"""The line in front of the write lock: one writer at a time, of all threads and processes, nobody for ever."""

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from h5app.domain.errors import StoreBusyError

BUSY = "现在提交的人比较多，刚才没有存上，请过几秒再试一次。"
_LOOK_AGAIN_S = 0.0005


class WriterLine:
    """Lets one writer through at a time.

    SQLite alone makes writers sleep up to 100 ms between looks at its lock, and whoever looks at the right
    moment wins; here threads wait on a lock and processes on a flock, looked at every half millisecond.
    Only speed depends on it: whoever writes without standing in line still meets SQLite's own lock.

    Args:
        path: an empty file beside the database, made when missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pid = os.getpid()
        self._threads = threading.Lock()

    @contextmanager
    def turn(self, deadline: float) -> Iterator[None]:
        """Hold the turn inside the block.

        Args:
            deadline: on `time.monotonic()`'s scale.

        Raises:
            StoreBusyError: the turn did not come before the deadline.
        """
        self._renew_after_fork()
        threads = self._threads
        if not threads.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise StoreBusyError(BUSY)
        try:
            with self._among_processes(deadline):
                yield
        finally:
            threads.release()

    def _renew_after_fork(self) -> None:
        """A lock that another thread held at the fork would stay locked in the child for ever."""
        if self._pid != os.getpid():
            self._pid, self._threads = os.getpid(), threading.Lock()

    @contextmanager
    def _among_processes(self, deadline: float) -> Iterator[None]:
        # Opened anew each time (10 µs): a kept descriptor, and the lock with it, would be shared over a fork.
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            while not _try_lock(file):
                if time.monotonic() >= deadline:
                    raise StoreBusyError(BUSY)
                time.sleep(_LOOK_AGAIN_S)
            yield
        finally:
            # Said aloud, because closing alone keeps the lock where a fork has copied the descriptor.
            fcntl.flock(file, fcntl.LOCK_UN)
            os.close(file)


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
