import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from h5app.documents.pdf import missing_notes, recommendation_pdf
from h5app.domain.errors import UnreadablePhotoError
from h5app.domain.sheet import CELLS

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80)
FOUND_IN_TEXTS = ["{{7*7}}", "</w:t>", '#read("/etc/passwd")', "A & B <b>", "$x^2$", "*a* _b_ `c`", "\\u{41}", "@a #1"]


def text_of(pdf: bytes) -> str:
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pages_of(pdf: bytes) -> int:
    return len(PdfReader(io.BytesIO(pdf)).pages)


def test_the_form_is_one_a4_page_in_the_shipped_font(make_sheet):
    page, *others = PdfReader(io.BytesIO(recommendation_pdf(make_sheet()))).pages

    assert others == []
    assert [round(float(side) / 72 * 25.4) for side in page.mediabox] == [0, 0, 210, 297]
    fonts = page["/Resources"]["/Font"].values()
    assert {font.get_object()["/BaseFont"].split("+")[1] for font in fonts} == {"NotoSerifSC-Regular-Identity-H"}


def test_every_label_and_answer_is_printed_in_the_order_of_the_form(make_sheet):
    sheet = make_sheet()
    text = text_of(recommendation_pdf(sheet))

    places = [
        text.index("".join(sheet.texts[name].split())) for name in ("name", "id_number", "unit_and_post", "deeds")
    ]
    assert places == sorted(places)
    assert [name for name in CELLS if "".join(sheet.texts[name].split()) not in text] == []
    assert [label for label in CELLS.values() if label not in text] == []


def test_the_foot_of_the_page_has_the_reference(make_sheet):
    assert "受理编号：8PK4W2QM" in text_of(recommendation_pdf(make_sheet()))


def test_a_sheet_that_needs_no_seal_says_so_and_keeps_its_cells(make_sheet):
    stamped, plain = (text_of(recommendation_pdf(make_sheet(stamped=stamped))) for stamped in (True, False))

    assert ("申报单位意见（盖章）年月日" in stamped, "推荐单位：（盖章）日期：年月日" in stamped) == (True, True)
    assert "申报单位意见（无须盖章）年月日" in plain
    assert "推荐单位：日期：年月日" in plain


def test_without_a_portrait_its_cell_says_what_belongs_there(make_sheet):
    with_portrait, without = (text_of(recommendation_pdf(s)) for s in (make_sheet(), make_sheet(portrait=None)))

    assert "正面免冠彩色近照（1寸）" in without
    assert "正面免冠" not in with_portrait


def test_the_portrait_reaches_the_pdf_unchanged(make_sheet, make_jpeg):
    portrait = make_jpeg(590, 826)
    assert portrait in recommendation_pdf(make_sheet(portrait=portrait))


def test_a_portrait_that_is_no_jpeg_is_refused(make_sheet):
    with pytest.raises(UnreadablePhotoError):
        recommendation_pdf(make_sheet(portrait=b"\x89PNG\r\n\x1a\n"))


@pytest.mark.parametrize("answer", FOUND_IN_TEXTS)
def test_S12_what_looks_like_a_program_is_printed_as_typed(make_sheet, answer):
    pdf = recommendation_pdf(make_sheet(name=answer, deeds=answer, honours=answer, title=answer, reference=answer))
    assert text_of(pdf).count("".join(answer.split())) == 5


def test_the_same_sheet_gives_the_same_bytes(make_sheet):
    assert recommendation_pdf(make_sheet()) == recommendation_pdf(make_sheet())


@pytest.mark.parametrize("letters", range(0, 801, 100))
def test_deeds_up_to_800_letters_stay_on_one_page(make_sheet, letters):
    deeds = ("雨夜送药，2023年获评“最美快递员”，累计配送12万单。" * 40)[:letters]
    pdf = recommendation_pdf(make_sheet(deeds=deeds))

    assert pages_of(pdf) == 1
    assert deeds in text_of(pdf)


def page_texts(pdf: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def test_what_does_not_fit_the_form_goes_on_on_the_appendix_and_is_whole(make_sheet):
    deeds = "\n".join(f"第{number}件事：雨夜送药。" for number in range(50))
    form, appendix = page_texts(recommendation_pdf(make_sheet(deeds=deeds)))

    assert [line for line in deeds.split("\n") if line not in form + appendix] == []
    assert ("（下转附页）" in form, "推荐单位：日期：" in form) == (True, True)
    assert appendix.startswith("附页（续主要事迹）姓名：李建国受理编号：8PK4W2QM")
    assert ("第1页，共2页" in form, "第2页，共2页" in appendix) == (True, True)


def test_the_slips_of_the_notice_are_not_carried_over(make_sheet):
    text = text_of(recommendation_pdf(make_sheet()))
    assert ("形态形态" in text, "and" in text) == (False, False)


def test_threads_print_different_sheets_at_the_same_time(make_sheet):
    sheets = [make_sheet(name=f"李{number}") for number in range(16)]
    one_by_one = [recommendation_pdf(sheet) for sheet in sheets]

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(recommendation_pdf, sheets)) == one_by_one


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
def test_S7_any_text_gives_a_pdf(make_sheet, text):
    answers = dict.fromkeys(CELLS, text)
    assert pages_of(recommendation_pdf(make_sheet(title=text, reference=text, portrait=None, **answers))) >= 1


@pytest.mark.parametrize("name", CELLS)
def test_S6_an_answer_of_any_length_leaves_the_form_on_one_page_and_loses_nothing(make_sheet, name):
    form, *appendix = page_texts(recommendation_pdf(make_sheet(**{name: "长" * 10_000})))

    assert "推荐单位：日期：" in form
    assert appendix[0].startswith(f"附页（续{CELLS[name]}）")
    assert "".join([form, *appendix]).count("长") >= 10_000


def test_S8_a_character_that_only_the_second_font_has_is_drawn_with_it(make_sheet):
    page = PdfReader(io.BytesIO(recommendation_pdf(make_sheet(name="䶮𫖯𬍛𰻞")))).pages[0]

    fonts = {font.get_object()["/BaseFont"].split("+")[1] for font in page["/Resources"]["/Font"].values()}
    assert fonts == {"NotoSerifSC-Regular-Identity-H", "NotoSansSC-Regular-Identity-H"}
    assert "䶮𫖯𬍛𰻞" in page.extract_text()


def test_S8_rare_characters_are_printed_and_can_be_copied(make_sheet, stationery):
    pdf = recommendation_pdf(make_sheet(name="𠮷\U00031350", deeds="见到\U0002a6d6先生😀"), stationery)
    assert [part for part in ("𠮷\U00031350", "见到\U0002a6d6先生😀") if part not in text_of(pdf)] == []


def test_S8_the_same_rare_characters_give_the_same_bytes(make_sheet, stationery):
    sheet = make_sheet(name="𠮷\U00031350")
    assert recommendation_pdf(sheet, stationery) == recommendation_pdf(sheet, stationery)


def test_S8_a_character_that_no_font_has_is_printed_as_a_sign_and_told_to_the_staff(make_sheet):
    sheet = make_sheet(name="张𠮷", unit="\U0002ebf0公司")

    assert "张〓" in text_of(recommendation_pdf(sheet))
    (note,) = missing_notes(sheet)
    assert note == (
        "请核对：PDF 上印成“〓”的字，字体里没有："
        "\U0002ebf0（U+2EBF0，扩展I区）、𠮷（U+20BB7，扩展B区，部首“口”加 3 画）。"
        "请打印后手写补上；Word 上由您电脑里的字体显示。"
    )


def test_nothing_is_told_of_ordinary_characters(make_sheet):
    assert missing_notes(make_sheet(name="阿卜杜拉·买买提")) == ()
