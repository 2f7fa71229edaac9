import pytest

from h5app.domain.nomination import Route, Status
from h5app.domain.questions import Topic, topics_of
from h5app.storage.nominations import Search
from tests.people import NAME, NOMINATORS, jpeg, typed_on

UNIT = NOMINATORS[Route.UNIT]


@pytest.fixture
def send(browser, service):
    """The unit's clerk sends one worker after another."""

    def fill(name):
        if not browser.visited:
            browser.open("/apply/unit/eligibility")
        for topic in topics_of(Route.UNIT):
            if topic is not Topic.PHOTOS:
                answers = typed_on(service.parts.campaign, Route.UNIT, topic)
                browser.submit(answers | ({"name": name} if "name" in answers else {}))
        browser.upload("/apply/unit/photos/portrait", jpeg(300, 420))
        browser.submit()
        return browser.submit()

    return fill


def another(browser, route=Route.UNIT):
    return browser.submit(action=f"/apply/{route}/another")


def entries(service):
    return list(service.stores.nominations.every(Search()))


def test_another_one_keeps_the_units_data_and_asks_for_consent_again(browser, service, send):
    send("甲一")

    page = another(browser)
    assert page.response.request.path == "/apply/unit/eligibility"
    assert NAME not in page.html
    browser.open("/apply/unit/nominator")
    fields = browser.form().fields
    assert {name: fields[name] for name in UNIT} == UNIT
    assert "consent_nominee" not in fields
    browser.open("/apply/unit/person")
    assert browser.form().fields["name"] == ""
    browser.open("/apply/unit/eligibility")
    send("乙二")

    first, second = entries(service)
    assert [first.answers["name"], second.answers["name"]] == ["甲一", "乙二"]
    assert first.batch == second.batch != ""


def test_the_list_shows_everybody_of_this_browser_with_number_and_state(browser, service, send):
    send("甲一")
    another(browser)
    send("乙二")
    first, second = entries(service)
    service.entry(route=Route.UNIT, name="别的单位")
    service.stores.nominations.move(
        first.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片看不清", now=first.submitted_at
    )

    page = browser.open("/apply/unit/list")

    looked_for = {"甲一", "乙二", "别的单位", "请改好再交", "工会已收到，正在初审"}
    shown = [word for word in page.text.split("\n") if word in looked_for]
    assert shown == ["甲一", "请改好再交", "乙二", "工会已收到，正在初审"]
    assert {first.reference, second.reference} <= set(page.text.split("\n"))
    assert "/apply/unit/list" in browser.open("/apply/unit/receipt").links
    assert "/apply/unit/list" in browser.open("/").links


def test_somebody_half_filled_in_stands_above_the_list(browser, service, send):
    send("甲一")
    another(browser)
    browser.open("/apply/unit/person")
    browser.submit(typed_on(service.parts.campaign, Route.UNIT, Topic.PERSON) | {"name": "乙二"})

    page = browser.open("/apply/unit/list")

    assert "乙二：还没交" in page.text
    assert "甲一" in page.text
    assert "再推荐一位" not in page.text


def test_another_while_one_is_not_sent_goes_on_with_that_one(browser, service, send):
    send("甲一")
    another(browser)
    browser.open("/apply/unit/person")
    browser.submit(typed_on(service.parts.campaign, Route.UNIT, Topic.PERSON) | {"name": "乙二"})
    cookie = browser.client.get_cookie("h5app_unit").value

    browser.post("/apply/unit/another", {"csrf_token": browser.token})

    assert browser.client.get_cookie("h5app_unit").value == cookie
    browser.open("/apply/unit/person")
    assert browser.form().fields["name"] == "乙二"


@pytest.mark.parametrize("route", [Route.SELF, Route.PEER])
def test_other_routes_begin_with_an_empty_form(browser, service, route):
    client = service.draft_client(route)
    service.stores.drafts.delete(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])
    browser.client = client
    browser.open(f"/apply/{route}/check")

    page = another(browser, route)

    assert page.response.request.path == f"/apply/{route}/eligibility"
    assert client.get_cookie(f"h5app_{route}") is None


def test_S19_the_list_is_this_browsers_own(service, send):
    send("甲一")

    assert service.client().get("/apply/unit/list").status_code == 404
    assert "甲一" not in service.draft_client(Route.UNIT).get("/apply/unit/list").text


@pytest.mark.parametrize("page", ["list", "hand", "check"])
def test_a_unit_without_its_draft_begins_another_of_its_own(browser, page):
    assert browser.open(f"/apply/unit/{page}").status == 404

    assert browser.submit().response.request.path == "/apply/unit/eligibility"


def test_S19_the_units_contact_sees_the_others_of_his_batch_on_the_status_page(browser, service, send):
    send("甲一")
    another(browser)
    send("乙二")
    first, second = entries(service)

    def status(reference, phone):
        visitor = service.browser()
        visitor.open("/status")
        return visitor.submit({"reference": reference, "phone": phone}, action="/status")

    contact = status(first.reference, UNIT["unit_phone"])
    assert {"乙二", second.reference} <= set(contact.text.split("\n"))
    worker = status(first.reference, first.answers["phone"])
    assert "乙二" not in worker.text
    assert second.reference not in worker.html
