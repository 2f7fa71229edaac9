import io
from zipfile import ZipFile

import openpyxl
import pytest

from h5app.domain.nomination import Route, Status
from h5app.domain.questions import QUESTIONS, Kind
from h5app.services.exporting import columns, entries_table
from h5app.storage.nominations import Search
from tests.people import ID_NUMBER, NAME, PHONE, submitted


def table(post, **wanted):
    book = openpyxl.load_workbook(io.BytesIO(entries_table(post.stores, post.campaign, Search(**wanted))))
    heading, *rows = book.active.iter_rows()
    return [{column.value: cell for column, cell in zip(heading, row, strict=True)} for row in rows]


def test_every_question_has_a_column_of_its_own_name_but_for_what_everybody_agrees_to():
    asked = [question for question in QUESTIONS if question.kind is not Kind.AGREEMENT or not question.required]

    assert len(columns()) == len(set(columns())) == 4 + len(asked)
    assert columns()[:4] == ("受理编号", "推荐方式", "审核状态", "提交时间")


def test_an_entry_is_a_line_with_nothing_masked(post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now)
    post.stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    (row,) = table(post)

    wanted = ("受理编号", "推荐方式", "审核状态", "提交时间", "姓名", "身份证号", "性别", "出生年月", "联系方式")
    assert [row[column].value for column in wanted] == [
        entry.reference,
        "个人自荐",
        "已通过",
        "2026-11-22 15:30",
        NAME,
        ID_NUMBER,
        "男",
        "1990年12月",
        PHONE,
    ]
    assert row["推荐人姓名"].value in (None, "")


@pytest.mark.parametrize(("box", "told"), [({}, "已同意"), ({"consent_publication": ""}, "未同意")])
def test_the_table_says_who_may_be_written_about(post, now, box, told):
    submitted(post.stores, post.files, post.campaign, now=now, **box)

    (row,) = table(post)

    assert row["公示和宣传"].value == told


def test_a_table_holds_what_the_search_found_oldest_first(post, now):
    for route, name in ((Route.SELF, "甲"), (Route.PEER, "乙"), (Route.SELF, "丙")):
        submitted(post.stores, post.files, post.campaign, now=now, route=route, name=name)

    assert [row["姓名"].value for row in table(post)] == ["甲", "乙", "丙"]
    assert [row["姓名"].value for row in table(post, route="self")] == ["甲", "丙"]
    assert table(post, words="丁") == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x")', "0391", "http://x.org"])
def test_S10_what_people_typed_is_text_in_every_cell(post, now, text):
    submitted(post.stores, post.files, post.campaign, now=now, unit_and_post=text, deeds=text)

    (row,) = table(post)

    assert (row["单位及职务"].value, row["主要事迹"].value) == (text, text)
    assert {cell.data_type for cell in row.values() if cell.value is not None} == {"s"}
    with ZipFile(io.BytesIO(entries_table(post.stores, post.campaign, Search()))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
