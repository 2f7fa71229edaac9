import re
from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.nomination import Route, Status
from h5app.services.resuming import resume_code
from h5app.storage.nominations import Search
from tests.people import DEEDS, ID_NUMBER, NAME, PHONE
from tests.serving import Service
from tests.web.browsing import Browser

NOMINATOR_PHONE = "13900005678"
UNKNOWN = "22222222"


@pytest.fixture
def declared(make_service) -> Service:
    """A service in which a nominator's word is enough."""
    return make_service(replace_in_campaign={'nominee_confirms = "required"': 'nominee_confirms = "declared"'})


@pytest.fixture
def entry(service):
    return service.entry()


def ask(browser, entry, phone=PHONE):
    browser.open("/status")
    return browser.submit({"reference": getattr(entry, "reference", entry), "phone": phone}, action="/status")


def visiting(service, entry, phone=PHONE) -> Browser:
    """A browser of somebody who has been let in."""
    browser = service.browser()
    page = ask(browser, entry, phone)
    assert page.response.request.path == "/status/entry", page.text
    return browser


def returned(service, entry, reason="照片看不清，请换一张"):
    now = datetime.now(UTC)
    service.stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.RETURNED, reason=reason, now=now)


def confirmed(service, entry):
    service.stores.rows.write("UPDATE nominations SET confirmed_at = submitted_at WHERE id = :id", {"id": entry.id})


# Getting in


def test_number_and_telephone_show_where_the_entry_stands(service, entry):
    page = visiting(service, entry).page

    for words in (entry.reference[:4], "工会已收到，正在初审", NAME, "个人自荐", "由选树委员会评审"):
        assert words in page.text
    assert page.response.headers["Cache-Control"] == "no-store"


def test_S27_nothing_personal_stands_in_an_address(service, entry):
    browser = visiting(service, entry)

    for url in browser.visited:
        assert PHONE not in url
        assert entry.reference not in url


@pytest.mark.parametrize(
    ("reference", "phone", "words"),
    [
        ("7K2", PHONE, "受理编号是 8 位，现在是 3 位"),
        (UNKNOWN, "1380000", "手机号应为 11 位，现在是 7 位"),
        ("", "", "请填写受理编号"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_what_was_typed_stays(service, reference, phone, words):
    page = ask(service.browser(), reference, phone)

    assert page.status == 422
    assert words in page.text
    assert page.html.count("aria-invalid") >= 1
    assert "错误：" in page.html
    assert (page.forms[-1].fields if "phone" in page.forms[-1].fields else page.forms[0].fields)["phone"] == phone


def masked(page, *typed):
    """A page without what was typed into it and what differs with every page."""
    html = re.sub(r'value="[^"]*"', "", page.html)
    for text in typed:
        html = html.replace(text, "")
    return page.status, html


def test_S20_S21_unknown_number_wrong_telephone_and_withdrawn_entry_give_the_same_page(service, entry):
    other = service.entry(name="王秀兰")
    browser = visiting(service, other)
    browser.open("/status/withdraw")
    browser.submit(action="/status/withdraw")

    pages = {
        masked(ask(service.browser(), reference, phone))
        for reference, phone in ((UNKNOWN, PHONE), (entry, "13700000000"), (other, PHONE))
    }

    assert len(pages) == 1
    assert next(iter(pages))[0] == 422


def test_S20_too_many_guesses_at_a_number_rest_and_nobody_else_does(service, entry):
    browser = service.browser()
    pages = [ask(browser, entry, "13700000000") for _ in range(6)]

    assert [page.status for page in pages] == [422] * 5 + [429]
    assert "输错的次数太多" in pages[-1].text
    assert ask(service.browser(), entry).status == 429
    assert visiting(service, service.entry())


def test_a_get_with_number_and_telephone_lets_nobody_in(service, entry):
    page = service.browser().open(f"/status?reference={entry.reference}&phone={PHONE}")

    assert "工会已收到" not in page.text
    assert PHONE not in page.html


def test_S28_leaving_ends_what_this_browser_may_see(service, entry):
    browser = visiting(service, entry)

    page = browser.submit(action="/status/end")

    assert page.response.request.path == "/"
    assert browser.open("/status/entry").response.request.path == "/status"
    assert service.client().get("/status/paper-1.png").status_code == 404


def test_S28_leaving_takes_the_begun_correction_off_this_phone_and_its_code_brings_it_back(service, entry):
    browser = visiting(service, entry)
    browser.submit(action="/status/correct")
    page = browser.open("/status/entry")
    (draft_id,) = service.stores.drafts.correcting(entry.id)
    code = resume_code(service.stores.drafts.get(draft_id))
    assert code in page.text

    browser.submit(action="/status/end")

    assert NAME not in browser.open("/").html
    assert browser.open("/apply/self/check").status == 404
    browser.open("/resume")
    page = browser.submit({"code": code, "digits": PHONE[-4:]}, action="/resume")
    assert (page.response.request.path, NAME in page.text) == ("/apply/self/check", True)


def test_leaving_keeps_what_else_this_phone_holds(service, entry):
    browser = visiting(service, entry)
    tokens = {}
    for route in Route:
        cookie = service.cookie(f"h5app_{route}")
        tokens[route] = service.draft_client(route).get_cookie(cookie).value
        browser.client.set_cookie(cookie, tokens[route])

    browser.submit(action="/status/end")

    assert {route: browser.client.get_cookie(service.cookie(f"h5app_{route}")).value for route in Route} == tokens


def test_S28_half_an_hour_later_it_is_asked_again(service, entry):
    browser = visiting(service, entry)
    with browser.client.session_transaction() as session:
        session["grant"] = [*session["grant"][:2], (datetime.now(UTC) - timedelta(seconds=1)).timestamp()]

    page = browser.open("/status/entry")

    assert "半小时后要再输一次" in page.text
    assert NAME not in page.text


def test_a_grant_from_a_clock_that_ran_ahead_is_over(service, entry):
    browser = visiting(service, entry)
    with browser.client.session_transaction() as session:
        session["grant"] = [*session["grant"][:2], (datetime.now(UTC) + timedelta(days=400)).timestamp()]

    assert browser.open("/status/entry").response.request.path == "/status"


GRANTED = ["/status/entry", "/status/withdraw", "/status/paper"]
GRANTED_FILES = ["/status/paper-1.png", "/status/paper.docx", "/status/paper.pdf", "/status/photos/{photo}.jpg"]


@pytest.mark.parametrize("path", GRANTED)
def test_S19_without_a_grant_every_page_asks_who_it_is(service, path):
    answer = service.client().get(path)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/status")


@pytest.mark.parametrize("path", GRANTED_FILES)
def test_S19_files_open_with_a_grant_only_and_only_those_of_the_entry(service, entry, path):
    mine = service.stores.attachments.of_draft(entry.draft_id)[0].id
    other = service.entry(name="王秀兰")
    theirs = service.stores.attachments.of_draft(other.draft_id)[0].id
    client = visiting(service, entry).client

    assert service.client().get(path.format(photo=mine)).status_code == 404
    assert client.get(path.format(photo=mine)).status_code == 200
    if "{photo}" in path:
        assert client.get(path.format(photo=theirs)).status_code == 404


# What is shown


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Status.RETURNED, "照片看不清，请换一张"),
        (Status.ACCEPTED, "初审已通过"),
        (Status.REJECTED, "没有通过初审"),
    ],
)
def test_each_state_is_said_in_plain_words(service, entry, status, words):
    service.stores.nominations.move(
        entry.id, was=Status.SUBMITTED, to=status, reason="照片看不清，请换一张", now=datetime.now(UTC)
    )

    page = visiting(service, entry).page

    assert words in page.text
    assert ("照片看不清" in page.text) is (status is Status.RETURNED)


def test_the_nominee_reads_everything_but_his_nominators_telephone(declared):
    entry = declared.entry(route=Route.PEER)

    page = visiting(declared, entry).page

    assert [words for words in (ID_NUMBER, PHONE, "王秀英", DEEDS.splitlines()[0]) if words not in page.text] == []
    assert NOMINATOR_PHONE not in page.text


def test_whoever_nominated_sees_what_he_wrote_until_the_nominee_confirms_then_only_the_state(declared):
    entry = declared.entry(route=Route.PEER)
    assert DEEDS.splitlines()[0] in visiting(declared, entry, NOMINATOR_PHONE).page.text
    confirmed(declared, entry)

    browser = visiting(declared, entry, NOMINATOR_PHONE)

    assert "工会已收到，正在初审" in browser.page.text
    assert [words for words in (NAME, ID_NUMBER, PHONE, DEEDS.splitlines()[0]) if words in browser.page.html] == []
    assert {form.action for form in browser.page.forms} == {"/look", "/status/end"}
    assert browser.client.get("/status/paper-1.png").status_code == 404
    assert browser.open("/status/withdraw").response.request.path == "/status/entry"
    assert browser.post("/status/correct", {"csrf_token": browser.token}).status == 404


def test_what_the_office_asks_for_is_told_to_whoever_may_mend_it(declared):
    entry = declared.entry(route=Route.PEER)
    returned(declared, entry, reason="身份证号请核对")
    assert "身份证号请核对" in visiting(declared, entry, NOMINATOR_PHONE).page.text

    confirmed(declared, entry)

    assert "身份证号请核对" in visiting(declared, entry).page.text
    nominator = visiting(declared, entry, NOMINATOR_PHONE).page.text
    assert "请本人改好再交" in nominator
    assert "身份证号请核对" not in nominator


def test_what_waits_is_said_to_each_in_his_own_words(service):
    entry = service.entry(route=Route.PEER)

    assert "等您确认" in visiting(service, entry).page.text
    assert "等本人确认" in visiting(service, entry, NOMINATOR_PHONE).page.text


def test_the_own_form_is_shown_as_pictures_with_the_files_beside_them(service, entry):
    browser = visiting(service, entry)

    page = browser.open("/status/paper")

    pictures = re.findall(r'<img class="paper" src="([^"]+)"', page.html)
    assert pictures == ["/status/paper-1.png"]
    assert browser.client.get(pictures[0]).data.startswith(b"\x89PNG")
    assert browser.client.get("/status/paper-2.png").status_code == 404
    assert browser.client.get("/status/paper.pdf").data.startswith(b"%PDF-")
    assert browser.client.get("/status/paper.docx").data.startswith(b"PK")


# Correcting


def test_a_returned_entry_is_mended_and_sent_again_under_the_same_number(service, entry):
    returned(service, entry)
    browser = visiting(service, entry)

    page = browser.submit(action="/status/correct")
    assert page.response.request.path == "/apply/self/check"
    assert "照片看不清，请换一张" in page.text
    browser.open("/apply/self/work")
    browser.submit({"education": "本科"})
    check = browser.open("/apply/self/check")
    assert "提交以后，受理编号不变。" in check.text
    assert "会得到一个受理编号" not in check.text
    page = browser.submit()

    assert page.response.request.path == "/apply/self/receipt"
    assert "更正已收到" in page.text
    again = service.stores.nominations.get(entry.id)
    assert (again.reference, again.revision, again.status) == (entry.reference, 2, Status.SUBMITTED)
    assert again.answers == {**entry.answers, "education": "本科"}
    assert len(service.stores.attachments.of_draft(again.draft_id)) == 1


def test_a_second_tap_opens_the_correction_that_was_begun(service, entry):
    browser = visiting(service, entry)
    browser.submit(action="/status/correct")
    browser.open("/status/entry")
    assert "接着改" in browser.page.text

    browser.submit(action="/status/correct")

    assert len(service.stores.drafts.correcting(entry.id)) == 1


def test_a_begun_correction_stands_on_the_landing_page(service, entry):
    browser = visiting(service, entry)
    browser.submit(action="/status/correct")

    page = browser.open("/")

    assert "改到一半的推荐表" in page.text
    assert entry.reference in page.text


def test_a_draft_that_a_correction_would_hide_is_named_with_its_code_first(service, entry):
    browser = service.browser()
    browser.open("/apply/self/person")
    browser.submit({"name": "王秀兰", "phone": "13800009999"})
    held = service.stores.rows.read("SELECT resume_code FROM drafts ORDER BY created_at DESC LIMIT 1")[0]["resume_code"]

    page = ask(browser, entry)

    assert "还有一份没填完的推荐表（王秀兰）" in page.text.replace("\n", "")
    assert f"{held[:4]}-{held[4:]}" in page.text


def test_what_the_office_has_decided_is_not_corrected_and_says_so(service, entry):
    service.stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=entry.changed_at)
    browser = visiting(service, entry)

    assert "已经审核过了。要改，请打电话问工会" in browser.page.text
    page = browser.post("/status/correct", {"csrf_token": browser.token})
    assert (page.status, service.stores.drafts.correcting(entry.id)) == (409, [])


def test_S26_after_the_closing_only_what_was_returned_may_be_corrected(make_service):
    closing = {"# closes_at = 2026-03-26T18:00:00+08:00": "closes_at = 2026-03-26T18:00:00+08:00"}
    open_service = make_service()
    closed = make_service(replace_in_campaign=closing)
    assert "改推荐表" in visiting(open_service, open_service.entry()).page.text
    entry = late_entry(closed, open_service)

    browser = visiting(closed, entry)
    assert "修改已于 2026年3月26日 18:00 截止" in browser.page.text
    assert browser.post("/status/correct", {"csrf_token": browser.token}).status == 403

    returned(closed, entry)
    browser = visiting(closed, entry)
    assert browser.submit(action="/status/correct").response.request.path == "/apply/self/check"


def late_entry(closed, open_service):
    """An entry of a path that has closed since."""
    answers = open_service.entry().answers
    stores, now = closed.stores, datetime.now(UTC)
    stores.nominations.add(
        draft_id="d", reference="7K2M9QXA", path="social", route=Route.SELF, channel="", answers=answers, now=now
    )
    return stores.nominations.by_reference("7K2M9QXA")


def test_the_nominee_corrects_what_others_sent_on_a_form_of_his_own_and_agrees_himself(declared):
    entry = declared.entry(route=Route.UNIT)
    browser = visiting(declared, entry)

    page = browser.submit(action="/status/correct")

    assert page.response.request.path == "/apply/self/check"
    assert NAME in page.text
    assert "还没有填“知情同意”" in page.text


def test_a_correction_that_came_too_late_is_told_and_keeps_its_text(service, entry):
    first, second = visiting(service, entry), visiting(service, entry)
    for browser in (first, second):
        browser.submit(action="/status/correct")
    first.submit()

    page = second.submit()

    assert page.status == 409
    assert "已经在别处改过并提交了" in page.text
    for topic in ("person", "story"):
        page = second.open(f"/apply/self/{topic}")
        assert "已经在别处改过并提交了" in page.text
        assert "不能再提交" in page.text


# Taking back


def test_withdrawing_says_first_what_it_does_with_the_safe_choice_first(service, entry):
    browser = visiting(service, entry)

    page = browser.open("/status/withdraw")

    assert page.text.index("先不撤回") < page.text.rindex("撤回并删除")
    assert "马上删除" in page.text
    assert "还没有寄出的邮件不再寄" in page.text


def test_withdrawing_deletes_everything_and_says_so(service, entry):
    browser = visiting(service, entry)
    browser.open("/status/withdraw")

    page = browser.submit(action="/status/withdraw")

    assert page.response.request.path == "/status/entry"
    assert "已撤回" in page.text
    assert [words for words in (NAME, PHONE, ID_NUMBER) if words in page.html] == []
    assert service.stores.nominations.get(entry.id).answers == {}
    assert list(service.parts.files.names()) == []


def test_S30_no_get_withdraws_or_corrects(service, entry):
    client = visiting(service, entry).client
    before = service.stores.rows.read("SELECT * FROM nominations"), service.stores.rows.read("SELECT id FROM drafts")

    for path in (*GRANTED, *GRANTED_FILES, "/status/correct", "/status/end"):
        client.get(path.format(photo="none"), buffered=True)

    after = service.stores.rows.read("SELECT * FROM nominations"), service.stores.rows.read("SELECT id FROM drafts")
    assert after == before


def test_S15_forms_without_a_token_change_nothing(service, entry):
    client = visiting(service, entry).client

    for path in ("/status/correct", "/status/withdraw", "/status/end", "/status"):
        assert client.post(path, data={"reference": entry.reference, "phone": PHONE}).status_code == 400
    assert service.stores.nominations.get(entry.id) == entry
    assert client.get("/status/entry").status_code == 200


def test_an_expired_token_gives_the_question_back_as_it_was_typed(service, entry):
    page = service.browser().post("/status", {"reference": entry.reference, "phone": PHONE})

    assert page.status == 400
    assert {"reference": entry.reference, "phone": PHONE}.items() <= page.forms[0].fields.items() or any(
        {"reference": entry.reference, "phone": PHONE}.items() <= form.fields.items() for form in page.forms
    )


def test_a_waiting_entry_is_withdrawn_by_its_nominator_and_declined_by_its_nominee(service):
    ends = {}
    for phone in (PHONE, NOMINATOR_PHONE):
        entry = service.entry(route=Route.PEER)
        browser = visiting(service, entry, phone)
        browser.open("/status/withdraw")
        browser.submit(action="/status/withdraw")
        ends[phone] = service.stores.nominations.get(entry.id).status
    assert ends == {PHONE: Status.DECLINED, NOMINATOR_PHONE: Status.WITHDRAWN}
    assert service.stores.nominations.count(Search()) == 2
