"""The line in front of the write lock: one writer at a time, of all threads and processes, nobody for ever."""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from h5app.domain.errors import StoreBusyError

BUSY = "现在提交的人比较多，刚才没有存上，请过几秒再试一次。"


class WriterLine:
    """Lets one writer through at a time, in order of arrival within a process, in turns among processes.

    SQLite alone makes writers sleep up to 100 ms between looks at its lock, and whoever looks at the right
    moment wins: with 16 writers some waited for seconds. Only speed and fairness depend on the line; whoever
    writes without standing in it still meets SQLite's own lock.

    Args:
        database: the database file; two empty files beside it, made when missing, are what processes lock.
    """

    def __init__(self, database: Path) -> None:
        self._next = database.with_name(database.name + "-next")
        self._turn = database.with_name(database.name + "-turn")
        self._pid = os.getpid()
        self._threads = FairLock()

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
        if not threads.acquire(deadline):
            raise StoreBusyError(BUSY)
        try:
            with ExitStack() as held:
                # Whoever gives a turn back must pass `next` again, where another process already waits inside.
                with _locked(self._next, deadline):
                    held.enter_context(_locked(self._turn, deadline))
                yield
        finally:
            threads.release()

    def _renew_after_fork(self) -> None:
        """A lock that another thread held at the fork would stay locked in the child for ever."""
        if self._pid != os.getpid():
            self._pid, self._threads = os.getpid(), FairLock()


class FairLock:
    """A lock that threads get in the order in which they asked; Python's own goes to whoever is quickest."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self, deadline: float) -> bool:
        """Whether it was got before the deadline (on `time.monotonic()`'s scale)."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=max(0.0, deadline - time.monotonic())):
            return True
        with self._guard:
            # Not among the waiting any more: it was handed over at the last moment.
            late = mine not in self._waiting
            if not late:
                self._waiting.remove(mine)
        return late

    def release(self) -> None:
        """Hand it to whoever has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


@contextmanager
def _locked(path: Path, deadline: float) -> Iterator[None]:
    # Opened anew each time (10 µs): a kept descriptor, and the lock with it, would be shared over a fork.
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait_for_lock(file, deadline)
        yield
    finally:
        # Said aloud, because closing alone keeps the lock where a fork has copied the descriptor.
        fcntl.flock(file, fcntl.LOCK_UN)
        os.close(file)


def _wait_for_lock(file: int, deadline: float) -> None:
    """Look often, for flock itself knows no deadline: at least every tenth of the time waited so far."""
    began = time.monotonic()
    while not _try_lock(file):
        now = time.monotonic()
        if now >= deadline:
            raise StoreBusyError(BUSY)
        time.sleep(min(max((now - began) / 10, 0.0001), 0.005))


def _try_lock(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
