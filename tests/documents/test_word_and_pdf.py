"""Word and PDF side by side, through the programs that offices and printers use."""

import io
from collections import Counter

import pytest
from PIL import ImageChops
from pypdf import PdfReader

from h5app.documents.pdf import recommendation_pdf
from h5app.documents.plan import plan
from h5app.documents.word import recommendation_docx

pytestmark = [pytest.mark.office, pytest.mark.poppler]

BLUE_EDGES = {"exact": (295, 413, 0), "wide": (1000, 700, 250), "tall": (250, 700, 175)}


@pytest.fixture(scope="module")
def sheets(make_sheet, make_jpeg):
    deeds = "雨夜送药，2023年获评“最美快递员”，累计配送12万单，无一差评。\n" * 40
    honours = "\n".join(f"20{year}年 焦作市“最美快递员”" for year in range(18, 24))
    ordinary = {
        "ordinary": make_sheet(deeds=deeds[:500]),
        "stamped": make_sheet(stamped=True, name="阿卜杜拉·买买提", deeds=deeds[:650], honours=honours),
        "empty": make_sheet(deeds="", honours="", portrait=None),
        "full": make_sheet(
            deeds=deeds.replace("\n", "")[:800], unit_and_post="某" * 60, skill_level="网络预约出租汽车驾驶员三级"
        ),
        "inert": make_sheet(deeds='{{7*7}} </w:t> #read("/etc/passwd") A & B <b> {_{x}_}\n\n' + "a" * 200),
        "long": make_sheet(deeds="\n".join(f"第{number}件事：雨夜送药。" for number in range(50))),
    }
    portraits = {
        name: make_sheet(portrait=make_jpeg(width, height, edges=edges))
        for name, (width, height, edges) in BLUE_EDGES.items()
    }
    return ordinary | portraits


@pytest.fixture(scope="module")
def pdfs(sheets):
    return {name: recommendation_pdf(sheet) for name, sheet in sheets.items()}


@pytest.fixture(scope="module")
def words(sheets, office):
    """The Word files as LibreOffice prints them."""
    return office.pdfs({name: recommendation_docx(sheet) for name, sheet in sheets.items()})


@pytest.mark.parametrize("name", ["ordinary", "stamped", "empty", "full", "inert"])
def test_word_and_pdf_say_the_same_on_one_page(pdfs, words, poppler_text, name):
    assert sorted(poppler_text(words[name])) == sorted(poppler_text(pdfs[name]))
    assert [len(PdfReader(io.BytesIO(made[name])).pages) for made in (words, pdfs)] == [1, 1]


def test_long_deeds_go_on_in_both_and_lose_nothing(sheets, pdfs, words, poppler_text):
    for made in (words, pdfs):
        text = poppler_text(made["long"])
        assert [line for line in sheets["long"].texts["deeds"].split("\n") if line not in text] == []
        assert ("第1页，共2页" in text, "第2页，共2页" in text) == (True, True)


SENTENCE = "2023年3月获评“最美快递员”，累计配送12万单（含夜班3,200单），APP评分4.98。"
WRITTEN = {
    "prose": lambda letters: (SENTENCE * 120)[:letters],
    "short lines": lambda letters: "\r\n".join(f"第{number}件事：雨夜送药。" for number in range(letters // 10)),
    "one word": lambda letters: "w" * letters,
    "closing marks": lambda letters: ("“‘（啊）’”，。、；：" * 500)[:letters],
}
LETTERS = (560, 800, 1040, 5000)
HONOURS = ("无", "2022年 五一劳动奖章\r\n2023年 最美快递员", SENTENCE * 6)


@pytest.fixture(scope="module")
def lengths(make_sheet):
    """Many lengths of deeds and honours, with other long answers in every second."""
    return {
        f"{kind} {letters}": make_sheet(
            deeds=write(letters),
            honours=HONOURS[number % 3],
            unit="某" * 60 if number % 2 else "",
            unit_and_post="某" * (80 if number % 2 else 20),
            stamped=number % 4 == 0,
            portrait=None,
        )
        for kind, write in WRITTEN.items()
        for number, letters in enumerate(LETTERS)
    }


def test_the_form_is_one_page_whatever_is_written_and_what_it_cannot_hold_is_behind_it(lengths, office):
    words = office.pdfs({name: recommendation_docx(sheet) for name, sheet in lengths.items()})
    printed = {("PDF", name): recommendation_pdf(sheet) for name, sheet in lengths.items()}
    printed |= {("Word", name): data for name, data in words.items()}

    assert {key: trouble(lengths[key[1]], data) for key, data in printed.items()} == dict.fromkeys(printed, "")


def trouble(sheet, pdf: bytes) -> str:
    """What is wrong with a printed form: where it ends, what follows, what is lost."""
    form, *others = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    if not form.count("推荐单位：") == form.count("日期：") == 1:
        return "the form does not end on its page"
    if bool(others) != plan(sheet).continues or (others and "附页（续" not in others[0][:80]):
        return "another page by accident"
    asked = Counter("".join("".join(sheet.texts.values()).split()))
    return "something is lost" if asked - Counter("".join([form, *others])) else ""


@pytest.mark.parametrize("kind", ["words", "pdfs"])
@pytest.mark.parametrize("name", BLUE_EDGES)
def test_the_portrait_is_25_by_35_mm_on_paper_and_centred_in_its_cell(request, page_image, kind, name):
    page = page_image(request.getfixturevalue(kind)[name])
    left, top, right, bottom = box_of_red(page)

    assert (right - left, bottom - top) == (pytest.approx(250, abs=2), pytest.approx(350, abs=2))
    assert (left + right) / 2 == pytest.approx(2100 - 180 - 140, abs=6)


def box_of_red(page) -> tuple[int, int, int, int]:
    """Bounding box, in tenths of a millimetre, of what is red: no edge of the picture, no line, no text is."""
    red, green, blue = page.split()
    strong = red.point(lambda level: 255 * (level > 180))
    others = ImageChops.lighter(green, blue).point(lambda level: 255 * (level < 90))
    return ImageChops.darker(strong, others).getbbox()
