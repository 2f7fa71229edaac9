import os
import signal
import threading
import time

import pytest

from h5app.domain.errors import PhotosBusyError
from h5app.photos.slots import slot


def process_that_holds_a_slot(folder):
    """Process id of a fork that has a slot of two and keeps it."""
    ready, tell = os.pipe()
    child = os.fork()
    if child == 0:
        with slot(folder, count=2, wait_s=0):
            os.write(tell, b"held")
            time.sleep(60)
        os._exit(0)
    assert os.read(ready, 4) == b"held"
    os.close(ready)
    os.close(tell)
    return child


def end(child):
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def test_slots_are_counted_over_all_processes(tmp_path):
    holder = process_that_holds_a_slot(tmp_path / "slots")
    try:
        with (
            slot(tmp_path / "slots", count=2, wait_s=0),
            pytest.raises(PhotosBusyError) as refusal,
            slot(tmp_path / "slots", count=2, wait_s=0.05),
        ):
            pass
    finally:
        end(holder)

    assert str(refusal.value) == "现在传照片的人多，请过半分钟再传一次"


def test_a_killed_process_gives_its_slot_back(tmp_path):
    holders = [process_that_holds_a_slot(tmp_path / "slots") for _ in range(2)]
    for holder in holders:
        end(holder)

    with slot(tmp_path / "slots", count=2, wait_s=0), slot(tmp_path / "slots", count=2, wait_s=0):
        taken = sorted(path.name for path in (tmp_path / "slots").iterdir())

    assert taken == ["slot-0", "slot-1"]


def test_the_next_in_line_gets_a_slot_as_soon_as_one_is_free(tmp_path):
    order = []

    def second():
        with slot(tmp_path / "slots", count=1, wait_s=10):
            order.append("second")

    waiting = threading.Thread(target=second)
    with slot(tmp_path / "slots", count=1, wait_s=0):
        waiting.start()
        time.sleep(0.1)
        order.append("first")
    waiting.join(timeout=10)

    assert order == ["first", "second"]


def test_others_on_the_machine_cannot_look_into_the_folder(tmp_path):
    with slot(tmp_path / "slots", count=1, wait_s=0):
        mode = (tmp_path / "slots").stat().st_mode

    assert mode & 0o777 == 0o700
