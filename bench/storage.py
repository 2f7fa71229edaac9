"""What durability costs: commits, submits from 16 connections and a stored photo, beside the same disk bare.

In `instance/`, the disk where the data lies by default. Run as `python -m bench.storage`; prints
`name: value unit (limit …)`. `durable_commits_per_s` is the yardstick for whole journeys.
"""

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]

from bench.figures import Figure, show
from h5app.storage.files import DiskFiles, SealedFiles
from h5app.storage.migrations import migrate
from h5app.storage.rows import Rows, SqliteRows
from h5app.storage.vault import Vault

ROUNDS = 3
ROUND_S = 1.0
PROCESSES, THREADS = 2, 8
PHOTO_BYTES = 500_000
LIMIT_COMMITS, LIMIT_PUT, LIMIT_P99_MS = 0.5, 2.0, 50

_FORK = multiprocessing.get_context("fork")
_LINE = "INSERT INTO lines VALUES (:text)"
_NOMINATE = """
    INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region, unit,
                             answers, id_number_index, phone_index, submitted_at)
    VALUES (:id, :id, 'social', 'self', 'submitted', '', '张三', 'courier', 'jiefang', 'u', :answers, '', '',
            '2026-03-26T10:00:00.000000Z')
    RETURNING id
"""
_QUEUE = """
    INSERT INTO outbox (nomination_id, revision, kind, state, due_at)
    VALUES (:id, 1, 'entry', 'queued', '2026-03-26T10:00:00.000000Z')
"""


def main(*, round_s: float = ROUND_S) -> list[Figure]:
    disk = Path(__file__).parents[1] / "instance"
    disk.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=disk, prefix="bench-") as folder:
        return _commits(Path(folder), round_s) + _submits(Path(folder), round_s) + _files(Path(folder), round_s)


def durable_commits_per_s(folder: Path, round_s: float = ROUND_S) -> float:
    """Commits of one row a second by the bare driver, WAL and synchronous=FULL; median of three rounds."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS lines (text TEXT)")
    found = [_per_s(lambda: connection.execute(_LINE, {"text": "x" * 800}), round_s) for _ in range(ROUNDS)]
    connection.close()
    return statistics.median(found)


def _commits(folder: Path, round_s: float) -> list[Figure]:
    rows = SqliteRows(folder / "lines.db")
    rows.write("CREATE TABLE lines (text TEXT)")
    bare, ours = [], []
    # In turns, because a shared disk changes from second to second.
    for _ in range(ROUNDS):
        bare.append(durable_commits_per_s(folder, round_s))
        ours.append(_per_s(lambda: rows.write(_LINE, {"text": "x" * 800}), round_s))
    rows.close()
    limit = LIMIT_COMMITS * statistics.median(bare)
    return show(
        Figure("storage, durable commits of the bare driver", statistics.median(bare), "/s"),
        Figure("storage, durable commits", statistics.median(ours), "/s", limit, least=True),
    )


def _submits(folder: Path, round_s: float) -> list[Figure]:
    found = [_submit_for_a_while(folder / f"submits{number}.db", round_s) for number in range(ROUNDS)]
    rate = statistics.median(len(times) / round_s for times in found)
    p99_ms = statistics.median(statistics.quantiles(times, n=100)[98] for times in found) * 1000
    connections = PROCESSES * THREADS
    return show(
        Figure(f"storage, submits from {connections} connections", rate, "/s"),
        Figure(f"storage, submit p99 at {connections} connections", p99_ms, "ms", LIMIT_P99_MS),
    )


def _submit_for_a_while(path: Path, round_s: float) -> list[float]:
    """Seconds of each transaction of a nomination and its letter, from all connections without a pause."""
    rows = SqliteRows(path)
    migrate(rows)
    rows.close()
    results = _FORK.Queue()
    processes = [
        _FORK.Process(target=lambda: results.put(_submit_from_threads(path, round_s))) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    times = [seconds for _ in processes for seconds in results.get()]
    for process in processes:
        process.join()
    return times


def _submit_from_threads(path: Path, round_s: float) -> list[float]:
    rows, times = SqliteRows(path), list[float]()

    def work() -> None:
        end = time.monotonic() + round_s
        while time.monotonic() < end:
            began = time.perf_counter()
            _submit(rows)
            times.append(time.perf_counter() - began)

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows.close()
    return times


def _submit(rows: Rows) -> None:
    with rows.transaction():
        added = rows.write(_NOMINATE, {"id": os.urandom(16).hex(), "answers": "x" * 2000})
        rows.write(_QUEUE, {"id": added[0]["id"]})


def _files(folder: Path, round_s: float) -> list[Figure]:
    files = SealedFiles(DiskFiles(folder / "files", reserve_bytes=0), Vault(bytes(32)))
    bare, ours = [], []
    for _ in range(ROUNDS):
        bare.append(1000 / _per_s(lambda: _write_bare(folder / "bare", os.urandom(PHOTO_BYTES)), round_s))
        ours.append(1000 / _per_s(lambda: files.put(os.urandom(PHOTO_BYTES)), round_s))
    limit = LIMIT_PUT * statistics.median(bare)
    return show(
        Figure("storage, 500 kB written and synced bare", statistics.median(bare), "ms"),
        Figure("storage, 500 kB sealed and stored", statistics.median(ours), "ms", limit),
    )


def _write_bare(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _per_s(work: Callable[[], object], round_s: float) -> float:
    began, times = time.perf_counter(), 0
    while time.perf_counter() < began + round_s:
        work()
        times += 1
    return times / (time.perf_counter() - began)


if __name__ == "__main__":
    main()
