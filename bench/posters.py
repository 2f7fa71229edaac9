"""An A4 poster as PDF and as 300 dpi PNG, once the fonts are loaded.

Every round asks for another link, as `flask posters` does, so that typst has no page to remember. Run as
`python -m bench.posters`; prints `name: value unit (limit …)`.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path

from bench.figures import Figure, show
from h5app.domain.channel_code import CODE_LETTERS
from h5app.posters.book import PosterBook, load_poster_book
from h5app.posters.code import scan_url
from h5app.posters.poster import PosterFacts, poster_pdf, poster_png

FACTS = PosterFacts(
    title="焦作“最美新就业形态劳动者”推荐",
    organiser="焦作市总工会",
    telephone="3999920",
    who_may="在焦作市域内工作满2年的货车司机、网约车司机、快递员、外卖配送员等新就业形态劳动者，且为工会会员",
    closing="截止时间以省总工会通知为准",
    records=(),
)
PDF_ROUNDS, PNG_ROUNDS = 41, 7
LIMIT_PDF_MS, LIMIT_PNG_MS = 25, 400
LIMIT_PDF_KB, LIMIT_PNG_KB = 100, 1000


def main(*, pdf_rounds: int = PDF_ROUNDS, png_rounds: int = PNG_ROUNDS) -> list[Figure]:
    book = load_poster_book(Path(__file__).parents[1] / "qr" / "posters.toml")
    links = ("".join(letters) for letters in product(CODE_LETTERS, repeat=4))
    began = time.perf_counter()
    poster_pdf(FACTS, book, book.channels[0], scan_url("https://zm.example.org", next(links)), sample=True)
    first_s = time.perf_counter() - began
    pdf_s, pdf_bytes = _measure(poster_pdf, book, links, rounds=pdf_rounds)
    png_s, png_bytes = _measure(poster_png, book, links, rounds=png_rounds)
    return show(
        Figure("poster, first PDF with fonts to load", first_s * 1000, "ms"),
        Figure("poster, A4 PDF", pdf_s * 1000, "ms", LIMIT_PDF_MS),
        Figure("poster, A4 PDF size", pdf_bytes / 1000, "kB", LIMIT_PDF_KB),
        Figure("poster, A4 PNG at 300 dpi", png_s * 1000, "ms", LIMIT_PNG_MS),
        Figure("poster, A4 PNG size", png_bytes / 1000, "kB", LIMIT_PNG_KB),
    )


def _measure(make: Callable[..., bytes], book: PosterBook, links: Iterator[str], *, rounds: int) -> tuple[float, int]:
    """Median seconds and largest size, over every channel in turn."""
    times, sizes = [], []
    for turn in range(rounds):
        url = scan_url("https://zm.example.org", next(links))
        began = time.perf_counter()
        made = make(FACTS, book, book.channels[turn % len(book.channels)], url, sample=True)
        times.append(time.perf_counter() - began)
        sizes.append(len(made))
    return statistics.median(times), max(sizes)


if __name__ == "__main__":
    main()
