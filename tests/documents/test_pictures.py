import io
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, ImageChops, ImageStat

from h5app.documents.blank import blank_sheet
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.pictures import PAGE_HEIGHT_PX, PAGE_WIDTH_PX, recommendation_glance, recommendation_pictures
from h5app.domain.errors import UnreadablePhotoError

MM_PX = PAGE_WIDTH_PX / 210
LONG = "\n".join(f"第{number}件事：雨夜送药。" for number in range(50))


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def noisy_jpeg() -> bytes:
    """As many colours and as much detail as a photo has."""
    channels = [Image.effect_noise((600, 840), spread) for spread in (60, 40, 80)]
    made = io.BytesIO()
    Image.merge("RGB", channels).save(made, "JPEG", quality=90)
    return made.getvalue()


def inside_of_the_portrait(page: Image.Image) -> Image.Image:
    right, top = 210 - 18 - 14, 17 + 11 + 4.2 + 19.5  # the middle of its cell, in millimetres
    return page.convert("RGB").crop(tuple(round(mm * MM_PX) for mm in (right - 8, top - 12, right + 8, top + 12)))


def test_every_page_is_a_picture_as_wide_as_a_phone(make_sheet):
    pages = [recommendation_pictures(make_sheet(deeds=deeds)) for deeds in ("一件事", LONG)]

    assert [len(pictures) for pictures in pages] == [1, 2]
    assert {(opened(picture).format, opened(picture).size) for pictures in pages for picture in pictures} == {
        ("PNG", (PAGE_WIDTH_PX, PAGE_HEIGHT_PX))
    }


def farthest(one: Image.Image, other: Image.Image) -> int:
    """How much the two differ where they differ most, in squares of 2 mm: programs smooth letters each in its way."""
    squares = [picture.convert("L").reduce(10) for picture in (one, other)]
    return ImageChops.difference(*squares).getextrema()[1]


@pytest.mark.poppler
@pytest.mark.parametrize("deeds", ["雨夜送药。" * 100, LONG], ids=["one page", "two pages"])
def test_the_pictures_show_what_the_pdf_prints(make_sheet, tmp_path, deeds):
    sheet = make_sheet(deeds=deeds)
    (tmp_path / "form.pdf").write_bytes(recommendation_pdf(sheet))
    size = ["-scale-to-x", str(PAGE_WIDTH_PX), "-scale-to-y", str(PAGE_HEIGHT_PX)]
    subprocess.run(["pdftoppm", "-png", *size, tmp_path / "form.pdf", tmp_path / "page"], check=True)

    pages = recommendation_pictures(sheet)
    printed = [Image.open(tmp_path / f"page-{number}.png") for number in range(1, len(pages) + 1)]
    assert max(farthest(page, opened(picture)) for page, picture in zip(printed, pages, strict=True)) < 40
    (nameless, *_) = recommendation_pictures(make_sheet(deeds=deeds, name=""))
    assert farthest(printed[0], opened(nameless)) > 80


def test_a_page_with_a_portrait_weighs_at_most_250_KB_and_an_empty_one_at_most_40(make_sheet):
    (full,) = recommendation_pictures(make_sheet(portrait=noisy_jpeg(), deeds="雨夜送药，不误一单。" * 50))
    (empty,) = recommendation_pictures(blank_sheet("推荐表", stamped=True, deeds_chars=500))

    assert len(full) <= 250_000
    assert len(empty) <= 40_000


def test_a_glance_at_a_blank_form_weighs_a_third_and_shows_the_same():
    sheet = blank_sheet("推荐表", stamped=True, deeds_chars=500)
    (picture,), glance = recommendation_pictures(sheet), recommendation_glance(sheet)

    assert (opened(glance).size, len(glance) <= 9_000) == ((720, 1018), True)
    assert farthest(opened(glance), opened(picture).convert("L").resize((720, 1018))) < 40


def test_paper_is_white_letters_are_black_and_the_portrait_keeps_its_colours(make_sheet, make_jpeg):
    (picture,) = recommendation_pictures(make_sheet(portrait=make_jpeg(600, 840, (96, 160, 72))))
    page = opened(picture).convert("RGB")

    (most, _), *_others = sorted(((colour, times) for times, colour in page.getcolors()), key=lambda pair: -pair[1])
    assert most == (255, 255, 255)
    assert page.convert("L").getextrema() == (0, 255)
    mean = ImageStat.Stat(inside_of_the_portrait(page)).mean
    assert mean == pytest.approx([96, 160, 72], abs=3)


def test_a_photo_is_shown_in_its_own_colours_not_in_a_handful(make_sheet):
    portrait = noisy_jpeg()
    (picture,) = recommendation_pictures(make_sheet(portrait=portrait))

    shown = inside_of_the_portrait(opened(picture))
    assert len(shown.getcolors()) > 150
    assert ImageStat.Stat(shown).mean == pytest.approx(ImageStat.Stat(opened(portrait)).mean, abs=6)


@pytest.mark.parametrize("cut", [slice(0, 9_000), slice(20, None)], ids=["broken off", "without its head"])
def test_a_portrait_that_cannot_be_read_is_refused(make_sheet, cut):
    with pytest.raises(UnreadablePhotoError, match="请换一张近照"):
        recommendation_pictures(make_sheet(portrait=noisy_jpeg()[cut]))


def test_threads_draw_different_sheets_at_the_same_time(make_sheet):
    sheets = [make_sheet(name=f"李{number}") for number in range(6)]
    one_by_one = [recommendation_pictures(sheet) for sheet in sheets]

    with ThreadPoolExecutor(3) as threads:
        assert list(threads.map(recommendation_pictures, sheets)) == one_by_one
