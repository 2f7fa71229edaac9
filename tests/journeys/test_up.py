"""`make run`'s command: what it says when it starts, and the one sentence when it cannot."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from h5app.settings import PROJECT
from tests.journeys.service import BIN, free_port, wait_until_up

Start = Callable[..., "subprocess.Popen[str]"]
# Two rows of the code a line of text, as qrcode draws it on a dark terminal.
HALVES = {"█": (255, 255), "▀": (255, 0), "▄": (0, 255), "\xa0": (0, 0)}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start `flask up` in a process group of its own, as a terminal does; all are stopped at the end."""
    started: list[subprocess.Popen[str]] = []

    def run(port: int, **changes: str) -> "subprocess.Popen[str]":
        env = {name: value for name, value in os.environ.items() if not name.startswith("H5APP_")}
        env |= {"PORT": str(port), "H5APP_DATA_DIR": f"{tmp_path}/data", "H5APP_KEYS_DIR": f"{tmp_path}/keys"}
        process = subprocess.Popen(
            [BIN / "flask", "up"],
            cwd=PROJECT,
            env=env | {"PYTHONUNBUFFERED": "1"} | changes,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            stop(process)


def test_it_greets_with_addresses_serves_and_ends_on_ctrl_c(start, tmp_path):
    port = free_port()
    process = start(port)
    greeting = read_until(process, "按 Ctrl-C 停止")
    wait_until_up(f"http://127.0.0.1:{port}")

    address = re.search(r"手机（同一网络）扫上面的码，或打开：(\S+)", greeting)[1]
    assert address.endswith(f":{port}")
    assert decoded(greeting) == address
    assert re.search(rf"{re.escape(address)}/admin/setup/\S{{22}}\n", greeting)
    assert f"邮件：还没有设置发件邮箱，先写成文件，放在 {tmp_path}/data/mail" in greeting

    group = os.getpgid(process.pid)
    stop(process)
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


def test_starting_twice_says_so(start):
    first = start(free_port())
    read_until(first, "按 Ctrl-C 停止")

    assert ended(start(free_port())) == "已经有一个在运行了（用的是同一个数据目录），请先在那个窗口按 Ctrl-C 停掉\n"


def test_a_taken_port_is_named_with_another_one_to_try(start):
    with socket.socket() as taken:
        taken.bind(("", 0))
        taken.listen()
        port = taken.getsockname()[1]

        assert ended(start(port)) == f"端口 {port} 被别的程序占用了，请换一个：PORT={port + 1} make run\n"


def test_a_wrong_campaign_file_names_line_and_key(start, tmp_path):
    text = (PROJECT / "campaign.toml").read_text(encoding="utf-8").replace("min_years = 2", 'min_years = "2"')
    (tmp_path / "wrong.toml").write_text(text, encoding="utf-8")
    line = text.splitlines().index('min_years = "2"') + 1

    said = ended(start(free_port(), H5APP_CAMPAIGN=str(tmp_path / "wrong.toml")))

    assert said == f"不能启动：wrong.toml 第 {line} 行：min_years 应是整数，不加引号。改好后再启动\n"


def test_an_unwritable_data_directory_is_named(start, tmp_path):
    (tmp_path / "file").touch()

    said = ended(start(free_port(), H5APP_DATA_DIR=f"{tmp_path}/file/data"))

    assert said == (f"不能启动：目录 {tmp_path}/file/data 写不进去，请改它的权限，或把 H5APP_DATA_DIR 换成别的目录\n")


def read_until(process: "subprocess.Popen[str]", words: str) -> str:
    """What the process printed up to and with the line that has these words."""
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            break
    return "".join(lines)


def decoded(greeting: str) -> str:
    """Read the code drawn in the terminal as a phone's camera would."""
    drawn = [line for line in greeting.splitlines() if line and set(line) <= set(HALVES)]
    width = max(map(len, drawn))
    picture = Image.new("L", (width, 2 * len(drawn)))
    for y, line in enumerate(drawn):
        for x, char in enumerate(line):
            for half in (0, 1):
                picture.putpixel((x, 2 * y + half), HALVES[char][half])
    (found,) = zxingcpp.read_barcodes(picture.resize((picture.width * 8, picture.height * 8)))
    return str(found.text)


def ended(process: "subprocess.Popen[str]") -> str:
    """What a process that cannot start says; it must end by itself, and not with 0."""
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    return said


def stop(process: "subprocess.Popen[str]") -> None:
    """Ctrl-C: the signal goes to the whole group."""
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=30)
    ends_at = time.monotonic() + 10
    while time.monotonic() < ends_at:
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
