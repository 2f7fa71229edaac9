"""The worker's side of decoding: keeps a zygote, hands it one photo at a time, and always answers in time.

Rules: a worker process has one zygote, started with its first photo and again whenever it is gone; a forked worker
never uses its parent's. Whatever a decoder does, the caller gets renditions or an error within `wall_s` and a little.
"""

import atexit
import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from h5app.domain.errors import PhotosBusyError, PhotoTooLargeError, UnreadablePhotoError
from h5app.domain.portrait import Box
from h5app.photos.headers import TOO_MANY_PIXELS
from h5app.photos.headers import UNREADABLE as UNREADABLE_MESSAGE
from h5app.photos.limits import PhotoLimits
from h5app.photos.renditions import Cutting, Renditions
from h5app.photos.slots import BUSY
from h5app.photos.wire import (
    MAX_ANSWER_BYTES,
    STARTED,
    TOO_LARGE,
    BadAnswerError,
    Order,
    cutting_in,
    renditions_in,
    smaller_in,
)

REBUILD = "h5app.photos.rebuilding:rebuild"
CUT = "h5app.photos.cutting:cut"
SHRINK = "h5app.photos.rebuilding:shrink"
STAMP = "h5app.photos.stamping:stamp"

_log = logging.getLogger(__name__)
_Made = TypeVar("_Made", Renditions, Cutting, bytes)
_PROJECT = Path(__file__).resolve().parents[2]
# The child's own alarm and the zygote come first; then the parent stops waiting.
_GRACE_S = 1.0
_CHUNK_BYTES = 1024 * 1024


class _NotStartedError(Exception):
    """No child took the photo: the zygote is gone or stuck, and the picture is not to blame."""


class Darkroom:
    """Decodes photos in children of one zygote; safe to use from many threads, and after a fork.

    Args:
        decoder: what the child calls, as MODULE:NAME: a function of the bytes and of the most pixels allowed.
        cutter: what it calls to cut a part out, likewise: a function of a press rendition and of the part.
        shrinker: what it calls to make a rendition smaller: a function of it and of the long edge in pixels.
        search: further folder to import the decoder from.
        start_s: how long to wait for a child's sign of life; a zygote is up in 0.2 s, a child in 5 ms, so that much
            longer means that the zygote is stopped or lost.
    """

    def __init__(
        self,
        *,
        decoder: str = REBUILD,
        cutter: str = CUT,
        shrinker: str = SHRINK,
        search: Path | None = None,
        start_s: float = 8.0,
    ) -> None:
        self._functions = (decoder, cutter, shrinker, STAMP)
        self._search = ":".join(str(folder) for folder in (_PROJECT, search) if folder)
        self._start_s = start_s
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._zygote: subprocess.Popen[bytes] | None = None
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.close)

    @property
    def zygote_pid(self) -> int | None:
        """Process id of the zygote, for the doctor and the tests."""
        return self._zygote.pid if self._zygote else None

    def develop(self, data: bytes, *, limits: PhotoLimits) -> Renditions:
        """Decode one photo in a child of its own.

        Raises:
            UnreadablePhotoError: the decoder refused, crashed, hung, or wanted too much memory.
            PhotoTooLargeError: the decoder saw more pixels than `limits` allow.
            PhotosBusyError: no child could be started, twice.
        """
        return self._done(data, _order(data, limits), renditions_in)

    def cut(self, press: bytes, box: Box, *, limits: PhotoLimits) -> Cutting:
        """Cut a part out of a press rendition in a child of its own; errors as for `develop`."""
        return self._done(press, _order(press, limits, cut=box), cutting_in)

    def shrink(self, rendition: bytes, *, long_edge_px: int, limits: PhotoLimits) -> bytes:
        """Make a rendition smaller in a child of its own; errors as for `develop`."""
        return self._done(rendition, _order(rendition, limits, long_edge_px=long_edge_px), smaller_in)

    def stamp(self, rendition: bytes, mark: bytes, *, limits: PhotoLimits) -> bytes:
        """Lay a mark over a rendition in a child of its own; errors as for `develop`."""
        data = mark + rendition
        return self._done(data, _order(data, limits, mark_length=len(mark)), smaller_in)

    def close(self) -> None:
        """End the zygote and its children; the next photo starts another."""
        with self._lock:
            self._end()

    def _done(self, data: bytes, order: Order, opened: Callable[[bytes], _Made]) -> _Made:
        try:
            return self._once(data, order, opened)
        except _NotStartedError:
            _log.warning("the photo zygote was gone; a new one is started")
        try:
            return self._once(data, order, opened)
        except _NotStartedError as error:
            _log.exception("no process to decode photos in can be started")
            raise PhotosBusyError(BUSY) from error

    def _once(self, data: bytes, order: Order, opened: Callable[[bytes], _Made]) -> _Made:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                zygote = self._hand_over(theirs, order)
            self._await_start(ours, zygote)
            try:
                answer = _conversation(ours, data, until=time.monotonic() + order.wall_s + _GRACE_S)
                if answer == TOO_LARGE:
                    raise PhotoTooLargeError(TOO_MANY_PIXELS)
                return opened(answer)
            except TimeoutError as error:  # neither alarm nor zygote ended the child
                self._discard(zygote)
                raise UnreadablePhotoError(UNREADABLE_MESSAGE) from error
            except (OSError, BadAnswerError) as error:
                raise UnreadablePhotoError(UNREADABLE_MESSAGE) from error

    def _hand_over(self, theirs: socket.socket, order: Order) -> int:
        with self._lock:
            if self._control is None or self._zygote is None:
                self._control, self._zygote = self._start()
            try:
                socket.send_fds(self._control, [order.packed()], [theirs.fileno()])
            except OSError as error:
                self._end()
                raise _NotStartedError from error
            return self._zygote.pid

    def _await_start(self, ours: socket.socket, zygote: int) -> None:
        ours.settimeout(self._start_s)
        try:
            started = ours.recv(len(STARTED))
        except OSError:
            started = b""
        if started != STARTED:
            self._discard(zygote)
            raise _NotStartedError

    def _start(self) -> tuple[socket.socket, subprocess.Popen[bytes]]:
        ours, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        ours.settimeout(self._start_s)
        with theirs:
            zygote = subprocess.Popen(  # noqa: S603  this interpreter, our own module
                [sys.executable, "-s", "-P", "-m", "h5app.photos.zygote", *self._functions],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                # One arena: each further one would take 64 MiB of the child's address space.
                env={"PYTHONPATH": self._search, "MALLOC_ARENA_MAX": "1"},
                # Ctrl-C in the terminal is for the service, which ends the zygote by leaving.
                start_new_session=True,
            )
        return ours, zygote

    def _discard(self, zygote: int) -> None:
        """End this zygote unless another thread has replaced it already."""
        with self._lock:
            if self._zygote is not None and self._zygote.pid == zygote:
                self._end()

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._zygote is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._zygote.wait(timeout=_GRACE_S)
            self._zygote.kill()
            self._zygote.wait()
        self._control = self._zygote = None

    def _forget(self) -> None:
        """In a forked process: the zygote stays the parent's, to use, to end and to wait for."""
        self._lock = threading.Lock()
        if self._control is not None:
            self._control.close()
        if self._zygote is not None:
            self._zygote.returncode = 0  # or Popen would call it still running
        self._control = self._zygote = None


def _order(
    data: bytes, limits: PhotoLimits, *, cut: Box | None = None, long_edge_px: int = 0, mark_length: int = 0
) -> Order:
    costs = (limits.max_pixels, limits.memory_bytes, limits.cpu_s, limits.wall_s)
    return Order(len(data), *costs, cut, long_edge_px, mark_length)


def _conversation(ours: socket.socket, data: bytes, *, until: float) -> bytes:
    """Send the photo, take the answer; TimeoutError when `until` (monotonic) has passed."""
    ours.settimeout(max(0.001, until - time.monotonic()))
    ours.sendall(data)
    answer = bytearray()
    while True:
        ours.settimeout(max(0.001, until - time.monotonic()))
        chunk = ours.recv(_CHUNK_BYTES)
        if not chunk:
            return bytes(answer)
        answer += chunk
        if len(answer) > MAX_ANSWER_BYTES:
            raise BadAnswerError
