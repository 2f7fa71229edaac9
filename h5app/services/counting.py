"""Counting: who came how far, in this process's memory first and a second later in the database.

A rush of scans never waits for the disk: `count` adds one in memory, and a thread of its own writes what has come
together, one transaction a second. What it cannot write it keeps and tries again. A process that is killed loses the
second it has not written yet; one that ends writes it. Drafts and entries are counted by those who store them, in the
very same transaction.
"""

import atexit
import logging
import os
import threading
import weakref
from collections import Counter
from datetime import date

from h5app.domain.funnel import FunnelStep
from h5app.storage.stores import Stores

_log = logging.getLogger("h5app")

_LONGEST_PAUSE_S = 30.0
# As long as a writer may stand in line; then the process ends without it.
_LONGEST_GOODBYE_S = 10.0


class Counts:
    """Counts to be, safe to share between threads; a forked process begins with none, for its parent writes its own.

    Args:
        every_s: from the first count to its writing, in seconds.
        most: of distinct (code, day, step) that wait, so that memory has an end; 1,000 channels for two weeks without a
            database. One more would be dropped.
    """

    def __init__(self, stores: Stores, *, every_s: float = 1.0, most: int = 30_000) -> None:
        self._stores = stores
        self._every_s = every_s
        self._most = most
        self._waiting: Counter[tuple[str, date, FunnelStep]]
        self._writer: threading.Thread | None
        self._start_empty()
        _ALL.add(self)

    def count(self, code: str, step: FunnelStep, *, day: date) -> None:
        """One more came as far as `step` by a known channel's code on `day` (local)."""
        key = (code, day, step)
        with self._guard:
            if key in self._waiting or len(self._waiting) < self._most:
                self._waiting[key] += 1
            if self._writer is None:
                self._begin()
        self._some.set()

    def flush(self) -> None:
        """Write what waits, now.

        Raises:
            StoreBusyError, StoreFullError: nothing was written, and everything goes on waiting.
        """
        with self._guard:
            taken, self._waiting = self._waiting, Counter()
        if not taken:
            return
        try:
            with self._stores.rows.transaction():
                for (code, day, step), times in sorted(taken.items()):
                    self._stores.counts.add(code, step, day=day, by=times)
        except BaseException:
            with self._guard:
                self._waiting.update(taken)
            # The thread may have looked in the meantime, and found nothing.
            self._some.set()
            raise

    def close(self) -> None:
        """Write what waits and end the thread; the next count begins another."""
        with self._guard:
            writer, self._writer = self._writer, None
            self._ended.set()
            self._some.set()
        if writer is None:
            return
        writer.join(_LONGEST_GOODBYE_S)
        self._wrote()
        atexit.unregister(self.close)

    def _start_empty(self) -> None:
        self._guard = threading.Lock()
        self._waiting = Counter()
        self._writer = None
        self._some, self._ended = threading.Event(), threading.Event()
        self._is_stuck = False

    def _begin(self) -> None:
        """Start writing, in the process that counts: a thread begun before the fork would be the parent's."""
        self._some, self._ended = threading.Event(), threading.Event()
        self._writer = threading.Thread(target=self._work, args=(self._some, self._ended), name="counts", daemon=True)
        self._writer.start()
        atexit.register(self.close)

    def _work(self, some: threading.Event, ended: threading.Event) -> None:
        pause_s = self._every_s
        while not ended.is_set():
            some.wait()
            if ended.wait(pause_s):
                return
            some.clear()
            pause_s = self._every_s if self._wrote() else min(2 * pause_s, _LONGEST_PAUSE_S)

    def _wrote(self) -> bool:
        try:
            self.flush()
        except Exception as error:  # noqa: BLE001 -- a thread that ended here would count nothing any more
            if not self._is_stuck:
                _log.warning("counts wait: %s", type(error).__name__)
            self._is_stuck = True
            return False
        self._is_stuck = False
        return True


_ALL: weakref.WeakSet[Counts] = weakref.WeakSet()


def _after_fork() -> None:
    for counts in list(_ALL):
        counts._start_empty()  # noqa: SLF001 -- its own module


os.register_at_fork(after_in_child=_after_fork)
