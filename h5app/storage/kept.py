"""One kept connection per thread: closed when its thread ends, never carried over a fork."""

import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _Slot(Generic[T]):
    """Releases what it holds when the thread that keeps it is gone."""

    def __init__(self, held: T, *, close: Callable[[T], None], abandoned: list[T]) -> None:
        self.held = held
        self.release = weakref.finalize(self, _release, held, os.getpid(), close, abandoned)


def _release(held: T, opened_by_pid: int, close: Callable[[T], None], abandoned: list[T]) -> None:
    # Python drops the other threads' slots on its way out of fork: the child must not close what they hold.
    if opened_by_pid == os.getpid():
        close(held)
    else:
        abandoned.append(held)


class PerThread(Generic[T]):
    """Opens one `T` per thread on first use and keeps it.

    A fork closes the forking thread's own one first, so that a preloading server may use the database
    before it forks. Those of other threads cannot be closed under them: the child neither uses nor closes
    what it inherits, and `inherited` says that there was something.

    Args:
        open_: makes a `T`, in the thread that will use it.
        close: releases a `T`; may be called from another thread.
        busy: whether a `T` is in the middle of something and must not be closed before a fork.
    """

    def __init__(self, open_: Callable[[], T], *, close: Callable[[T], None], busy: Callable[[T], bool]) -> None:
        self._open = open_
        self._close = close
        self._busy = busy
        self._abandoned: list[T] = []
        self._slots: weakref.WeakSet[_Slot[T]]
        self._start_empty()
        _ALL.add(self)

    @property
    def inherited(self) -> bool:
        """Whether this process was forked while other threads, or a transaction, held connections open."""
        return bool(self._abandoned)

    def get(self) -> T:
        slot: _Slot[T] | None = getattr(self._local, "slot", None)
        if slot is None:
            slot = self._local.slot = _Slot(self._open(), close=self._close, abandoned=self._abandoned)
            with self._guard:
                self._slots.add(slot)
        return slot.held

    def drop(self) -> None:
        """Close this thread's; the next `get` opens a new one."""
        slot: _Slot[T] | None = getattr(self._local, "slot", None)
        if slot is not None:
            del self._local.slot
            slot.release()

    def close(self) -> None:
        """Close every thread's. Call it when no thread is using one; the next `get` opens a new one."""
        with self._guard:
            slots = list(self._slots)
        self._local = threading.local()
        for slot in slots:
            slot.release()

    def before_fork(self) -> None:
        slot: _Slot[T] | None = getattr(self._local, "slot", None)
        if slot is not None and not self._busy(slot.held):
            self.drop()

    def after_fork(self) -> None:
        for slot in list(self._slots):
            slot.release()
        self._start_empty()

    def _start_empty(self) -> None:
        self._guard, self._local, self._slots = threading.Lock(), threading.local(), weakref.WeakSet()


_ALL: weakref.WeakSet[PerThread[Any]] = weakref.WeakSet()


def _before_fork() -> None:
    for kept in list(_ALL):
        kept.before_fork()


def _after_fork() -> None:
    for kept in list(_ALL):
        kept.after_fork()


os.register_at_fork(before=_before_fork, after_in_child=_after_fork)
