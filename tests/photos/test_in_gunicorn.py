"""The darkroom where it lives: threads of gunicorn workers that were forked from a master with a darkroom in use."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.photos.pictures import jpeg
from tests.serving import listens

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


@dataclass(frozen=True)
class Answer:
    worker: int
    zygote: int
    masters_zygote: int
    said: str


class Served:
    def __init__(self, address):
        self._address = str(address)

    def post(self, data):
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(30)
        connection.sock.connect(self._address)
        try:
            connection.request("POST", "/", body=data)
            worker, zygote, masters, said = connection.getresponse().read().decode().split("|")
        finally:
            connection.close()
        return Answer(int(worker), int(zygote), int(masters), said)

    def post_all(self, pictures):
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(self.post, pictures))


@pytest.fixture
def gunicorn(tmp_path):
    (tmp_path / "first.jpg").write_bytes(jpeg())
    address = tmp_path / "socket"
    application = f"serving:make_app('{tmp_path}/slots', '{tmp_path}/first.jpg')"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--worker-class=gthread", "--threads=4"]
    process = subprocess.Popen(
        [*command, "--no-control-socket", f"--bind=unix:{address}", "--log-level=warning", application],
        cwd=PROJECT,
        env={"PYTHONPATH": f"{PROJECT}:{HERE}"},
    )
    until = time.monotonic() + 20
    while not listens(address) and process.poll() is None and time.monotonic() < until:
        time.sleep(0.02)
    yield process, Served(address)
    process.kill()
    process.wait()


def running(pids):
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def test_each_worker_has_its_own_zygote_replaces_it_and_takes_it_along(gunicorn):
    process, served = gunicorn
    picture = jpeg()

    first = served.post_all([picture, b"no picture", picture[: len(picture) // 2]] * 8)
    told = {"96 × 64", "这里只收照片（JPG、PNG、WebP、HEIC），请换一张", "照片无法读取，请换一张"}
    zygotes = {answer.worker: answer.zygote for answer in first if answer.said == "96 × 64"}
    assert {answer.said for answer in first} == told
    assert len(set(zygotes.values()) | {first[0].masters_zygote}) == len(zygotes) + 1

    os.kill(zygotes[first[0].worker], signal.SIGKILL)
    second = served.post_all([picture] * 16)
    assert {answer.said for answer in second} == {"96 × 64"}

    everyone = {answer.zygote for answer in second} | {first[0].masters_zygote}
    assert running(everyone) == everyone
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) == 0
    until = time.monotonic() + 5
    while running(everyone) and time.monotonic() < until:
        time.sleep(0.02)
    assert running(everyone) == set()
