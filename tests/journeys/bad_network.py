"""A mobile network in bad weather: slow both ways, and it cuts lines off at the worst moments."""

import random
import re
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Self

_AT_ONCE = 200
_CHUNK = 1 << 16
_RESET = struct.pack("ii", 1, 0)


class Fate(StrEnum):
    """What becomes of one request."""

    ARRIVES = "arrives"
    CUT_BEFORE = "cut before it reached the server"
    CUT_DURING = "cut in the middle"
    CUT_AFTER = "cut after the server had answered"


@dataclass
class BadNetwork:
    """A TCP proxy in front of a service, one request a connection; a context manager.

    Args:
        to_port: of the service, on loopback.
        round_trip_s: how long an answer takes beyond what the service needs.
        cut: share of requests that is cut off.
    """

    to_port: int
    round_trip_s: float
    cut: float
    dice: random.Random
    fates: Counter[Fate] = field(default_factory=Counter)

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        network = self

        class Line(BaseRequestHandler):
            def handle(self) -> None:
                network.carry(self.request)

        class Server(ThreadingTCPServer):
            request_queue_size = _AT_ONCE

        self._lock = threading.Lock()
        self._server = Server(("127.0.0.1", 0), Line)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def carry(self, phone: socket.socket) -> None:
        """One request, and its answer if it is to have one."""
        request, fate = _read_request(phone), self._fate()
        time.sleep(self.round_trip_s / 2)
        answer = b""
        if fate is not Fate.CUT_BEFORE:
            answer = self._ask(request[: len(request) // 2] if fate is Fate.CUT_DURING else request, fate)
        if fate is Fate.ARRIVES:
            time.sleep(self.round_trip_s / 2)
            phone.sendall(answer)
        else:
            phone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def _fate(self) -> Fate:
        cuts = (Fate.CUT_BEFORE, Fate.CUT_DURING, Fate.CUT_AFTER)
        with self._lock:
            fate = self.dice.choice(cuts) if self.dice.random() < self.cut else Fate.ARRIVES
            self.fates[fate] += 1
        return fate

    def _ask(self, request: bytes, fate: Fate) -> bytes:
        with socket.create_connection(("127.0.0.1", self.to_port)) as server:
            server.sendall(request)
            return b"" if fate is Fate.CUT_DURING else b"".join(iter(lambda: server.recv(_CHUNK), b""))


def _read_request(phone: socket.socket) -> bytes:
    """Head and body; what there is of them where the phone hangs up."""
    request = b""
    while not _is_whole(request) and (chunk := phone.recv(_CHUNK)):
        request += chunk
    return request


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end) and len(body) >= (int(length[1]) if length else 0)
