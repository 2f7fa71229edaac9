"""Decoders that do what a hostile picture might make a real one do. The darkroom imports them by name, in the child.

Those that look around answer in `width_px`, the only word a child has.
"""

import fcntl
import itertools
import os
import signal
import struct
import time
from contextlib import suppress
from pathlib import Path

from h5app.photos.renditions import Renditions

JPEG = b"\xff\xd8\xff\xd9"
BLOCK_BYTES = 16 * 1024 * 1024


def _says(number):
    return Renditions(press=JPEG, mail=JPEG, thumb=JPEG, width_px=number, height_px=1)


def hangs(_data, _max_pixels):
    time.sleep(1000)


def hangs_unless_small(data, _max_pixels):
    if len(data) > 2000:
        time.sleep(1000)
    return _says(1)


def hangs_deaf_with_a_child(_data, _max_pixels):
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    os.fork()
    time.sleep(1000)


def computes_for_ever(_data, _max_pixels):
    for _ in itertools.count():
        pass


def counts_blocks_of_memory(_data, _max_pixels):
    blocks = []
    with suppress(MemoryError):
        while True:
            blocks.append(b"x" * BLOCK_BYTES)
    return _says(len(blocks))


def eats_memory(_data, _max_pixels):
    blocks = []
    while True:
        blocks.append(b"x" * BLOCK_BYTES)


def crashes(_data, _max_pixels):
    os.kill(os.getpid(), signal.SIGSEGV)


def counts_open_files(_data, _max_pixels):
    return _says(sum(_is_open(handle) for handle in range(1024)))


def _is_open(handle):
    try:
        fcntl.fcntl(handle, fcntl.F_GETFD)
    except OSError:
        return False
    return True


def opens_a_file(_data, _max_pixels):
    return _says(len(Path("/etc/hostname").read_bytes()))


def counts_secrets(_data, _max_pixels):
    return _says(1 + len(os.environ.keys() - {"PYTHONPATH", "MALLOC_ARENA_MAX", "LC_CTYPE"}))


def floods(_data, _max_pixels):
    return Renditions(press=b"\xff\xd8\xff" + bytes(48 * 1024 * 1024), mail=JPEG, thumb=JPEG, width_px=1, height_px=1)


def answers_with_a_page(_data, _max_pixels):
    return Renditions(press=b"<script>alert(1)</script>", mail=JPEG, thumb=JPEG, width_px=1, height_px=1)


def naps(_data, _max_pixels):
    """Says from when to when, on the clock that all processes share, inside what looks like a picture."""
    began = time.monotonic()
    time.sleep(0.3)
    told = struct.pack("!dd", began, time.monotonic())
    return Renditions(press=JPEG[:3] + told + JPEG[-2:], mail=JPEG, thumb=JPEG, width_px=1, height_px=1)
