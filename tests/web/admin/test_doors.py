from datetime import UTC, datetime, timedelta

import pytest

from h5app.services.signing_in import make_admin_link
from tests.services.test_signing_in import CHEAP, PASSWORD, WRONG


@pytest.fixture
def link(service):
    return f"/admin/setup/{make_admin_link(service.stores, now=datetime.now(UTC))}"


def test_the_link_makes_the_first_admin_and_lets_him_in_once(service, browser, link):
    browser.open(link)
    page = browser.submit({"name": "赵敏", "password": PASSWORD, "password_again": PASSWORD})

    assert (page.status, page.response.request.path) == (200, "/admin/nominations")
    assert "赵敏" in page.text
    again = service.browser().open(link)
    assert again.status == 404
    assert "flask admin add" in again.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"password_again": "other"}, "两次输入的密码不一样，请再输一次"),
        ({"password": "short", "password_again": "short"}, "密码至少 10 位，可以用一句好记的话"),
        ({"name": " "}, "请填写账号名，30 个字以内"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_link_stays_good(browser, link, changes, sentence):
    browser.open(link)
    page = browser.submit({"name": "赵敏", "password": PASSWORD, "password_again": PASSWORD} | changes)

    assert (page.status, sentence in page.text) == (422, True)
    assert PASSWORD not in page.html
    assert browser.open(link).status == 200


def test_S16_signing_in_opens_the_page_that_was_asked_for_and_signing_out_closes_it(service, browser, link):
    browser.open(link)
    browser.submit({"name": "赵敏", "password": PASSWORD, "password_again": PASSWORD})
    first = browser.client.get_cookie("h5app_admin").value
    out = browser.post("/admin/sign-out", {"csrf_token": browser.token})
    assert out.response.request.path == "/admin/sign-in"
    assert browser.client.get_cookie("h5app_admin") is None

    browser.open("/admin/mail")
    page = browser.submit({"name": "赵敏", "password": PASSWORD})

    assert page.response.request.path == "/admin/mail"
    assert browser.client.get_cookie("h5app_admin").value != first
    stale = service.client()
    stale.set_cookie("h5app_admin", first)
    assert stale.get("/admin/mail").status_code == 303


def test_S16_a_planted_session_token_is_worth_nothing(service):
    client = service.client()
    client.set_cookie("h5app_admin", "planted")

    assert client.get("/admin/mail").status_code == 303


def test_S16_an_idle_session_leads_to_the_door(service):
    client = service.admin_client()
    service.stores.rows.write(
        "UPDATE admin_sessions SET seen_at = :at",
        {"at": (datetime.now(UTC) - timedelta(minutes=31)).isoformat(timespec="microseconds").replace("+00:00", "Z")},
    )

    assert client.get("/admin/mail").status_code == 303


def test_S22_a_wrong_password_and_an_unknown_name_get_the_same_page(service, browser):
    service.admin_client("赵敏")
    pages = []
    for name in ("赵敏", "王强"):
        browser.open("/admin/sign-in")
        pages.append(browser.submit({"name": name, "password": "wrong"}))

    assert [(page.status, WRONG in page.text) for page in pages] == [(422, True)] * 2
    first, second = [page.html.replace(page.forms[0].fields["csrf_token"], "") for page in pages]
    assert first.replace("赵敏", "王强") == second


@pytest.mark.parametrize("target", ["//evil.org", "https://evil.org", "http://[", "/admin\\@evil.org", "%0d%0aX: y"])
def test_S18_signing_in_leads_nowhere_else(service, browser, target):
    service.stores.admins.add(name="赵敏", password_hash=CHEAP.hash(PASSWORD), now=datetime.now(UTC))
    browser.open(f"/admin/sign-in?next={target}")
    data = browser.form().fields | {"name": "赵敏", "password": PASSWORD}

    answer = browser.client.post(f"/admin/sign-in?next={target}", data=data)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/admin/nominations")


def test_an_odd_name_at_the_door_is_no_500(browser):
    for name in ("\ue000", "\x00", "张" * 10_000, "' OR 1=1"):
        browser.open("/admin/sign-in")
        assert browser.submit({"name": name, "password": "x"}).status == 422
