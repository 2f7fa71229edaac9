"""An A4 poster as PDF and as 300 dpi PNG, once the fonts are loaded, beside qrcode's bare matrix of the same link.

Every round asks for another link, as a run over many channels does, so that typst has no page to remember. Run as
`python -m bench.posters`; prints `name: value unit (limit …)`.
"""

import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import islice, product
from pathlib import Path
from typing import TypeVar

import qrcode

from bench.figures import Figure, show
from bench.serving import DISK
from h5app.domain.campaign import parse_campaign
from h5app.domain.channel import Channel, KeptChannel
from h5app.domain.channel_code import CODE_LETTERS, check_letter
from h5app.posters.book import load_poster_book
from h5app.services.postering import PosterPress
from h5app.services.printing import made, order, posters_zip
from h5app.settings import PROJECT

PDF_ROUNDS, PNG_ROUNDS, CHANNELS = 41, 7, 500
LIMIT_PDF_MS, LIMIT_PNG_MS, LIMIT_RUN_S = 25, 400, 15
LIMIT_PDF_KB, LIMIT_PNG_KB = 100, 1000
# As long as it may be for a link of 32 characters.
BASE_URL = "https://jzgh2.example.org"
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- the date of a ZIP member has no zone

T = TypeVar("T")


def main(*, pdf_rounds: int = PDF_ROUNDS, png_rounds: int = PNG_ROUNDS, channels: int = CHANNELS) -> list[Figure]:
    press, places = _press(), _channels()
    first_s, _ = _timed(lambda: _poster(press, next(places), "pdf"))
    pdf_s, matrix_s, pdf_bytes = _in_turns(press, places, "pdf", rounds=pdf_rounds)
    png_s, _, png_bytes = _in_turns(press, places, "png", rounds=png_rounds)
    run_s, matrices_s = _run(press, tuple(islice(places, channels)))
    return show(
        Figure("posters, first PDF with fonts to load", first_s * 1000, "ms"),
        Figure("posters, qrcode's bare matrix", matrix_s * 1000, "ms"),
        Figure("posters, A4 PDF with its code", pdf_s * 1000, "ms", LIMIT_PDF_MS),
        Figure("posters, A4 PDF ÷ qrcode's bare matrix", pdf_s / matrix_s, "times"),
        Figure("posters, A4 PDF size", pdf_bytes / 1000, "kB", LIMIT_PDF_KB),
        Figure("posters, A4 PNG at 300 dpi", png_s * 1000, "ms", LIMIT_PNG_MS),
        Figure("posters, A4 PNG ÷ qrcode's bare matrix", png_s / matrix_s, "times"),
        Figure("posters, A4 PNG size", png_bytes / 1000, "kB", LIMIT_PNG_KB),
        Figure(f"posters, {channels} channels, qrcode's bare matrices", matrices_s, "s"),
        Figure(f"posters, {channels} channels as A4 PDF into a ZIP", run_s, "s", LIMIT_RUN_S),
        Figure(f"posters, {channels} channels ÷ qrcode's bare matrices", run_s / matrices_s, "times"),
    )


def _press() -> PosterPress:
    """For good, not for samples, of the shipped campaign and poster book."""
    campaign = parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")
    return PosterPress(campaign, load_poster_book(PROJECT / "qr" / "posters.toml"), BASE_URL, why_sample="")


def _channels() -> Iterator[Channel]:
    """12,167 depots, each with a code of its own."""
    for letters in product(CODE_LETTERS, repeat=3):
        data = "".join(letters)
        yield Channel(data + check_letter(data), f"示例站点 {data}")


def _poster(press: PosterPress, channel: Channel, form: str) -> bytes:
    return press.make(channel, product="a4", design="red", form=form)


def _in_turns(press: PosterPress, places: Iterator[Channel], form: str, *, rounds: int) -> tuple[float, float, int]:
    """Median seconds of a poster and of its bare matrix, in turns; the largest poster's bytes."""
    posters, matrices, sizes = [], [], []
    for place in islice(places, rounds):
        took_s, poster = _timed(lambda place=place: _poster(press, place, form))
        posters.append(took_s)
        sizes.append(len(poster))
        matrices.append(_timed(lambda place=place: _bare_matrix(press.url(place)))[0])
    return statistics.median(posters), statistics.median(matrices), max(sizes)


def _run(press: PosterPress, places: tuple[Channel, ...]) -> tuple[float, float]:
    """Seconds of a poster for each channel in a ZIP on the disk, as the console makes it, and of bare matrices."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        archive = Path(folder) / "posters.zip"
        run_s, _ = _timed(lambda: _write(press, places, archive))
        with zipfile.ZipFile(archive) as written:
            there = sum(name.endswith(".pdf") for name in written.namelist())
    if there != len(places):
        raise RuntimeError(f"{there} of {len(places)} posters in the ZIP")
    matrices_s, _ = _timed(lambda: [_bare_matrix(press.url(place)) for place in places])
    return run_s, matrices_s


def _write(press: PosterPress, places: tuple[Channel, ...], archive: Path) -> None:
    wanted = order(press, map(KeptChannel, places), prints=[("a4", "pdf")], designs=["red"])
    with archive.open("wb") as file:
        for piece in posters_zip(press, wanted, made(press, wanted), modified_at=NOON):
            file.write(piece)


def _bare_matrix(url: str) -> list[list[bool]]:
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(url)
    return code.get_matrix()


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    done = work()
    return time.perf_counter() - began, done


if __name__ == "__main__":
    main()
