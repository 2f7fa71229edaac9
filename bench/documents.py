"""What paper costs: 推荐表 in PDF and Word, and one entry's package. `python -m bench.documents`.

Medians in milliseconds of warm runs, different sheets each time; fonts and templates are read before.
"""

import io
import itertools
import os
import resource
import statistics
import time
from collections.abc import Callable
from datetime import datetime

from PIL import Image

from h5app.documents import (
    PackageFile,
    entries_xlsx,
    missing_characters,
    package_zip,
    recommendation_docx,
    recommendation_pdf,
)
from h5app.domain.sheet import CELLS, Sheet

ROUNDS = 40
PACKAGE_LIMIT_MS = 100
PHOTOS, PHOTO_BYTES = 4, 500_000
TABLE_ROWS = 1_200
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- the date of a ZIP member has no zone
SENTENCE = "他把每一单都当成一次承诺，风里来雨里去，八年如一日奔走在焦作的大街小巷，累计配送十二万余单。"

_numbers = itertools.count()


def main() -> None:
    """Print a line for each figure."""
    photos = [os.urandom(PHOTO_BYTES) for _ in range(PHOTOS)]
    portrait = _portrait()
    _line("paper, fonts' characters read once", _milliseconds(lambda: missing_characters("䶮"), rounds=1))
    _line("paper, first PDF form", _milliseconds(lambda: recommendation_pdf(_sheet(portrait)), rounds=1))
    _line("paper, first Word form", _milliseconds(lambda: recommendation_docx(_sheet(portrait)), rounds=1))
    _line("paper, PDF form", _milliseconds(lambda: recommendation_pdf(_sheet(portrait))))
    _line("paper, Word form", _milliseconds(lambda: recommendation_docx(_sheet(portrait))))
    package_ms = _milliseconds(lambda: _package(_sheet(portrait), photos))
    _line("paper, package of both forms, 4 × 500 KB, ZIP", package_ms, f"limit {PACKAGE_LIMIT_MS} ms")
    rows = [list(_sheet(portrait).texts.values()) for _ in range(TABLE_ROWS)]
    table_ms = _milliseconds(lambda: entries_xlsx(list(CELLS.values()), rows, title="全部申报"), rounds=3)
    _line(f"paper, XLSX of {TABLE_ROWS} entries", table_ms)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"paper, resident memory at most: {peak_mib:.0f} MiB")


def _package(sheet: Sheet, photos: list[bytes]) -> bytes:
    files = [
        PackageFile("推荐表.docx", recommendation_docx(sheet)),
        PackageFile("推荐表.pdf", recommendation_pdf(sheet)),
        *(PackageFile(f"工作照{number}.jpg", photo) for number, photo in enumerate(photos, start=1)),
    ]
    return package_zip("李建国-8PK4W2QM", files, modified_at=NOON)


def _sheet(portrait: bytes) -> Sheet:
    """Fill another sheet each time, so that no cache of typst's answers for it."""
    number = next(_numbers)
    deeds = f"第{number}号。" + (SENTENCE * 11)[:490]
    texts = {name: f"{label}{number}" for name, label in CELLS.items()} | {"deeds": deeds}
    return Sheet(
        title="焦作“最美新就业形态劳动者”推荐表", texts=texts, portrait=portrait, reference="8PK4W2QM", stamped=False
    )


def _portrait() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((295, 413), 60).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


def _milliseconds(run: Callable[[], object], *, rounds: int = ROUNDS) -> float:
    took = []
    for _ in range(rounds):
        start = time.perf_counter()
        run()
        took.append((time.perf_counter() - start) * 1000)
    return statistics.median(took)


def _line(name: str, value_ms: float, limit: str = "no limit") -> None:
    print(f"{name}: {value_ms:.1f} ms ({limit})")


if __name__ == "__main__":
    main()
