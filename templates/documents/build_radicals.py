#!/usr/bin/env python3
"""Build h5app/documents/radicals.txt.xz: radical and strokes of the characters beyond the basic plane.

    apt-get install unicode-data
    .venv/bin/python -m templates.documents.build_radicals

Blocks are in the order of radical and strokes, so only the first character of each run of equal ones is kept: 24 KB
for 71,000. Source: kRSUnicode of Unihan, © Unicode, Inc., under the Unicode License (unicode.org/license.txt).
"""

import bz2
import lzma
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path("/usr/share/unicode/Unihan_IRGSources.txt.bz2")
TARGET = Path(__file__).parents[2] / "h5app" / "documents" / "radicals.txt.xz"
ENTRY = re.compile(r"U\+([0-9A-F]+)\tkRSUnicode\t([0-9]+)'*\.(-?[0-9]+)")
FIRST = 0x20000


def main() -> None:
    """Write the table the package ships."""
    with bz2.open(SOURCE, "rt", encoding="utf-8") as source:
        found = sorted((int(entry[1], 16), entry[2], entry[3]) for line in source if (entry := ENTRY.match(line)))
    text = "".join(runs([entry for entry in found if entry[0] >= FIRST]))
    TARGET.write_bytes(lzma.compress(text.encode("ascii"), preset=9))


def runs(found: list[tuple[int, str, str]]) -> Iterator[str]:
    """A line where a run begins, and an empty one where the characters stop."""
    before: tuple[int, str, str] = (0, "", "")
    for code, radical, strokes in found:
        if before[0] and code != before[0] + 1:
            yield f"{before[0] + 1:X}\n"
        if (code - 1, radical, strokes) != before:
            yield f"{code:X} {radical} {strokes}\n"
        before = (code, radical, strokes)
    yield f"{before[0] + 1:X}\n"


if __name__ == "__main__":
    main()
