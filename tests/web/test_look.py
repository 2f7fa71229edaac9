"""The standard look and 大字版: chosen by a plain form, kept by a cookie, the same page either way."""

import re

import pytest

from tests.people import NAME
from tests.web.test_nominate import fill

TOPIC = "/apply/self/person"


def root_of(page):
    return re.search(r"<html[^>]*>", page.html)[0]


def choose(browser, look):
    form = browser.form("/look")
    return browser.post("/look", form.fields | {"look": look})


@pytest.mark.parametrize("path", ["/", "/apply/self/eligibility", "/apply/peer/person", "/no-such-page"])
def test_larger_letters_are_one_tap_away_and_stay(browser, path):
    assert root_of(browser.open(path)) == '<html lang="zh-CN" class="">'

    page = choose(browser, "care")

    assert page.response.request.path == (path if path != "/no-such-page" else "/")
    assert root_of(page) == '<html lang="zh-CN" class="care">'
    assert root_of(browser.open("/apply/unit/consent")) == '<html lang="zh-CN" class="care">'
    assert root_of(choose(browser, "")) == '<html lang="zh-CN" class="">'


def test_the_choice_lasts_a_year_and_says_nothing_else(browser):
    browser.open("/")
    form = browser.form("/look")

    answer = browser.client.post("/look", data=form.fields | {"look": "care"})

    assert answer.status_code == 303
    assert answer.headers["Set-Cookie"] == (
        f"h5app_look=care; {expires(answer)}; Max-Age=31536000; HttpOnly; Path=/; SameSite=Lax"
    )


def expires(answer):
    return re.search(r"Expires=[^;]+", answer.headers["Set-Cookie"])[0]


def test_both_looks_of_a_page_that_is_drawn_once_show_its_person(browser, service):
    fill(browser, service, "self", until="work")
    browser.open(TOPIC)

    page = choose(browser, "care")

    assert page.response.request.path == TOPIC
    assert browser.form().fields["name"] == NAME
    assert root_of(service.browser().open(TOPIC)) == '<html lang="zh-CN" class="">'


def test_a_page_with_problems_is_drawn_large_as_well(browser):
    browser.open("/apply/self/eligibility")
    choose(browser, "care")

    page = browser.submit()

    assert page.status == 422
    assert root_of(page) == '<html lang="zh-CN" class="care">'
    assert browser.form("/look").fields["back"] == "/apply/self/eligibility"


@pytest.mark.parametrize(
    "back",
    ["//evil.example.org", "/\\evil.example.org", "https://evil.example.org/", "", "x", "/a b", "/a\r\nX: y", "/人"],
)
def test_S18_the_way_back_is_a_page_of_our_own(browser, back):
    browser.open("/")

    answer = browser.client.post("/look", data=browser.form("/look").fields | {"look": "care", "back": back})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_a_page_that_cannot_be_opened_again_leads_back_to_the_landing_page(browser, service):
    fill(browser, service, "self")

    page = browser.upload("/apply/self/photos/portrait", b"no picture")

    assert page.status == 422
    assert browser.form("/look").fields["back"] == "/"


def test_S15_a_forged_choice_is_refused(browser):
    assert browser.client.post("/look", data={"look": "care"}).status_code == 400
