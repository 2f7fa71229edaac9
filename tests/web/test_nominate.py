import re
from datetime import UTC, date, datetime

import pytest

from h5app.domain.answers import Terms
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.domain.questions import QUESTIONS, Kind, Topic, questions_of, topics_of
from h5app.services.drafting import save
from h5app.storage.nominations import Search
from tests.people import DEEDS, ID_NUMBER, NAME, agreements, jpeg, typed, typed_on, without

REFERENCE = re.compile(r"[2346789ACDEFGHJKMNPQRTUVWXY]{8}")


def fill(browser, service, route, *, until=None, **changes):
    """Answer page by page from the landing page; stops in front of a topic."""
    campaign = service.parts.campaign
    browser.open("/")
    browser.open(f"/apply/{route}/eligibility")
    for topic in topics_of(route):
        if topic in (until, Topic.PHOTOS):
            return browser.page
        answers = typed_on(campaign, route, topic)
        page = browser.submit(answers | {name: changes[name] for name in answers if name in changes})
    return page


def nominate(browser, service, route, **changes):
    fill(browser, service, route, **changes)
    browser.upload(f"/apply/{route}/photos/portrait", jpeg(300, 420))
    browser.submit()
    return browser.submit()


# The whole way


@pytest.mark.parametrize("route", Route)
def test_every_route_leads_from_the_landing_page_to_a_receipt(browser, service, route):
    page = nominate(browser, service, route)

    entry = next(service.stores.nominations.every(Search()))
    assert page.response.request.path == f"/apply/{route}/receipt"
    assert page.status == 200
    assert NAME in page.text
    assert entry.reference in page.text.replace("\n", "")
    assert route.label in page.text
    assert service.parts.campaign.organiser.telephone in page.text
    waits = route is Route.PEER
    derived = {} if waits else {"sex": "男", "birth_month": "1990-12"}
    assert entry.answers == typed(service.parts.campaign, route) | derived
    assert entry.status is (Status.WAITING if waits else Status.SUBMITTED)
    assert len(service.stores.attachments.of_draft(entry.draft_id)) == 1
    assert service.stores.outbox.counts() == ({} if waits else {LetterState.QUEUED: 1})


def test_a_receipt_leads_to_another_empty_form(browser, service):
    nominate(browser, service, Route.SELF)

    page = browser.submit()

    assert page.response.request.path == "/apply/self/eligibility"
    assert NAME not in page.html
    assert browser.client.get("/apply/self/receipt").headers["Location"] == "/status?since=receipt"


def test_going_back_after_submitting_leads_to_the_receipt(browser, service):
    nominate(browser, service, Route.SELF)

    for page in ("eligibility", "person", "photos", "check"):
        assert browser.client.get(f"/apply/self/{page}").headers["Location"] == "/apply/self/receipt"
    assert browser.client.get("/").status_code == 200
    assert "接着填" not in browser.open("/").text


def test_S25_submitting_twice_shows_one_receipt(browser, service):
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    browser.submit()
    data = browser.form().fields

    answers = [browser.client.post("/apply/self/check", data=data) for _ in range(3)]

    assert [(answer.status_code, answer.headers["Location"]) for answer in answers] == [
        (303, "/apply/self/receipt")
    ] * 3
    assert service.stores.nominations.count(Search()) == 1


# Pages


@pytest.mark.parametrize("route", Route)
def test_every_question_stands_on_its_page_with_a_label(browser, campaign, route):
    terms = Terms(campaign, route, on=date.min)
    for topic in topics_of(route):
        if topic is Topic.PHOTOS:
            continue
        page = browser.open(f"/apply/{route}/{topic}")
        form = browser.form()
        for question in questions_of(route, topic):
            asked = terms.is_asked(question)
            assert (question.name in form.fields.keys() | form.offered.keys()) is asked
            assert (question.label in page.text.split("\n")) is asked
            if asked and question.kind is not Kind.CHOICE:
                assert question.name in page.labels


@pytest.mark.parametrize("route", Route)
def test_every_question_of_a_route_stands_on_the_check_page(service, browser, route):
    fill(browser, service, route)

    page = browser.open(f"/apply/{route}/check")

    terms = Terms(service.parts.campaign, route, on=date.min)
    for question in questions_of(route):
        derived = route is Route.SELF and question.name in {"sex", "birth_month"}
        if derived or terms.is_asked(question):
            assert question.label in page.text
    for text in without(typed(service.parts.campaign, route), "deeds", "honours", *agreements_of(route)).values():
        assert text in page.text
    assert DEEDS.split("\n")[0] in page.text


def agreements_of(route):
    return [question.name for question in questions_of(route) if question.kind is Kind.AGREEMENT]


def test_no_consent_is_ticked_beforehand(browser):
    browser.open("/apply/unit/consent")
    fields = browser.form().fields
    assert not [name for name in fields if name.startswith("consent")]
    browser.open("/apply/unit/nominator")
    assert "consent_nominee" not in browser.form().fields


def test_a_ticked_box_stays_ticked_and_what_was_typed_is_shown_again(browser, service):
    fill(browser, service, Route.UNIT)

    for topic in (Topic.CONSENT, Topic.NOMINATOR, Topic.PERSON, Topic.WORK, Topic.STORY):
        browser.open(f"/apply/unit/{topic}")
        shown = {name: text.replace("\r\n", "\n") for name, text in browser.form().fields.items()}
        wanted = typed_on(service.parts.campaign, Route.UNIT, topic)
        assert {name: shown.get(name) for name in wanted} == wanted


def test_a_wrong_answer_comes_back_as_typed_with_what_to_do(browser, service):
    fill(browser, service, Route.SELF, until=Topic.PERSON)

    page = browser.submit(
        typed_on(service.parts.campaign, Route.SELF, Topic.PERSON) | {"id_number": "4108", "phone": ""}
    )

    assert page.status == 422
    assert browser.form().fields["id_number"] == "4108"
    assert browser.form().fields["name"] == NAME
    assert "身份证号应为 18 位，现在是 4 位，请补全或删去多余的" in page.text
    assert "请填写联系方式" in page.text
    assert {"#id_number", "#phone"} <= set(page.links)


@pytest.mark.parametrize("text", ["张" * 10_000, "<b>张</b>", "{{7*7}}", "张\ue000", "\x00", "\u202e"])
def test_S6_S7_whatever_is_typed_comes_back_and_is_never_a_500(browser, service, text):
    fill(browser, service, Route.SELF, until=Topic.PERSON)

    page = browser.submit({"name": text})

    assert page.status == 422
    assert browser.form().fields["name"].strip("\x00") == text.strip("\x00")


def test_S6_too_long_deeds_are_told_kept_and_shown_again(browser, service):
    fill(browser, service, Route.SELF, until=Topic.STORY)

    page = browser.submit({"deeds": "字" * 10_000, "honours": "无"})

    assert page.status == 422
    assert "主要事迹最多 800 个字，现在有 10000 个，请删去一些" in page.text
    assert browser.form().fields["deeds"] == "字" * 10_000
    browser.open("/apply/self/story")
    assert browser.form().fields["deeds"] == "字" * 10_000


def test_none_in_one_tap_works_without_a_script(browser, service):
    fill(browser, service, Route.SELF, until=Topic.WORK)

    browser.submit(
        typed_on(service.parts.campaign, Route.SELF, Topic.WORK)
        | {"professional_title": "", "professional_title__none": "无", "skill_level": "", "skill_level__none": "无"}
    )

    assert browser.page.response.request.path == "/apply/self/story"
    browser.open("/apply/self/work")
    assert (browser.form().fields["professional_title"], browser.form().fields["skill_level"]) == ("无", "无")


def test_a_wrong_answer_is_kept_as_typed_and_the_check_page_still_opens(browser, service):
    fill(browser, service, Route.SELF)
    browser.open("/apply/self/person")
    assert browser.submit({"phone": "1380000"}).status == 422

    page = browser.open("/apply/self/check")

    assert page.status == 200
    assert "1380000" in page.text
    assert "手机号应为 11 位，现在是 7 位，请核对；座机请带区号，如 0391-3999920" in page.text


def test_an_incomplete_draft_is_not_submitted_and_the_check_page_says_what_is_missing(browser, service):
    fill(browser, service, Route.SELF, until=Topic.WORK)
    page = browser.open("/apply/self/check")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', browser.open("/apply/self/work").html)[1]

    refused = browser.post("/apply/self/check", {"csrf_token": token})

    for each in (page, refused):
        assert "还没有填“工作和学历”" in each.text
        assert "请上传近照" in each.text
        assert not [form for form in each.forms if form.action.endswith("/check")]
    assert (page.status, refused.status) == (200, 422)
    assert service.stores.nominations.count(Search()) == 0


@pytest.mark.parametrize(
    "path",
    [
        "/apply/self/nominator",
        "/apply/other/person",
        "/apply/self/nothing",
        "/apply/self",
        "/apply/self/person/x",
    ],
)
def test_a_page_that_there_is_not_is_a_404_that_leads_home(browser, path):
    page = browser.open(path)

    assert page.status == 404
    assert "/" in page.links


def test_pages_that_need_a_draft_lead_nobody_anywhere(browser):
    for path in ("photos", "check"):
        page = browser.open(f"/apply/self/{path}")
        assert page.status == 404
        assert "这台手机上没有填到一半的推荐表。请从首页重新开始" in page.text


# Saving, leaving, coming back


def test_what_is_typed_is_saved_right_or_wrong_while_typing(browser):
    browser.open("/apply/self/person")
    data = browser.form().fields | {"name": "张", "id_number": "41"}

    answer = browser.client.post("/apply/self/person/save", data=data)

    assert answer.status_code == 200
    assert re.fullmatch(r"\d\d:\d\d", answer.json["saved_at"])
    browser.open("/apply/self/person")
    assert (browser.form().fields["name"], browser.form().fields["id_number"]) == ("张", "41")


def test_coming_back_the_landing_page_leads_to_the_first_gap(browser, service):
    fill(browser, service, Route.UNIT, until=Topic.WORK)

    page = browser.open("/")

    assert "您有一份没填完的推荐表" in page.text
    assert {"单位推荐", NAME} <= set(re.split(r"[ ·\n]+", page.text))
    assert "/apply/unit/work" in page.links


def test_drafts_of_two_routes_live_side_by_side(browser, service):
    fill(browser, service, Route.SELF, until=Topic.WORK)
    fill(browser, service, Route.PEER, until=Topic.PERSON)

    page = browser.open("/")

    assert {"/apply/self/work", "/apply/peer/person"} <= set(page.links)


def test_a_discarded_draft_is_gone_with_its_cookie(browser, service):
    fill(browser, service, Route.SELF, until=Topic.WORK)
    token = browser.token

    browser.post("/apply/self/discard", {"csrf_token": token})

    assert browser.client.get_cookie("h5app_self") is None
    assert service.stores.rows.read("SELECT * FROM drafts") == []


# Closed


CLOSED = {"# closes_at = 2026-03-26T18:00:00+08:00": "closes_at = 2020-03-26T18:00:00+08:00"}


def test_S26_a_closed_path_says_so_and_begins_no_draft(make_service):
    service = make_service(replace_in_campaign=CLOSED)
    browser = service.browser()

    landing = browser.open("/")
    page = browser.open("/apply/self/eligibility")

    sentence = "推荐已于 2020年3月26日 18:00 截止。有疑问请打电话问工会"
    assert sentence in landing.text
    assert not [link for link in landing.links if link.startswith("/apply")]
    assert (page.status, sentence in page.text) == (403, True)
    assert browser.client.post("/apply/self/eligibility/save", data={}).status_code in (400, 403)
    assert service.stores.rows.read("SELECT id FROM drafts") == []


def test_S26_after_the_closing_a_draft_keeps_its_text_and_cannot_be_submitted(make_service):
    service = make_service(replace_in_campaign=CLOSED)
    browser = Browser_with_draft(service)

    page = browser.open("/apply/self/person")
    assert (page.status, browser.form().fields["name"]) == (200, NAME)
    refused = browser.post("/apply/self/check", {"csrf_token": browser.token})

    assert refused.status == 403
    assert "您之前填好的内容都已保存" in refused.text
    assert service.stores.nominations.count(Search()) == 0


def Browser_with_draft(service):
    browser = service.browser()
    browser.client = service.draft_client()
    draft = service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])
    save(service.stores, draft, typed(service.parts.campaign), now=datetime.now(UTC))
    return browser


def test_the_catalogue_has_no_question_that_no_page_asks():
    assert {question.topic for question in QUESTIONS} == set(Topic) - {Topic.PHOTOS}


def test_S28_the_id_number_is_masked_nowhere_but_shown_only_to_its_own_browser(browser, service):
    fill(browser, service, Route.SELF)

    assert ID_NUMBER in browser.open("/apply/self/check").text
    assert ID_NUMBER not in service.browser().open("/").html


def test_every_agreement_shows_the_text_it_stands_for(browser, service):
    page = browser.open("/apply/self/consent")

    consents = service.parts.campaign.consents
    boxes = (consents.rules, consents.personal, consents.mailing, consents.publication)
    for text in (*consents.notice, *consents.notice.values(), *boxes, consents.version):
        assert text in page.text
    assert set(browser.form().offered) == set(agreements(service.parts.campaign, Route.SELF))
