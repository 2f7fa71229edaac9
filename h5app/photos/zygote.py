"""A process that has Pillow loaded and forks one limited child for each photo: starting Python anew costs 150 ms.

Rules: it never decodes anything itself; it holds no secret (its environment is empty but for the search path); it
ends with its parent, and its children with it. Started by `darkroom.py` as `python -m h5app.photos.zygote DECODER
CUTTER SHRINKER STAMPER`, each as MODULE:NAME.
"""

import contextlib
import gc
import importlib
import os
import resource
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from h5app.domain.errors import PhotoTooLargeError
from h5app.domain.portrait import Box
from h5app.photos.renditions import Cutting, Renditions
from h5app.photos.wire import ORDER_BYTES, STARTED, TOO_LARGE, UNREADABLE, Order, packed

Decode = Callable[[bytes, int], Renditions]
Cut = Callable[[bytes, Box], Cutting]
Shrink = Callable[[bytes, int], bytes]
Stamp = Callable[[bytes, bytes], bytes]
_Make = Callable[[bytes, Order], Renditions | Cutting | bytes]

_CONTROL_FD = 0
# Far above what a zygote has open; what a child must not have is closed up to here.
_HIGHEST_FD = 1024


def main(decoder: str, cutter: str, shrinker: str, stamper: str) -> None:
    """Serve orders from the socket at standard input until its other end is gone."""
    decode: Decode = getattr(*_found(decoder))
    cut: Cut = getattr(*_found(cutter))
    shrink: Shrink = getattr(*_found(shrinker))
    stamp: Stamp = getattr(*_found(stamper))

    def make(data: bytes, order: Order) -> Renditions | Cutting | bytes:
        if order.mark_length:
            return stamp(data[: order.mark_length], data[order.mark_length :])
        if order.long_edge_px:
            return shrink(data, order.long_edge_px)
        return cut(data, order.cut) if order.cut else decode(data, order.max_pixels)

    with contextlib.suppress(OSError):  # short of memory, the kernel takes a decoder rather than the database
        Path("/proc/self/oom_score_adj").write_text("1000")
    with contextlib.suppress(OSError):  # our worker stays on one core; decoders take whichever is free
        os.sched_setaffinity(0, range(os.cpu_count() or 1))
    gc.freeze()
    _serve(socket.socket(fileno=_CONTROL_FD), make)


def _found(function: str) -> tuple[ModuleType, str]:
    module, _, name = function.partition(":")
    return importlib.import_module(module), name


def _serve(control: socket.socket, make: _Make) -> None:
    deadlines: dict[int, float] = {}
    woken = _woken_by_ended_children()
    while True:
        ready, _, _ = select.select([control, woken], [], [], _nearest(deadlines))
        if woken in ready:
            woken.recv(64)
        _reap(deadlines)
        _kill_overdue(deadlines, now=time.monotonic())
        if control in ready:
            message, handles, _, _ = socket.recv_fds(control, ORDER_BYTES, 1)
            if not message:
                _end_all(deadlines)
                return
            order = Order.unpacked(message)
            child = _fork(handles[0], order, make)
            if child is not None:
                deadlines[child] = time.monotonic() + order.wall_s


def _woken_by_ended_children() -> socket.socket:
    reading, writing = socket.socketpair()
    writing.settimeout(0)
    signal.set_wakeup_fd(writing.detach(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: None)
    return reading


def _nearest(deadlines: dict[int, float]) -> float | None:
    finite = [deadline for deadline in deadlines.values() if deadline != float("inf")]
    return max(0.0, min(finite) - time.monotonic()) if finite else None


def _reap(deadlines: dict[int, float]) -> None:
    for child in list(deadlines):
        if os.waitpid(child, os.WNOHANG)[0]:
            del deadlines[child]


def _kill_overdue(deadlines: dict[int, float], *, now: float) -> None:
    """The whole group of each; their numbers are still theirs, since only `_reap` gives them back."""
    for child, deadline in deadlines.items():
        if deadline <= now:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            deadlines[child] = float("inf")


def _end_all(deadlines: dict[int, float]) -> None:
    """And wait for them: a child that ended later would signal into a closed socket, and Python complain of it."""
    _kill_overdue(deadlines, now=float("inf"))
    for child in deadlines:
        os.waitpid(child, 0)
    signal.set_wakeup_fd(-1)


def _fork(handle: int, order: Order, make: _Make) -> int | None:
    try:
        child = os.fork()
    except OSError:  # no memory for another process: the parent sees the socket close before any sign of life
        os.close(handle)
        return None
    if child == 0:
        try:
            _child(handle, order, make)
        finally:
            os._exit(0)
    with contextlib.suppress(OSError):  # either of the two may be first
        os.setpgid(child, child)
    os.close(handle)
    return child


def _child(handle: int, order: Order, make: _Make) -> None:
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    _keep_only(handle)
    _limit(order)
    job = socket.socket(fileno=handle)
    job.sendall(STARTED)
    try:
        answer = packed(make(_received(job, order.length), order))
    except PhotoTooLargeError:
        answer = TOO_LARGE
    except BaseException:  # noqa: BLE001  a decoder may raise anything; this process exists to contain it
        answer = UNREADABLE
    job.sendall(answer)


def _keep_only(handle: int) -> None:
    """Of all open files only the job's socket; the standard three become /dev/null, for libraries that print."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    os.closerange(3, handle)
    os.closerange(handle + 1, _HIGHEST_FD)


def _limit(order: Order) -> None:
    """Memory, time, and no new files. The alarm also ends a child whose zygote was killed."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, order.wall_s)
    resource.setrlimit(resource.RLIMIT_AS, (order.memory_bytes, order.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_s, order.cpu_s + 1))
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_NOFILE):
        resource.setrlimit(kind, (0, 0))


def _received(job: socket.socket, length: int) -> bytes:
    data = bytearray(length)
    view, filled = memoryview(data), 0
    while filled < length:
        count = job.recv_into(view[filled:])
        if not count:
            raise EOFError
        filled += count
    return bytes(data)


if __name__ == "__main__":
    main(*sys.argv[1:])
