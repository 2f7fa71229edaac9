"""Every figure in one run, each beside its limit: `python -m bench`. Ends with 1 when a limit is broken."""

import os
import platform
import sys

from bench import documents, journeys, memory, pages, photos, posters, storage


def main() -> int:
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"machine: {os.cpu_count()} cores, load {load}, {platform.machine()}, Python {platform.python_version()}")
    parts = (pages, journeys, memory, storage, photos, documents, posters)
    broken = [figure for part in parts for figure in part.main() if not figure.kept]
    print(f"limits broken: {len(broken)}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
