import io

import docx
import pytest
from openpyxl import load_workbook

from h5app.domain.nomination import Route
from h5app.services.tabling import KINDS, blank_file, roster_file, roster_of
from tests.people import ID_NUMBER, NAME, NOMINATORS, PERSON, PHONE, submitted


@pytest.fixture
def entries(post, now):
    return [submitted(post.stores, post.files, post.campaign, now=now, route=route) for route in Route]


def test_a_row_says_what_the_entry_says_as_people_read_it(post, entries):
    (row, *_) = roster_of(entries, post.campaign).rows

    assert row == {
        "recommender": "",
        "name": NAME,
        "sex": "男",
        "birth_month": "1990年12月",
        "ethnicity": "汉族",
        "political_status": "群众",
        "id_number": ID_NUMBER,
        "unit_and_post": PERSON["unit_and_post"],
        "phone": PHONE,
        "honours": PERSON["honours"],
        "deeds": PERSON["deeds"],
    }


def test_who_recommends_is_the_unit_itself_or_what_staff_say(post, entries):
    roster = roster_of(entries, post.campaign, unit="焦作市总工会", dated="2026年11月22日", first=7)

    own = NOMINATORS[Route.UNIT]["unit_name"]
    assert [row["recommender"] for row in roster.rows] == ["焦作市总工会", "焦作市总工会", own]
    assert (roster.title, roster.unit, roster.dated) == (post.campaign.table_title, "焦作市总工会", "2026年11月22日")
    assert [row[0] for row in roster.numbered()] == ["7", "8", "9"]


def test_numbers_are_drawn_on_request_only(post, entries):
    plain, asked = (
        load_workbook(io.BytesIO(roster_file(roster_of(entries, post.campaign, asked=names), "xlsx").data)).active
        for names in ((), ("id_number",))
    )

    texts = [{cell.value for row in sheet.iter_rows() for cell in row} for sheet in (plain, asked)]
    assert [ID_NUMBER in found for found in texts] == [False, True]
    assert [PHONE in found for found in texts] == [False, False]


def test_both_kinds_have_a_name_and_a_blank_one(post, entries):
    roster = roster_of(entries, post.campaign)

    assert [roster_file(roster, kind).name for kind in KINDS] == ["推荐汇总表.docx", "推荐汇总表.xlsx"]
    blank = blank_file(post.campaign, "docx")
    assert blank.name == f"{post.campaign.table_title}_空白.docx"
    assert NAME not in docx.Document(io.BytesIO(blank.data)).element.xml
