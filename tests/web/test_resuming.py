import re
from datetime import UTC, datetime

import pytest

from h5app.domain.nomination import Route
from h5app.services.drafting import begin, save
from tests.people import NAME, PHONE, typed


@pytest.fixture
def draft(service):
    """Somebody's draft, on another phone."""
    answers = {"name": NAME, "phone": PHONE}
    draft, _token = begin(service.stores, answers, route=Route.SELF, channel="", now=datetime.now(UTC))
    return draft


def resume(browser, draft, digits="1234"):
    browser.open("/resume")
    return browser.submit({"code": draft.resume_code.lower(), "digits": digits})


def test_code_and_digits_bring_the_draft_to_this_phone_where_it_was_left(browser, draft):
    page = resume(browser, draft)

    assert page.response.request.path == "/apply/self/eligibility"
    browser.open("/apply/self/person")
    assert browser.form().fields["name"] == NAME


def test_the_first_phone_opens_it_no_more(service, browser):
    first = service.draft_client()
    (row,) = service.stores.rows.read("SELECT id FROM drafts")
    draft = save(service.stores, service.stores.drafts.get(row["id"]), {"phone": PHONE}, now=datetime.now(UTC))

    resume(browser, draft)

    assert first.get("/apply/self/person").status_code == 404
    assert "没有填完的" not in first.get("/").text


def test_wrong_digits_come_back_as_typed_with_what_to_do(browser, draft):
    page = resume(browser, draft, digits="0000")

    assert page.status == 422
    assert page.text.count("续填码或手机号对不上，请核对后再试") == 2
    assert "#code" in page.links
    assert browser.form().fields["code"] == draft.resume_code.lower()


def test_S20_guessing_is_limited(browser, draft):
    statuses = [resume(browser, draft, digits=f"000{guess}").status for guess in range(6)]

    assert statuses == [422] * 5 + [429]
    assert "分钟后再试" in browser.page.text
    assert resume(browser, draft).status == 429


@pytest.mark.parametrize("phone", [PHONE, ""])
def test_another_draft_of_this_phone_is_not_left_without_a_word(service, draft, phone):
    client = service.draft_client()
    held = next(
        service.stores.drafts.get(row["id"])
        for row in service.stores.rows.read("SELECT id FROM drafts")
        if row["id"] != draft.id
    )
    held = save(service.stores, held, {"name": "王秀英", "phone": phone}, now=datetime.now(UTC))
    browser = service.browser()
    browser.client = client

    page = resume(browser, draft)

    assert "这台手机上还有一份没填完的推荐表" in page.text
    assert "王秀英" in page.text
    code = f"{held.resume_code[:4]}-{held.resume_code[4:]}"
    assert (code in page.text, "这一份就找不回来了" in page.text) == (bool(phone), not phone)
    assert "/apply/self/go-on" in page.links
    browser.open("/apply/self/person")
    assert browser.form().fields["name"] == "王秀英"

    resume(browser, draft)
    browser.submit()
    browser.open("/apply/self/person")
    assert browser.form().fields["name"] == NAME


def test_the_code_stands_on_every_page_once_a_phone_is_known_and_beside_the_draft(service):
    browser = service.browser()
    browser.client = service.draft_client()
    (row,) = service.stores.rows.read("SELECT id FROM drafts")
    assert re.search("<p[^>]* hidden>换手机接着填", browser.open("/apply/self/person").html)

    draft = save(
        service.stores, service.stores.drafts.get(row["id"]), typed(service.parts.campaign), now=datetime.now(UTC)
    )
    code = f"{draft.resume_code[:4]}-{draft.resume_code[4:]}"
    for path in ("/", "/apply/self/consent", "/apply/self/person", "/apply/self/photos", "/apply/self/check"):
        page = browser.open(path)
        assert code in page.text
        assert not re.search("<p[^>]* hidden>换手机接着填", page.html)


def test_the_landing_page_and_the_page_without_a_draft_lead_there(browser):
    assert "/resume" in browser.open("/").links
    assert "/resume" in browser.open("/apply/self/check").links


def test_S27_a_code_never_stands_in_an_address(browser, draft):
    resume(browser, draft)

    assert not [url for url in browser.visited if draft.resume_code.lower() in url.lower()]
