"""Each limit must bite a decoder that really misbehaves, and the process that asked must go on."""

import os
import signal
import struct
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from h5app.domain.errors import PhotosBusyError, UnreadablePhotoError
from h5app.domain.portrait import Box
from h5app.photos import PhotoLimits, cut, render, shrink
from h5app.photos.darkroom import Darkroom
from tests.photos.misbehaving import BLOCK_BYTES
from tests.photos.pictures import UPRIGHT, corners, corners_picture, jpeg, limits, opened, saved

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
MIB = 1024 * 1024
UNREADABLE = "照片无法读取，请换一张"


@pytest.fixture
def darkroom():
    """Opens darkrooms whose children run one of the decoders in misbehaving.py, or the real one."""
    opened = []

    def open_darkroom(decoder=None, **how):
        room = Darkroom(decoder=f"misbehaving:{decoder}", search=HERE, **how) if decoder else Darkroom(**how)
        opened.append(room)
        return room

    yield open_darkroom
    for room in opened:
        room.close()


@pytest.fixture
def develop(darkroom, tmp_path):
    def with_decoder(decoder, data=b"picture", **changes):
        return darkroom(decoder).develop(data, limits=limits(tmp_path, **changes))

    return with_decoder


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid):
    """Whether the process exists and is more than a row in the table."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):  # before its file was opened, or after
        return False


def eventually(condition, *, within_s=5.0):
    until = time.monotonic() + within_s
    while not condition():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def seconds_until_unreadable(work):
    began = time.monotonic()
    with pytest.raises(UnreadablePhotoError) as refusal:
        work()
    assert str(refusal.value) == UNREADABLE
    return time.monotonic() - began


def test_F11_the_shipped_limits_are_those_of_the_design():
    shipped = PhotoLimits()

    assert (shipped.memory_bytes, shipped.cpu_s, shipped.wall_s, shipped.children) == (768 * MIB, 10, 15.0, 2)
    assert shipped.wait_s > shipped.wall_s


def test_F11_a_decoder_that_hangs_is_ended_by_the_wall_clock(develop):
    assert 0.5 <= seconds_until_unreadable(lambda: develop("hangs", wall_s=0.5)) < 3


def test_F11_a_decoder_that_ignores_the_alarm_dies_with_everything_it_started(darkroom, tmp_path):
    room = darkroom("hangs_deaf_with_a_child")
    family = []

    def look():
        eventually(lambda: room.zygote_pid and children(room.zygote_pid))
        decoder = children(room.zygote_pid)[0]
        eventually(lambda: children(decoder))
        family.extend([decoder, *children(decoder)])

    looking = threading.Thread(target=look)
    looking.start()
    seconds = seconds_until_unreadable(lambda: room.develop(b"picture", limits=limits(tmp_path, wall_s=1.0)))
    looking.join()

    assert seconds < 3
    assert len(family) == 2
    assert eventually(lambda: not any(map(is_running, family)))


def test_F11_a_decoder_that_computes_for_ever_is_ended_by_the_processor_limit(develop):
    assert 0.9 <= seconds_until_unreadable(lambda: develop("computes_for_ever", cpu_s=1)) < 10


def test_F11_a_decoder_gets_no_more_memory_than_its_limit(develop):
    small = develop("counts_blocks_of_memory", memory_bytes=256 * MIB).width_px
    shipped = develop("counts_blocks_of_memory").width_px

    assert 0 < small < 256 * MIB // BLOCK_BYTES
    assert 512 * MIB // BLOCK_BYTES < shipped < 768 * MIB // BLOCK_BYTES


def test_F11_a_decoder_that_eats_memory_is_an_unreadable_photo(develop):
    assert seconds_until_unreadable(lambda: develop("eats_memory")) < 10


def test_F11_a_real_picture_that_needs_too_much_memory_is_unreadable(tmp_path):
    data = saved(Image.new("RGB", (6000, 6000)), "PNG")

    with pytest.raises(UnreadablePhotoError) as refusal:
        render(data, limits=limits(tmp_path, memory_bytes=128 * MIB))

    assert str(refusal.value) == UNREADABLE


@pytest.mark.parametrize("decoder", ["crashes", "floods", "answers_with_a_page", "opens_a_file"])
def test_F11_a_decoder_that_crashes_or_is_taken_over_gives_an_unreadable_photo(develop, decoder):
    assert seconds_until_unreadable(lambda: develop(decoder)) < 10


@pytest.mark.parametrize("cutter", ["hangs", "eats_memory", "crashes", "answers_with_a_page"])
def test_F11_a_cutter_that_misbehaves_is_limited_like_a_decoder(darkroom, tmp_path, cutter):
    room = darkroom(cutter=f"misbehaving:{cutter}", search=HERE)

    seconds = seconds_until_unreadable(lambda: room.cut(b"press", Box(0, 0, 5, 7), limits=limits(tmp_path, wall_s=1.0)))

    assert seconds < 10


@pytest.mark.parametrize("shrinker", ["hangs", "crashes"])
def test_F11_a_shrinker_that_misbehaves_is_limited_like_a_decoder(darkroom, tmp_path, shrinker):
    room = darkroom(shrinker=f"misbehaving:{shrinker}", search=HERE)

    def shrunk():
        return room.shrink(b"mail", long_edge_px=1024, limits=limits(tmp_path, wall_s=1.0))

    assert seconds_until_unreadable(shrunk) < 10


def test_one_darkroom_decodes_cuts_and_shrinks_in_turns(tmp_path):
    whole = saved(corners_picture((500, 700)), "JPEG", quality=95)

    first = render(whole, limits=limits(tmp_path))
    part = cut(first.press, Box(0, 0, 250, 350), limits=limits(tmp_path))
    second = render(part.paper, limits=limits(tmp_path))
    small = shrink(first.mail, long_edge_px=350, limits=limits(tmp_path))

    assert corners(first.press) == corners(small) == UPRIGHT
    assert opened(small).size == (250, 350)
    assert opened(shrink(small, long_edge_px=1024, limits=limits(tmp_path))).size == (250, 350)
    assert set(corners(second.press)) == {"red"}


def test_a_child_has_its_socket_and_three_times_nothing_open(develop):
    assert develop("counts_open_files").width_px == 4


def test_a_child_inherits_no_environment(develop):
    """1 is what the decoder says for none."""
    assert len(os.environ) > 0
    assert develop("counts_secrets").width_px == 1


def test_F11_after_a_hang_the_same_zygote_goes_on(darkroom, tmp_path):
    room = darkroom("hangs_unless_small")
    bounds = limits(tmp_path, wall_s=0.3)
    room.develop(b"small", limits=bounds)
    before = room.zygote_pid
    seconds_until_unreadable(lambda: room.develop(bytes(5000), limits=bounds))

    assert room.develop(b"small", limits=bounds).width_px == 1
    assert room.zygote_pid == before
    assert eventually(lambda: children(before) == [])


def test_a_hang_does_not_hold_up_the_other_child(darkroom, tmp_path):
    room = darkroom("hangs_unless_small")
    bounds = limits(tmp_path, wall_s=2.0)
    room.develop(b"small", limits=bounds)
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(room.develop, bytes(5000), limits=bounds)
        began = time.monotonic()
        room.develop(b"small", limits=bounds)
        waited = time.monotonic() - began

        assert isinstance(hanging.exception(), UnreadablePhotoError)
    assert waited < 1.0


def test_many_threads_share_one_darkroom(tmp_path):
    pictures = [jpeg(quality=quality) for quality in range(60, 84)]
    expected = [render(picture, limits=limits(tmp_path)) for picture in pictures]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda picture: render(picture, limits=limits(tmp_path)), pictures)) == expected


def most_at_once(spans):
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans)


def test_no_more_than_two_decode_at_once_and_the_others_wait(darkroom, tmp_path):
    room = darkroom("naps")
    with ThreadPoolExecutor(6) as threads:
        naps = list(threads.map(lambda _: render(jpeg(), limits=limits(tmp_path), darkroom=room), range(6)))

    assert most_at_once([struct.unpack("!dd", nap.press[3:-2]) for nap in naps]) == 2


def test_who_waits_too_long_is_told_to_come_back(darkroom, tmp_path):
    room = darkroom("hangs")
    bounds = limits(tmp_path, wait_s=0.05, children=1, wall_s=3.0)
    with ThreadPoolExecutor(1) as other:
        first = other.submit(render, jpeg(), limits=bounds, darkroom=room)
        assert eventually(lambda: room.zygote_pid and children(room.zygote_pid))
        with pytest.raises(PhotosBusyError) as refusal:
            render(jpeg(), limits=bounds, darkroom=room)

        assert isinstance(first.exception(), UnreadablePhotoError)
    assert str(refusal.value) == "现在传照片的人多，请过半分钟再传一次"


def test_a_killed_zygote_is_replaced(darkroom, tmp_path):
    room = darkroom()
    before = room.develop(jpeg(), limits=limits(tmp_path))
    killed = room.zygote_pid
    os.kill(killed, signal.SIGKILL)

    assert room.develop(jpeg(), limits=limits(tmp_path)) == before
    assert room.zygote_pid != killed


def test_a_stopped_zygote_is_replaced(darkroom, tmp_path):
    room = darkroom(start_s=2.0)
    before = room.develop(jpeg(), limits=limits(tmp_path))
    stopped = room.zygote_pid
    os.kill(stopped, signal.SIGSTOP)

    assert room.develop(jpeg(), limits=limits(tmp_path)) == before
    assert not is_running(stopped)


def test_a_photo_in_work_survives_the_death_of_the_zygote(darkroom, tmp_path):
    room = darkroom("naps")
    room.develop(b"picture", limits=limits(tmp_path))
    with ThreadPoolExecutor(1) as other:
        napping = other.submit(room.develop, b"picture", limits=limits(tmp_path))
        assert eventually(lambda: children(room.zygote_pid))
        os.kill(room.zygote_pid, signal.SIGKILL)

        assert napping.result().width_px == 1


def test_a_decoder_that_hangs_without_its_zygote_ends_by_its_own_alarm(darkroom, tmp_path):
    room = darkroom("hangs")
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(room.develop, b"picture", limits=limits(tmp_path, wall_s=1.0))
        assert eventually(lambda: room.zygote_pid and children(room.zygote_pid))
        orphan = children(room.zygote_pid)[0]
        os.kill(room.zygote_pid, signal.SIGKILL)

        assert isinstance(hanging.exception(), UnreadablePhotoError)
    assert eventually(lambda: not is_running(orphan))


def test_no_decoder_at_all_is_said_to_be_busy_and_never_blames_the_picture(darkroom, tmp_path, capfd, caplog):
    with pytest.raises(PhotosBusyError):
        darkroom("no_such_decoder").develop(jpeg(), limits=limits(tmp_path))

    assert "no_such_decoder" in capfd.readouterr().err
    assert [record.levelname for record in caplog.records] == ["WARNING", "ERROR"]


def test_a_forked_worker_uses_a_zygote_of_its_own(darkroom, tmp_path):
    room = darkroom()
    expected = room.develop(jpeg(), limits=limits(tmp_path))
    parents = room.zygote_pid
    worker = os.fork()
    if worker == 0:
        same = room.develop(jpeg(), limits=limits(tmp_path)) == expected
        own = room.zygote_pid not in {None, parents}
        room.close()
        os._exit(0 if same and own else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == 0
    assert room.develop(jpeg(), limits=limits(tmp_path)) == expected
    assert room.zygote_pid == parents


WORKER = """
import sys, threading, time
from pathlib import Path
from h5app.photos import PhotoLimits
from h5app.photos.darkroom import Darkroom

room = Darkroom(decoder="misbehaving:hangs", search=Path(sys.argv[1]))
limits = PhotoLimits(slots_dir=Path(sys.argv[2]))
threading.Thread(target=room.develop, args=(b"picture",), kwargs={"limits": limits}, daemon=True).start()
while room.zygote_pid is None:
    time.sleep(0.01)
print(room.zygote_pid, flush=True)
time.sleep(60)
"""


def test_zygote_and_children_die_quietly_with_a_killed_worker(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", WORKER, HERE, tmp_path],
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        zygote = int(worker.stdout.readline())
        assert eventually(lambda: children(zygote))
        family = [zygote, *children(zygote)]
        worker.kill()
        said = worker.stderr.read()

    assert eventually(lambda: not any(map(is_running, family)))
    assert said == ""


def test_a_closed_darkroom_opens_again(darkroom, tmp_path):
    room = darkroom()
    room.develop(jpeg(), limits=limits(tmp_path))
    first = room.zygote_pid
    room.close()

    assert not is_running(first)
    assert corners(room.develop(jpeg(), limits=limits(tmp_path)).press) == UPRIGHT
