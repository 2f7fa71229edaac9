import itertools
import os
import signal
import threading
import time

import pytest

from h5app.domain.errors import StoreBusyError
from h5app.storage.line import FairLock, WriterLine
from tests.storage.databases import in_processes


@pytest.fixture
def path(tmp_path):
    return tmp_path / "h5app.db"


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


def start_waiting(lock, deadline, order, name):
    """A thread that waits for the lock, once it stands in the queue."""
    waiting = len(lock._waiting)

    def wait():
        order.append((name, lock.acquire(deadline)))

    thread = threading.Thread(target=wait)
    thread.start()
    while len(lock._waiting) == waiting:
        time.sleep(0.0001)
    return thread


def test_threads_get_the_lock_in_the_order_in_which_they_asked():
    lock, order = FairLock(), []
    assert lock.acquire(soon())
    threads = [start_waiting(lock, soon(), order, number) for number in range(5)]
    for number, thread in enumerate(threads):
        lock.release()
        thread.join()
        assert order[-1] == (number, True)
    lock.release()

    assert [number for number, _ in order] == [0, 1, 2, 3, 4]
    assert lock.acquire(soon(0))


def test_a_thread_that_gave_up_is_passed_over():
    lock, order = FairLock(), []
    assert lock.acquire(soon())
    hasty = start_waiting(lock, soon(0.02), order, "hasty")
    patient = start_waiting(lock, soon(), order, "patient")
    hasty.join()
    lock.release()
    patient.join()
    lock.release()

    assert order == [("hasty", False), ("patient", True)]
    assert lock.acquire(soon(0))


def test_two_processes_take_alternate_turns(path, tmp_path):
    log = tmp_path / "log"

    def job(name):
        def write():
            line = WriterLine(path)
            with line.turn(soon()):
                pass
            (tmp_path / name).touch()
            while len(list(tmp_path.glob("process*"))) < 2:
                time.sleep(0.0005)
            for _ in range(15):
                with line.turn(soon()), log.open("a") as stream:
                    stream.write(name[-1])
                    time.sleep(0.01)

        return write

    assert in_processes(job("process1"), job("process2")) == [0, 0]
    turns = log.read_text()
    changes = sum(one != following for one, following in itertools.pairwise(turns))
    # 29 when neither is ever late for its turn; 1 to 5 without the second lock.
    assert (len(turns), changes >= 15) == (30, True), turns
