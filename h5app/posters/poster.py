"""A poster as a file: what the campaign and the channel say, on paper. What does not fit is refused, never cut off."""

import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.posters.book import PosterBook
from h5app.posters.code import MM_PER_INCH, POSTER_VERSION, code_for, qr_module_px
from h5app.posters.emblem import emblem_svg
from h5app.posters.glyphs import missing_characters
from h5app.posters.picture import light_jpeg, light_png
from h5app.posters.product import Design, Form, Product
from h5app.posters.typesetting import TextDoesNotFitError, typeset

_PREVIEW_PX = 700  # the longer side
# As they stand in “请在…里改短一些”.
_CAMPAIGN_FILE, _POSTER_FILE, _CONSOLE = " campaign.toml ", " qr/posters.toml ", "控制台的“海报”"
# Text → what it is called, and where it is written.
_PLACES = {
    "title": ("活动名称", _CAMPAIGN_FILE),
    "organiser": ("主办单位", _CAMPAIGN_FILE),
    "telephone": ("咨询电话", _CAMPAIGN_FILE),
    "who_may": ("参加条件", _CAMPAIGN_FILE),
    "closing": ("截止时间", _CAMPAIGN_FILE),
    "records": ("备案号", _CAMPAIGN_FILE),
    "categories": ("劳动者类别 categories", _CAMPAIGN_FILE),
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
        categories: who is meant, word by word; posters with room for a line of them print it.
    """

    title: str
    organiser: str
    telephone: str
    who_may: str
    closing: str
    records: tuple[str, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Poster:
    """What one poster is made from.

    Args:
        url: what the code says, from `scan_url`.
        sample: 样张 lies across the page, for a link that only works nearby or before the 备案.
    """

    facts: PosterFacts
    book: PosterBook
    channel: Channel
    url: str
    product: Product
    design: Design
    sample: bool


def poster_file(poster: Poster, form: Form) -> bytes:
    """One file; the same bytes for the same arguments.

    A PDF is all vectors, with its fonts, trim box and bleed box; a picture shows the trimmed page at the product's
    resolution, every module of the code a whole number of pixels wide.

    Raises:
        PosterError: a text is too long, holds a character that no font has, or the link makes too dense a code.
    """
    if form == "pdf":
        return _typeset(poster, dpi=None)
    png = _with_dpi(_typeset(poster, dpi=poster.product.png_dpi), poster.product.png_dpi)
    if form == "jpg":
        return light_jpeg(png, dpi=poster.product.png_dpi)
    return light_png(png, dpi=poster.product.png_dpi) if "jpg" in poster.product.forms else png


def poster_preview(poster: Poster) -> bytes:
    """The same page as a small PNG, 700 pixels long, to look at on a screen; not to scan, not to print."""
    return _typeset(poster, dpi=_PREVIEW_PX * MM_PER_INCH / max(poster.product.width_mm, poster.product.height_mm))


def _page(poster: Poster, *, bleed_mm: float) -> dict[str, object]:
    """What a template reads; `templates/posters/parts.typ` lists it."""
    book, product = poster.book, poster.product
    if (joined := "".join(book.title_lines)) != poster.facts.title:
        raise PosterError(
            f"{_POSTER_FILE.strip()} 的标题 title_lines 连起来是“{joined}”，"
            f"{_CAMPAIGN_FILE.strip()} 里的活动名称是“{poster.facts.title}”。两处要一字不差，请改其中一处"
        )
    words = _words(poster)
    _check_characters(words, poster)
    emblem = "emblem.svg" if book.emblem else ""
    return words | {
        "address": poster.url.split("://", 1)[1],
        "code": _code(poster),
        "sample": poster.sample,
        "design": poster.design.name,
        "page": {
            "width_mm": product.width_mm,
            "height_mm": product.height_mm,
            "bleed_mm": bleed_mm,
            "dpi": product.png_dpi,
        },
        "emblem": emblem,
        "logo": emblem if book.logo else "",
    }


def _words(poster: Poster) -> dict[str, str | tuple[str, ...]]:
    channel, facts = poster.channel, poster.facts
    return {
        **asdict(facts),
        "records": "　".join(facts.records),
        "categories": " · ".join(facts.categories),
        "title_lines": poster.book.title_lines,
        **asdict(poster.book.texts_for(channel, poster.product.name)),
        "place": " · ".join(part for part in (channel.region, channel.category) if part),
        "name": channel.name,
        "mark": f"{channel.code} · {channel.name}",
    }


def _code(poster: Poster) -> dict[str, object]:
    code = code_for(poster.url, level=poster.book.level, largest=POSTER_VERSION)
    dpi = poster.product.png_dpi
    module_px = qr_module_px(poster.product.symbol_mm, dpi=dpi, modules=code.modules)
    return {"modules": code.modules, "runs": code.runs, "module_mm": module_px * MM_PER_INCH / dpi}


def _check_characters(words: Mapping[str, str | tuple[str, ...]], poster: Poster) -> None:
    for name, text in words.items():
        if missing := missing_characters("".join(text)):
            what, where = _place(name, poster)
            raise PosterError(f"{what}里有印不出来的字符：{missing!r}。请在{where}里换一个写法")


def _place(name: str, poster: Poster) -> tuple[str, str]:
    """What a text is called, and where it is written."""
    if name in _PLACES:
        return _PLACES[name]
    what = "地区和类别" if name == "place" else "名称"
    where = _POSTER_FILE if poster.channel in poster.book.channels else _CONSOLE
    return f"编码 {poster.channel.code} 的{what}", where


def _typeset(poster: Poster, *, dpi: float | None) -> bytes:
    """A PDF, with bleed, or a PNG of the trimmed page."""
    product = poster.product
    page = _page(poster, bleed_mm=0 if dpi else product.bleed_mm)
    emblem = emblem_svg(poster.book.emblem) if poster.book.emblem else ""
    try:
        return typeset(product.template, page, form="png" if dpi else "pdf", dpi=dpi, emblem=emblem)
    except TextDoesNotFitError as error:
        raise PosterError(_too_long(error.name, poster)) from error


def _too_long(name: str, poster: Poster) -> str:
    if name == "address":
        return f"网址太长，{poster.product.label}上放不下。请换一个短的域名（H5APP_PUBLIC_BASE_URL）"
    what, where = _place(name, poster)
    return f"{what}太长，{poster.product.label}上放不下。请在{where}里改短一些"


def _with_dpi(png: bytes, dpi: int) -> bytes:
    """The same picture with its resolution set, so that it prints at its size. Source: PNG, chunk pHYs."""
    after_header = 8 + 25  # signature, IHDR
    per_metre = round(dpi * 1000 / MM_PER_INCH)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:after_header] + chunk + png[after_header:]
