"""An SMTP server that plays a fault: answers by script, hangs, or hangs up."""

import contextlib
import socket
import struct
import threading
from collections.abc import Mapping
from typing import BinaryIO, Self

# Instead of an answer: wait without a word, close, or close with a reset.
HANG, DROP, RESET = "<hang>", "<drop>", "<reset>"
GREETING, MID_DATA, DOT = "<greeting>", "<mid-data>", "<dot>"

_ORDINARY: Mapping[str, str] = {
    GREETING: "220 scripted.example.org ESMTP",
    "EHLO": "250-scripted.example.org\r\n250-SIZE 33554432\r\n250 AUTH PLAIN LOGIN",
    "AUTH": "235 ok",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    DOT: "250 taken",
    "QUIT": "221 bye",
}


class ScriptedServer:
    """Serves one connection after the other on 127.0.0.1 until closed; a context manager.

    Args:
        script: what to say otherwise than usual, by SMTP verb, GREETING, MID_DATA (after the first bytes of
            the message) or DOT (after its end).
        encoding: of what it says.
    """

    def __init__(self, script: Mapping[str, str], *, encoding: str = "utf-8") -> None:
        self._encoding = encoding
        self._script = {**_ORDINARY, **script}
        self._released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.heard: list[str] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def _serve(self) -> None:
        while not self._released.is_set():
            try:
                line, _address = self._listener.accept()
            except OSError:
                return
            with line, contextlib.suppress(OSError, EOFError):
                self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        self._say(line, GREETING)
        with line.makefile("rb") as file:
            while command := file.readline().decode("latin-1"):
                self.heard.append(command.strip())
                verb = command[:4].strip().upper()
                self._say(line, verb)
                if verb == "DATA":
                    self._take_message(line, file)

    def _take_message(self, line: socket.socket, file: BinaryIO) -> None:
        if MID_DATA in self._script:
            file.readline()
            self._say(line, MID_DATA)
            raise EOFError
        while file.readline() not in {b".\r\n", b""}:
            pass
        self._say(line, DOT)

    def _say(self, line: socket.socket, moment: str) -> None:
        words = self._script.get(moment, "502 not understood")
        if words not in {HANG, DROP, RESET}:
            line.sendall(words.encode(self._encoding) + b"\r\n")
            return
        if words == HANG:
            self._released.wait()
        if words == RESET:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        raise EOFError
