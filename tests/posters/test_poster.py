from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from h5app.domain.channel import Channel
from h5app.domain.errors import PosterError
from h5app.posters.poster import Poster, poster_file
from h5app.posters.product import design_named, product_named

URL = "https://zm.example.org/t/K7WM"
PIXELS = (2480, 3508)
DPI = 300
WHITE = (255, 255, 255)


def a4(facts, book, channel, url, *, sample, design="red"):
    return Poster(facts, book, channel, url, product_named("a4"), design_named(design), sample)


def poster_pdf(*args, **kwargs) -> bytes:
    return poster_file(a4(*args, **kwargs), "pdf")


def poster_png(*args, **kwargs) -> bytes:
    return poster_file(a4(*args, **kwargs), "png")


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def pdf_text(pdf: bytes) -> str:
    return PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_picture_prints_as_a4_and_travels_light(facts, book):
    png = poster_png(facts, book, book.channels[0], URL, sample=True)
    picture = Image.open(BytesIO(png))
    picture.load()

    assert (picture.format, picture.size) == ("PNG", PIXELS)
    assert tuple(round(dpi) for dpi in picture.info["dpi"]) == (DPI, DPI)
    assert len(png) < 1_000_000


@pytest.mark.parametrize("place", range(4))
def test_pdf_is_one_a4_page_of_vectors_with_its_fonts_inside(facts, book, place):
    pdf = PdfReader(BytesIO(poster_pdf(facts, book, book.channels[place], URL, sample=False)))
    (page,) = pdf.pages
    fonts = [
        font.get_object()["/DescendantFonts"][0]["/FontDescriptor"] for font in page["/Resources"]["/Font"].values()
    ]

    assert [round(float(side) / 72 * 25.4, 1) for side in page.trimbox] == [3.0, 3.0, 213.0, 300.0]
    assert sorted(font["/FontName"].split("+")[1] for font in fonts) == ["NotoSansSC-Regular", "NotoSerifCJKsc-Black"]
    assert all("/FontFile3" in font for font in fonts)
    assert "/XObject" not in page["/Resources"]
    assert pdf.metadata is not None
    assert (pdf.metadata.title, pdf.metadata.author) == (facts.title, facts.organiser)


def test_pdf_says_everything_in_reading_order(facts, book):
    assert pdf_text(poster_pdf(facts, book, book.channels[1], URL, sample=False)).splitlines() == [
        "个人自荐 每天在路上的您，就是最美的风景",
        "焦作“最美",
        "新就业形态",
        "劳动者”推荐",
        "微信扫一扫 马上自荐",
        "扫不了码？用手机浏览器打开",
        "zm.example.org/t/K7WM",
        "1 微信扫码，点“个人自荐”",
        "2 填写推荐表，拍照上传",
        "3 提交，记下受理编号",
        "谁可以参加 在焦作市域内工作满2年的货车司机、网约车司机、快递员、",
        "外卖配送员等新就业形态劳动者，且为工会会员",
        "焦作市总工会 截止时间以省总工会通知为准",
        "咨询电话 3999920 豫ICP备00000000号　豫公网安备00000000000000号",
        "H3NR · 个人自荐",
    ]


def test_only_a_sample_says_so(facts, book):
    for_print = pdf_text(poster_pdf(facts, book, book.channels[0], URL, sample=False))
    sample = pdf_text(poster_pdf(facts, book, book.channels[0], URL, sample=True))

    assert ("样张" in for_print, sample.count("样张") > 20) == (False, True)


def test_closing_time_and_records_may_be_empty(facts, book):
    bare = replace(facts, closing="", records=())

    assert pdf_text(poster_pdf(bare, book, book.channels[0], URL, sample=True)).splitlines()[-3:] == [
        "焦作市总工会",
        "咨询电话 3999920",
        "K7WM · 总海报",
    ]


def test_channels_place_stands_over_its_code_and_its_name_at_the_foot(facts, book):
    depot = Channel("H3NR", "中通示例站", region="解放区", category="快递员")

    said = pdf_text(poster_pdf(facts, book, depot, URL, sample=False)).splitlines()

    assert said[said.index("劳动者”推荐") + 1 : said.index("微信扫一扫 马上推荐")] == ["解放区 · 快递员"]
    assert said[-1] == "H3NR · 中通示例站"


def test_same_words_give_the_same_bytes(facts, book):
    def once(make):
        return make(facts, book, book.channels[0], URL, sample=False)

    assert once(poster_pdf) == once(poster_pdf)
    assert once(poster_png) == once(poster_png)


def test_many_threads_make_posters_at_once(facts, book):
    def make(place):
        return poster_pdf(facts, book, book.channels[place % 4], URL, sample=False)

    alone = [make(place) for place in range(4)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(make, range(32)))

    assert together == alone * 8


TOO_LONG = {
    "organiser": ("主办单位太长，A4 海报上放不下。请在 campaign.toml 里改短一些", 23),
    "telephone": ("咨询电话太长，A4 海报上放不下。请在 campaign.toml 里改短一些", 24),
    "who_may": ("参加条件太长，A4 海报上放不下。请在 campaign.toml 里改短一些", 168),
    "closing": ("截止时间太长，A4 海报上放不下。请在 campaign.toml 里改短一些", 23),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_long_fact_shrinks_to_a_floor_and_is_refused_beyond(facts, book, name):
    sentence, most = TOO_LONG[name]

    fits = poster_pdf(replace(facts, **{name: "字" * most}), book, book.channels[0], URL, sample=False)
    with pytest.raises(PosterError) as refused:
        poster_pdf(replace(facts, **{name: "字" * (most + 1)}), book, book.channels[0], URL, sample=False)

    assert pdf_text(fits).count("字") == most
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("name", "words", "what"),
    [
        ("call", "字" * 35, "标签旁的话 call"),
        ("scan", "字" * 20, "二维码下的话 scan"),
        ("steps", ("字" * 28, "填写", "提交"), "步骤 steps"),
        ("steps", ("扫码", "填写", "字" * 28), "步骤 steps"),
    ],
)
def test_long_word_of_the_poster_book_is_refused(facts, book, name, words, what):
    edited = replace(book, texts={"campaign": replace(book.texts["campaign"], **{name: words})})

    with pytest.raises(PosterError) as refused:
        poster_pdf(facts, edited, book.channels[0], URL, sample=False)

    assert str(refused.value) == f"{what}太长，A4 海报上放不下。请在 qr/posters.toml 里改短一些"


def test_title_line_too_long_is_refused(facts, book):
    title = "字" * 11

    with pytest.raises(PosterError, match=r"标题太长，A4 海报上放不下。请在 qr/posters.toml 里改短一些"):
        poster_pdf(
            replace(facts, title=title), replace(book, title_lines=(title,)), book.channels[0], URL, sample=False
        )


def test_longest_texts_stay_on_the_paper_and_off_the_code(facts, book):
    long = replace(facts, **{name: "字" * most for name, (_, most) in TOO_LONG.items()})
    words = replace(book.texts["campaign"], call="字" * 22, scan="字" * 15, steps=("字" * 24,) * 3)
    edited = replace(book, texts={"campaign": words})

    picture = Image.open(BytesIO(poster_png(long, edited, book.channels[0], URL, sample=False))).convert("RGB")

    margin = round(10 / 25.4 * DPI)
    foot = round(215 / 25.4 * DPI)
    paper = picture.crop((0, foot, *PIXELS))
    paper.paste(WHITE, (margin, 0, PIXELS[0] - margin, PIXELS[1] - foot - margin))
    assert paper.getcolors() == [(paper.width * paper.height, WHITE)]
    assert scanned(picture) == [URL]


def test_title_that_is_not_the_campaigns_is_refused(facts, book):
    with pytest.raises(PosterError) as refused:
        poster_pdf(replace(facts, title="郑州最美骑手"), book, book.channels[0], URL, sample=False)

    assert str(refused.value) == (
        "qr/posters.toml 的标题 title_lines 连起来是“焦作“最美新就业形态劳动者”推荐”，"
        "campaign.toml 里的活动名称是“郑州最美骑手”。两处要一字不差，请改其中一处"
    )


@pytest.mark.parametrize(
    ("words", "missing"), [("焦作🛵总工会", "'🛵'"), ("焦作\n总工会", r"'\n'"), ("\u202e会", r"'\u202e'")]
)
def test_character_that_cannot_be_printed_is_refused(facts, book, words, missing):
    with pytest.raises(PosterError) as refused:
        poster_pdf(replace(facts, organiser=words), book, book.channels[0], URL, sample=False)

    assert str(refused.value) == f"主办单位里有印不出来的字符：{missing}。请在 campaign.toml 里换一个写法"


@pytest.mark.parametrize("words", ['#read("/etc/passwd")', "{{7*7}} $x$ *b*", '\\"}], "x": [', "</w:t> `a` @b <c>"])
def test_markup_in_words_is_printed_as_it_stands(facts, book, words):
    page = pdf_text(poster_pdf(replace(facts, closing=words), book, book.channels[0], URL, sample=False))

    assert f"焦作市总工会 {words}" in page.splitlines()
