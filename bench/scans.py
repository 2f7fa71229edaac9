"""Scans of a poster's code a second, beside a hello-world; and while another process writes. `python -m bench.scans`.

Each scan is a phone that has never been here: no cookie, WeChat's own name. The page of a code counts it, remembers the
channel and leads on; the counting is written a second later by a thread of its own, so a database whose lock somebody
holds for a second costs a scan nothing. In the end every scan that was answered stands in the table.
"""

import multiprocessing
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench.figures import Figure, show
from bench.load import Visitor, again_and_again, drive, for_seconds, request
from bench.serving import DISK, gunicorn, settings_in
from h5app.storage.rows import SqliteRows
from h5app.storage.stores import open_stores
from h5app.storage.vault import Vault

ROUNDS = 7
ROUND_S = 0.7
CONNECTIONS = 8
LOCKED_S = 1.0
LIMIT_SHARE = 0.5
LIMIT_RATE = 2_000
LIMIT_P99_MS = 50
_WRITTEN_WITHIN_S = 10.0
CODE = "K7WM"
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; M2006C3LC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/86.0.4240.99 "
    "XWEB/4317 MMWEBSDK/20220903 Mobile Safari/537.36 MMWEBID/6170 MicroMessenger/8.0.28.2240(0x28001C57) "
    "WeChat/arm64 Weixin NetType/4G Language/zh_CN ABI/arm64"
)
SCAN = request(f"/t/{CODE}", agent=PHONE)
_FORK = multiprocessing.get_context("fork")


def main(*, rounds: int = ROUNDS, round_s: float = ROUND_S, locked_s: float = LOCKED_S) -> list[Figure]:
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        env = settings_in(Path(folder))
        database = Path(env["H5APP_DATA_DIR"]) / "h5app.sqlite"
        with gunicorn("bench.hello:app", {}) as hello, gunicorn("wsgi:app", env) as service:
            found, answered = _rates(hello.port, service.port, rounds=rounds, round_s=round_s)
            times = _while_locked(service.port, database, seconds=locked_s)
            counted = _counted(database, least=answered + len(times))
    share = statistics.median(scans / bare for scans, bare in found)
    p99_ms = statistics.quantiles(times, n=100)[98] * 1000
    return show(
        Figure("scans, hello-world", statistics.median(bare for _, bare in found), "/s"),
        Figure("scans, redirects", statistics.median(scans for scans, _ in found), "/s", LIMIT_RATE, least=True),
        Figure("scans, redirects ÷ hello-world", share, "times", LIMIT_SHARE, least=True),
        Figure(f"scans, p99 while the database is locked for {locked_s:g} s", p99_ms, "ms", LIMIT_P99_MS),
        Figure("scans, counted ÷ answered", counted / (answered + len(times)), "times", 1, least=True),
    )


def _rates(hello: int, service: int, *, rounds: int, round_s: float) -> tuple[list[tuple[float, float]], int]:
    """Scans and hello-worlds a second, a pair a round in turns; and how many scans there were in all."""
    found, answered = [], 0
    for number in range(rounds + 1):
        scans = drive(service, _everybody(SCAN, status=303), until=for_seconds(round_s))
        bare = drive(hello, _everybody(request("/"), status=200), until=for_seconds(round_s))
        answered += scans
        if number:  # the first round only warms up
            found.append((scans / round_s, bare / round_s))
    return found, answered


def _everybody(message: bytes, *, status: int) -> list[Visitor]:
    return [again_and_again(message, status=status) for _ in range(CONNECTIONS)]


def _while_locked(port: int, database: Path, *, seconds: float) -> list[float]:
    """Seconds that each scan took while another process stood inside a writing transaction."""
    inside = _FORK.Event()
    writer = _FORK.Process(target=_hold, args=(database, seconds, inside))
    writer.start()
    inside.wait()
    times: list[float] = []
    drive(port, [_timed(times) for _ in range(CONNECTIONS)], until=lambda: not writer.is_alive())
    writer.join()
    return times


def _hold(database: Path, seconds: float, inside: "multiprocessing.synchronize.Event") -> None:
    with closing(SqliteRows(database)) as rows, rows.transaction():
        rows.write("DELETE FROM drafts WHERE 1 = 0")
        inside.set()
        time.sleep(seconds)


def _timed(times: list[float]) -> Visitor:
    while True:
        answer = yield SCAN
        times.append(answer.took_s)


def _counted(database: Path, *, least: int) -> int:
    """Scans in the table, once those that were answered are there, or when waiting has had its time."""
    deadline = time.monotonic() + _WRITTEN_WITHIN_S
    with closing(SqliteRows(database)) as rows:
        stores = open_stores(rows, Vault(bytes(32)))
        while True:
            counted = sum(stores.counts.scans().values())
            if counted >= least or time.monotonic() >= deadline:
                return counted
            time.sleep(0.1)


if __name__ == "__main__":
    main()
