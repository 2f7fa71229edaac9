"""汇总表 in the console: choosing, putting in order, taking it away as a file."""

import io
from datetime import UTC, datetime

import docx
import pytest
from openpyxl import load_workbook

from h5app.domain.nomination import Route, Status
from h5app.services.erasing import erase_entry
from tests.people import ID_NUMBER, NAME, NOMINATORS, PHONE

ADD, ORDER, FILE = "/admin/table/add", "/admin/table", "/admin/table/file"


@pytest.fixture
def three(service):
    return [service.entry(name=name) for name in ("甲一", "乙二", "丙三")]


def post(browser, url, **data):
    """Post with the token of the page it belongs to."""
    browser.open("/admin/table")
    return browser.post(url, {"csrf_token": browser.token} | data)


def order(service, who="赵敏"):
    return [service.stores.nominations.by_reference(each).answers["name"] for each in service.stores.picks.of(who)]


def choose(browser, *entries):
    return post(browser, ADD, reference=[entry.reference for entry in entries])


def gone(service, entry):
    erase_entry(service.stores, service.parts.files, entry, to=Status.WITHDRAWN, who="本人", now=datetime.now(UTC))


def test_nobody_chosen_says_how_and_leads_there(admin):
    page = admin.open("/admin/table")

    assert "在申报列表里给要上表的人打勾" in page.text
    assert "/admin/nominations" in page.links


def test_whoever_is_ticked_in_the_list_is_in_the_table(admin, service, three):
    page = admin.open("/admin/nominations")
    assert page.forms[-1].offered["reference"] == [entry.reference for entry in reversed(three)]

    page = admin.post(ADD, {"csrf_token": admin.token, "reference": [three[2].reference, three[0].reference]})

    assert (page.response.request.path, "已加入汇总表 2 人" in page.text) == ("/admin/nominations", True)
    assert "2 人" in page.text
    assert order(service) == ["丙三", "甲一"]


@pytest.mark.usefixtures("three")
def test_all_that_the_conditions_find_are_added_oldest_first_over_all_pages(admin, service):
    service.entry(name="丁四", route=Route.PEER)

    page = post(admin, f"{ADD}?route=self&page=1", every="1")

    assert page.response.request.full_path == "/admin/nominations?route=self&page=1"
    assert order(service) == ["甲一", "乙二", "丙三"]
    again = post(admin, ADD, every="1")
    assert "已加入汇总表 1 人，另有 3 人已在里面" in again.text


@pytest.mark.usefixtures("three")
def test_words_that_were_looked_for_narrow_what_is_added(admin, service):
    admin.open("/admin/nominations")
    admin.submit({"q": "乙"}, action="/admin/nominations")

    post(admin, ADD, every="1")

    assert order(service) == ["乙二"]


@pytest.mark.usefixtures("three")
def test_without_a_tick_nothing_is_added_and_it_is_said(admin, service):
    page = post(admin, ADD)

    assert "还没有选人" in page.text
    assert order(service) == []


def test_what_has_ended_cannot_be_ticked_or_added_and_leaves_the_table(admin, service, three):
    choose(admin, three[1])
    for entry in three[:2]:
        gone(service, entry)

    page = admin.open("/admin/nominations")

    assert page.forms[-1].offered["reference"] == [three[2].reference]
    choose(admin, three[0])
    post(admin, ADD, every="1")
    assert order(service) == ["丙三"]


def test_the_order_is_set_by_numbers_or_step_by_step(admin, service, three):
    choose(admin, *three)
    first, second, third = (f"place-{entry.reference}" for entry in three)

    post(admin, ORDER, **{first: "1", second: "2", third: "1"})
    assert order(service) == ["丙三", "甲一", "乙二"]

    post(admin, ORDER, **{first: "2", second: "3", third: "1", "up": three[1].reference})
    assert order(service) == ["丙三", "乙二", "甲一"]

    page = post(admin, ORDER, down=three[2].reference)
    assert order(service) == ["乙二", "丙三", "甲一"]
    assert page.forms[-4].fields == {
        "csrf_token": admin.token,
        **{f"place-{three[index].reference}": str(place) for place, index in enumerate((1, 2, 0), start=1)},
    }


def test_one_is_taken_out_or_all_and_nothing_else_happens_to_them(admin, service, three):
    choose(admin, *three)
    post(admin, ORDER, drop=three[1].reference)
    assert order(service) == ["甲一", "丙三"]

    page = post(admin, "/admin/table/clear")

    assert "汇总表已清空，推荐表都还在" in page.text
    assert order(service) == []
    assert service.stores.nominations.get(three[0].id) == three[0]


def test_each_of_the_staff_has_his_own(admin, service, three):
    choose(admin, three[0])

    assert order(service, "王强") == []
    assert "甲一" not in service.admin_client("王强").get("/admin/table").text


@pytest.mark.parametrize(
    ("kind", "texts_of"),
    [
        (
            "docx",
            lambda data: [c.text for t in docx.Document(io.BytesIO(data)).tables for r in t.rows for c in r.cells],
        ),
        ("xlsx", lambda data: [c.value for row in load_workbook(io.BytesIO(data)).active.iter_rows() for c in row]),
    ],
)
def test_the_table_is_downloaded_in_order_without_numbers_unless_ticked(admin, three, kind, texts_of):
    choose(admin, three[2], three[0])
    asked = {"csrf_token": admin.token, "kind": kind, "unit": "焦作市总工会", "dated": "2026年11月22日"}

    plain = admin.client.post(FILE, data=asked)
    numbered = admin.client.post(FILE, data=asked | {"columns": ["id_number", "phone", "nonsense"]})

    assert plain.headers["Content-Disposition"].startswith("attachment")
    names = [text for text in texts_of(plain.data) if text in {"甲一", "乙二", "丙三"}]
    assert names == ["丙三", "甲一"]
    assert {ID_NUMBER, PHONE} & set(texts_of(plain.data)) == set()
    assert {ID_NUMBER, PHONE} <= set(texts_of(numbered.data))


def test_every_download_is_written_down_with_each_entry_and_says_if_it_had_numbers(admin, service, three):
    choose(admin, *three[:2])
    asked = {"csrf_token": admin.token, "kind": "docx", "unit": "", "dated": ""}

    admin.client.post(FILE, data=asked)
    admin.client.post(FILE, data=asked | {"columns": "id_number"})

    for entry in three[:2]:
        acts = [(act.who, act.action, act.detail) for act in service.stores.audit.of(entry.reference)]
        assert acts == [("赵敏", "下载推荐汇总表", "含身份证号"), ("赵敏", "下载推荐汇总表", "")]
    assert service.stores.audit.of(three[2].reference) == []
    assert "下载推荐汇总表：含身份证号" in admin.open(f"/admin/nominations/{three[0].reference}").text


def test_what_staff_said_of_the_unit_is_there_the_next_time(admin, three):
    choose(admin, three[0])
    admin.client.post(FILE, data={"csrf_token": admin.token, "kind": "docx", "unit": "焦作市总工会", "dated": ""})

    page = admin.open("/admin/table")

    assert {form.fields["unit"] for form in page.forms if "unit" in form.fields} == {"焦作市总工会"}
    assert {"id_number", "phone"} & {form.fields.get("columns") for form in page.forms} == set()


@pytest.mark.parametrize("data", [{"kind": "docx"}, {"kind": "exe"}, {}])
def test_a_table_of_nobody_or_of_no_kind_is_no_file(admin, service, entry, data):
    if data.get("kind") != "docx":
        choose(admin, entry)

    page = post(admin, FILE, **data)

    assert page.status == 404
    assert service.stores.audit.of(entry.reference) == []


@pytest.mark.parametrize(("kind", "status"), [("docx", 200), ("xlsx", 200), ("pdf", 404)])
def test_the_blank_table_is_there_for_whoever_fills_it_in_by_hand(admin, kind, status):
    answer = admin.client.get(f"/admin/table/blank.{kind}", buffered=True)

    assert answer.status_code == status
    assert answer.data.startswith(b"PK") is (status == 200)


def test_S27_no_address_of_a_table_says_anything_about_anybody(admin, three):
    own = NOMINATORS[Route.UNIT]["unit_name"]
    choose(admin, *three)
    post(admin, ORDER, up=three[1].reference)
    answer = admin.client.post(FILE, data={"csrf_token": admin.token, "kind": "docx", "unit": own}, buffered=True)

    visited = [*admin.visited, answer.request.full_path]
    assert not [url for url in visited if any(word in url for word in (NAME, "甲", "%E7%94%B2", own, PHONE))]
