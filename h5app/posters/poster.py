"""The A4 poster as PDF for the printer and as PNG for WeChat groups. What does not fit is refused, never cut off."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.posters.book import PosterBook
from h5app.posters.code import MM_PER_INCH, code_for, qr_module_px
from h5app.posters.glyphs import missing_characters
from h5app.posters.typesetting import TextDoesNotFitError, background, typeset

A4_WIDTH_MM = 210
DPI = 300
_PREVIEW_DPI = 60
# With its quiet zone; leaves the symbol itself 60 mm or more in every version from 2 to 6.
CODE_SHARE = 0.4

_CAMPAIGN_FILE, _POSTER_FILE = "campaign.toml", "qr/posters.toml"
# Text → what it is called, and the file it is written in.
_PLACES = {
    "title": ("活动名称", _CAMPAIGN_FILE),
    "organiser": ("主办单位", _CAMPAIGN_FILE),
    "telephone": ("咨询电话", _CAMPAIGN_FILE),
    "who_may": ("参加条件", _CAMPAIGN_FILE),
    "closing": ("截止时间", _CAMPAIGN_FILE),
    "records": ("备案号", _CAMPAIGN_FILE),
    "title_lines": ("标题", _POSTER_FILE),
    "tag": ("小标签 tag", _POSTER_FILE),
    "call": ("标签旁的话 call", _POSTER_FILE),
    "scan": ("二维码下的话 scan", _POSTER_FILE),
    "steps": ("步骤 steps", _POSTER_FILE),
}


@dataclass(frozen=True)
class PosterFacts:
    """What the campaign says of itself, as printed.

    Args:
        who_may: one sentence on who may be nominated; up to two lines.
        closing: until when, such as 3月26日 18:00 截止; may be empty.
        records: 备案 numbers, printed side by side; may be empty.
    """

    title: str
    organiser: str
    telephone: str
    who_may: str
    closing: str
    records: tuple[str, ...]


def poster_pdf(facts: PosterFacts, book: PosterBook, channel: Channel, url: str, *, sample: bool) -> bytes:
    """An A4 page, all vectors, fonts embedded; the same bytes for the same arguments.

    Args:
        url: what the code says, from `scan_url`.
        sample: 样张 lies across the page, for a link that only works nearby or before the 备案.

    Raises:
        PosterError: a text is too long, holds a character that no font has, or the link makes too dense a code.
    """
    return _typeset(_page(facts, book, channel, url, sample=sample), form="pdf")


def poster_png(facts: PosterFacts, book: PosterBook, channel: Channel, url: str, *, sample: bool) -> bytes:
    """The same page at 300 dpi (2480 × 3508 pixels), every module of the code a whole number of pixels wide.

    Arguments and errors as for `poster_pdf`.
    """
    return _with_dpi(_typeset(_page(facts, book, channel, url, sample=sample), form="png"))


def poster_preview(facts: PosterFacts, book: PosterBook, channel: Channel, url: str, *, sample: bool) -> bytes:
    """The same page as a small PNG (496 × 702 pixels) to look at on a screen; not to scan, not to print."""
    return _typeset(_page(facts, book, channel, url, sample=sample), form="png", dpi=_PREVIEW_DPI)


def _page(facts: PosterFacts, book: PosterBook, channel: Channel, url: str, *, sample: bool) -> dict[str, object]:
    if (joined := "".join(book.title_lines)) != facts.title:
        raise PosterError(
            f"{_POSTER_FILE} 的标题 title_lines 连起来是“{joined}”，{_CAMPAIGN_FILE} 里的活动名称是“{facts.title}”。"
            "两处要一字不差，请改其中一处"
        )
    code = code_for(url)
    module_px = qr_module_px(A4_WIDTH_MM, dpi=DPI, share=CODE_SHARE, modules=code.modules)
    words = {**asdict(facts), "records": "　".join(facts.records)}
    words |= {"title_lines": book.title_lines, **asdict(book.texts_for(channel))}
    _check_characters(words)
    return words | {
        "address": url.split("://", 1)[1],
        "background": background("road"),
        "code": {"modules": code.modules, "runs": code.runs, "module_mm": module_px * MM_PER_INCH / DPI},
        "sample": sample,
    }


def _check_characters(words: Mapping[str, str | tuple[str, ...]]) -> None:
    for name, text in words.items():
        if missing := missing_characters("".join(text)):
            what, file = _PLACES[name]
            raise PosterError(f"{what}里有印不出来的字符：{missing!r}。请在 {file} 里换一个写法")


def _typeset(page: dict[str, object], *, form: Literal["pdf", "png"], dpi: float = DPI) -> bytes:
    try:
        return typeset("a4.typ", page, form=form, dpi=dpi)
    except TextDoesNotFitError as error:
        what, file = _PLACES[error.name]
        raise PosterError(f"{what}太长，海报上放不下。请在 {file} 里改短一些") from error


def _with_dpi(png: bytes) -> bytes:
    """The same picture with its resolution set, so that it prints at A4 size. Source: PNG, chunk pHYs."""
    after_header = 8 + 25  # signature, IHDR
    per_metre = round(DPI * 1000 / MM_PER_INCH)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:after_header] + chunk + png[after_header:]
