"""What every product keeps to, however long its texts are: nothing reaches into the code, nothing is cut off."""

from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image, ImageStat
from pypdf import PdfReader

from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.posters.code import code_for
from h5app.posters.poster import Poster, poster_file, poster_preview
from h5app.posters.product import DESIGNS, PRODUCTS, design_named, form_named, product_named

URL = "https://jzgh2.example.org/t/K7WM"
LARGE = ("a4", "a3", "rollup")
DEPOT = Channel("K7WM", "中通示例站", region="解放区", category="快递员")


@pytest.fixture
def poster(facts, book):
    def make(product, design="red", *, channel=None, sample=False, **changed):
        facts_now = replace(facts, categories=("货车司机", "快递员"), **changed)
        channel = channel or book.channels[0]
        return Poster(facts_now, book, channel, URL, product_named(product), design_named(design), sample=sample)

    return make


@pytest.mark.parametrize("product", LARGE)
def test_place_over_the_code_stays_out_of_its_quiet_zone(poster, product):
    # A short one: it keeps its full size.
    with Image.open(BytesIO(poster_file(poster(product, channel=DEPOT), "png"))) as picture:
        grey = picture.convert("L")
    (code,) = zxingcpp.read_barcodes(grey.reduce(3))
    left, top, right = (
        3 * round(at) for at in (code.position.top_left.x, code.position.top_left.y, code.position.top_right.x)
    )
    quiet = 4 * (right - left) // code_for(URL).modules

    around = grey.crop((left, top - quiet + 4, right, top - 8))

    assert around.getextrema() == (255, 255)


@pytest.mark.parametrize("product", LARGE)
@pytest.mark.parametrize("design", [design.name for design in DESIGNS])
def test_everything_the_issue_asks_for_is_said(poster, product, design):
    pdf = poster_file(poster(product, design, channel=DEPOT), "pdf")

    said = PdfReader(BytesIO(pdf)).pages[0].extract_text()

    asked = (
        "焦作“最美",
        "谁可以参加",
        "微信扫码",
        "按提示填写推荐表",
        "截止时间以省总工会通知为准",
        "咨询电话 3999920",
    )
    place = (
        "豫ICP备00000000号",
        "焦作市总工会",
        "解放区 · 快递员",
        "K7WM · 中通示例站",
        "jzgh2.example.org/t/K7WM",
        "扫不了码？",
    )
    assert [words for words in (*asked, *place) if words not in said] == []


def test_the_a3_names_whom_it_is_for(poster):
    said = PdfReader(BytesIO(poster_file(poster("a3"), "pdf"))).pages[0].extract_text()

    assert "货车司机 · 快递员" in said


@pytest.mark.parametrize("channel", [None, DEPOT], ids=["everywhere", "depot"])
def test_roll_up_is_read_at_the_height_of_eyes_and_scanned_at_that_of_hands(poster, channel):
    rollup = poster("rollup", channel=channel)
    with Image.open(BytesIO(poster_preview(rollup))) as preview:
        (code,) = zxingcpp.read_barcodes(preview)
        top, bottom = (at.y / preview.height for at in (code.position.top_left, code.position.bottom_left))

    heights = heights_cm(poster_file(rollup, "pdf"))

    assert min(heights.values()) >= 20
    assert 135 <= heights["劳动者"] < heights["新就业形态"] < heights["焦作"] <= 175
    assert 90 <= 200 * (1 - bottom) < 200 * (1 - top) <= 130


def heights_cm(pdf: bytes) -> dict[str, float]:
    """Each line of text on a roll-up → how high above the floor it stands."""
    lines: dict[str, float] = {}

    def note(text, cm, tm, _font, _size):
        if text.strip():
            points = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
            lines[text.strip()] = (points / 72 * 25.4 - 3) / 10

    PdfReader(BytesIO(pdf)).pages[0].extract_text(visitor_text=note)
    return lines


@pytest.mark.parametrize("product", LARGE)
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("organiser", "主办单位太长，{}上放不下。请在 campaign.toml 里改短一些"),
        ("who_may", "参加条件太长，{}上放不下。请在 campaign.toml 里改短一些"),
        ("closing", "截止时间太长，{}上放不下。请在 campaign.toml 里改短一些"),
    ],
)
def test_fact_too_long_for_a_product_is_refused_by_its_label(poster, product, name, sentence):
    with pytest.raises(PosterError) as refused:
        poster_file(poster(product, **{name: "字" * 300}), "pdf")

    assert str(refused.value) == sentence.format(product_named(product).label)


@pytest.mark.parametrize("product", LARGE)
@pytest.mark.parametrize(("field", "what"), [("name", "编码 K7WM 的名称"), ("region", "编码 K7WM 的地区和类别")])
def test_channels_words_too_long_are_refused_with_where_to_change_them(poster, book, product, field, what):
    label = product_named(product).label
    long = replace(DEPOT, **{field: "字" * 90})
    in_book = poster(product, channel=long)

    with pytest.raises(PosterError) as added:
        poster_file(poster(product, channel=long), "pdf")
    with pytest.raises(PosterError) as written:
        poster_file(replace(in_book, book=replace(book, channels=(long,))), "pdf")

    assert str(added.value) == f"{what}太长，{label}上放不下。请在控制台的“海报”里改短一些"
    assert str(written.value) == f"{what}太长，{label}上放不下。请在 qr/posters.toml 里改短一些"


def test_character_in_a_depots_name_that_no_font_has_is_told(poster):
    with pytest.raises(PosterError) as refused:
        poster_file(poster("a4", channel=replace(DEPOT, name="骑手🛵之家")), "pdf")

    assert str(refused.value) == "编码 K7WM 的名称里有印不出来的字符：'🛵'。请在控制台的“海报”里换一个写法"


@pytest.mark.parametrize("design", [design.name for design in DESIGNS])
@pytest.mark.parametrize("product", LARGE)
def test_sample_says_so_and_still_scans(poster, product, design):
    sample = poster(product, design, sample=True)

    assert PdfReader(BytesIO(poster_file(sample, "pdf"))).pages[0].extract_text().count("样张") > 20
    with Image.open(BytesIO(poster_preview(sample))) as preview:
        assert [code.text for code in zxingcpp.read_barcodes(preview)] == [URL]


@pytest.mark.parametrize("product", [product.name for product in PRODUCTS])
def test_plain_design_takes_less_than_half_the_ink_of_the_red_one(poster, product):
    plain, red = (ink_of(poster_preview(poster(product, design))) for design in ("plain", "red"))

    assert plain < min(0.15, red / 2)


def ink_of(png: bytes) -> float:
    """Share of the paper that is covered, 0 to 1, all inks together."""
    with Image.open(BytesIO(png)) as picture:
        return 1 - sum(ImageStat.Stat(picture.convert("RGB")).mean) / 3 / 255


def test_each_product_has_a_name_a_label_and_files_of_its_own():
    assert len({product.name for product in PRODUCTS}) == len({product.label for product in PRODUCTS}) == len(PRODUCTS)
    assert [form_named(product.forms[0], product) for product in PRODUCTS] == ["pdf"] * 5 + ["png"]
