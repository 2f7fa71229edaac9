"""Every product in every design, measured on the finished file; what is new in the press is measured by itself.

Each measure has a sheet that it refuses in `test_scanning.py`.
"""

import io
import itertools
from dataclasses import dataclass, replace

import pytest
from PIL import Image

from h5app.domain.campaign import parse_campaign
from h5app.domain.channel import Channel
from h5app.domain.nomination import Route
from h5app.posters.book import load_poster_book
from h5app.posters.product import DESIGNS, PRODUCTS, Product, product_named
from h5app.services.postering import PosterPress
from h5app.settings import PROJECT
from tests.posters.camera import phone_reads
from tests.posters.scanning import (
    MM_PER_INCH,
    Boxes,
    Symbol,
    boxes_of,
    contrast,
    fonts_of,
    fonts_without_file,
    has_pictures,
    only_page,
    page_pixels,
    quiet_modules,
    shrunk,
    symbols,
    unlike_at_the_cut,
    wechat,
    whole_pixels,
    zbar,
    zxing,
)

pytestmark = [pytest.mark.poppler, pytest.mark.zbar]

# 25 characters, as long as it may be for a link of 32.
BASE_URL = "https://jzgh2.example.org"
# The least side of the code on each, in mm: what the posters were ordered with.
LEAST_MM = {"a4": 60, "a3": 90, "rollup": 200, "sticker": 25}
EMBLEM = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100">
<circle cx="50" cy="50" r="48" fill="#C8102E"/>
<path d="M20 60h60v12H20z" fill="#fff"/></svg>"""
# A page of more pixels at 300 dpi is looked at whole at fewer, and at 300 around its code.
_MOST_PX = 30_000_000
_WHOLE_DPI, _LARGE_DPI = 300, 60

A4 = product_named("a4")
PRINTED = [product for product in PRODUCTS if "pdf" in product.forms]


@dataclass(frozen=True)
class Seen:
    """A finished poster: its file, its page as pixels, and the codes on it, the largest first.

    Args:
        close: what the decoders get: the page at 300 dpi, of a very large one the part around the code.
    """

    product: Product
    design: str
    file: bytes
    dpi: int
    page: Image.Image
    close: Image.Image
    symbols: tuple[Symbol, ...]

    def mm(self, pixels: float) -> float:
        return pixels * MM_PER_INCH / self.dpi


@pytest.fixture(scope="module")
def press():
    campaign = parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")
    return PosterPress(campaign, load_poster_book(PROJECT / "qr" / "posters.toml"), BASE_URL, why_sample="")


@pytest.fixture(scope="module")
def url(press):
    return press.url(press.book.channels[0])


def made(press, product, design, form):
    return press.make(press.book.channels[0], product=product.name, design=design, form=form)


def printed(press, product, design):
    pdf = made(press, product, design, "pdf")
    pixels = product.width_mm * product.height_mm * (_WHOLE_DPI / MM_PER_INCH) ** 2
    dpi = _WHOLE_DPI if pixels <= _MOST_PX else _LARGE_DPI
    page = page_pixels(pdf, dpi=dpi)
    codes = tuple(symbols(page))
    close = page
    if dpi < _WHOLE_DPI:
        around = codes[0].box.grown(4 * codes[0].module_px)
        close = page_pixels(pdf, dpi=_WHOLE_DPI, region=around.times(_WHOLE_DPI // dpi))
    return Seen(product, design, pdf, dpi, page, close, codes)


def only_shown(press, product, design):
    return seen_as_shown(product, design, made(press, product, design, "png"))


def seen_as_shown(product, design, png):
    page = Image.open(io.BytesIO(png)).convert("RGB")
    return Seen(product, design, png, product.png_dpi, page, page, tuple(symbols(page)))


def every(products, designs=tuple(design.name for design in DESIGNS)):
    return [pytest.param(pair, id="-".join((pair[0].name, pair[1]))) for pair in itertools.product(products, designs)]


@pytest.fixture(scope="module", params=every(PRODUCTS))
def seen(request, press):
    product, design = request.param
    return (printed if "pdf" in product.forms else only_shown)(press, product, design)


@pytest.fixture(scope="module", params=every(PRINTED))
def sheet(request, press):
    product, design = request.param
    return product, made(press, product, design, "pdf")


@pytest.mark.parametrize("decoder", [zxing, zbar, wechat])
def test_each_decoder_reads_the_link_and_nothing_else(seen, url, decoder):
    assert set(decoder(seen.close)) == {url}


def test_a_phone_reads_it_from_ten_times_its_side_in_19_of_20_trials(seen, url):
    assert phone_reads(seen.page, url) >= 19


def test_codes_are_level_m_and_of_version_4_at_most(seen, url):
    assert {(code.text, code.level, code.version <= 4) for code in seen.symbols} == {(url, "M", True)}


def test_four_modules_around_each_code_are_white(seen):
    # The 3 mm of bleed are no whole pixels: edges fall between two. Pictures are held to all four modules.
    assert [code for code in seen.symbols if quiet_modules(seen.page, code) < 4 - 1 / code.module_px] == []


def test_dark_and_light_differ_7_to_1_or_more(seen):
    assert min(contrast(seen.page, code) for code in seen.symbols) >= 7


def test_codes_are_as_large_as_they_were_ordered(seen):
    largest, *others = (seen.mm(code.box.side) for code in seen.symbols)

    assert largest >= LEAST_MM.get(seen.product.name, 0)
    assert largest >= seen.product.symbol_mm - seen.mm(1)
    assert all(side >= LEAST_MM["sticker"] for side in others)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_at_30_percent_it_still_reads_in_colour_and_grey(seen, url, mode):
    assert set(zxing(shrunk(seen.page, 0.3).convert(mode))) == {url}


def test_sheet_is_cut_to_size_and_bleeds_3_mm(sheet):
    product, pdf = sheet
    trim_mm = (product.width_mm, product.height_mm)

    assert boxes_of(only_page(pdf)) == Boxes(trim_mm, bleed_mm=(3, 3, 3, 3), inside_media=True)


def test_sheet_carries_its_fonts(sheet):
    page = only_page(sheet[1])

    assert (fonts_of(page) != [], fonts_without_file(page)) == (True, [])


def test_sheet_is_vectors_only(sheet):
    assert not has_pictures(only_page(sheet[1]))


def test_ground_runs_into_the_bleed(sheet):
    product, pdf = sheet
    bleed_px = round(product.bleed_mm / MM_PER_INCH * _LARGE_DPI)

    assert unlike_at_the_cut(page_pixels(pdf, dpi=_LARGE_DPI), bleed_px) < 0.05


# Where the code lies is the product's; whether its colours are its own, A4 shows for every design.
@pytest.fixture(scope="module", params=every([A4]) + every(PRODUCTS[1:], designs=["red"]))
def picture(request, press):
    product, design = request.param
    return product, made(press, product, design, "png")


def test_picture_has_whole_pixels_a_module_and_prints_at_its_size(picture, url):
    product, png = picture
    page = Image.open(io.BytesIO(png))
    largest = symbols(page)[0]

    assert (largest.text, whole_pixels(page, largest)) == (url, True)
    assert quiet_modules(page, largest) >= 4
    assert [round(dpi) for dpi in page.info["dpi"]] == [product.png_dpi] * 2
    assert page.size == tuple(
        round(side / MM_PER_INCH * product.png_dpi) for side in (product.width_mm, product.height_mm)
    )


@pytest.mark.parametrize("form", ["png", "jpg"])
@pytest.mark.parametrize("design", [design.name for design in DESIGNS])
def test_picture_for_groups_is_1080_by_1920_and_at_most_500_kb(press, url, design, form):
    file = press.make(press.book.channels[0], product="wechat", design=design, form=form)
    shown = Image.open(io.BytesIO(file))

    assert (shown.format, shown.size) == ({"png": "PNG", "jpg": "JPEG"}[form], (1080, 1920))
    assert len(file) <= 500_000
    assert [set(decoder(shown)) for decoder in (zxing, zbar, wechat)] == [{url}] * 3


# What the office may add: a long address under 样张, an emblem in the code, words of a route


@pytest.fixture(scope="module", params=every(PRODUCTS, designs=["red"]))
def dense(request, press):
    """A sample for a depot with long names and a link of 62 characters, the longest that version 4 holds."""
    product, design = request.param
    far = replace(press, base_url="https://zuimei-laodongzhe.jiaozuo-gonghui00.example.org")
    depot = Channel("K7WM", "示例快递示范区第二分拨中心", Route.UNIT, "示范区", "网约配送员")
    png = far.make(depot, product=product.name, design=design, form="png", sample=True)
    return far.url(depot), seen_as_shown(product, design, png)


def test_densest_code_under_the_word_of_a_sample_keeps_every_measure(dense):
    url, seen = dense
    (code, *_) = seen.symbols

    assert (len(url), code.text, code.version, code.level) == (62, url, 4, "M")
    assert seen.mm(code.box.side) >= LEAST_MM.get(seen.product.name, 0)
    assert (whole_pixels(seen.page, code), quiet_modules(seen.page, code) >= 4) == (True, True)
    assert contrast(seen.page, code) >= 7


@pytest.mark.parametrize("dense", every([A4], designs=["red"]), indirect=True)
def test_a_phone_reads_the_densest_code_as_well(dense):
    url, seen = dense

    assert phone_reads(seen.page, url) >= 19


@pytest.mark.parametrize("design", [design.name for design in DESIGNS])
def test_code_with_the_emblem_in_it_is_level_q_and_reads(press, url, tmp_path, design):
    emblem = tmp_path / "emblem.svg"
    emblem.write_text(EMBLEM, encoding="utf-8")
    own = replace(press, book=replace(press.book, emblem=emblem, logo=True))
    seen = seen_as_shown(A4, design, made(own, A4, design, "png"))
    (code,) = seen.symbols

    assert (code.text, code.level, code.version <= 4) == (url, "Q", True)
    assert (zbar(seen.page), wechat(seen.page)) == ([url], [url])
    assert phone_reads(seen.page, url) >= 19


@pytest.mark.parametrize("place", [1, 2, 3])
def test_poster_of_each_route_reads_to_its_own_link(press, place):
    channel = press.book.channels[place]
    pdf = press.make(channel, product="a4", design="red", form="pdf")

    assert zxing(page_pixels(pdf, dpi=_WHOLE_DPI)) == [f"{BASE_URL}/t/{channel.code}"]
