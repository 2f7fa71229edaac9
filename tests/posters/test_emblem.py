from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import ExifTags, Image

from h5app.domain.errors import PosterError
from h5app.posters.emblem import emblem_svg
from h5app.posters.poster import Poster, poster_file
from h5app.posters.product import DESIGNS, product_named

URL = "https://jzgh2.example.org/t/K7WM"
GREEN = (0, 128, 0)


@pytest.fixture(params=["svg", "png", "jpg"])
def emblem(request, tmp_path):
    """A green square, as no poster of ours has one."""
    path = tmp_path / f"emblem.{request.param}"
    if request.param == "svg":
        drawing = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path fill="#008000" d="M0 0h9v9H0z"/></svg>'
        )
        path.write_text(drawing, encoding="ascii")
    else:
        Image.new("RGB", (90, 90), GREEN).save(path, quality=100, subsampling=0)
    return path


def shown(facts, book, product):
    poster = Poster(facts, book, book.channels[0], URL, product_named(product), DESIGNS[0], sample=False)
    return Image.open(BytesIO(poster_file(poster, "png"))).convert("RGB")


def green_in(picture):
    """Boxes of green in the upper three quarters and at the foot; None where there is none."""
    red, green, blue = picture.split()
    mask = Image.merge(
        "RGB",
        (
            red.point(lambda v: 255 * (v < 40)),
            green.point(lambda v: 255 * (v > 90)),
            blue.point(lambda v: 255 * (v < 40)),
        ),
    )
    all_three = mask.convert("L").point(lambda v: 255 * (v == 255))
    line = picture.height * 3 // 4
    return all_three.crop((0, 0, picture.width, line)).getbbox(), all_three.crop((0, line, *picture.size)).getbbox()


def test_emblem_stands_beside_the_organisers_name(facts, book, emblem):
    above, foot = green_in(shown(facts, replace(book, emblem=emblem), "a4"))

    assert above is None
    assert foot is not None
    assert foot[2] - foot[0] == pytest.approx(105, abs=2)  # 21 pt × 1.2 at 300 dpi


@pytest.mark.parametrize("emblem", ["svg"], indirect=True)
def test_code_with_a_logo_on_a_fifth_of_its_side_at_most_is_level_q_and_scans(facts, book, emblem):
    picture = shown(facts, replace(book, emblem=emblem, logo=True), "a4")

    (code,) = zxingcpp.read_barcodes(picture)
    logo, _ = green_in(picture)

    assert (code.text, code.extra["ECLevel"], code.extra["Version"]) == (URL, "Q", "3")
    side = code.position.top_right.x - code.position.top_left.x
    assert logo is not None
    assert 0.1 * side < max(logo[2] - logo[0], logo[3] - logo[1]) <= 0.2 * side


def test_a_poster_without_an_emblem_has_none(facts, book):
    assert green_in(shown(facts, book, "a4")) == (None, None)


@pytest.mark.parametrize(
    ("mode", "colour", "turned"),
    [("CMYK", (255, 0, 255, 127), 1), ("CMYK", (255, 0, 255, 127), 6), ("RGB", GREEN, 6)],
)
def test_a_jpeg_as_print_shops_and_telephones_make_them_is_printed_upright(facts, book, tmp_path, mode, colour, turned):
    picture = Image.new(mode, (200, 100), colour)
    exif = picture.getexif()
    exif[ExifTags.Base.Orientation] = turned
    picture.save(tmp_path / "emblem.jpg", exif=exif, quality=95)

    _above, foot = green_in(shown(facts, replace(book, emblem=tmp_path / "emblem.jpg"), "a4"))

    assert foot is not None
    assert (foot[2] - foot[0]) / (foot[3] - foot[1]) == pytest.approx(2 if turned == 1 else 0.5, rel=0.05)


@pytest.mark.parametrize(
    ("drawn", "said"),
    [
        (
            '<text y="9">工会</text><path d="M0 0h9v9H0z"/>',
            "emblem.svg 里有文字，印不出来。请在画图软件里把文字转成曲线",
        ),
        ("", "emblem.svg 打不开"),
        ('<path fill="none" d="M0 0h9v9H0z"/>', "emblem.svg 打不开"),
        ('<image width="9" height="9" href="file:///etc/hostname"/>', "emblem.svg 打不开"),
    ],
)
def test_an_svg_of_which_something_would_be_missing_is_refused(tmp_path, drawn, said):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{drawn}</svg>'
    (tmp_path / "emblem.svg").write_text(svg, encoding="utf-8")

    with pytest.raises(PosterError, match=said):
        emblem_svg(tmp_path / "emblem.svg")
