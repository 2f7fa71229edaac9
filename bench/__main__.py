"""Every figure in one run, each beside its limit: `python -m bench`. Ends with 1 when a limit is broken.

Each part has a process of its own: memory that one part leaves warm would flatter the next one's yardstick (a bare
photo took 131 ms after the others and 160 ms by itself).
"""

import os
import platform
import subprocess
import sys

from bench.serving import as_installed

PARTS = ("pages", "scans", "phone", "journeys", "memory", "storage", "photos", "documents", "packages", "posters")


def main() -> int:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(
        f"machine: {os.cpu_count()} cores, load {load}, {platform.machine()}, Python {platform.python_version()}",
        flush=True,
    )
    printed = [line for part in PARTS for line in _figures(part)]
    broken = sum(line.endswith(" BROKEN") for line in printed)
    print(f"limits broken: {broken}")
    return 1 if broken else 0


def _figures(part: str) -> list[str]:
    """The lines that a part prints, passed on as they come."""
    lines: list[str] = []
    command = [sys.executable, "-m", f"bench.{part}"]
    with subprocess.Popen(command, env=as_installed(os.environ), stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            lines.append(line.rstrip())
    if process.returncode:
        raise SystemExit(f"bench.{part} ended with {process.returncode}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
