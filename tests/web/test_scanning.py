"""From a poster to the landing page: every code leads on, and is counted once."""

import time
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from h5app.domain.channel import ChannelState, NewChannel
from h5app.domain.funnel import DIRECT, FUNNEL, FunnelStep
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from tests.web.test_nominate import fill, nominate

SCAN, LANDING, STARTED, SUBMITTED = FUNNEL
NOBODY = dict.fromkeys(FunnelStep, 0)
MISTYPED = "编码好像打错了一个字，请核对海报上的字"


@pytest.fixture
def reached(service):
    """Step → how many, of one code or of all."""

    def reached(code=None):
        service.parts.counts.flush()
        found = service.stores.counts.sums_by_code(None, None)
        counted = sum((Counter(found[each]) for each in found if code in {None, each}), Counter())
        return NOBODY | counted

    return reached


@pytest.fixture
def change(service):
    """Change a channel as another worker would."""

    def change(code, state=ChannelState.ACTIVE, target="", **words):
        to = NewChannel(**{"name": "改过的", **words})
        service.parts.channels.change(code, to=to, state=state, target=target, who="赵敏", now=datetime.now(UTC))

    return change


# Where a code leads


@pytest.mark.parametrize("typed", ["K7WM", "k7wm", "k7-wm", "%20K7%20WM", "Ｋ７ｗｍ", "K7WM/"])
def test_a_code_leads_to_the_landing_page_however_it_is_written(service, typed):
    answer = service.client().get(f"/t/{typed}")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


def test_an_address_typed_all_in_capitals_leads_to_the_same_and_is_one_scan(browser, reached):
    page = browser.open("/T/K7WM")

    assert (page.status, page.response.request.path) == (200, "/")
    assert reached("K7WM") == NOBODY | {SCAN: 1, LANDING: 1}


@pytest.mark.parametrize(
    "path", ["/t/K7W0", "/t/K7MW", "/t/K7WD", "/t?code=K7MW", "/t?code=%E4%BA%8C%E7%BB%B4%E7%A0%81%E5%90%97"]
)
def test_a_mistyped_code_is_asked_for_again(browser, reached, path):
    page = browser.open(path)

    assert page.status == 404
    assert MISTYPED in page.text
    form = page.forms[0]
    assert (form.action, form.method, list(form.fields)) == ("/t", "get", ["code"])
    assert "code" in page.labels
    assert "/" in page.links
    assert reached() == NOBODY


@pytest.mark.parametrize("path", ["/t/K7", "/t/K7WMK7WM", "/t?code=a"])
def test_what_is_too_short_or_too_long_is_told_so(browser, path):
    page = browser.open(path)

    assert page.status == 404
    assert "编码是 4 到 6 个字母和数字，请核对海报上的字" in page.text


@pytest.mark.parametrize("path", ["/t/A3CM", "/t/a3c-m"])
def test_an_unknown_code_is_told_apart_and_is_one_tap_from_the_landing_page(browser, service, reached, path):
    page = browser.open(path)

    assert page.status == 404
    assert "没有这个编码的海报" in page.text
    assert MISTYPED not in page.text
    assert "/" in page.links
    assert f"tel:{service.parts.campaign.organiser.telephone}" in page.links
    assert reached() == NOBODY


def test_a_stopped_code_says_so_and_leads_on(browser, service, change, reached):
    change("H3NR", ChannelState.REVOKED)

    page = browser.open("/t/H3NR")

    assert page.status == 410
    assert "这张海报已经停用" in page.text
    assert "/" in page.links
    assert f"tel:{service.parts.campaign.organiser.telephone}" in page.links
    browser.open("/")
    assert reached("H3NR") == NOBODY | {SCAN: 1}


def test_a_redirected_code_counts_and_shows_what_it_leads_to(browser, service, change, reached):
    change("H3NR", ChannelState.REDIRECTED, "X4GE")

    page = browser.open("/t/H3NR")
    fill(browser, service, Route.UNIT, until=Topic.CONSENT)

    assert next(link for link in page.links if link.endswith("/eligibility")) == "/apply/unit/eligibility"
    assert reached("H3NR") == NOBODY | {FunnelStep.FORWARDED: 1}
    assert reached("X4GE") == NOBODY | {SCAN: 1, LANDING: 1, STARTED: 1}
    assert service.stores.rows.read("SELECT channel FROM drafts") == [{"channel": "X4GE"}]


def test_a_poster_for_a_route_puts_it_first(browser):
    browser.open("/t/X4GE")

    ways = [link for link in browser.page.links if link.endswith("/eligibility")]
    assert ways == ["/apply/unit/eligibility", "/apply/self/eligibility", "/apply/peer/eligibility"]


@pytest.mark.parametrize("code", ["XXXX", "%00", "a" * 300, "../admin"])
def test_S13_whatever_stands_behind_t_is_a_page_of_ours_and_is_not_counted(browser, reached, code):
    assert browser.open(f"/t/{code}").status in {200, 404}
    assert reached() == NOBODY


# For those who cannot scan


def test_the_page_for_those_who_cannot_scan_asks_for_the_code_of_a_poster(browser):
    page = browser.open("/t")

    assert page.status == 200
    assert "二维码扫不了，输入海报上的编码也一样。" in page.text
    assert "code" in page.labels
    assert browser.open("/t/").text == page.text


@pytest.mark.parametrize("typed", ["k7-wm", " K7WM ", "zgh.example.org/t/K7WM", "https://zgh.example.org/t/k7wm/"])
def test_a_typed_code_leads_where_a_scanned_one_does(service, typed):
    answer = service.client().get("/t", query_string={"code": typed})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/t/K7WM")


def test_nothing_typed_is_asked_for_again(browser):
    page = browser.open("/t?code=%20-")

    assert page.status == 422
    assert "还没有输入编码，请照海报上的输入" in page.text


# What is counted


def test_from_scan_to_entry_everybody_is_counted_once_a_step(browser, service, reached):
    browser.open("/t/H3NR")
    browser.open("/")
    nominate(browser, service, Route.SELF)

    assert reached("H3NR") == NOBODY | {SCAN: 1, LANDING: 1, STARTED: 1, SUBMITTED: 1}
    assert reached() == reached("H3NR")
    assert service.stores.rows.read("SELECT channel FROM nominations") == [{"channel": "H3NR"}]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])  # 26 hours apart, never on the same day
def test_every_step_is_counted_on_the_campaigns_own_day(make_service, zone):
    service = make_service(replace_in_campaign={'zone = "Asia/Shanghai"': f'zone = "{zone}"'})
    browser = service.browser()
    before = datetime.now(ZoneInfo(zone)).date()

    browser.open("/t/H3NR")
    nominate(browser, service, Route.SELF)
    service.parts.counts.flush()

    counted = service.stores.counts.between(None, None)
    assert {each.step for each in counted} == set(FUNNEL)
    assert {each.day for each in counted} <= {before, datetime.now(ZoneInfo(zone)).date()}


def test_who_opens_the_page_without_a_poster_is_counted_without_one(browser, service, reached):
    nominate(browser, service, Route.SELF)

    assert reached() == reached(DIRECT) == NOBODY | {STARTED: 1, SUBMITTED: 1}


def test_a_second_look_counts_nothing_and_another_browser_does(browser, service, reached):
    for _ in range(3):
        browser.open("/t/H3NR")
    service.browser().open("/t/H3NR")

    assert reached() == NOBODY | {SCAN: 2, LANDING: 2}


def test_a_scan_keeps_what_somebody_has_begun_and_its_channel(browser, service, reached):
    browser.open("/t/H3NR")
    fill(browser, service, Route.SELF, until=Topic.CONSENT)
    before = service.stores.rows.read("SELECT * FROM drafts")

    page = browser.open("/t/X4GE")
    nominate(browser, service, Route.SELF)

    assert "您有一份没填完的推荐表" in page.text
    assert before[0]["channel"] == "H3NR"
    assert reached("H3NR") == NOBODY | {SCAN: 1, LANDING: 1, STARTED: 1, SUBMITTED: 1}
    assert reached("X4GE") == NOBODY | {SCAN: 1, LANDING: 1}


@pytest.mark.parametrize(
    ("environ", "is_remembered"),
    [
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}, False),
        ({"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) Mobile/13B143 MicroMessenger/6.3.9"}, False),
        ({"HTTP_ACCEPT": "*/*"}, False),
        # The answer may be shown to the person later, without another request.
        ({"HTTP_SEC_PURPOSE": "prefetch"}, True),
        ({"HTTP_X_MOZ": "prefetch"}, True),
    ],
)
def test_robots_and_prefetching_browsers_are_let_through_and_not_counted(service, reached, environ, is_remembered):
    client = service.client(**environ)

    answer = client.get("/t/H3NR")
    client.get("/")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert ("Set-Cookie" in answer.headers) is is_remembered
    assert reached() == NOBODY


def test_a_prefetched_page_that_is_opened_afterwards_is_counted_once(service, reached):
    client = service.client()
    client.get("/t/H3NR", headers={"Sec-Purpose": "prefetch"})
    client.get("/t/H3NR")
    client.get("/", headers={"Sec-Purpose": "prefetch;prerender"})
    assert reached() == NOBODY | {SCAN: 1}

    client.get("/")
    client.get("/")

    assert reached() == NOBODY | {SCAN: 1, LANDING: 1}


def test_head_is_no_scan(service, reached):
    answer = service.client().head("/t/H3NR")

    assert answer.status_code == 303
    assert "Set-Cookie" not in answer.headers
    assert reached() == NOBODY


# A rush


def test_a_scan_looks_into_the_database_once_a_second_and_waits_for_no_writer(service, reached):
    """Somebody holds the write lock; the answers come at once, the counts when he has done."""
    service.client().get("/t/H3NR")
    clients = [service.client() for _ in range(50)]
    with service.stores.rows.transaction():
        began = time.monotonic()
        statuses = {client.get("/t/H3NR").status_code for client in clients}
        took_s = time.monotonic() - began

    assert statuses == {303}
    assert took_s < 1
    assert reached() == NOBODY | {SCAN: 51}


# What a poster knows


def test_what_the_poster_knows_is_chosen_already_and_stored_when_they_go_on(browser, service, change):
    campaign = service.parts.campaign
    region, category = campaign.regions[1], campaign.categories[2]
    change("H3NR", region=region, category=category, route=Route.SELF)
    browser.open("/t/H3NR")

    page = browser.open("/apply/self/eligibility")
    assert page.forms[0].fields["category"] == category
    assert service.stores.rows.read("SELECT * FROM drafts") == []

    fill(browser, service, Route.SELF, until=Topic.WORK, category=campaign.categories[0])
    page = browser.open("/apply/self/work")
    assert page.forms[0].fields["region"] == region
    draft = service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])
    assert (draft.answers["category"], draft.answers.get("region")) == (campaign.categories[0], None)

    browser.submit({"region": campaign.regions[0]})
    assert browser.open("/apply/self/work").forms[0].fields["region"] == campaign.regions[0]
    assert browser.open("/apply/self/eligibility").forms[0].fields["category"] == campaign.categories[0]


# Forged hosts


@pytest.mark.parametrize("path", ["/t/K7WM", "/t/A3CM", "/t/K7W0", "/t", "/t?code=K7WM"])
def test_S17_a_forged_host_changes_no_redirect_and_no_link(make_service, path):
    client = make_service().client()
    with_address = make_service(H5APP_PUBLIC_BASE_URL="https://zgh.example.org").client()

    for forged in ({"Host": "evil.example.org"}, {"X-Forwarded-Host": "evil.example.org"}):
        answer = client.get(path, headers=forged)
        assert answer.headers.get("Location", "/") in {"/", "/t/K7WM"}
        assert "evil.example.org" not in answer.text
    refused = with_address.get(path, headers={"Host": "evil.example.org"})
    assert refused.status_code == 400
    assert "evil" not in refused.text
    assert "Location" not in refused.headers
