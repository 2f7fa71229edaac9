"""The console of entries that come back, wait for somebody, or have ended."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest

from h5app.domain.nomination import Route, Status
from h5app.services.delivering import LEASE
from h5app.services.erasing import erase_entry
from h5app.services.nominating import nominate
from h5app.services.revisiting import Role, Visitor, correct
from tests.people import ID_NUMBER, NAME, PHONE

ENDS = [Status.WITHDRAWN, Status.DECLINED]


def mailed(service):
    """The letter that is due, as a server's answer leaves it."""
    now = datetime.now(UTC)
    letter = service.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    sql = "UPDATE outbox SET state = 'sent', may_have_left = 1, lease_until = NULL, sent_at = due_at WHERE id = :id"
    service.stores.rows.write(sql, {"id": letter.id})


def gone(service, entry, to=Status.WITHDRAWN):
    erase_entry(service.stores, service.parts.files, entry, to=to, who="本人", now=datetime.now(UTC))


def corrected(service, entry):
    parts, now = service.parts, datetime.now(UTC)
    draft, _token = correct(parts.stores, parts.files, Visitor(entry, Role.NOMINEE), campaign=parts.campaign, now=now)
    nominate(parts.stores, draft, campaign=parts.campaign, now=now)


def decide(browser, entry, to, reason):
    page = browser.open(f"/admin/nominations/{entry.reference}")
    form = browser.form(f"/admin/nominations/{entry.reference}/decide")
    return page, browser.post(form.action, form.fields | {"to": to, "reason": reason})


def test_returning_asks_for_a_reason_that_the_person_reads(admin, service, entry):
    page, refused = decide(admin, entry, "returned", "")
    assert "必填，本人会看到" in page.text
    assert "请写明要改什么" in refused.text
    assert service.stores.nominations.get(entry.id).status is Status.SUBMITTED

    _page, done = decide(admin, entry, "returned", "近照看不清")

    assert service.stores.nominations.get(entry.id).reason == "近照看不清"
    assert "请打电话告诉本人" in done.text
    assert "要本人改的" in done.text


@pytest.mark.parametrize("to", ["accepted", "returned", "rejected"])
def test_what_the_person_has_changed_meanwhile_is_not_decided_unseen(admin, service, entry, to):
    admin.open(f"/admin/nominations/{entry.reference}")
    form = admin.form(f"/admin/nominations/{entry.reference}/decide")
    corrected(service, entry)

    page = admin.post(form.action, form.fields | {"to": to, "reason": "材料齐全"})

    assert "本人改过。请看过最新的再处理" in page.text
    left = service.stores.nominations.get(entry.id)
    assert (left.status, left.revision) == (Status.SUBMITTED, 2)
    assert service.stores.audit.of(entry.reference) == []


def test_a_corrected_entry_shows_its_revision_the_past_ones_and_every_letter(admin, service, entry):
    mailed(service)
    corrected(service, entry)

    page = admin.open(f"/admin/nominations/{entry.reference}")

    for words in ("（第 2 版）", "第 1 版", "已寄出", "等待寄出"):
        assert words in page.text
    mails = admin.open("/admin/mail")
    newest = service.stores.outbox.of_nomination(entry.id)
    assert [form.action for form in mails.forms].count(f"/admin/mail/{newest.id}/resend") == 1
    assert "第 2 版" in mails.text


def test_what_waits_for_the_nominee_is_neither_reviewed_nor_mailed(admin, service):
    entry = service.entry(route=Route.PEER)

    page = admin.open(f"/admin/nominations/{entry.reference}")

    assert "现在不用审核，也不寄邮件" in page.text
    assert not [form for form in page.forms if form.action.endswith(("/decide", "/resend"))]
    assert "不寄" in admin.open("/admin/nominations").text
    assert (
        "没有要寄的邮件" in admin.post(f"/admin/nominations/{entry.reference}/resend", {"csrf_token": admin.token}).text
    )


@pytest.mark.parametrize("to", ENDS)
@pytest.mark.parametrize("was_mailed", [True, False])
def test_what_has_ended_is_a_number_and_an_end_on_every_page(admin, service, entry, to, was_mailed):
    if was_mailed:
        mailed(service)
    gone(service, entry, to)

    pages = [
        admin.open(path) for path in ("/admin/nominations", f"/admin/nominations/{entry.reference}", "/admin/mail")
    ]

    assert [page.status for page in pages] == [200] * 3
    for page in pages[:2]:
        assert entry.reference in page.text
        assert to.label in page.text
    assert ("撤回通知" in pages[2].text, f"【撤回】自荐-{entry.reference}" in pages[2].text) == (was_mailed, was_mailed)
    for page in pages:
        assert [secret for secret in (NAME, PHONE, ID_NUMBER) if secret in page.html] == []
    assert not [link for link in pages[1].links if link.endswith(("/docx", "/pdf", "/zip"))]


@pytest.mark.parametrize("kind", ["docx", "pdf", "zip"])
def test_nothing_is_downloaded_of_what_has_ended(admin, service, entry, kind):
    gone(service, entry)

    page = admin.open(f"/admin/nominations/{entry.reference}/{kind}")

    assert (page.status, "资料已经删除" in page.text) == (404, True)
    assert [act.action for act in service.stores.audit.of(entry.reference)] == ["已撤回"]


def test_what_has_ended_is_neither_decided_nor_revealed_nor_sent_again(admin, service, entry):
    gone(service, entry)
    before = service.stores.nominations.get(entry.id)

    pages = [
        admin.post(f"/admin/nominations/{entry.reference}/{what}", {"csrf_token": admin.token} | data)
        for what, data in (
            ("decide", {"was": "withdrawn", "revision": "1", "to": "submitted"}),
            ("decide", {"was": "submitted", "revision": "1", "to": "accepted"}),
            ("resend", {}),
            ("reveal", {"reason": "电话核实"}),
        )
        if admin.open(f"/admin/nominations/{entry.reference}")
    ]

    assert [page.status for page in pages] == [200] * 3 + [404]
    assert service.stores.nominations.get(entry.id) == before


def test_a_withdrawals_letter_is_sent_again_like_any_other(admin, service, entry):
    mailed(service)
    gone(service, entry)
    admin.open(f"/admin/nominations/{entry.reference}")

    page = admin.submit(action=f"/admin/nominations/{entry.reference}/resend")

    assert f"{entry.reference}：已排队，马上重发" in page.text


def test_the_table_holds_what_has_ended_as_number_and_end(admin, service, entry):
    service.entry(name="甲一")
    gone(service, entry)

    table = admin.client.get("/admin/nominations.xlsx", buffered=True).data

    head, *rows = openpyxl.load_workbook(io.BytesIO(table)).active.iter_rows(values_only=True)
    shown = {row[0]: dict(zip(head, row, strict=True)) for row in rows}
    assert (shown[entry.reference]["审核状态"], shown[entry.reference]["姓名"] or "") == ("已撤回", "")
    assert len(shown) == 2


def test_search_finds_what_has_ended_by_its_number_only(admin, service, entry):
    gone(service, entry)
    admin.open("/admin/nominations")

    assert entry.reference in admin.submit({"q": entry.reference.lower()}, action="/admin/nominations").text
    assert entry.reference not in admin.submit({"q": NAME}, action="/admin/nominations").text
