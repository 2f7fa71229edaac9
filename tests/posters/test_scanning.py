"""The measures themselves: each says yes to a sound code and notices what it is there to notice."""

import io

import numpy as np
import pytest
import qrcode
from PIL import Image, ImageDraw, ImageFilter
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, RectangleObject

from tests.posters.camera import phone_preview, phone_reads, pinned
from tests.posters.scanning import (
    Box,
    Boxes,
    boxes_of,
    contrast,
    fonts_without_file,
    has_pictures,
    only_page,
    page_pixels,
    quiet_modules,
    symbols,
    unlike_at_the_cut,
    wechat,
    whole_pixels,
    zbar,
    zxing,
)

URL = "https://jzgh2.example.org/t/K7WM"
RED = "#C8102E"
SHEET_PX = 1000


def sheet(*, url=URL, module_px=16, border=5, dark="#1A1A1A", light="white"):
    """A red sheet with a code of level M on a card in its middle."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, box_size=module_px, border=border)
    code.add_data(url)
    card = code.make_image(fill_color=dark, back_color=light).get_image().convert("RGB")
    page = Image.new("RGB", (SHEET_PX, SHEET_PX), RED)
    page.paste(card, ((SHEET_PX - card.width) // 2, (SHEET_PX - card.height) // 2))
    return page


def pdf_of(change=None):
    """An A4 sheet without anything, with 3 mm around it."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=216 / 25.4 * 72, height=303 / 25.4 * 72)
    page.trimbox = RectangleObject([side / 25.4 * 72 for side in (3, 3, 213, 300)])
    if change:
        change(page)
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


@pytest.mark.zbar
@pytest.mark.parametrize("decoder", [zxing, zbar, wechat])
def test_decoders_read_a_code_and_find_none_on_an_empty_sheet(decoder):
    assert (decoder(sheet()), decoder(Image.new("RGB", (500, 500), RED))) == ([URL], [])


def test_a_symbol_is_measured_to_the_pixel():
    (symbol,) = symbols(sheet(module_px=16, border=5))

    assert (symbol.text, symbol.version, symbol.level) == (URL, 3, "M")
    assert symbol.box == (268, 268, 268 + 29 * 16, 268 + 29 * 16)


def test_the_largest_symbol_comes_first():
    page = sheet()
    page.paste(sheet(module_px=3, border=4).crop((440, 440, 560, 560)), (0, 0))

    assert [symbol.box.side for symbol in symbols(page)] == [464, 87]


@pytest.mark.parametrize("border", [2, 4, 6])
def test_quiet_zone_is_what_was_left_around_the_code(border):
    page = sheet(border=border)

    assert quiet_modules(page, symbols(page)[0]) == border


def test_quiet_zone_ends_at_a_line_on_one_side_and_at_the_edge_of_the_paper():
    page = sheet(border=8)
    symbol = symbols(page)[0]
    ImageDraw.Draw(page).line((400, symbol.box.bottom + 40, 600, symbol.box.bottom + 40), fill=RED)
    cut = page.crop((symbol.box.left - 24, 0, SHEET_PX, SHEET_PX))

    assert quiet_modules(page, symbol) == 40 / 16
    assert quiet_modules(cut, symbols(cut)[0]) == 24 / 16


@pytest.mark.parametrize(
    ("dark", "light", "ratio"), [("black", "white", 21.0), ("#1A1A1A", "white", 17.4), ("#8A8A8A", "white", 3.45)]
)
def test_contrast_is_the_ratio_of_wcag(dark, light, ratio):
    page = sheet(dark=dark, light=light)

    assert contrast(page, symbols(page)[0]) == pytest.approx(ratio, abs=0.01)


def test_contrast_is_that_of_the_worst_module():
    page = sheet()
    symbol = symbols(page)[0]
    stain = symbol.box.left + 14 * 16
    ImageDraw.Draw(page).rectangle((stain, stain, stain + 48, stain + 48), fill="#999999")

    assert contrast(page, symbol) < 7


def test_modules_of_broken_pixels_are_noticed():
    page = sheet()
    uneven = page.resize((1010, 1010), Image.Resampling.NEAREST)
    soft = page.filter(ImageFilter.GaussianBlur(3))

    assert [whole_pixels(each, symbols(each)[0]) for each in (page, uneven, soft)] == [True, False, False]


def test_the_same_seed_gives_the_same_preview_and_another_seed_another():
    page = sheet()
    poster = pinned(page, symbols(page)[0])
    first, again, other = (phone_preview(poster, seed=seed).tobytes() for seed in (1, 1, 2))

    assert (first == again, first == other) == (True, False)


def test_a_phone_reads_a_short_link_and_gives_up_on_a_dense_or_blurred_one():
    dense = sheet(url=URL.ljust(93, "a"), module_px=10)
    blurred = sheet().filter(ImageFilter.GaussianBlur(14))

    assert phone_reads(sheet(), URL) >= 19
    assert (symbols(dense)[0].version, phone_reads(dense, URL.ljust(93, "a")) < 19) == (6, True)
    assert symbols(blurred) == [] or phone_reads(blurred, URL) < 19


def test_a_phone_that_reads_something_else_has_not_read_the_link():
    assert phone_reads(sheet(), URL.replace("K7WM", "H3NR"), trials=3) == 0


def test_ground_that_stops_at_the_cut_is_noticed():
    whole = Image.new("RGB", (300, 400), RED)
    short = Image.new("RGB", (300, 400), "white")
    short.paste(whole.crop((0, 0, 260, 360)), (20, 20))

    assert (unlike_at_the_cut(whole, 20), unlike_at_the_cut(short, 20)) == (0, 1)


def test_boxes_are_read_in_mm():
    def bleeding(page):
        page.bleedbox = RectangleObject([side / 25.4 * 72 for side in (0, 1, 216, 303)])

    assert boxes_of(only_page(pdf_of(bleeding))) == Boxes((210, 297), (3, 2, 3, 3), inside_media=True)


def test_bleed_that_no_paper_is_left_for_is_noticed():
    def too_wide(page):
        page.bleedbox = RectangleObject([-9, 0, 612, 858])

    assert not boxes_of(only_page(pdf_of(too_wide))).inside_media


def test_font_that_the_file_does_not_carry_is_named():
    font = DictionaryObject(
        {
            NameObject(key): NameObject(f"/{value}")
            for key, value in {"/Type": "Font", "/Subtype": "Type1", "/BaseFont": "Helvetica"}.items()
        }
    )

    def lettered(page):
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})

    assert (fonts_without_file(only_page(pdf_of(lettered))), fonts_without_file(only_page(pdf_of()))) == (
        ["/Helvetica"],
        [],
    )


def test_code_made_of_pixels_is_noticed():
    file = io.BytesIO()
    sheet().save(file, "PDF")

    assert (has_pictures(only_page(file.getvalue())), has_pictures(only_page(pdf_of()))) == (True, False)


@pytest.mark.poppler
def test_a_region_of_a_page_is_the_same_pixels_as_the_whole_has_there():
    file = io.BytesIO()
    sheet().save(file, "PDF", resolution=100)
    box = Box(250, 300, 700, 650)
    whole = page_pixels(file.getvalue(), dpi=100)

    region = page_pixels(file.getvalue(), dpi=100, region=box)

    assert (whole.size, region.size) == ((SHEET_PX, SHEET_PX), (450, 350))
    assert np.array_equal(np.asarray(region), np.asarray(whole.crop(box)))
