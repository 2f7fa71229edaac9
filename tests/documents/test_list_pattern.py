import io

import openpyxl

from h5app.documents.list_pattern import list_pattern

COLUMNS = {"名称": [], "类别": ["快递员", "货车司机"]}


def test_cells_offer_the_words_there_are_and_take_others():
    book = openpyxl.load_workbook(io.BytesIO(list_pattern(COLUMNS, [("示例：甲", "快递员")], title="海报名单")))

    sheet, words = book.worksheets
    assert (sheet.title, words.title) == ("海报名单", "可以填的字")
    assert list(sheet.iter_rows(values_only=True)) == [("名称", "类别"), ("示例：甲", "快递员")]
    assert list(words.iter_rows(values_only=True)) == [("名称", "类别"), (None, "快递员"), (None, "货车司机")]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1, rule.showErrorMessage) == ("B2:B1001", "'可以填的字'!$B$2:$B$3", False)


def test_what_looks_like_a_formula_is_text():
    book = openpyxl.load_workbook(io.BytesIO(list_pattern(COLUMNS, [("=1+1", "@x")], title="海报名单")))

    assert [(cell.value, cell.data_type) for cell in book.worksheets[0][2]] == [("=1+1", "s"), ("@x", "s")]


def test_the_same_words_give_the_same_bytes():
    first, second = (list_pattern(COLUMNS, [("甲", "快递员")], title="海报名单") for _ in range(2))

    assert first == second
