import html
from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.nomination import Route
from h5app.services.linking import nominee_token
from tests.people import NAME, NOMINATORS, PHONE, submitted


@pytest.fixture
def named(service):
    """Named so many days ago by somebody else, and silent since."""

    def name(days, **changes):
        then = datetime.now(UTC) - timedelta(days=days, hours=1)
        return submitted(
            service.stores, service.parts.files, service.parts.campaign, now=then, route=Route.PEER, **changes
        )

    return name


def test_the_list_says_how_many_to_telephone_and_leads_to_them(admin, named):
    named(2)
    assert "请打电话" not in admin.open("/admin/nominations").text
    for days in (3, 5, 4):
        named(days)

    page = admin.open("/admin/nominations")

    assert "3 位本人超过 3 天没有确认，请打电话。" in page.text
    assert "/admin/waiting" in page.links


def test_whom_to_telephone_stands_longest_waiting_first_with_masked_numbers(admin, named):
    for days, name in ((3, "甲一"), (5, "乙二"), (2, "丙三")):
        named(days, name=name)

    page = admin.open("/admin/waiting")

    assert [name for name in page.text.split("\n") if name in {"甲一", "乙二", "丙三"}] == ["乙二", "甲一"]
    assert [days for days in page.text.split("\n") if days in {"2 天", "3 天", "5 天"}] == ["5 天", "3 天"]
    assert "138****1234" in page.text
    assert NOMINATORS[Route.PEER]["nominator_name"] in page.text
    for number in (PHONE, NOMINATORS[Route.PEER]["nominator_phone"]):
        assert number not in page.html


def test_nobody_to_telephone_is_said(admin, named):
    named(2)

    assert "没有要打电话的人" in admin.open("/admin/waiting").text


def test_staff_see_the_nominees_link_and_that_is_written_down(admin, service, named):
    entry = named(4)
    page = admin.open(f"/admin/nominations/{entry.reference}")
    assert "本人还没有确认" in page.text
    assert nominee_token(service.stores, entry) not in page.html

    page = admin.submit(action=f"/admin/nominations/{entry.reference}/link")

    address = f"{service.parts.base_url}/n/{nominee_token(service.stores, entry)}"
    assert page.status == 200
    assert address in html.unescape(page.html)
    assert f"{entry.reference[:4]} {entry.reference[4:]}" in page.text
    assert PHONE not in page.html
    assert [(act.who, act.action) for act in service.stores.audit.of(entry.reference)] == [("赵敏", "查看给本人的链接")]
    assert "查看给本人的链接" in admin.open(f"/admin/nominations/{entry.reference}").text


def test_a_link_that_nobody_waits_for_is_not_shown(admin, service):
    entry = service.entry()
    admin.open(f"/admin/nominations/{entry.reference}")

    page = admin.post(f"/admin/nominations/{entry.reference}/link", {"csrf_token": admin.token})

    assert page.status == 409
    assert NAME not in page.html
    assert service.stores.audit.of(entry.reference) == []
