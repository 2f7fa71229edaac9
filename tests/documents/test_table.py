import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from h5app.documents.table import entries_xlsx

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


def sheet_of(data: bytes):
    return load_workbook(io.BytesIO(data)).active


def test_the_table_has_a_frozen_bold_header_and_a_filter():
    sheet = sheet_of(entries_xlsx(["姓名", "身份证号"], [["李建国", "410811199012120017"]], title="全部申报"))

    assert [[cell.value for cell in row] for row in sheet.rows] == [
        ["姓名", "身份证号"],
        ["李建国", "410811199012120017"],
    ]
    assert (sheet.title, sheet.freeze_panes, sheet.auto_filter.ref) == ("全部申报", "A2", "A1:B2")
    assert [cell.font.bold for cell in sheet[1]] == [True, True]


@pytest.mark.parametrize(
    "text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "http://example.org", "007", "1E5", "{=1}", "'='", "_x0041_"]
)
def test_S10_whatever_is_typed_stays_text(text):
    cell = sheet_of(entries_xlsx(["值"], [[text]], title="表"))["A2"]

    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


def test_S10_a_tab_before_a_formula_is_text():
    assert sheet_of(entries_xlsx(["值"], [["\t=1+1"]], title="表"))["A2"].data_type == "s"


def test_columns_are_as_wide_as_their_text_within_reason():
    sheet = sheet_of(entries_xlsx(["性别", "身份证号", "主要事迹"], [["男", "4" * 18, "事" * 500]], title="表"))

    assert [round(sheet.column_dimensions[name].width) for name in "ABC"] == [9, 21, 49]


def test_a_text_too_long_for_a_cell_says_that_it_goes_on():
    value = sheet_of(entries_xlsx(["值"], [["𠮷" * 20_000]], title="表"))["A2"].value

    assert value == "𠮷" * 16_383 + "…"


def test_a_row_of_another_length_is_refused():
    with pytest.raises(ValueError, match="zip"):
        entries_xlsx(["甲", "乙"], [["1"]], title="表")


@pytest.mark.parametrize(
    ("title", "name"), [("a/b:c[d]*?\\'", "a b c d"), ("", "Sheet1"), ("长" * 40, "长" * 31), ("'", "Sheet1")]
)
def test_any_title_names_the_sheet(title, name):
    assert sheet_of(entries_xlsx(["值"], [], title=title)).title == name


def test_the_same_rows_give_the_same_bytes():
    rows = [[str(random.Random(1).random())]]
    assert entries_xlsx(["值"], rows, title="表") == entries_xlsx(["值"], rows, title="表")


@settings(max_examples=50, deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_S7_any_text_gives_a_table_that_opens(title, text):
    assert sheet_of(entries_xlsx(["值"], [[text]], title=title)).max_row >= 1


def test_S8_a_title_of_rare_characters_is_cut_where_excel_counts_two_for_each():
    assert sheet_of(entries_xlsx(["值"], [["一"]], title="𠮷" * 31)).title == "𠮷" * 15
