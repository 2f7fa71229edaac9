"""The sticker, the tear-off sheet and the picture for WeChat groups: what they have that the posters have not."""

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.domain.nomination import Route
from h5app.posters.picture import LARGEST_BYTES
from h5app.posters.poster import Poster, poster_file
from h5app.posters.product import PRODUCTS, design_named, product_named
from tests.posters.scanning import MM_PER_INCH, luminance, quiet_modules, symbols, whole_pixels, zxing

URL = "https://zm.example.org/t/K7WM"
SHORT = "https://zm.cn/t/K7WM"  # version 2, whose modules are the largest
LONG = "https://zuimei.jiaozuo-gonghui.example.org/t/K7WM3X"  # version 4
DEPOT = Channel("H3NR", "示例快递示范区第二分拨中心旗舰网点", Route.SELF, "高新区（示范区）", "其他新就业形态劳动者")
RECORDS = "豫ICP备00000000号　豫公网安备00000000000000号"


@pytest.fixture
def poster(facts, book):
    def make(product, *, design="red", channel=book.channels[0], url=URL, sample=False, words=None, **told):
        spoken = replace(book, texts={"campaign": replace(book.texts["campaign"], **words)}) if words else book
        of = (product_named(product), design_named(design))
        return Poster(replace(facts, **told), spoken, channel, url, *of, sample)

    return make


def picture_of(poster: Poster) -> Image.Image:
    return Image.open(BytesIO(poster_file(poster, "png"))).convert("RGB")


def lines_of(poster: Poster) -> list[str]:
    (page,) = PdfReader(BytesIO(poster_file(poster, "pdf"))).pages
    return page.extract_text().splitlines()


def sizes_of(poster: Poster) -> list[float]:
    """Size in points of every piece of text on the page."""
    sizes: list[float] = []

    def look(text, matrix, text_matrix, _font, size):
        if text.strip():
            sizes.append(round(size * abs(text_matrix[3]) * abs(matrix[3]), 2))

    (page,) = PdfReader(BytesIO(poster_file(poster, "pdf"))).pages
    page.extract_text(visitor_text=look)
    return sizes


def dark_within_mm(poster: Poster, margin_mm: float) -> int:
    """Pixels as dark as text, nearer to the page's edge than `margin_mm`."""
    dark = luminance(picture_of(poster)) < 0.25
    margin = int(margin_mm / MM_PER_INCH * poster.product.png_dpi)
    dark[margin:-margin, margin:-margin] = False
    return int(np.count_nonzero(dark))


def test_sticker_says_what_and_until_when_and_whom_to_telephone(poster):
    assert lines_of(poster("sticker")) == [
        "诚邀推荐",
        "焦作“最美",
        "新就业形态",
        "劳动者”推荐",
        "推荐您身边的人，也可以推荐您自己",
        "微信扫一扫 马上推荐",
        "焦作市总工会 咨询电话 3999920 截止时间以省总工会通知为准",
        "扫不了码？用手机浏览器打开 zm.example.org/t/K7WM",
        RECORDS,
    ]


STRIP = ["焦作“最美", "新就业形态", "劳动者”推荐", "咨询 3999920", "zm.example.org/t/K7WM"]


def test_tear_off_sheet_says_everything_and_each_of_its_strips_the_essentials(poster):
    lines = lines_of(poster("tearoff", who_may="在焦作市域内工作的新就业形态劳动者"))

    assert lines[:-40] == [
        "诚邀推荐",
        "焦作“最美",
        "新就业形态",
        "劳动者”推荐",
        "推荐您身边的人，也可以推荐您自己 微信扫一扫 马上推荐",
        "1 微信扫码，选推荐方式 2 按提示填写推荐表 3 提交，记下受理编号 撕一条，带走填",
        "谁可以参加 在焦作市域内工作的新就业形态劳动者",
        "焦作市总工会 咨询电话 3999920 截止时间以省总工会通知为准",
        f"扫不了码？用手机浏览器打开 zm.example.org/t/K7WM K7WM · 总海报 {RECORDS}",
    ]
    assert lines[-40:] == STRIP * 8


def test_picture_for_groups_says_everything_and_asks_to_press_the_code(poster):
    assert lines_of(poster("wechat", who_may="在焦作市域内工作的新就业形态劳动者")) == [
        "诚邀推荐",
        "焦作“最美",
        "新就业形态",
        "劳动者”推荐",
        "推荐您身边的人，也可以推荐您自己",
        "长按识别",
        "二维码",
        "1 长按二维码，选推荐方式",
        "2 按提示填写推荐表",
        "3 提交，记下受理编号",
        "谁可以参加 在焦作市域内工作的新就业形态劳动者",
        "焦作市总工会 截止时间以省总工会通知为准",
        f"咨询电话 3999920 {RECORDS}",
        "打不开？用手机浏览器打开 zm.example.org/t/K7WM",
    ]


@pytest.mark.parametrize("product", [product.name for product in PRODUCTS])
def test_every_product_tells_those_who_cannot_scan_what_to_type(poster, product):
    words = "".join(lines_of(poster(product))).replace(" ", "")

    assert "用手机浏览器打开zm.example.org/t/K7WM" in words


@pytest.mark.parametrize(
    ("product", "top"),
    [
        ("sticker", ["个人自荐", "高新区（示范区）", "其他新就业形态劳动者"]),
        ("tearoff", ["个人自荐 高新区（示范区） · 其他新就业形态劳动者"]),
        ("wechat", ["个人自荐", "高新区（示范区）", "其他新就业形态劳动者"]),
    ],
)
def test_channels_place_stands_beside_its_tag_in_one_line_or_region_over_category(poster, product, top):
    assert lines_of(poster(product, channel=DEPOT))[: len(top) + 1] == [*top, "焦作“最美"]


@pytest.mark.parametrize(("channel", "url"), [(None, SHORT), (DEPOT, URL), (DEPOT, LONG)])
def test_sticker_has_no_text_below_5_and_a_half_points_nor_within_3_mm_of_the_cut(poster, channel, url):
    told = {"url": url, "design": "plain"} | ({"channel": channel} if channel else {})

    assert min(sizes_of(poster("sticker", **told))) >= 5.5
    assert dark_within_mm(poster("sticker", **told), 3) == 0


@pytest.mark.parametrize(("design", "url"), [("red", SHORT), ("plain", URL), ("dark", LONG)])
def test_tear_off_sheet_has_a_large_code_and_eight_of_25_mm_that_stand_free(poster, design, url):
    page = picture_of(poster("tearoff", design=design, url=url, sample=True))

    large, *small = symbols(page)
    sides = [symbol.box.side / 300 * MM_PER_INCH for symbol in (large, *small)]

    assert ({symbol.text for symbol in (large, *small)}, len(small)) == ({url}, 8)
    assert (sides[0] >= 60, min(sides) >= 25) == (True, True)
    assert min(quiet_modules(page, symbol) for symbol in (large, *small)) >= 4
    assert all(whole_pixels(page, symbol) for symbol in small)


def test_each_strip_reads_by_itself_once_torn_off(poster):
    page = picture_of(poster("tearoff"))
    width, top = page.width / 8, round(144 / MM_PER_INCH * 300)

    strips = [page.crop((round(width * i), top, round(width * (i + 1)), page.height)) for i in range(8)]

    assert [zxing(strip) for strip in strips] == [[URL]] * 8


@pytest.mark.parametrize(("design", "form"), [("red", "jpg"), ("plain", "jpg"), ("dark", "jpg"), ("dark", "png")])
def test_busiest_picture_for_groups_is_1080_by_1920_and_at_most_500_kb(poster, design, form):
    file = poster_file(poster("wechat", design=design, channel=DEPOT, url=LONG, sample=True), form)
    shown = Image.open(BytesIO(file))

    assert (shown.size, len(file) <= LARGEST_BYTES == 500_000) == ((1080, 1920), True)
    assert zxing(shown) == [LONG]


def test_code_of_the_picture_for_groups_still_reads_from_a_picture_of_360_pixels(poster):
    """What a chat shows of it before anybody has touched it is not much smaller."""
    small = picture_of(poster("wechat")).resize((360, 640), Image.Resampling.BILINEAR)

    assert zxing(small) == [URL]


@pytest.mark.parametrize(
    ("product", "name", "most", "sentence"),
    [
        ("sticker", "organiser", 12, "主办单位太长，不干胶贴 90×54 mm上放不下。请在 campaign.toml 里改短一些"),
        ("sticker", "closing", 14, "截止时间太长，不干胶贴 90×54 mm上放不下。请在 campaign.toml 里改短一些"),
        ("tearoff", "telephone", 13, "咨询电话太长，手撕条 A4上放不下。请在 campaign.toml 里改短一些"),
        ("wechat", "who_may", 117, "参加条件太长，微信群图片上放不下。请在 campaign.toml 里改短一些"),
    ],
)
def test_long_fact_shrinks_to_a_floor_and_is_refused_beyond(poster, product, name, most, sentence):
    times = 9 if name == "telephone" else 1  # it stands on every strip, too

    fits = lines_of(poster(product, **{name: "字" * most}))
    with pytest.raises(PosterError) as refused:
        poster_file(poster(product, **{name: "字" * (most + 1)}), "pdf")

    assert "".join(fits).count("字") == most * times
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("product", "words", "what"),
    [
        ("sticker", {"call": "字" * 24}, "标签旁的话 call"),
        ("sticker", {"scan": "字" * 18}, "二维码下的话 scan"),
        ("tearoff", {"steps": ("字" * 48, "填写", "提交")}, "步骤 steps"),
        ("wechat", {"steps": ("扫码", "填写", "字" * 28)}, "步骤 steps"),
    ],
)
def test_long_word_of_the_poster_book_is_refused(poster, product, words, what):
    made = poster(product, words=words)

    with pytest.raises(PosterError) as refused:
        poster_file(made, "png")

    assert str(refused.value) == f"{what}太长，{made.product.label}上放不下。请在 qr/posters.toml 里改短一些"


def test_long_step_on_the_tear_off_sheet_takes_the_room_that_short_ones_leave(poster):
    lines = lines_of(poster("tearoff", words={"steps": ("字" * 24, "填写", "提交")}))

    assert f"1 {'字' * 24} 2 填写 3 提交 撕一条，带走填" in lines


@pytest.mark.parametrize("product", ["a4", "a3", "rollup", "tearoff", "wechat"])
def test_short_title_is_set_larger_than_one_of_three_lines(poster, product):
    long = poster(product)
    brief = replace(
        long, facts=replace(long.facts, title="最美骑手"), book=replace(long.book, title_lines=("最美骑手",))
    )

    assert max(sizes_of(brief)) > 1.3 * max(sizes_of(long))


def test_channels_longest_name_fits_the_tear_off_sheet_in_two_lines(poster):
    lines = lines_of(poster("tearoff", channel=Channel("K7WM", "字" * 40)))

    assert "".join(lines).count("字") == 40
