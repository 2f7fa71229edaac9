"""A token that has expired, on every page that posts: the page comes back, and says one sentence."""

import pytest

from h5app.domain.nomination import Route
from tests.people import NAME, jpeg
from tests.web.test_nominate import fill, nominate

BY_SCRIPT = {"X-Requested-With": "fetch", "Accept": "application/json"}
AGAIN = "页面停留太久了，刚才那一下没有生效，请再点一次"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("check", "核对并提交"),
        ("photos", "照片"),
        ("photos/portrait", "照片"),
        ("photos/0123/delete", "照片"),
        ("discard", "您有一份没填完的推荐表"),
    ],
)
def test_the_page_comes_back_and_says_so(browser, service, path, shown):
    fill(browser, service, Route.SELF)

    page = browser.post(f"/apply/self/{path}", {"csrf_token": "expired"})

    assert page.status == 400
    assert AGAIN in page.text
    assert shown in page.text
    assert len(service.stores.rows.read("SELECT id FROM drafts")) == 1


def test_the_check_page_that_came_back_submits(browser, service):
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    browser.open("/apply/self/check")

    browser.submit({"csrf_token": "expired"})

    assert browser.submit().response.request.path == "/apply/self/receipt"


def test_the_receipt_comes_back_instead_of_a_new_form(browser, service):
    nominate(browser, service, Route.SELF)

    page = browser.post("/apply/self/another", {"csrf_token": "expired"})

    assert (page.status, AGAIN in page.text) == (400, True)
    assert browser.client.get_cookie("h5app_self") is not None


def test_the_resume_page_keeps_what_was_typed(browser):
    browser.open("/resume")

    page = browser.submit({"csrf_token": "expired", "code": "abcd efgh", "digits": "1234"})

    assert page.status == 400
    assert "页面停留太久了，请再点一次“接着填”" in page.text
    assert (browser.form().fields["code"], browser.form().fields["digits"]) == ("abcd efgh", "1234")


def test_a_page_without_its_draft_says_that_instead(browser):
    page = browser.post("/apply/self/check", {"csrf_token": "expired"})

    assert page.status == 404
    assert "/resume" in page.links


def test_an_expired_page_is_still_the_page_it_was(browser, service):
    fill(browser, service, Route.SELF)
    browser.open("/apply/self/person")
    before = browser.form().fields

    browser.submit({"csrf_token": "expired", "name": "王秀英"})

    after = browser.form().fields
    assert after["name"] == "王秀英"
    assert [after[name] for name in ("page", "seen", "draft")] == [before[name] for name in ("page", "seen", "draft")]


@pytest.mark.parametrize("path", ["person", "person/save", "check", "photos", "photos/portrait"])
def test_a_pages_script_gets_a_token_that_is_good(browser, service, path):
    fill(browser, service, Route.SELF)
    browser.open("/apply/self/person")
    data = browser.form().fields | {"name": NAME}

    refused = browser.client.post(f"/apply/self/{path}", data=data | {"csrf_token": "expired"}, headers=BY_SCRIPT)

    assert refused.status_code == 400
    repeated = data | {"csrf_token": refused.json["token"]}
    assert browser.client.post("/apply/self/person/save", data=repeated, headers=BY_SCRIPT).status_code == 200
