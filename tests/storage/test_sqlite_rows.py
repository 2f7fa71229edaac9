import stat
import threading
import time
from pathlib import Path

import pytest
from sqlite_utils.utils import sqlite3

from h5app.domain.errors import SettingsError, StoreBusyError, StoreFullError
from h5app.storage.rows import SqliteRows, refuse_old_sqlite
from tests.storage.databases import in_processes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "h5app.db"


@pytest.fixture
def lines(path):
    rows = SqliteRows(path, lock_wait_s=0.3)
    rows.write("CREATE TABLE lines (text TEXT)")
    yield rows
    rows.close()


def pragma(rows, name):
    return next(iter(rows.read(f"PRAGMA {name}")[0].values()))


def open_files(path):
    """How often this process has the file open."""
    links = list(Path("/proc/self/fd").iterdir())
    return [link.readlink() for link in links if link.is_symlink()].count(path)


def test_F5_commits_reach_the_disk_and_deleted_text_does_not_stay(lines):
    # full synchronous is 2
    names = ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout")
    assert [pragma(lines, name) for name in names] == ["wal", 2, 1, 1, 300]


def test_every_thread_keeps_the_same_promises(lines):
    seen = []
    thread = threading.Thread(target=lambda: seen.append((pragma(lines, "synchronous"), pragma(lines, "foreign_keys"))))
    thread.start()
    thread.join()
    assert seen == [(2, 1)]


def test_only_the_owner_may_read_the_files(lines, path):
    lines.write("INSERT INTO lines VALUES ('x')")
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    names = ("h5app.db", "h5app.db-wal", "h5app.db-shm", "h5app.db-next", "h5app.db-turn")
    assert modes == dict.fromkeys(names, 0o600)


def test_the_driver_is_new_enough_and_an_old_one_is_refused():
    refuse_old_sqlite(sqlite3.sqlite_version_info)
    refuse_old_sqlite((3, 51, 3))
    with pytest.raises(SettingsError, match=r"SQLite 3\.51\.2 太旧"):
        refuse_old_sqlite((3, 51, 2))


def test_a_thread_keeps_one_connection_and_its_end_closes_it(lines, path):
    """SQLite gives a closed file back to the next thread: there are never more than two."""
    seen = [open_files(path)]

    def work():
        for _ in range(3):
            lines.read("SELECT * FROM lines")
        seen.append(open_files(path))

    for _ in range(5):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

    assert seen == [1, 2, 2, 2, 2, 2]


def test_closing_closes_every_thread_s_connection(lines, path):
    used, stop = threading.Event(), threading.Event()

    def work():
        lines.read("SELECT 1")
        used.set()
        stop.wait(timeout=10)

    thread = threading.Thread(target=work)
    thread.start()
    used.wait(timeout=10)

    lines.close()

    assert open_files(path) == 0
    stop.set()
    thread.join()


def test_F6_a_program_outside_the_line_is_waited_for_then_told_as_busy(lines, path):
    outsider = sqlite3.connect(path, isolation_level=None)
    outsider.execute("BEGIN IMMEDIATE")
    started = time.monotonic()

    with pytest.raises(StoreBusyError):
        lines.write("INSERT INTO lines VALUES ('x')")

    assert 0.25 < time.monotonic() - started < 0.6
    outsider.execute("COMMIT")
    outsider.close()
    lines.write("INSERT INTO lines VALUES ('y')")
    assert lines.read("SELECT text FROM lines") == [{"text": "y"}]


def test_a_transaction_that_has_only_read_keeps_other_programs_from_writing(lines, path):
    outsider = sqlite3.connect(path, isolation_level=None, timeout=0)
    with lines.transaction():
        assert lines.read("SELECT text FROM lines") == []
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            outsider.execute("INSERT INTO lines VALUES ('x')")
        lines.write("INSERT INTO lines VALUES ('y')")
    outsider.execute("INSERT INTO lines VALUES ('z')")
    outsider.close()

    assert lines.read("SELECT text FROM lines") == [{"text": "y"}, {"text": "z"}]


def test_F3_a_full_disk_is_told_and_what_was_stored_stays(lines):
    lines.write("INSERT INTO lines VALUES ('kept')")
    lines.database().execute(f"PRAGMA max_page_count = {pragma(lines, 'page_count')}")

    with pytest.raises(StoreFullError, match="磁盘满了"):
        lines.write("INSERT INTO lines VALUES (:text)", {"text": "x" * 100_000})

    lines.database().execute("PRAGMA max_page_count = 1000")
    lines.write("INSERT INTO lines VALUES ('after')")
    assert lines.read("SELECT text FROM lines") == [{"text": "kept"}, {"text": "after"}]


def test_a_folder_that_is_missing_is_told_with_its_name(tmp_path):
    with pytest.raises(SettingsError, match=r"none/h5app\.db 打不开"):
        SqliteRows(tmp_path / "none" / "h5app.db").read("SELECT 1")


def test_a_file_that_is_no_database_is_told_with_its_name(path):
    path.write_bytes(b"not a database, " * 100)
    with pytest.raises(SettingsError, match=r"h5app\.db 打不开"):
        SqliteRows(path).read("SELECT 1")


def test_four_processes_may_make_the_same_new_file(path):
    def job():
        rows = SqliteRows(path)
        rows.write("CREATE TABLE IF NOT EXISTS made (x INTEGER)")
        rows.write("INSERT INTO made VALUES (1)")
        rows.close()

    assert in_processes(job, job, job, job) == [0, 0, 0, 0]
    rows = SqliteRows(path)
    assert rows.read("SELECT COUNT(*) AS made FROM made") == [{"made": 4}]
    rows.close()


def test_a_child_forked_beside_another_thread_s_connection_refuses_to_go_on(lines):
    """It would believe that it holds its parent's locks, and write into a log that others delete."""
    used, stop = threading.Event(), threading.Event()

    def work():
        lines.read("SELECT 1")
        used.set()
        stop.wait(timeout=10)

    def job():
        with pytest.raises(RuntimeError, match="forked while other threads had the database open"):
            lines.read("SELECT 1")

    thread = threading.Thread(target=work)
    thread.start()
    used.wait(timeout=10)
    told = in_processes(job)
    stop.set()
    thread.join()

    assert told == [0]


def test_a_fork_inside_a_transaction_leaves_it_to_the_parent(lines):
    def job():
        with pytest.raises(RuntimeError, match="forked"):
            lines.read("SELECT 1")

    with lines.transaction():
        lines.write("INSERT INTO lines VALUES ('x')")
        assert in_processes(job) == [0]

    assert lines.read("SELECT text FROM lines") == [{"text": "x"}]
