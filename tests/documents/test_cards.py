import io
from dataclasses import replace

import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from h5app.documents import cards
from h5app.documents.cards import LinkFacts, ReceiptFacts, link_card, receipt_picture
from h5app.documents.typesetting import typeset
from h5app.domain.code import PrintedCode
from h5app.posters.code import code_for

ADDRESS = "https://zm.example.org/status"
LINK = "https://zm.example.org/n/4xQ7dPq0Xn2RkTbVw9mA1g"
LONG_LINK = "https://zuimei-laodongzhe.jiaozuo-gonghui.example.org/n/4xQ7dPq0Xn2RkTbVw9mA1g"
LONG_NAME = "阿卜杜拉·买买提·艾合买提江·吐尔逊"
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


def printed_code(url: str) -> PrintedCode:
    code = code_for(url)
    return PrintedCode(code.modules, code.runs)


RECEIPT = ReceiptFacts(
    title="焦作“最美新就业形态劳动者”推荐",
    organiser="焦作市总工会",
    reference="8PK4W2QM",
    name="李建国",
    route="个人自荐",
    submitted="2026年11月22日 15:30",
    after=("工会收到推荐表，进行初审", "入选名单向社会公示"),
    telephone="3999920",
    address=ADDRESS,
    code=printed_code(ADDRESS),
)
CARD = LinkFacts(
    title=RECEIPT.title,
    organiser=RECEIPT.organiser,
    whom="李建国",
    call="王秀英推荐您参选",
    steps=("看看写的对不对", "填身份证号，拍近照", "同意还是谢绝，由您决定"),
    until="请在 12月6日 18:00 前打开",
    telephone="3999920",
    code=printed_code(LINK),
)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def scanned(picture: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(picture)]


def words_of(facts: ReceiptFacts | LinkFacts) -> list[str]:
    """What the picture says, line by line: the same page as a PDF, whose letters can be read."""
    template, inputs = cards._page(facts)
    (pdf,) = typeset(template, inputs, form="pdf")
    lines = "".join(page.extract_text() + "\n" for page in PdfReader(io.BytesIO(pdf)).pages).splitlines()
    return [line.replace("\u200b", "").strip() for line in lines]


@pytest.mark.parametrize("share", [1.0, 0.5])
@pytest.mark.parametrize("mode", ["RGB", "L"])
@pytest.mark.parametrize(
    ("make", "facts", "address"),
    [
        (receipt_picture, RECEIPT, ADDRESS),
        (link_card, CARD, LINK),
        (link_card, replace(CARD, code=printed_code(LONG_LINK)), LONG_LINK),
    ],
    ids=["receipt", "card", "card with a long link"],
)
def test_the_code_scans_to_its_link_at_full_size_and_at_half_in_colour_and_grey(make, facts, address, mode, share):
    picture = opened(make(facts)).convert(mode)
    size = (round(picture.width * share), round(picture.height * share))

    assert scanned(picture.resize(size, Image.Resampling.BILINEAR)) == [address]


@pytest.mark.parametrize(
    ("facts", "module_px"),
    [(CARD, 12), (replace(CARD, code=printed_code(LONG_LINK)), 10), (RECEIPT, 5)],
)
def test_modules_are_whole_pixels_of_one_colour_with_four_quiet_ones_around(facts, module_px):
    picture = opened(receipt_picture(facts) if isinstance(facts, ReceiptFacts) else link_card(facts)).convert("L")
    (found,) = zxingcpp.read_barcodes(picture)
    left, top = found.position.top_left.x, found.position.top_left.y
    side, quiet = facts.code.modules * module_px, 4 * module_px
    symbol = picture.crop((left, top, left + side, top + side))

    wanted = Image.new("L", (facts.code.modules, facts.code.modules), 255)
    for x, y, length in facts.code.runs:
        wanted.paste(26, (x, y, x + length, y + 1))
    assert symbol.tobytes() == wanted.resize((side, side), Image.Resampling.NEAREST).tobytes()
    around = picture.crop((left - quiet, top - quiet, left + side + quiet, top + side + quiet))
    around.paste(255, (quiet, quiet, quiet + side, quiet + side))
    assert around.getextrema() == (255, 255)


def test_the_receipt_says_what_is_needed_to_ask_and_nothing_of_the_person_but_the_name():
    assert words_of(RECEIPT) == [
        "焦作市总工会",
        "焦作“最美新就业形态劳动者”推荐",
        "已收到",
        "受理编号",
        "8PK4 W2QM",
        "被推荐人 李建国",
        "推荐方式 个人自荐",
        "提交时间 2026年11月22日 15:30",
        "接下来",
        "1 工会收到推荐表，进行初审",
        "2 入选名单向社会公示",
        "查进度、要修改",
        "长按扫码，或打开",
        "zm.example.org/status",
        "问工会 3999920",
    ]


def test_the_card_says_who_asks_for_what_and_keeps_the_link_in_its_code():
    assert words_of(CARD) == [
        "焦作市总工会",
        "焦作“最美新就业形态劳动者”推荐",
        "李建国：",
        "王秀英推荐您参选",
        "微信扫一扫，或长按图片识别",
        "1 看看写的对不对",
        "2 填身份证号，拍近照",
        "3 同意还是谢绝，由您决定",
        "只发给本人，不要发到群里",
        "请在 12月6日 18:00 前打开",
        "不清楚？打电话问工会 3999920",
    ]


def test_the_number_stands_in_two_halves_and_is_the_largest_thing_on_the_receipt():
    picture = opened(receipt_picture(RECEIPT)).convert("L")
    dark = picture.crop((60, 320, 690, 460)).point(lambda level: 255 * (level < 60))
    left, top, right, bottom = dark.getbbox()

    assert bottom - top >= 70
    assert right - left >= 540


def test_a_link_without_an_end_says_nothing_of_one():
    assert [line for line in words_of(replace(CARD, until="")) if "前打开" in line] == []


def test_without_a_code_the_address_is_still_printed():
    facts = replace(RECEIPT, address="https://zm.example.org/" + "a" * 120, code=None)

    assert scanned(opened(receipt_picture(facts))) == []
    assert "zm.example.org/" + "a" * 120 in "".join(words_of(facts))
    assert "请打开" in words_of(facts)


@pytest.mark.parametrize(
    ("make", "facts"),
    [
        (receipt_picture, RECEIPT),
        (receipt_picture, replace(RECEIPT, name=LONG_NAME, after=[*RECEIPT.after, "由选树委员会评审，再向社会公示"])),
        (link_card, CARD),
        (link_card, replace(CARD, call="焦作市顺达速运有限公司解放区塔南路营业部推荐您，请您用手机传照片")),
    ],
    ids=["receipt", "long receipt", "card", "long card"],
)
def test_pictures_are_750_pixels_wide_and_weigh_at_most_60_KB(make, facts):
    png = make(facts)

    assert (opened(png).format, opened(png).width) == ("PNG", 750)
    assert len(png) <= 60_000


def test_a_long_name_is_made_smaller_and_stays_whole():
    assert f"被推荐人 {LONG_NAME}" in words_of(replace(RECEIPT, name=LONG_NAME))


def test_what_is_long_makes_the_picture_higher_and_is_not_cut_off():
    words = "由选树委员会评审" * 10
    facts = replace(RECEIPT, after=[words] * 3)

    assert opened(receipt_picture(facts)).height > opened(receipt_picture(RECEIPT)).height
    assert "".join(words_of(facts)).count("由选树委员会评审") == 30


@pytest.mark.parametrize("typed", ['#read("/etc/passwd")', "{{7*7}}", "$x^2$", "*a* _b_ `c`", "A & B <b>"])
def test_S12_what_looks_like_a_program_is_printed_as_typed(typed):
    assert typed in "".join(words_of(replace(RECEIPT, name=typed))).replace("被推荐人 ", "")
    assert typed in "".join(words_of(replace(CARD, whom=typed, call=typed)))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
def test_S7_any_text_gives_pictures(text):
    assert opened(receipt_picture(replace(RECEIPT, name=text, route=text, after=[text]))).width == 750
    assert opened(link_card(replace(CARD, whom=text, call=text, until=text))).width == 750


@pytest.mark.parametrize(("make", "facts"), [(receipt_picture, RECEIPT), (link_card, CARD)])
def test_the_same_facts_give_the_same_bytes(make, facts):
    assert make(facts) == make(facts)
