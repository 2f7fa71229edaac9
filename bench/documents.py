"""What paper costs: 推荐表 in PDF, in Word and as a picture, and one entry's package. `python -m bench.documents`.

Medians in milliseconds of warm runs, different sheets each time; fonts and templates are read before.
"""

import io
import itertools
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime

from PIL import Image

from bench.figures import Figure, medians_s, show
from h5app.documents import (
    PackageFile,
    entries_xlsx,
    missing_characters,
    package_zip,
    recommendation_docx,
    recommendation_pdf,
    recommendation_pictures,
)
from h5app.documents.cards import ReceiptFacts, receipt_picture
from h5app.domain.code import PrintedCode
from h5app.domain.sheet import CELLS, Sheet
from h5app.posters.code import code_for

ROUNDS = 40
PDF_LIMIT_MS, WORD_LIMIT_MS = 15, 50
PACKAGE_LIMIT_MS, PICTURE_LIMIT_MS, RECEIPT_LIMIT_MS = 100, 150, 100
PHOTOS, PHOTO_BYTES = 4, 500_000
TABLE_ROWS = 1_200
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- the date of a ZIP member has no zone
SENTENCE = "他把每一单都当成一次承诺，风里来雨里去，八年如一日奔走在焦作的大街小巷，累计配送十二万余单。"

_numbers = itertools.count()


def main(*, rounds: int = ROUNDS, table_rows: int = TABLE_ROWS) -> list[Figure]:
    """Fonts and templates are read by what comes first."""
    photos = [os.urandom(PHOTO_BYTES) for _ in range(PHOTOS)]
    portrait = _portrait()
    rows = [list(_sheet(portrait).texts.values()) for _ in range(table_rows)]
    figures = show(
        Figure("paper, fonts' characters read once", _first_ms(lambda: missing_characters("䶮")), "ms"),
        Figure("paper, first PDF form", _first_ms(lambda: recommendation_pdf(_sheet(portrait))), "ms"),
        Figure("paper, first Word form", _first_ms(lambda: recommendation_docx(_sheet(portrait))), "ms"),
    )
    pdf_s, word_s, picture_s, receipt_s, package_s = medians_s(
        lambda: recommendation_pdf(_sheet(portrait)),
        lambda: recommendation_docx(_sheet(portrait)),
        lambda: recommendation_pictures(_sheet(portrait)),
        lambda: receipt_picture(_receipt()),
        lambda: _package(_sheet(portrait), photos),
        rounds=rounds,
    )
    (table_s,) = medians_s(lambda: entries_xlsx(list(CELLS.values()), rows, title="全部申报"), rounds=3)
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures + show(
        Figure("paper, PDF form", pdf_s * 1000, "ms", PDF_LIMIT_MS),
        Figure("paper, Word form", word_s * 1000, "ms", WORD_LIMIT_MS),
        Figure("paper, page image of a form", picture_s * 1000, "ms", PICTURE_LIMIT_MS),
        Figure("paper, receipt to keep", receipt_s * 1000, "ms", RECEIPT_LIMIT_MS),
        Figure("paper, package of both forms, 4 × 500 KB, ZIP", package_s * 1000, "ms", PACKAGE_LIMIT_MS),
        Figure(f"paper, XLSX of {table_rows} entries", table_s * 1000, "ms"),
        Figure("paper, resident memory at most", peak_mib, "MiB"),
    )


def _first_ms(make: Callable[[], object]) -> float:
    """Once, cold."""
    began = time.perf_counter()
    make()
    return (time.perf_counter() - began) * 1000


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
        title="焦作“最美新就业形态劳动者”推荐表",
        texts=texts,
        portrait=portrait,
        reference="8PK4W2QM",
        stamped=False,
        unit="",
        deeds_chars=500,
    )


def _receipt() -> ReceiptFacts:
    address = "https://zm.example.org/status"
    code = code_for(address)
    return ReceiptFacts(
        title="焦作“最美新就业形态劳动者”推荐",
        organiser="焦作市总工会",
        reference="8PK4W2QM",
        name=f"李建国{next(_numbers)}",
        route="个人自荐",
        submitted="2026年11月22日 15:30",
        after=("工会收到推荐表，进行初审", "初审通过后进入候选名单", "入选名单向社会公示"),
        telephone="3999920",
        address=address,
        code=PrintedCode(code.modules, code.runs),
    )


def _portrait() -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((295, 413), 60).convert("RGB").save(stream, "JPEG", quality=90)
    return stream.getvalue()


if __name__ == "__main__":
    main()
