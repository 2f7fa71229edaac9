"""Eligibility in three taps, before anything personal; whoever is not eligible reads why and keeps his draft."""

from datetime import UTC, datetime

import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import BY_NAME, Topic
from h5app.services.drafting import save
from h5app.storage.nominations import Search
from tests.people import jpeg, typed_on
from tests.web.test_nominate import fill

NOT_YET = "/apply/self/not-yet"


def choose(browser, route=Route.SELF, **choices):
    """Answer the first page, as right as can be but for what is given."""
    browser.open(f"/apply/{route}/eligibility")
    return browser.submit({"category": "快递员", "experience": "满 2 年", "union_member": "是"} | choices)


@pytest.mark.parametrize("route", Route)
def test_three_choices_and_nothing_else_are_asked_first(browser, route):
    browser.open(f"/apply/{route}/eligibility")
    form = browser.form()

    assert list(form.offered) == ["category", "experience", "union_member"]
    assert not {name for name in form.fields if name in BY_NAME}
    unsure = [] if route is Route.SELF else ["不清楚"]
    assert form.offered["experience"] == ["满 2 年", "不满 2 年", *unsure]
    assert form.offered["union_member"] == ["是", "否", *unsure]


def test_who_is_no_member_reads_how_to_become_one(browser, service):
    page = choose(browser, union_member="否")

    campaign = service.parts.campaign
    assert (page.response.request.path, page.status) == (NOT_YET, 200)
    for step in campaign.join_union:
        assert step in page.text
    assert "从业还不满" not in page.text
    assert f"tel:{campaign.organiser.telephone}" in page.links
    assert {"/", "/apply/self/eligibility"} <= set(page.links)
    assert "前面选的都保存着" in page.text


def test_who_is_too_new_is_invited_for_later(browser):
    page = choose(browser, experience="不满 2 年")

    assert page.response.request.path == NOT_YET
    assert "欢迎满 2 年后再来" in page.text
    assert "怎么成为工会会员" not in page.text


def test_the_page_can_be_loaded_again_and_asks_for_nothing_to_be_sent_again(browser):
    choose(browser, union_member="否")

    again = browser.open(NOT_YET)

    assert again.status == 200
    assert [form.action for form in again.forms] == ["/look"]


def test_once_he_is_a_member_he_goes_on_from_his_draft(browser):
    choose(browser, union_member="否", category="货车司机")

    landing = browser.open("/")
    assert "您有一份没填完的推荐表" in landing.text
    browser.open(next(link for link in landing.links if link.startswith("/apply/self/")))
    kept = {name: text for name, text in browser.form().fields.items() if name in BY_NAME}
    page = browser.submit({"union_member": "是"})

    assert kept == {"category": "货车司机", "experience": "满 2 年", "union_member": "否"}
    assert page.response.request.path == "/apply/self/consent"


def test_what_is_not_answered_is_asked_for_first(browser):
    page = choose(browser, union_member="否", experience="")

    assert page.status == 422
    assert "请选择从业年限" in page.text


def test_an_answer_that_keeps_him_out_keeps_the_form_from_being_sent(browser, service):
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    browser.submit()
    token = browser.token
    choose(browser, union_member="否")

    check = browser.open("/apply/self/check")
    refused = browser.post("/apply/self/check", {"csrf_token": token})

    for page in (check, refused):
        assert "参选需要是工会会员，入会以后就可以接着填" in page.text
    assert refused.status == 422
    assert service.stores.nominations.count(Search()) == 0


@pytest.mark.parametrize("route", [Route.PEER, Route.UNIT])
def test_of_somebody_else_one_may_be_unsure_and_the_staff_read_it(browser, service, route):
    page = choose(browser, route, experience="不清楚", union_member="不清楚")
    assert page.response.request.path == f"/apply/{route}/consent"

    entry = service.entry(route=route, experience="不清楚", union_member="不清楚")

    staff = service.admin_client().get(f"/admin/nominations/{entry.reference}").text
    assert staff.count("不清楚") == 2


def test_what_somebody_else_was_unsure_of_the_nominee_answers_himself(service, browser):
    client = service.draft_client()
    browser.client = client
    draft = service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])
    unsure = typed_on(service.parts.campaign, Route.SELF, Topic.ELIGIBILITY) | {"union_member": "不清楚"}
    save(service.stores, draft, unsure, now=datetime.now(UTC))

    check = browser.open("/apply/self/check")
    browser.open("/apply/self/eligibility")

    assert "请选择是否工会会员" in check.text
    assert "union_member" not in browser.form().fields


def test_for_somebody_else_the_page_speaks_of_him(browser):
    page = choose(browser, Route.PEER, union_member="否")

    assert "这次要求被推荐人是工会会员，" in page.text


def test_without_a_draft_or_without_a_reason_there_is_no_such_page(browser, service):
    assert browser.open(NOT_YET).status == 404
    choose(browser)
    assert browser.open(NOT_YET).response.request.path == "/apply/self/eligibility"
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    browser.submit()
    browser.submit()
    assert browser.open(NOT_YET).response.request.path == "/apply/self/receipt"


def test_a_campaign_without_a_least_number_of_years_does_not_ask_for_them(make_service):
    browser = make_service(replace_in_campaign={"min_years = 2": "min_years = 0"}).browser()

    browser.open("/apply/self/eligibility")
    assert list(browser.form().offered) == ["category", "union_member"]
    page = choose(browser, union_member="否")
    assert "这次要求您是工会会员。" in page.text
