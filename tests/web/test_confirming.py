import io
import re
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from PIL import Image

from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.domain.questions import Topic, topics_of
from h5app.services.linking import nominee_token
from h5app.services.resuming import resume_code
from tests.people import DEEDS, ID_NUMBER, NAME, NOMINATORS, PHONE, jpeg, submitted, typed_on, without

NOMINATOR = NOMINATORS[Route.PEER]["nominator_name"]


@pytest.fixture
def entry(service):
    return service.entry(route=Route.PEER)


@pytest.fixture
def link(service, entry):
    return f"/n/{nominee_token(service.stores, entry)}"


@pytest.fixture
def known(browser, link):
    """The nominee's browser, on the page that shows what was said."""
    browser.open(link)
    browser.submit({"digits": "1234"})
    return browser


def drafts_of(service, entry):
    return service.stores.drafts.correcting(entry.id)


def walk(browser, service, *, until=None):
    """Answer everything the nominee is asked, up to the check page."""
    for topic in topics_of(Route.SELF):
        if topic in (until, Topic.PHOTOS):
            break
        browser.submit(typed_on(service.parts.campaign, Route.SELF, topic))
    return browser.page


def test_the_link_says_who_nominates_and_nothing_of_what_was_said(browser, service, link):
    page = browser.open(link)

    assert page.status == 200
    assert NOMINATOR in page.text
    assert "同事" in page.text
    for secret in (NAME, PHONE, "1234", DEEDS.split("\n")[0], "快递员"):
        assert secret not in page.html.replace(service.parts.campaign.title, "")


def test_S30_opening_the_link_changes_nothing(service, browser, entry, link):
    tables = ("drafts", "attachments", "nominations", "revisions", "outbox", "audit", "tries")
    before = {table: service.stores.rows.read(f"SELECT * FROM {table}") for table in tables}

    for path in ("", "/said", "/decline", "/card.png"):
        browser.client.get(link + path, follow_redirects=True, buffered=True)

    assert {table: service.stores.rows.read(f"SELECT * FROM {table}") for table in tables} == before
    assert service.stores.nominations.get(entry.id).status is Status.WAITING


@pytest.mark.parametrize("path", ["/said", "/decline"])
def test_a_forwarded_link_shows_nobody_what_was_said(browser, link, path):
    page = browser.open(link + path)

    assert page.response.request.path == link
    assert DEEDS.split("\n")[0] not in page.html


@pytest.mark.parametrize("path", ["/begin", "/decline"])
def test_a_forwarded_link_lets_nobody_act(browser, service, entry, link, path):
    browser.open(link)

    page = browser.post(link + path, {"csrf_token": browser.token})

    assert page.response.request.path == link
    assert service.stores.nominations.get(entry.id) == entry
    assert drafts_of(service, entry) == []


def test_the_end_of_his_telephone_shows_him_what_was_said(known):
    page = known.page

    assert page.response.request.path.endswith("/said")
    for said in (NAME, PHONE, DEEDS.split("\n")[0], "快递员"):
        assert said in page.text
    for own in NOMINATORS[Route.PEER]["nominator_phone"], "已同意":
        assert own not in page.text


@pytest.mark.parametrize("moved", [-timedelta(minutes=30), timedelta(days=400)])
def test_S28_half_an_hour_later_or_by_a_clock_that_ran_ahead_he_is_asked_again(known, link, moved):
    with known.client.session_transaction() as session:
        *what, until = session["nominee"]
        session["nominee"] = [*what, until + moved.total_seconds()]

    page = known.open(f"{link}/said")

    assert page.response.request.path == link
    assert DEEDS.split("\n")[0] not in page.html


def test_S20_other_digits_are_told_whom_to_call_and_too_many_rest(browser, link):
    browser.open(link)

    answers = [browser.submit({"digits": "0000"}) for _ in range(6)]

    assert [page.status for page in answers] == [422] * 5 + [429]
    assert "给推荐人打个电话" in answers[0].text
    assert answers[0].html.count("aria-invalid") == 1
    assert "分钟后再试" in answers[5].text
    assert browser.submit({"digits": "1234"}).status == 429


def test_the_nominee_walks_through_what_was_said_and_confirms(known, service, entry):
    page = known.submit()
    assert page.response.request.path == "/apply/self/eligibility"
    assert known.form().fields["category"] == "快递员"
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.ELIGIBILITY))
    assert not [name for name in known.form().fields if name.startswith("consent")]
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.CONSENT))
    assert (known.form().fields["name"], known.form().fields["id_number"]) == (NAME, "")
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.PERSON))
    walk_rest(known, service)
    assert service.stores.outbox.counts() == {}

    known.open("/apply/self/check")
    page = known.submit()

    confirmed = service.stores.nominations.get(entry.id)
    assert page.response.request.path == "/apply/self/receipt"
    assert entry.reference in page.text.replace("\n", "")
    assert (confirmed.status, confirmed.answers["id_number"]) == (Status.SUBMITTED, ID_NUMBER)
    assert confirmed.confirmed_at
    assert service.stores.outbox.counts() == {LetterState.QUEUED: 1}


def walk_rest(browser, service):
    for topic in (Topic.WORK, Topic.STORY):
        browser.submit(typed_on(service.parts.campaign, Route.SELF, topic))


def test_after_confirming_the_link_says_so_and_shows_nothing_more(known, service, entry, link):
    known.submit()
    walk(known, service)
    known.open("/apply/self/check")
    known.submit()

    for path in ("", "/said", "/decline"):
        page = service.browser().open(link + path)
        assert "本人已经确认" in page.text
        assert entry.reference in page.text.replace("\n", "")
        assert NAME not in page.html
    assert service.client().get(f"{link}/card.png").status_code == 404


def test_coming_back_to_the_link_goes_on_with_what_he_has_filled_in(known, service, entry, link):
    known.submit()
    walk(known, service, until=Topic.WORK)

    known.open(f"{link}/said")
    page = known.open("/apply/self/go-on")

    assert page.response.request.path == "/apply/self/check"  # the nominator has said the rest
    assert "接着填我的推荐表" in known.open(f"{link}/said").text
    assert len(drafts_of(service, entry)) == 1


def test_another_phone_begins_with_the_nominators_words(known, service, entry, link):
    known.submit()
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.ELIGIBILITY))
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.CONSENT))
    known.submit(typed_on(service.parts.campaign, Route.SELF, Topic.PERSON))

    other = service.browser()
    other.open(link)
    other.submit({"digits": "1234"})
    other.submit()
    page = other.open("/apply/self/person")

    assert ID_NUMBER not in page.html
    assert len(drafts_of(service, entry)) == 2


def test_a_draft_of_his_own_is_not_lost_by_the_link(service, entry, link):
    fresh = service.browser()
    fresh.open("/apply/self/person")
    fresh.submit(typed_on(service.parts.campaign, Route.SELF, Topic.PERSON))
    own = service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts WHERE route = 'self'")[0]["id"])
    fresh.open(link)
    fresh.submit({"digits": "1234"})

    asked = fresh.submit()
    assert resume_code(own) in asked.text
    assert drafts_of(service, entry) == []
    page = fresh.submit({"leave": "1"})

    assert page.response.request.path == "/apply/self/eligibility"
    assert service.stores.drafts.get(own.id) == own


def test_declining_says_what_happens_then_erases(known, service, entry, link):
    known.submit()
    page = known.open(f"{link}/decline")
    assert [href for href in page.links if href.endswith("/said")]
    assert service.stores.nominations.get(entry.id).status is Status.WAITING

    page = known.submit()

    assert "您已经谢绝" in page.text
    ended = service.stores.nominations.get(entry.id)
    assert (ended.status, ended.answers) == (Status.DECLINED, {})
    assert service.stores.attachments.file_names() == set()
    assert known.client.get_cookie("h5app_self") is None
    for name in (NAME, NOMINATOR):
        assert name not in service.browser().open(link).html


def test_a_form_that_stood_open_for_too_long_begins_again(known, service, entry, link):
    known.client.delete_cookie("h5app")
    data = {"csrf_token": "old"}

    for path in ("", "/begin", "/decline"):
        page = known.post(link + path, data)
        assert (page.status, NOMINATOR in page.text) == (400, True)
    assert service.stores.nominations.get(entry.id) == entry


def test_after_the_last_day_he_reads_so_and_may_still_decline(make_service):
    closed = f"{datetime.now(UTC) - timedelta(days=4):%Y-%m-%dT%H:%M:%S}Z"
    service = make_service(replace_in_campaign={"# closes_at = 2026-03-26T18:00:00+08:00": f"closes_at = {closed}"})
    long_ago = datetime.now(UTC) - timedelta(days=9)
    entry = submitted(service.stores, service.parts.files, service.parts.campaign, now=long_ago, route=Route.PEER)
    browser = service.browser()
    browser.open(f"/n/{nominee_token(service.stores, entry)}")

    page = browser.submit({"digits": "1234"})
    assert "确认的时间已经过了" in page.text
    assert page.forms == [form for form in page.forms if form.action == "/look"]
    browser.open(page.response.request.path.replace("/said", "/decline"))
    assert "您已经谢绝" in browser.submit().text


# The nominator


def test_a_nominator_says_what_he_knows_and_gets_a_link_to_pass_on(make_service):
    service = make_service(H5APP_PUBLIC_BASE_URL="http://localhost")
    browser, campaign = service.browser(), service.parts.campaign
    browser.open("/apply/peer/eligibility")
    for topic in topics_of(Route.PEER):
        if topic is not Topic.PHOTOS:
            known = without(typed_on(campaign, Route.PEER, topic), "native_place", "education", "honours")
            page = browser.submit(known)
    assert "手里没有就不传，由本人补" in page.text
    page = browser.submit()
    assert page.response.request.path == "/apply/peer/check"

    page = browser.submit()

    (reference,) = {row["reference"] for row in service.stores.rows.read("SELECT reference FROM nominations")}
    entry = service.stores.nominations.by_reference(reference)
    address = f"http://localhost/n/{nominee_token(service.stores, entry)}"
    assert entry.status is Status.WAITING
    assert address in page.text
    (picture,) = re.findall(r'src="(/n/[^"]+/card\.png)"', page.html)
    answer = browser.client.get(picture)
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    assert (answer.mimetype, code.text) == ("image/png", address)


def test_a_photo_of_the_nominators_comes_along(service, entry, known):
    known.submit()
    (draft_id,) = drafts_of(service, entry)

    (photo,) = service.stores.attachments.of_draft(draft_id)
    answer = known.client.get(f"/apply/self/photos/{photo.id}/thumb.jpg")

    assert (answer.status_code, answer.data) == (200, jpeg(60, 84))
