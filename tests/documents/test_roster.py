"""汇总表: Word and XLSX of one description."""

import io
import zipfile

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from h5app.documents import roster_plan as plan
from h5app.documents.roster_table import roster_xlsx
from h5app.documents.roster_word import roster_docx
from h5app.domain.questions import QUESTIONS
from h5app.domain.roster import COLUMNS, NUMBER, ON_REQUEST, RECOMMENDER, Roster, blank_roster
from h5app.domain.sheet import CELLS

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)
TITLE = "焦作“最美新就业形态劳动者”推荐汇总表"
PERSON = {
    "recommender": "焦作市顺达速运有限公司",
    "name": "李建国",
    "sex": "男",
    "birth_month": "1990年12月",
    "ethnicity": "汉族",
    "political_status": "群众",
    "id_number": "410811199012120019",
    "unit_and_post": "焦作市顺达速运有限公司塔南路营业部 快递员",
    "phone": "13800001234",
    "honours": "2022年 焦作市五一劳动奖章\n2023年 最美快递员提名",
    "deeds": "每天第一个到站点。\n冬天送老人回家。",
}
HEADINGS = ["序号", "推荐单位", "姓名", "性别", "出生年月", "民族", "政治面貌", "单位及职务", "主要荣誉"]
DEEDS_HEADING = "主要事迹\n（500字左右）"


def roster(*changes, **fields):
    rows = tuple(PERSON | change for change in changes or ({},))
    return Roster(**{"title": TITLE, "unit": "焦作市总工会", "dated": "2026年11月22日", "rows": rows} | fields)


def word_rows(data):
    table = docx.Document(io.BytesIO(data)).tables[0]
    return [["\n".join(p.text for p in cell.paragraphs) for cell in row.cells] for row in table.rows]


def sheet_of(data):
    return load_workbook(io.BytesIO(data)).active


def sheet_rows(data):
    return [[cell.value or "" for cell in row] for row in sheet_of(data).iter_rows(min_row=3)]


def test_the_columns_are_those_of_the_notice_and_a_cell_of_the_form_has_its_label():
    usual = [column.label for column in COLUMNS if not column.asked]

    assert usual == [*HEADINGS, "主要事迹"]
    assert ON_REQUEST == ("id_number", "phone")
    assert {column.name for column in COLUMNS} - {NUMBER, RECOMMENDER} <= {q.name for q in QUESTIONS}
    assert {c.name: CELLS[c.name] for c in COLUMNS if c.name in CELLS and c.name != "honours"} == {
        c.name: c.label for c in COLUMNS if c.name in CELLS and c.name != "honours"
    }


@pytest.mark.parametrize("rows_of", [lambda r: word_rows(roster_docx(r)), lambda r: sheet_rows(roster_xlsx(r))])
def test_word_and_table_hold_the_same_texts_in_the_same_order(rows_of):
    texts = [PERSON[name] for name in (column.name for column in COLUMNS if not column.asked) if name != NUMBER]

    rows = rows_of(roster({}, {"name": "王秀英", "recommender": ""}))

    assert [cell.replace("政治\n", "政治") for cell in rows[0]] == [*HEADINGS, DEEDS_HEADING]
    assert rows[1] == ["1", *texts]
    assert rows[2] == ["2", "", "王秀英", *texts[2:]]


@pytest.mark.parametrize("rows_of", [lambda r: word_rows(roster_docx(r)), lambda r: sheet_rows(roster_xlsx(r))])
def test_id_number_and_telephone_stand_there_only_when_asked_for(rows_of):
    asked = rows_of(roster(asked=frozenset({"id_number", "phone"})))

    assert [row[asked[0].index("身份证号")] for row in asked] == ["身份证号", PERSON["id_number"]]
    assert [row[asked[0].index("联系方式")] for row in asked] == ["联系方式", PERSON["phone"]]
    assert not [cell for row in rows_of(roster()) for cell in row if cell in (PERSON["id_number"], PERSON["phone"])]


def test_above_the_table_stand_heading_unit_seal_and_day():
    document = docx.Document(io.BytesIO(roster_docx(roster())))
    sheet = sheet_of(roster_xlsx(roster()))

    assert [p.text for p in document.paragraphs][:2] == [TITLE, "推荐单位：焦作市总工会（盖章）\t日期：2026年11月22日"]
    assert [sheet["A1"].value, sheet["A2"].value, sheet["J2"].value] == [
        TITLE,
        "推荐单位：焦作市总工会（盖章）",
        "日期：2026年11月22日",
    ]


def test_a_blank_table_asks_for_seal_and_day_and_has_room_to_write():
    rows = word_rows(roster_docx(blank_roster(TITLE)))
    document = docx.Document(io.BytesIO(roster_docx(blank_roster(TITLE))))

    assert [row[0] for row in rows[1:]] == [str(number) for number in range(1, 9)]
    assert {cell for row in rows[1:] for cell in row[1:]} == {""}
    assert document.paragraphs[1].text.split() == ["推荐单位：", "（盖章）", "日期：", "年", "月", "日"]


def test_the_page_is_a4_landscape_and_the_head_repeats():
    document = docx.Document(io.BytesIO(roster_docx(roster())))
    sheet = sheet_of(roster_xlsx(roster()))

    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)
    assert [bool(row._tr.findall(f".//{qn('w:tblHeader')}")) for row in document.tables[0].rows] == [True, False]
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.print_title_rows) == (
        "landscape",
        9,
        "$3:$3",
    )
    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)  # one page wide


def test_no_row_is_torn_unless_it_is_higher_than_a_page():
    document = docx.Document(io.BytesIO(roster_docx(roster({"deeds": "事" * 500}, {"deeds": "事" * 4000}))))

    whole = [bool(row._tr.findall(f".//{qn('w:cantSplit')}")) for row in document.tables[0].rows]
    assert whole == [True, True, False]


@pytest.mark.parametrize(("chars", "size_pt"), [(60, 10.5), (300, 10.5), (500, 9.0), (4000, 9.0)])
def test_long_deeds_shrink_to_nine_points_and_then_go_on(chars, size_pt):
    planned = plan.plan_roster(roster({"deeds": "事" * chars}))

    assert planned.size_pt == size_pt
    assert sum(planned.widths_mm) == plan.BODY_WIDTH_MM


def test_two_people_with_500_characters_each_share_a_page():
    planned = plan.plan_roster(roster({"deeds": "事" * 500}, {"deeds": "事" * 500}))

    assert sum(row.height_mm for row in planned.rows) <= plan._page_mm()


def test_the_longest_month_of_birth_has_one_line():
    """Word leaves a quarter of a character between 1974 and 年."""
    planned = plan.plan_roster(roster())
    width_mm = dict(zip((column.name for column in planned.columns), planned.widths_mm, strict=True))["birth_month"]

    assert width_mm - 2 * plan.PADDING_X_MM >= (len("年月") + len("197410") / 2 + 3 / 4) * planned.size_pt * plan.PT_MM
    assert planned.size_pt == 10.5


def test_a_text_higher_than_excels_highest_row_stands_in_several_rows():
    sheet = sheet_of(roster_xlsx(roster({"deeds": "事" * 4000}, {})))

    merged = {str(area) for area in sheet.merged_cells.ranges} - {"A1:J1", "A2:I2"}
    assert "J4:J8" in merged
    assert sheet["J4"].value == "事" * 4000
    assert sheet["A9"].value == "2"
    assert max(height.height for height in sheet.row_dimensions.values()) <= 409


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "http://example.org", "007", "\t=1+1", "{=1}"])
def test_S10_whatever_is_typed_stays_text(text):
    data = roster_xlsx(roster({"name": text, "id_number": text}, asked=frozenset(ON_REQUEST), unit=text))

    sheet = sheet_of(data)
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert (sheet["C4"].value, sheet["C4"].number_format) == (text.strip(), "@")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


@settings(max_examples=40, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_S7_any_text_gives_files_that_open(title, text):
    odd = Roster(title=title, unit=text, dated=text, rows=(dict.fromkeys(PERSON, text),), asked=frozenset(ON_REQUEST))

    assert len(word_rows(roster_docx(odd))) == 2
    assert sheet_of(roster_xlsx(odd)).max_row >= 4


def test_the_same_roster_gives_the_same_bytes():
    assert roster_docx(roster()) == roster_docx(roster())
    assert roster_xlsx(roster()) == roster_xlsx(roster())


def test_words_font_is_that_of_the_official_form_for_chinese():
    document = docx.Document(io.BytesIO(roster_docx(roster())))

    fonts = {
        style.name: style.element.rPr.rFonts.get(qn("w:eastAsia"))
        for style in document.styles
        if style.name in {"Normal", "推荐表标题"}
    }
    assert fonts == {"Normal": "仿宋", "推荐表标题": "方正小标宋简体"}


def test_S8_a_rare_character_has_a_font_that_has_it_and_stays_in_its_name():
    document = docx.Document(io.BytesIO(roster_docx(roster({"name": "张𠮷明"}))))

    (paragraph,) = document.tables[0].rows[1].cells[2].paragraphs
    runs = [(run.text, run.element.iter(qn("w:rFonts"))) for run in paragraph.runs]
    fonts = [(text, [font.get(qn("w:eastAsia")) for font in named]) for text, named in runs]
    assert fonts == [("张", []), ("𠮷", ["SimSun-ExtB"]), ("明", [])]


@pytest.mark.office
def test_libreoffice_prints_every_word_and_the_head_on_each_page(office):
    people = [{"name": f"张{number}", "deeds": "事迹" * 240 + f"完{number}"} for number in range(4)]
    long = {"name": "王长", "deeds": "事迹" * 1500 + "完了"}

    pdf = office.pdfs({"roster": roster_docx(roster(*people, long))})["roster"]

    pages = ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]
    assert all("序号" in page and f"第{number}页" in page for number, page in enumerate(pages, start=1))
    assert "".join(pages).count("迹") == 4 * 240 + 1500 + len(pages)
    for number in range(4):
        (page,) = [page for page in pages if f"张{number}" in page]
        assert f"完{number}" in page
