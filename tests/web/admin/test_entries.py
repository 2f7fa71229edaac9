import io
import re
import zipfile
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import openpyxl
import pytest

from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.storage.nominations import Search
from tests.people import DEEDS, ID_NUMBER, NAME, PHONE

ZIP_START, PDF_START = b"PK\x03\x04", b"%PDF-"


def act(browser, entry, what, **data):
    """Post one of an entry's forms with the token of its page."""
    browser.open(f"/admin/nominations/{entry.reference}")
    return browser.post(f"/admin/nominations/{entry.reference}/{what}", {"csrf_token": browser.token} | data)


def status(service, entry):
    return service.stores.nominations.get(entry.id).status


def actions(service, entry):
    return [act.action for act in service.stores.audit.of(entry.reference)]


# The list


def test_an_empty_list_says_what_would_be_there_and_where_to_go(admin):
    page = admin.open("/admin/")

    assert page.response.request.path == "/admin/nominations"
    assert "还没有申报" in page.text
    assert "/admin/posters" in page.links


def test_an_entry_stands_in_the_list_with_its_states(admin, entry):
    page = admin.open("/admin/nominations")

    for word in (entry.reference, NAME, "快递员", "解放区", "个人自荐", "待审核", "等待寄出"):
        assert word in page.text
    assert f"/admin/nominations/{entry.reference}" in page.links
    for secret in (ID_NUMBER, PHONE):
        assert secret not in page.html


def test_a_list_is_narrowed_by_its_filters(admin, service):
    service.entry(name="甲一")
    service.entry(name="乙二", route=Route.PEER, region="温县")

    page = admin.open("/admin/nominations?route=peer&region=温县")

    assert ("乙二" in page.text, "甲一" in page.text) == (True, False)
    assert "没有符合条件的申报" in admin.open("/admin/nominations?route=unit").text


def test_S27_words_looked_for_never_stand_in_an_address(admin, service):
    service.entry(name="甲一")
    service.entry(name="乙二")
    admin.open("/admin/nominations")

    page = admin.submit({"q": "乙二"}, action="/admin/nominations")

    assert ("乙二" in page.text, "甲一" in page.text) == (True, False)
    assert not [url for url in admin.visited if "乙" in url or "%E4%B9%99" in url]


@pytest.mark.parametrize("number", ["0", "-1", "99999999999999", "x", "²", "1.5", ""])
def test_a_page_number_that_makes_no_sense_leads_to_a_page(admin, entry, number):
    assert entry.reference in admin.open(f"/admin/nominations?page={number}").text


@pytest.mark.parametrize("query", ["route=nonsense", "status=%00", "mail='", "category=<script>", "page=1&page=2"])
def test_nonsense_in_an_address_is_an_empty_list_and_never_a_500(admin, entry, query):
    page = admin.open(f"/admin/nominations?{query}")

    assert page.status == 200
    assert entry.reference not in page.text or query.startswith("page")
    assert "<script>" not in page.html


def test_more_entries_than_a_page_are_turned(admin, service):
    now = datetime.now(UTC)
    answers = service.entry().answers
    with service.stores.rows.transaction():
        for number in range(50):
            new = service.stores.nominations.add(
                draft_id=f"d{number}",
                reference=f"{number:0>8}",
                path="social",
                route=Route.SELF,
                channel="",
                answers=answers,
                now=now,
            )
            service.stores.outbox.add(new, now=now)

    first, second = admin.open("/admin/nominations"), admin.open("/admin/nominations?page=2")

    assert "00000049" in first.text
    assert "00000000" in first.text
    assert [link for link in first.links if link.endswith("page=2")]
    assert "00000049" not in second.text


# One entry


def test_an_entry_shows_every_answer_its_photo_and_masks_the_numbers(admin, entry):
    page = admin.open(f"/admin/nominations/{entry.reference}")

    for text in (
        NAME,
        "河南修武",
        "快递员三级",
        DEEDS.split("\n")[0],
        "1990年12月",
        "4108**********0019",
        "138****1234",
    ):
        assert text in page.text
    for secret in (ID_NUMBER, PHONE):
        assert secret not in page.html
    assert "/photos/" in page.html


@pytest.mark.parametrize("route", Route)
def test_every_route_has_its_page(admin, service, route):
    entry = service.entry(route=route)

    page = admin.open(f"/admin/nominations/{entry.reference}")

    assert (page.status, route.label in page.text) == (200, True)
    for number in ("13900005678", "0391-3999920"):
        assert number not in page.html


def test_a_reference_in_small_letters_is_found_and_an_unknown_one_is_a_404(admin, entry):
    assert admin.open(f"/admin/nominations/{entry.reference.lower()}").status == 200
    assert admin.open("/admin/nominations/XXXXXXXX").status == 404


def test_full_numbers_are_shown_for_a_reason_which_is_written_down(admin, service, entry):
    page = act(admin, entry, "reveal", reason="电话核实")

    assert page.status == 200
    assert {ID_NUMBER, PHONE} <= set(page.text.split("\n"))
    act_, *_ = service.stores.audit.of(entry.reference)
    assert (act_.who, act_.action, act_.detail) == ("赵敏", "查看完整号码", "电话核实")
    assert ID_NUMBER not in admin.open(f"/admin/nominations/{entry.reference}").html


def test_without_a_reason_nothing_is_shown(admin, service, entry):
    page = act(admin, entry, "reveal", reason=" ")

    assert page.status == 422
    assert "请写明查看原因，比如“电话核实”" in page.text
    assert ID_NUMBER not in page.html
    assert actions(service, entry) == []


def test_a_decision_is_told_shown_and_written_down(admin, service, entry):
    page = act(admin, entry, "decide", was="submitted", revision="1", to="accepted", reason="材料齐全")

    assert status(service, entry) is Status.ACCEPTED
    assert f"{NAME}：已标为“已通过”" in page.text
    assert "材料齐全" in page.text
    assert len(actions(service, entry)) == 1


def test_who_decides_on_what_has_changed_is_told(admin, service, entry):
    act(admin, entry, "decide", was="submitted", revision="1", to="accepted")

    page = act(admin, entry, "decide", was="submitted", revision="1", to="rejected")

    assert "同事处理过，或者本人改过" in page.text
    assert status(service, entry) is Status.ACCEPTED


@pytest.mark.parametrize(
    ("was", "to"), [("", ""), ("submitted", "deleted"), ("x", "accepted"), ("accepted", "rejected")]
)
def test_a_move_that_there_is_not_changes_nothing(admin, service, entry, was, to):
    page = act(admin, entry, "decide", was=was, revision="1", to=to)

    assert page.status == 200
    assert "刷新页面" in page.text
    assert status(service, entry) is Status.SUBMITTED


def test_a_letter_is_sent_again_and_one_on_its_way_is_not(admin, service, entry):
    first = act(admin, entry, "resend")
    now = datetime.now(UTC)
    service.stores.outbox.claim_next(now=now, lease_until=now + timedelta(minutes=10))
    second = act(admin, entry, "resend")

    assert f"{NAME}：已排队，马上重发" in first.text
    assert "这封邮件正在寄出，请过几分钟再看" in second.text
    assert actions(service, entry) == ["重发邮件"]


@pytest.mark.parametrize(("what", "start", "ending"), [("docx", ZIP_START, "docx"), ("pdf", PDF_START, "pdf")])
def test_the_form_is_downloaded_under_its_name_and_written_down(admin, service, entry, what, start, ending):
    answer = admin.client.get(f"/admin/nominations/{entry.reference}/{what}")

    assert answer.data.startswith(start)
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment")
    assert entry.reference in disposition
    assert f".{ending}" in disposition
    assert disposition.isascii()
    assert actions(service, entry) == [f"下载推荐表（{what}）"]


def test_the_package_is_downloaded_and_written_down(admin, service, entry):
    answer = admin.client.get(f"/admin/nominations/{entry.reference}/zip")

    with zipfile.ZipFile(io.BytesIO(answer.data)) as package:
        assert len(package.namelist()) == 4
    assert answer.mimetype == "application/zip"
    assert actions(service, entry) == ["下载材料包"]


def test_a_photo_is_served_as_a_jpeg_and_only_of_its_own_entry(admin, service, entry):
    other = service.entry()
    (photo,) = service.stores.attachments.of_draft(entry.draft_id)

    for size in ("press", "mail"):
        answer = admin.client.get(f"/admin/nominations/{entry.reference}/photos/{photo.id}/{size}.jpg")
        assert (answer.status_code, answer.mimetype, answer.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert admin.client.get(f"/admin/nominations/{other.reference}/photos/{photo.id}/mail.jpg").status_code == 404


def test_the_table_holds_what_the_filters_show_and_is_written_down(admin, service):
    service.entry(name="甲一")
    service.entry(name="乙二", route=Route.UNIT)

    answer = admin.client.get("/admin/nominations.xlsx?route=unit")

    table = openpyxl.load_workbook(io.BytesIO(answer.data)).active
    cells = [cell.value for row in table.iter_rows(min_row=2) for cell in row]
    assert ("乙二" in cells, "甲一" in cells, ID_NUMBER in cells) == (True, False, True)
    assert [act.action for act in service.stores.audit.of("")] == ["下载申报表格"]
    assert quote("申报表格_") in answer.headers["Content-Disposition"]


def test_S14_what_people_typed_is_text_on_every_page_of_the_console(admin, service):
    attack = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
    entry = service.entry(unit_and_post=attack, deeds=attack, native_place="<b>'\"")

    for path in ("/admin/nominations", f"/admin/nominations/{entry.reference}", "/admin/mail"):
        html = admin.open(path).html
        assert "<script>alert" not in html
        assert "<img src=x" not in html


def test_S8_characters_that_no_font_has_are_told_to_staff(admin, service):
    entry = service.entry(name="张\U000323b0")

    assert "U+323B0" in admin.open(f"/admin/nominations/{entry.reference}").text


# Mail


def test_the_mail_page_counts_letters_and_lists_them_by_state(admin, entry):
    page = admin.open("/admin/mail")
    held = admin.open("/admin/mail?state=held")
    nonsense = admin.open("/admin/mail?state=nonsense")

    assert f"【自荐】{NAME}-快递员-{entry.reference}" in page.text
    assert all(state.label in page.text for state in LetterState)
    assert entry.reference not in held.text
    assert nonsense.status == 200


def test_a_paused_queue_says_until_when_and_why(admin, service):
    now = datetime.now(UTC)
    service.stores.pauses.until(now + timedelta(minutes=30), note="发件邮箱登录不了")

    assert "发件邮箱登录不了" in admin.open("/admin/mail").text


def test_the_entries_of_a_revoked_session_are_gone(service, admin, entry):
    service.stores.rows.write("DELETE FROM admin_sessions")

    page = admin.open(f"/admin/nominations/{entry.reference}")

    assert page.response.request.path == "/admin/sign-in"
    assert NAME not in page.html
    assert service.stores.nominations.count(Search()) == 1


def test_of_what_can_be_done_with_an_entry_one_button_stands_out(admin, entry):
    page = admin.open(f"/admin/nominations/{entry.reference}")

    buttons = re.findall(r'<button class="([^"]+)" type="submit" name="to" value="(\w+)"', page.html)
    assert [to for style, to in buttons if "button-primary" in style] == ["accepted"]
