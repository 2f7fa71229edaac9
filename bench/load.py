"""Load from one thread over kept connections: light enough to leave the cores to the service it measures.

A visitor is a generator that yields requests (bytes) and is sent answers; each keeps one connection for itself.
"""

import selectors
import socket
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass

_LIMIT_BYTES = 1 << 18
_SILENCE_S = 20.0
# People do not all come in the same instant: in one burst a single worker takes every connection and keeps it.
_ARRIVAL_S = 0.003


@dataclass(frozen=True)
class Answer:
    """What came back, and after how many seconds."""

    status: int
    head: bytes
    body: bytes
    took_s: float


Visitor = Generator[bytes, Answer, None]


def request(
    target: str, *, cookies: str = "", form: bytes = b"", kind: str = "", packed: bool = False, agent: str = ""
) -> bytes:
    """A request as a browser writes it; with a form it is a POST of that content type; `packed` asks for gzip."""
    lines = [f"{'POST' if form else 'GET'} {target} HTTP/1.1", "Host: 127.0.0.1", "Accept: text/html"]
    if agent:
        lines.append(f"User-Agent: {agent}")
    if packed:
        lines.append("Accept-Encoding: gzip")
    if cookies:
        lines.append(f"Cookie: {cookies}")
    if form:
        lines += [f"Content-Type: {kind or 'application/x-www-form-urlencoded'}", f"Content-Length: {len(form)}"]
    return "\r\n".join([*lines, "", ""]).encode() + form


def again_and_again(message: bytes, *, status: int = 200) -> Visitor:
    """Somebody who reloads one page for ever.

    Raises:
        RuntimeError: the page is not what was asked for.
    """
    while True:
        answer = yield message
        if answer.status != status:
            raise RuntimeError(f"{answer.status} for {message[:60]!r}")


def drive(port: int, visitors: Sequence[Visitor], *, until: Callable[[], bool] = lambda: False) -> int:
    """Let all visitors go about at once, until `until()` or until the last has left; how many answers came.

    Raises:
        TimeoutError: the service fell silent.
    """
    with selectors.DefaultSelector() as ready:
        lines = []
        try:
            for visitor in visitors:
                lines.append(_Line(ready, port, visitor))
                time.sleep(_ARRIVAL_S)
            while ready.get_map() and not until():
                events = ready.select(_SILENCE_S)
                if not events:
                    raise TimeoutError(f"no answer on port {port} for {_SILENCE_S:.0f} s")
                for key, _ in events:
                    key.data.read()
        finally:
            for line in lines:
                line.hang_up()
    return sum(line.answers for line in lines)


def for_seconds(seconds: float) -> Callable[[], bool]:
    """True once that time is over."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end


class _Line:
    """One visitor's connection, opened again where the service closes it between two answers."""

    def __init__(self, ready: selectors.BaseSelector, port: int, visitor: Visitor) -> None:
        self.answers = 0
        self._ready, self._port, self._visitor = ready, port, visitor
        self._socket: socket.socket | None = None
        self._come = b""
        self._send(next(visitor))

    def read(self) -> None:
        """Take what has come; with a whole answer the visitor makes his next request, or leaves."""
        part = self._socket.recv(_LIMIT_BYTES) if self._socket else b""
        if not part:
            if self._come:
                raise ConnectionError("the service closed the connection inside an answer")
            self.hang_up()
            self._send(self._asked)
            return
        self._come += part
        answer = self._whole()
        if answer is None:
            return
        self.answers, self._come = self.answers + 1, b""
        if b"Connection: close" in answer.head:
            self.hang_up()
        try:
            self._send(self._visitor.send(answer))
        except StopIteration:
            self.hang_up()

    def hang_up(self) -> None:
        if self._socket:
            self._ready.unregister(self._socket)
            self._socket.close()
            self._socket = None

    def _send(self, message: bytes) -> None:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=_SILENCE_S)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ready.register(self._socket, selectors.EVENT_READ, self)
        self._asked, self._asked_at = message, time.perf_counter()
        self._socket.sendall(message)

    def _whole(self) -> Answer | None:
        head, end, body = self._come.partition(b"\r\n\r\n")
        if not end or len(body) < _length(head):
            return None
        return Answer(int(head[9:12]), head, body, time.perf_counter() - self._asked_at)


def _length(head: bytes) -> int:
    _, name, rest = head.partition(b"Content-Length: ")
    return int(rest.partition(b"\r")[0]) if name else 0
