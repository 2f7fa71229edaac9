"""The mail worker's process is killed with SIGKILL at every point of its round; what the mailbox has in the end."""

import contextlib
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import replace
from typing import BinaryIO, Self

import pytest

from h5app.domain.letter import DOUBT_WAIT, LetterState
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url
from h5app.services.delivering import deliver_next
from h5app.settings import PROJECT
from tests.people import submitted

IN_DATA, AT_THE_DOT = "while the message is on its way", "after the final dot, before its answer"
ONCE, TWICE = "邮件服务器已收下", "邮件服务器已收下。上一次可能已经寄到，收件邮箱里也许有两封一样的信"


class Mailbox:
    """A server that keeps what it has taken over, byte by byte, and at one point kills the process it is told to."""

    def __init__(self, kills_at: str = "") -> None:
        self._kills_at = kills_at
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self.victims: queue.SimpleQueue[int] = queue.SimpleQueue()
        self.kept: list[bytes] = []

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._listener.getsockname()[1]}?tls=none&from=sender@example.org"

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = self._listener.accept()
                with line, contextlib.suppress(OSError, EOFError):
                    self._talk(line)

    def _talk(self, line: socket.socket) -> None:
        line.sendall(b"220 mailbox.example.org\r\n")
        with line.makefile("rb") as file:
            while command := file.readline():
                if command.strip() == b"DATA":
                    line.sendall(b"354 go on\r\n")
                    self._take(file)
                line.sendall(b"250 ok\r\n")

    def _take(self, file: BinaryIO) -> None:
        lines = [file.readline()]
        self._kill_at(IN_DATA)
        while lines[-1] not in {b".\r\n", b""}:
            lines.append(file.readline())
        if lines.pop():  # the dot; without one nothing has been handed over
            self.kept.append(b"".join(each.removeprefix(b".") for each in lines))
            self._kill_at(AT_THE_DOT)

    def _kill_at(self, point: str) -> None:
        if self._kills_at == point:
            self._kills_at = ""
            os.kill(self.victims.get(timeout=10), signal.SIGKILL)
            raise EOFError


def killed_at(point, folder, mailbox, now):
    """Run a worker in a process of its own until it is killed; how it ended."""
    command = [sys.executable, "-m", "tests.services.deadly_worker", str(folder), mailbox.url, now.isoformat()]
    moment = () if isinstance(point, str) else point
    with subprocess.Popen([*command, *moment], cwd=PROJECT) as worker:
        mailbox.victims.put(worker.pid)
        try:
            return worker.wait(timeout=30)
        finally:
            worker.kill()


@pytest.mark.parametrize(
    ("point", "copies"),
    [
        pytest.param(("outbox", "claim_next", "before"), 1, id="before the claim"),
        pytest.param(("outbox", "claim_next", "after"), 1, id="after the claim"),
        pytest.param(("files", "put", "before"), 1, id="while building"),
        pytest.param(("files", "put", "after"), 1, id="built, not yet frozen"),
        pytest.param(IN_DATA, 1, id="in DATA"),
        pytest.param(("outbox", "hand_over", "before"), 1, id="before the final dot"),
        pytest.param(("outbox", "hand_over", "after"), 1, id="with the final dot in hand"),
        pytest.param(AT_THE_DOT, 2, id="after the final dot"),
        pytest.param(("outbox", "record", "before"), 2, id="after the 250"),
        pytest.param(("outbox", "record", "after"), 1, id="after the commit"),
    ],
)
def test_F2_a_killed_mailer_loses_nothing_and_repeats_only_what_it_cannot_know(post, tmp_path, now, point, copies):
    entry = submitted(post.stores, post.files, post.campaign, now=now)
    outbox = post.stores.outbox

    with Mailbox(kills_at=point if isinstance(point, str) else "") as mailbox:
        assert killed_at(point, tmp_path, mailbox, now) == -signal.SIGKILL
        post = replace(post, mailer=SmtpMailer(parse_smtp_url(mailbox.url), deadline_s=10))
        for _ in range(4):  # a later worker, after the lease, after the doubt, and once more for good measure
            deliver_next(post)
            post.clock.time += DOUBT_WAIT

    letter = outbox.of_nomination(entry.id)
    (message,) = outbox.messages(letter.id)
    assert mailbox.kept == [post.files.get(message.file)] * copies
    assert letter.state is LetterState.SENT
    # A server that reads slowly does not see whether the dot was about to come.
    if point != IN_DATA:
        in_doubt = copies == 2 or point == ("outbox", "hand_over", "after")
        assert letter.note == (TWICE if in_doubt else ONCE)
