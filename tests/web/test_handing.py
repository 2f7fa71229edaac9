import io
from datetime import UTC, datetime

import pytest
import zxingcpp
from PIL import Image

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, topics_of
from h5app.services.drafting import begin
from h5app.services.linking import worker_token
from h5app.services.nominating import nominate
from h5app.services.resuming import resume_code
from h5app.storage.nominations import Search
from tests.people import ID_NUMBER, NAME, NOMINATORS, PHONE, agreements, complete_draft, jpeg, typed_on
from tests.web.browsing import Browser

UNIT = NOMINATORS[Route.UNIT]
BOXES = ("consent_rules", "consent_personal", "consent_mailing")


@pytest.fixture
def desk(browser, service):
    """A unit's clerk who has filled in everything but consent and photos."""
    browser.open("/apply/unit/eligibility")
    for topic in topics_of(Route.UNIT):
        if topic is Topic.CONSENT:
            (later,) = [link for link in browser.page.links if link == "/apply/unit/nominator"]
            browser.open(later)
        elif topic is not Topic.PHOTOS:
            browser.submit(typed_on(service.parts.campaign, Route.UNIT, topic))
    return browser


@pytest.fixture
def draft(service, desk):
    assert desk.page.status == 200
    return service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])


@pytest.fixture
def link(service, draft):
    return f"/h/{worker_token(service.stores, draft)}"


@pytest.fixture
def worker(service, link):
    """The worker's phone, after “开始”."""
    browser = service.browser()
    browser.open(link)
    browser.submit()
    return browser


def ticks(service):
    return {name: mark for name, mark in agreements(service.parts.campaign, Route.UNIT).items() if name in BOXES}


def test_the_desk_shows_a_code_that_leads_to_the_link(service, desk, draft, link):
    page = desk.open("/apply/unit/hand")

    answer = desk.client.get("/apply/unit/hand/card.png")
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.data)))
    assert code.text == f"{service.parts.base_url}{link}"
    assert code.text in page.text.replace("\n", "")
    assert "知情同意：还没有" in page.text
    assert resume_code(draft).replace("-", "") not in link


@pytest.mark.parametrize("page", ["consent", "photos"])
def test_the_pages_of_consent_and_photos_lead_to_the_code(desk, page):
    assert "/apply/unit/hand" in desk.open(f"/apply/unit/{page}").links


def test_S30_opening_the_link_changes_nothing_and_says_who_asks(service, draft, link):
    browser = service.browser()

    page = browser.open(link)

    assert (UNIT["unit_name"] in page.text, NAME in page.text) == (True, True)
    for secret in (PHONE, ID_NUMBER, UNIT["unit_phone"], UNIT["unit_contact"]):
        assert secret not in page.html
    assert browser.client.get_cookie("h5app_hand") is None
    assert service.stores.drafts.get(draft.id) == draft


def test_the_workers_ticks_and_photos_are_in_the_units_draft(service, desk, worker):
    assert not set(BOXES) & worker.form().fields.keys()
    page = worker.submit(ticks(service))
    assert page.response.request.path == "/apply/worker/photos"
    page = worker.upload("/apply/worker/photos/portrait", jpeg(300, 420))
    assert page.response.request.path == "/apply/worker/photos"
    page = worker.submit()
    assert (page.response.request.path, "好了，单位已收到" in page.text) == ("/apply/worker/done", True)

    shown = desk.open("/apply/unit/hand").text
    assert ("知情同意：已打勾" in shown, "近照：1 张" in shown) == (True, True)
    assert "知情同意：已打勾" in desk.open("/apply/unit/hand/arrived").text
    desk.open("/apply/unit/check")
    desk.submit()
    (entry,) = service.stores.nominations.every(Search())
    assert {name: entry.answers[name] for name in BOXES} == ticks(service)
    assert len(service.stores.attachments.of_draft(entry.draft_id)) == 1


def test_the_worker_sees_his_name_unit_photos_and_boxes_and_nothing_else(service, draft, worker):
    worker.submit(ticks(service))
    for address in ("/apply/worker", "/apply/worker/photos", "/apply/worker/done"):
        html = worker.open(address).html
        for secret in (
            PHONE,
            ID_NUMBER,
            UNIT["unit_phone"],
            UNIT["unit_contact"],
            UNIT["unit_code"],
            resume_code(draft),
        ):
            assert secret not in html
    for address in ("/apply/unit/person", "/apply/unit/check", "/apply/unit/photos", "/apply/unit/hand"):
        assert NAME not in worker.client.get(address, follow_redirects=True).text
    assert worker.client.get("/apply/unit/check").status_code == 404


def test_a_box_left_out_is_told_at_its_place(service, worker):
    page = worker.submit({name: mark for name, mark in ticks(service).items() if name != "consent_rules"})

    assert (page.status, page.response.request.path) == (422, "/apply/worker")
    assert "请阅读并勾选“选树规则”" in page.text
    assert worker.form().fields["consent_personal"]


def test_without_a_portrait_the_worker_is_told_and_nothing_is_lost(service, worker):
    worker.submit(ticks(service))

    page = worker.submit()

    assert (page.status, "请上传近照" in page.text) == (422, True)
    page = worker.open("/apply/worker/done")
    assert "照片还没传齐" in page.text
    assert "<title>还差一点</title>" in page.html


def test_the_desk_does_not_untick_what_the_worker_has_ticked(service, desk, draft, worker):
    desk.open("/apply/unit/consent")
    worker.submit(ticks(service))

    page = desk.submit()

    assert page.status == 409
    assert "打了勾" in page.text
    stored = service.stores.drafts.get(draft.id).answers
    assert {name: stored[name] for name in BOXES} == ticks(service)


def test_the_final_check_still_needs_the_ticks(service, desk, worker):
    worker.upload("/apply/worker/photos/portrait", jpeg(300, 420))
    assert "还没有填“知情同意”" in desk.open("/apply/unit/check").text
    desk.open("/apply/unit/consent")
    page = desk.post("/apply/unit/check", {"csrf_token": desk.token})

    assert (page.status, service.stores.nominations.count(Search())) == (422, 0)


def test_after_the_unit_has_submitted_the_link_says_so_and_where_to_look_instead(service, link, worker):
    other = complete_draft(
        service.stores, service.parts.files, service.parts.campaign, now=datetime.now(UTC), route=Route.UNIT
    )
    browser = service.browser()
    browser.open(f"/h/{worker_token(service.stores, other)}")
    browser.submit()
    receipt = nominate(service.stores, other, campaign=service.parts.campaign, now=datetime.now(UTC))
    token = worker_token(service.stores, other)

    for address in ("/apply/worker", "/apply/worker/photos", f"/h/{token}"):
        page = browser.open(address)
        assert (page.status, NAME in page.html, UNIT["unit_name"] in page.html) == (410, False, False)
        assert "<title>这份推荐表已经提交</title>" in page.html
        assert f"{receipt.reference[:4]}\n{receipt.reference[4:]}" in page.text
        assert "/status" in page.links
    wrong = service.browser().open(f"/h/{token[:-1]}")
    assert (wrong.status, "已经提交" in wrong.text, receipt.reference[:4] in wrong.html) == (404, False, False)
    assert worker.open(link).status == 200


def test_what_the_workers_page_saves_after_that_is_told_the_same(service):
    other = complete_draft(
        service.stores, service.parts.files, service.parts.campaign, now=datetime.now(UTC), route=Route.UNIT
    )
    browser = service.browser()
    browser.open(f"/h/{worker_token(service.stores, other)}")
    browser.submit()
    data = browser.form().fields
    nominate(service.stores, other, campaign=service.parts.campaign, now=datetime.now(UTC))

    answer = browser.client.post("/apply/worker/save", data=data, headers={"Accept": "application/json"})

    assert (answer.status_code, "这个链接用完了" in answer.json["message"]) == (410, True)


def test_S19_one_workers_link_opens_no_other_photos(service, worker):
    other, _token = begin(service.stores, route=Route.UNIT, channel="", now=datetime.now(UTC))
    complete = complete_draft(
        service.stores, service.parts.files, service.parts.campaign, now=datetime.now(UTC), route=Route.UNIT
    )
    (photo,) = service.stores.attachments.of_draft(complete.id)

    assert worker.client.get(f"/apply/worker/photos/{photo.id}/thumb.jpg").status_code == 404
    worker.post(f"/apply/worker/photos/{photo.id}/delete", {"csrf_token": worker.token})
    assert service.stores.attachments.of_draft(complete.id) == (photo,)
    assert other.id != complete.id


def test_a_form_of_the_worker_that_stood_open_for_too_long_comes_back(service, worker, link):
    worker.client.delete_cookie("h5app")

    page = worker.post("/apply/worker", {"csrf_token": "old", **ticks(service)})
    assert (page.status, "知情同意" in page.text) == (400, True)
    fresh = Browser(service.client())
    page = fresh.post(link, {"csrf_token": "old"})
    assert (page.status, UNIT["unit_name"] in page.text) == (400, True)


def test_ticks_are_kept_while_being_made(service, worker, draft):
    data = worker.form().fields | {"consent_rules": ticks(service)["consent_rules"], "turn": "1"}

    answer = worker.client.post("/apply/worker/save", data=data, headers={"X-Requested-With": "fetch"})

    assert (answer.status_code, answer.json["code"], answer.json["closed"]) == (200, "", "")
    assert service.stores.drafts.get(draft.id).answers["consent_rules"] == ticks(service)["consent_rules"]
