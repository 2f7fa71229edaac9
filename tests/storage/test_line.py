import os
import signal
import threading
import time

import pytest

from h5app.domain.errors import StoreBusyError
from h5app.storage.line import WriterLine
from tests.storage.databases import in_processes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "h5app.db-line"


def soon(seconds=10.0):
    return time.monotonic() + seconds


def take_turns(line, log, times):
    for _ in range(times):
        with line.turn(soon()), log.open("ab", buffering=0) as stream:
            stream.write(b"in ")
            time.sleep(0.0002)
            stream.write(b"out ")


def test_processes_take_turns(path, tmp_path):
    log = tmp_path / "log"

    def job():
        take_turns(WriterLine(path), log, 20)

    assert in_processes(job, job, job) == [0, 0, 0]
    assert log.read_text() == "in out " * 60


def test_threads_take_turns(path, tmp_path):
    log = tmp_path / "log"
    line = WriterLine(path)
    threads = [threading.Thread(target=take_turns, args=(line, log, 20)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert log.read_text() == "in out " * 60


@pytest.mark.parametrize("same_process", [True, False])
def test_patience_ends_at_the_deadline_and_the_turn_comes_later(path, same_process):
    holder = WriterLine(path)
    waiter = holder if same_process else WriterLine(path)

    with holder.turn(soon()):
        started = time.monotonic()
        with pytest.raises(StoreBusyError), waiter.turn(started + 0.1):
            pytest.fail("two inside at once")
        assert 0.09 < time.monotonic() - started < 0.4

    with waiter.turn(soon()):
        pass


def test_a_turn_that_failed_is_given_back(path):
    line = WriterLine(path)
    with pytest.raises(ZeroDivisionError), line.turn(soon()):
        raise ZeroDivisionError
    with line.turn(soon(0.1)):
        pass


def test_a_child_forked_inside_a_turn_neither_keeps_it_nor_waits_for_ever(path):
    line = WriterLine(path)
    child_may_go = path.with_name("go")

    def job():
        deadline = soon()
        while not child_may_go.exists():
            assert time.monotonic() < deadline
            time.sleep(0.001)
        with line.turn(soon(1)):
            pass

    def fork_and_wait():
        codes.extend(in_processes(job))

    codes = []
    forker = threading.Thread(target=fork_and_wait)
    with line.turn(soon()):
        forker.start()
        time.sleep(0.05)
    # The child lives, with a copy of what was held at the fork.
    with line.turn(soon(1)):
        pass
    child_may_go.touch()
    forker.join()

    assert codes == [0]


def test_a_killed_holder_gives_its_turn_back(path):
    def job():
        with WriterLine(path).turn(soon()):
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_processes(job) == [-signal.SIGKILL]
    with WriterLine(path).turn(soon(0.1)):
        pass
