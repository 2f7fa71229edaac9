"""F5: what a power cut may take, told by the order of the system calls of a real process."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from h5app.storage.rows import SqliteRows

ROOT = Path(__file__).parents[2]

SUBMIT = """
import os, sys
from pathlib import Path
from h5app.storage.files import DiskFiles
from h5app.storage.rows import SqliteRows

folder = Path(sys.argv[1])
rows = SqliteRows(folder / "h5app.db")
rows.write("CREATE TABLE photos (file TEXT)")
files = DiskFiles(folder / "files", reserve_bytes=0)
os.write(1, b"begin")
rows.write("INSERT INTO photos VALUES (:file)", {"file": files.put(b"photo")})
os.write(1, b"acknowledged")
"""

WRITE_FOR_EVER = """
import os, sys
from pathlib import Path
from h5app.storage.rows import SqliteRows

rows = SqliteRows(Path(sys.argv[1]) / "h5app.db")
rows.write("CREATE TABLE lines (number INTEGER)")
for number in range(10**9):
    rows.write("INSERT INTO lines VALUES (:number)", {"number": number})
    os.write(1, b"%d\\n" % number)
"""


@pytest.fixture(scope="module")
def strace():
    """strace's command, where it is installed and may trace; skipped elsewhere, and failing on CI."""
    found = shutil.which("strace")
    if found and subprocess.run([found, "-o", "/dev/null", "true"], capture_output=True, check=False).returncode == 0:
        return [found, "-f", "-y", "-s", "32", "-e", "trace=fsync,fdatasync,rename,write,pwrite64"]
    sentence = "strace is missing or may not trace: apt-get install strace"
    return pytest.fail(sentence) if os.environ.get("CI") == "true" else pytest.skip(sentence)


def happened(trace, folder):
    """The calls from begin to acknowledged as `call path`, repetitions once; fdatasync counts as fsync."""
    text = trace.split("begin", 1)[1].split("acknowledged", 1)[0]
    calls = re.findall(r"(fsync|fdatasync|rename|write|pwrite64)\((?:\d+<|\")([^>\"]*)", text)
    steps = [f"{call} {os.path.relpath(path, folder)}" for call, path in calls if path.startswith(str(folder))]
    steps = [re.sub(r"[0-9a-f]{32,64}", "…", step.replace("fdatasync", "fsync")) for step in steps]
    return [*(step for step, _ in itertools.groupby(steps)), "acknowledged" if "acknowledged" in trace else "silence"]


def test_F5_everything_is_on_the_disk_before_the_answer(strace, tmp_path):
    log = tmp_path / "trace"
    folder = tmp_path / "data"
    folder.mkdir()
    command = [*strace, "-o", log, sys.executable, "-c", SUBMIT, folder]
    subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True, stdout=subprocess.DEVNULL)

    assert happened(log.read_text(), folder) == [
        "fsync .",
        "fsync files",
        "write files/unfinished/…",
        "fsync files/unfinished/…",
        "rename files/unfinished/…",
        "fsync files/55",
        "pwrite64 h5app.db-wal",
        "fsync h5app.db-wal",
        "acknowledged",
    ]


def test_F1_what_was_acknowledged_survives_a_kill(tmp_path):
    command = [sys.executable, "-c", WRITE_FOR_EVER, tmp_path]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as process:
        acknowledged = [process.stdout.readline() for _ in range(50)]
        process.send_signal(signal.SIGKILL)
        acknowledged += [line for line in process.stdout if line.endswith(b"\n")]

    rows = SqliteRows(tmp_path / "h5app.db")
    stored = [row["number"] for row in rows.read("SELECT number FROM lines ORDER BY number")]
    assert stored[: len(acknowledged)] == [int(line) for line in acknowledged]
    assert len(stored) <= len(acknowledged) + 1
    assert rows.read("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    rows.close()
