import io

import docx
import pytest
from pypdf import PdfReader

from h5app.documents.blank import blank_sheet
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.word import recommendation_docx
from h5app.domain.sheet import CELLS

TITLE = "焦作“最美新就业形态劳动者”推荐表"
# The grid of 附件1 as a line of sight reads it: the photo's words stand beside the second row.
GRID = (
    "姓名性别出生年月籍贯民族政治面貌正面免冠彩色近照（1寸）身份证号"
    "单位及职务（填单位全称，具体到工作岗位）学历职称技术等级联系方式曾获主要荣誉主要事迹（500字）申报单位意见"
)


def blank(*, stamped=False):
    return blank_sheet(TITLE, stamped=stamped, deeds_chars=500)


def text_of(pdf):
    return "".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize(
    ("stamped", "foot"),
    [
        (True, "（盖章）年月日推荐单位：（盖章）日期：年月日"),
        (False, "（无须盖章）年月日推荐单位：日期：年月日"),
    ],
)
def test_the_blank_pdf_is_one_page_that_says_what_annex_1_says_and_no_more(stamped, foot):
    pdf = recommendation_pdf(blank(stamped=stamped))

    assert len(PdfReader(io.BytesIO(pdf)).pages) == 1
    assert text_of(pdf) == f"{TITLE}{GRID}{foot}"


def test_the_blank_word_file_has_the_same_grid_with_empty_cells():
    document = docx.Document(io.BytesIO(recommendation_docx(blank())))

    cells = [
        "".join(cell.text.split())
        for row in document.tables[0].rows
        for cell in dict.fromkeys(row.cells)
        if cell.text.strip()
    ]
    labels = [*CELLS.values()]
    assert document.paragraphs[0].text == TITLE
    assert [cell for cell in cells if cell in labels] == [label for label in labels if label != "主要事迹"]
    assert [cell for cell in dict.fromkeys(cells) if cell not in labels] == [
        "正面免冠彩色近照（1寸）",
        "（填单位全称，具体到工作岗位）",
        "主要事迹（500字）",
        "申报单位意见",
        "（无须盖章）年月日",
    ]


def test_a_blank_form_carries_no_number():
    document = docx.Document(io.BytesIO(recommendation_docx(blank())))

    assert document.sections[0].footer.paragraphs[0].text == ""


@pytest.mark.office
@pytest.mark.poppler
def test_word_prints_the_blank_form_on_one_page_like_the_pdf(office, poppler_text):
    sheets = {f"blank-{name}": blank(stamped=name == "stamped") for name in ("stamped", "plain")}
    printed = office.pdfs({name: recommendation_docx(sheet) for name, sheet in sheets.items()})

    for name, sheet in sheets.items():
        assert len(PdfReader(io.BytesIO(printed[name])).pages) == 1
        assert sorted(poppler_text(printed[name])) == sorted(poppler_text(recommendation_pdf(sheet)))
