"""What one photo may cost, in bytes, pixels, memory and time."""

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024 * 1024


def _slots_dir() -> Path:
    """In the temporary directory: every worker of the service finds it, whatever data it works on, and a reboot
    empties it. One folder a user, since nobody else could take a lock in it."""
    return Path(tempfile.gettempdir()) / f"h5app-photos-{os.getuid()}"


def size_refusal(most_mb: int) -> str:
    """What to do about a photo of more than that."""
    return f"这张照片太大（超过 {most_mb} MB），请用手机自带的“编辑”缩小后再传，或换一张"


@dataclass(frozen=True)
class PhotoLimits:
    """Limits of one photo and of the child that decodes it.

    Args:
        max_bytes: size of the upload.
        max_pixels: width × height by the file's own header; the formats that cannot be decoded at a reduced
            scale have lower ceilings of their own (`headers.CEILINGS`).
        memory_bytes: address space of the child, libraries included.
        cpu_s: processor seconds of the child, whole ones (the kernel counts no finer).
        wall_s: seconds from the child's start to its end by force.
        children: how many may decode at once on this machine, all worker processes together.
        wait_s: how long a photo waits for one of those; longer than `wall_s`, so that two pictures that hang do
            not turn the next one away.
        slots_dir: folder of the lock files that count the children.
    """

    max_bytes: int = 12 * MIB
    max_pixels: int = 110_000_000
    memory_bytes: int = 768 * MIB
    cpu_s: int = 10
    wall_s: float = 15.0
    children: int = 2
    wait_s: float = 20.0
    slots_dir: Path = field(default_factory=_slots_dir)


DEFAULT_LIMITS = PhotoLimits()
