"""What pages of questions send: two tabs, networks that swallow and reorder, lost drafts, the closing time."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.services.drafting import begin, save
from tests.people import NAME, jpeg, typed, typed_on
from tests.web.browsing import Browser

PERSON = "/apply/self/person"
BY_SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}


@pytest.fixture
def client(service):
    return service.draft_client()


def tab(client):
    """Another tab of the same browser, with the page open."""
    browser = Browser(client)
    browser.open(PERSON)
    return browser


def autosave(browser, **answers):
    """What the page's script sends while somebody types."""
    return browser.client.post(f"{PERSON}/save", data=browser.form().fields | answers, headers=BY_SCRIPT)


def stored(service):
    (row,) = service.stores.rows.read("SELECT id FROM drafts")
    return service.stores.drafts.get(row["id"])


# Two tabs


def test_every_page_says_which_it_is_and_whose_answers_it_shows(service, client):
    first, second = tab(client).form().fields, tab(client).form().fields

    assert re.fullmatch("[0-9a-f]{8}", first["page"])
    assert first["page"] != second["page"]
    assert (first["seen"], first["draft"], first["turn"]) == ("", stored(service).id, "0")
    autosave(tab(client), name=NAME)
    assert tab(client).form().fields["seen"] == stored(service).writers["person"][0]


def test_the_later_tab_is_told_while_typing_and_nothing_is_overwritten(service, client):
    first, second = tab(client), tab(client)
    assert autosave(first, name=NAME).status_code == 200

    told = autosave(second, name="王秀英", phone="1")

    assert told.status_code == 409
    assert told.json == {"message": "这一页在另一个窗口里改过", "label": "看最新的", "url": PERSON}
    assert stored(service).answers["name"] == NAME
    assert stored(service).answers["phone"] == ""


def test_without_a_script_the_later_tab_sees_both_and_wins_knowingly(service, client):
    first, second = tab(client), tab(client)
    person = typed_on(service.parts.campaign, Route.SELF, Topic.PERSON)
    first.submit(person)

    page = second.submit(person | {"name": "王秀英", "phone": ""})

    assert page.status == 409
    assert page.html.count("<title>错误：") == 1
    assert "这一页在另一个窗口里改过" in page.text
    assert page.text.count(f"另一个页面填的姓名是：{NAME}") == 2  # in the summary and at the field
    assert {"#name", "#phone"} <= set(page.links)
    assert "#native_place" not in page.links
    fields = second.form().fields
    assert (fields["name"], fields["phone"]) == ("王秀英", "")
    assert stored(service).answers["name"] == NAME
    second.submit({"phone": person["phone"]})
    assert stored(service).answers["name"] == "王秀英"


def test_what_the_other_tab_ticked_or_left_empty_is_said_in_words(service, client):
    first, second = Browser(client), Browser(client)
    for browser in (first, second):
        browser.open("/apply/self/consent")
    mark = typed_on(service.parts.campaign, Route.SELF, Topic.CONSENT)["consent_rules"]
    first.submit({"consent_rules": mark})

    page = second.submit({})

    assert re.search("另一个页面里，“[^”]+”打了勾", page.text)
    first.submit({"consent_rules": mark})
    autosave(tab(client), name="")
    late = tab(client)
    autosave(tab(client), name="")
    assert "另一个页面里没有填姓名" in late.submit({"name": NAME}).text


def test_two_tabs_that_say_the_same_are_no_conflict(client):
    first, second = tab(client), tab(client)

    assert [autosave(browser, name=NAME).status_code for browser in (first, second)] == [200, 200]


def test_photos_and_other_topics_stand_in_nobodys_way(client):
    first = tab(client)
    autosave(first, name=NAME)
    other = Browser(client)
    other.open("/apply/self/story")
    other.submit({"deeds": "一", "honours": "无"})
    other.open("/apply/self/photos")
    other.upload("/apply/self/photos/portrait", jpeg(300, 420))

    assert autosave(first, name=f"{NAME}军").status_code == 200


def test_a_page_of_an_earlier_form_is_not_mixed_into_the_next_one(service, client):
    old = tab(client)
    _draft, token = begin(service.stores, route=Route.SELF, channel="", now=datetime.now(UTC))
    client.set_cookie("h5app_self", token)

    assert autosave(old, name=NAME).status_code == 409
    assert old.submit({"name": NAME}).status == 409


# Networks


def test_an_older_save_that_arrives_late_is_answered_and_not_stored(service, client):
    page = tab(client)
    autosave(page, name=NAME, turn="1700000000002")

    late = autosave(page, name="李", turn="1700000000001")

    assert (late.status_code, stored(service).answers["name"]) == (200, NAME)


@pytest.mark.parametrize(
    "sheet", [{"page": "<b>"}, {"seen": "../"}, {"draft": "x"}, {"turn": "-1"}, {"turn": "9" * 99}]
)
def test_whatever_stands_in_the_hidden_fields_saves(service, client, sheet):
    assert autosave(tab(client), name=NAME, **sheet).status_code in {200, 409}
    assert autosave(tab(client), name=NAME).status_code == 200
    assert stored(service).answers["name"] == NAME


def test_the_pages_script_is_told_where_to_go_on_and_a_form_is_sent_there(service, client):
    browser = tab(client)
    data = browser.form().fields | typed_on(service.parts.campaign, Route.SELF, Topic.PERSON)

    by_script = client.post(PERSON, data=data, headers=BY_SCRIPT)
    by_form = client.post(PERSON, data=data)

    assert (by_script.status_code, by_script.json) == (200, {"next": "/apply/self/work"})
    assert (by_form.status_code, by_form.headers["Location"]) == (303, "/apply/self/work")


def test_S25_the_script_may_send_the_submit_again_and_again(service):
    browser = service.browser()
    for topic in Topic:
        if topic not in {Topic.NOMINATOR, Topic.PHOTOS}:
            browser.open(f"/apply/self/{topic}")
            browser.submit(typed_on(service.parts.campaign, Route.SELF, topic))
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    browser.open("/apply/self/check")
    data = browser.form().fields

    answers = [browser.client.post("/apply/self/check", data=data, headers=BY_SCRIPT) for _ in range(3)]

    assert [answer.json for answer in answers] == [{"next": "/apply/self/receipt"}] * 3
    assert service.stores.rows.read("SELECT COUNT(*) AS n FROM nominations") == [{"n": 1}]
    late = browser.client.post(f"{PERSON}/save", data=data | {"name": "王秀英"}, headers=BY_SCRIPT)
    assert late.status_code == 409
    assert late.json == {
        "message": "这份推荐表已经提交，不用再填了",
        "label": "看受理编号",
        "url": "/apply/self/receipt",
    }


# Lost


def test_a_page_whose_draft_this_browser_opens_no_more_keeps_its_text_and_says_how_to_go_on(client):
    page = tab(client)
    client.delete_cookie("h5app_self")

    told = autosave(page, name=NAME)
    form = page.submit({"name": NAME})

    assert told.status_code == 409
    assert (told.json["label"], told.json["url"]) == ("用续填码接着填", "/resume")
    assert form.status == 409
    assert "/resume" in form.links
    assert page.form().fields["name"] == NAME
    assert page.submit().status == 422  # and the next press begins a form of its own
    assert client.get_cookie("h5app_self") is not None


def test_a_cookie_that_opens_nothing_leads_to_the_resume_code_or_an_empty_form(service):
    browser = service.browser()
    browser.client.set_cookie("h5app_self", "of another phone by now")

    for path in ("person", "photos", "check", "go-on"):
        page = browser.open(f"/apply/self/{path}")
        assert (page.status, "/resume" in page.links) == (404, True)
        assert "可能已经换到另一台手机上填" in page.text

    assert browser.submit().response.request.path == "/apply/self/eligibility"
    assert browser.page.status == 200


def test_going_on_leads_to_the_first_gap_the_check_page_and_the_receipt(service):
    client = service.draft_client()
    assert client.get("/apply/self/go-on").headers["Location"] == "/apply/self/eligibility"

    save(service.stores, stored(service), typed(service.parts.campaign), now=datetime.now(UTC))
    assert client.get("/apply/self/go-on").headers["Location"] == "/apply/self/photos"
    browser = Browser(client)
    browser.open("/apply/self/photos")
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    assert client.get("/apply/self/go-on").headers["Location"] == "/apply/self/check"
    browser.open("/apply/self/check")
    browser.submit()
    assert client.get("/apply/self/go-on").headers["Location"] == "/apply/self/receipt"


# The closing time


def closing(make_service, *, minutes_ago):
    """A service whose path has just closed, and a browser whose draft was begun before."""
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    line = f"closes_at = {at.strftime('%Y-%m-%dT%H:%M:%S')}+00:00"
    service = make_service(replace_in_campaign={"# closes_at = 2026-03-26T18:00:00+08:00": line})
    answers = typed(service.parts.campaign)
    _draft, token = begin(service.stores, answers, route=Route.SELF, channel="", now=at - timedelta(hours=1))
    browser = service.browser()
    browser.client.set_cookie("h5app_self", token)
    browser.open(PERSON)
    return service, browser


def test_S26_ten_minutes_after_the_closing_a_begun_draft_is_saved_takes_photos_and_is_submitted(make_service):
    _service, browser = closing(make_service, minutes_ago=8)

    assert autosave(browser, name="王秀英").json["closed"] == ""
    assert browser.submit().response.request.path == "/apply/self/work"
    browser.open("/apply/self/photos")
    assert browser.upload("/apply/self/photos/portrait", jpeg(300, 420)).status == 200
    browser.open("/apply/self/check")
    assert browser.submit().response.request.path == "/apply/self/receipt"


def test_S26_after_the_grace_the_text_is_kept_and_every_page_says_so(make_service):
    service, browser = closing(make_service, minutes_ago=12)

    answer = autosave(browser, name="王秀英")
    assert (answer.status_code, "截止" in answer.json["closed"]) == (200, True)
    page = browser.submit({"name": "王秀兰"})
    assert (page.status, "您填的都已保存，但不能再提交" in page.text) == (403, True)
    assert stored(service).answers["name"] == "王秀兰"
    assert "截止" in browser.open(PERSON).text
    assert browser.form().fields["name"] == "王秀兰"
    browser.open("/apply/self/photos")
    refused = browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    assert (refused.status, "截止" in refused.text) == (422, True)
    assert "您填的都已保存，但不能再提交" in browser.open("/apply/self/photos").text
    check = browser.open("/apply/self/check")
    assert [words in check.text for words in ("您填的都已保存，但不能再提交", "王秀兰", "提交推荐表")] == [
        True,
        True,
        False,
    ]
