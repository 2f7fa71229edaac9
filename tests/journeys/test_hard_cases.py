"""A bad day for the real service: killed processes, eager fingers, too large photos, hostile answers."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.storage.rows import SqliteRows
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor, again_and_again
from tests.people import jpeg, typed, typed_on

HOSTILE = "<img src=x onerror=alert(1)>\"'><script>alert(2)</script>"


def looked_up(service: Service, sql: str) -> list[dict[str, object]]:
    with closing(SqliteRows(service.folder / "data" / "h5app.sqlite")) as rows:
        return rows.read(sql)


def lease_is_over(service: Service) -> None:
    """As if ten minutes had passed since a worker took its letter."""
    with closing(SqliteRows(service.folder / "data" / "h5app.sqlite")) as rows:
        rows.write("UPDATE outbox SET lease_until = '2000-01-01T00:00:00.000000Z' WHERE lease_until IS NOT NULL")


def doubt_is_over(service: Service) -> None:
    """As if half an hour had passed since a letter that may have arrived was found."""
    with closing(SqliteRows(service.folder / "data" / "h5app.sqlite")) as rows:
        rows.write("UPDATE outbox SET due_at = '2000-01-01T00:00:00.000000Z' WHERE state = 'unknown'")


def test_F1_workers_killed_again_and_again_cost_nobody_anything(service, smtp_server, campaign):
    stop = threading.Event()
    killed: list[int] = []

    def kill_on() -> None:
        rest_s = 0.1
        while not stop.wait(rest_s):
            killed.append(service.kill_web_workers())
            rest_s = 0.5

    def nominate(_number: int) -> str:
        visitor = Visitor(service)
        visitor.fill(campaign, steady=again_and_again)
        again_and_again(lambda: visitor.post("/apply/self/check"))
        return visitor.reference

    killer = threading.Thread(target=kill_on)
    killer.start()
    try:
        with ThreadPoolExecutor(4) as pool:
            references = list(pool.map(nominate, range(12)))
    finally:
        stop.set()
        killer.join()

    mailed = [letter.message["Subject"].rsplit("-", 1)[-1] for letter in smtp_server.wait_for(12, timeout_s=30)]
    assert sum(killed) >= 2
    assert len(set(references)) == 12
    assert sorted(mailed) == sorted(references)
    assert looked_up(service, "PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert looked_up(service, "PRAGMA foreign_key_check") == []
    assert looked_up(service, "SELECT COUNT(*) AS n FROM nominations") == [{"n": 12}]


def test_S25_fifty_equal_submits_at_once_are_one_entry_one_letter_and_fifty_equal_answers(
    service, smtp_server, campaign
):
    visitor = Visitor(service)
    visitor.fill(campaign)

    def submit(_number: int) -> str:
        tab = Visitor(service, html=visitor.html, cookies=visitor.cookies)
        tab.post("/apply/self/check")
        return tab.reference

    with ThreadPoolExecutor(50) as pool:
        references = set(pool.map(submit, range(50)))

    assert len(references) == 1
    assert looked_up(service, "SELECT COUNT(*) AS n FROM nominations") == [{"n": 1}]
    assert looked_up(service, "SELECT COUNT(*) AS n FROM outbox") == [{"n": 1}]
    assert len(smtp_server.wait_for(1, timeout_s=30)) == 1


def test_a_photo_beyond_the_limit_is_answered_with_a_page_though_no_script_stopped_it(service, campaign):
    visitor = Visitor(service)
    visitor.open("/apply/self/eligibility")
    visitor.post("/apply/self/eligibility", typed_on(campaign, Route.SELF, Topic.ELIGIBILITY))
    visitor.open("/apply/self/photos")

    assert visitor.upload("/apply/self/photos/portrait", jpeg() + bytes(20_000_000)) == 413
    assert "这张照片太大（超过 12 MB）" in visitor.html


# The mailer killed while it talks


@dataclass
class PausingServer:
    """An SMTP server that stops for good at one moment of its first connection, then works."""

    moment: str
    reached: threading.Event = field(default_factory=threading.Event)
    taken: list[bytes] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.listener.getsockname()[1]}?tls=none&from=sender@example.org"

    def serve(self) -> None:
        for number in count():
            try:
                line, _ = self.listener.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                self._talk(line, heard, pause_at=self.moment if number == 0 else "")

    def _talk(self, line: socket.socket, heard, *, pause_at: str) -> None:
        line.sendall(b"220 pausing.example.org ESMTP\r\n")
        while command := heard.readline():
            verb = command[:4].strip().upper()
            if verb != b"DATA":
                line.sendall(b"250 SIZE 33554432\r\n" if verb == b"EHLO" else b"250 ok\r\n")
                continue
            line.sendall(b"354 go on\r\n")
            if pause_at == "in DATA":
                heard.readline()
                return self._wait_for_the_end(heard)
            self.taken.append(b"".join(iter(heard.readline, b".\r\n")))
            if pause_at == "after the dot":
                return self._wait_for_the_end(heard)
            line.sendall(b"250 taken\r\n")
        return None

    def _wait_for_the_end(self, heard) -> None:
        self.reached.set()
        while heard.read(65536):
            pass


@pytest.fixture(params=["in DATA", "after the dot"])
def pausing_server(request) -> Iterator[PausingServer]:
    server = PausingServer(request.param)
    thread = threading.Thread(target=server.serve)
    thread.start()
    yield server
    server.listener.shutdown(socket.SHUT_RDWR)
    server.listener.close()
    thread.join()


def test_F2_a_mailer_killed_while_it_sends_sends_the_same_bytes_again(pausing_server, campaign, tmp_path: Path):
    with Service(tmp_path, pausing_server.url) as service:
        visitor = Visitor(service)
        visitor.fill(campaign)
        visitor.post("/apply/self/check")
        assert pausing_server.reached.wait(20)
        service.kill_mailer()
        lease_is_over(service)

        service.flask("mail", "send")
        doubt_is_over(service)
        service.flask("mail", "send")

        arrivals = {"in DATA": 1, "after the dot": 2}[pausing_server.moment]
        assert len(pausing_server.taken) == arrivals
        assert len(set(pausing_server.taken)) == 1
        assert looked_up(service, "SELECT state FROM outbox") == [{"state": "sent"}]


# Hostile answers


@pytest.mark.browser
def test_S14_hostile_answers_stand_in_the_console_as_text(service, campaign, browser):
    hostile = dict.fromkeys(("union_name", "unit_and_post", "honours", "deeds"), HOSTILE)
    visitor = Visitor(service)
    visitor.fill(campaign, answers=typed(campaign, **hostile))
    visitor.post("/apply/self/check")
    page = browser.new_context().new_page()
    troubles: list[str] = []
    page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)

    page.goto(service.flask("admin", "add").strip())
    page.get_by_label("账号名").fill("审核员")
    page.get_by_label("密码", exact=True).fill("风里雨里一路有你 9")
    page.get_by_label("再输一次密码").fill("风里雨里一路有你 9")
    page.get_by_role("button", name="保存并登录").click()
    page.wait_for_url("**/admin/nominations")
    assert HOSTILE in page.locator("main").inner_text()
    page.goto(f"{service.base_url}/admin/nominations/{visitor.reference}")
    assert page.locator("main").inner_text().count(HOSTILE) == len(hostile)
    page.goto(f"{service.base_url}/admin/mail")

    assert troubles == []
    page.context.close()
