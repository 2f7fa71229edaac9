"""WeChat's server as far as tickets go, on loopback: answers by script and notes what it was asked."""

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

TOKEN, TICKET = "/cgi-bin/stable_token", "/cgi-bin/ticket/getticket"
GRANTED: Mapping[str, object] = {
    TOKEN: {"access_token": "access-1", "expires_in": 7200},
    TICKET: {"errcode": 0, "errmsg": "ok", "ticket": "ticket-1", "expires_in": 7200},
}
# Instead of an answer: wait without a word.
HANG = object()


@dataclass
class LoopbackWechat:
    """A context manager; `answers` maps a path to JSON, bytes, an HTTP status, a `Location` or HANG."""

    answers: Mapping[str, object] = field(default_factory=dict)
    asked: list[tuple[str, str, object]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._released.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        wechat = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(urlsplit(self.path).query)

            def do_POST(self) -> None:
                self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _answer(self, asked: object) -> None:
                path = urlsplit(self.path).path
                wechat.asked.append((self.command, path, asked))
                answer = {**GRANTED, **wechat.answers}[path]
                if answer is HANG:
                    wechat._released.wait(10)
                elif isinstance(answer, int):
                    self.send_error(answer)
                elif isinstance(answer, str):
                    self.send_response(302)
                    self.send_header("Location", answer)
                    self.end_headers()
                else:
                    self._send(answer if isinstance(answer, bytes) else json.dumps(answer).encode())

            def _send(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_words: object) -> None:
                """Not into the tests' output."""

        return Handler
