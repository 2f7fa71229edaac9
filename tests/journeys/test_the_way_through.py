"""The way through the form: eligible or not, agreeing, changing an answer at the end, writing the deeds."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.counted import COUNTED
from tests.journeys.pages import People
from tests.journeys.phone import PRIMARY, open_phone
from tests.journeys.visitor import Visitor

pytestmark = pytest.mark.browser

BOXES = ("consent_rules", "consent_personal", "consent_mailing", "consent_publication")
with_and_without_script = pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])


@contextmanager
def phone_of(browser: Browser, visitor: Visitor | None = None, *, javascript: bool = True) -> Iterator[Page]:
    """A phone's page, with the draft that somebody has filled."""
    with open_phone(browser, javascript=javascript) as context:
        for cookie in visitor.cookies if visitor else ():
            context.add_cookies([{"name": cookie.name, "value": cookie.value or "", "url": visitor.service.base_url}])
        yield context.new_page()


def filled(people: People) -> Visitor:
    """A draft of the test's own, complete with a portrait."""
    visitor = Visitor(people.service)
    visitor.fill(people.campaign)
    return visitor


def go_on(page: Page) -> None:
    with page.expect_navigation():
        page.locator(PRIMARY).last.click()


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def choose(page: Page, **choices: str) -> None:
    for name, choice in choices.items():
        page.locator(f'[name="{name}"][value="{choice}"]').check()


def change(page: Page, name: str) -> None:
    """Tap “修改” at an answer of the check page."""
    page.locator(f'.row-change a[href$="#{name}"]').click()


@with_and_without_script
def test_who_is_no_member_reads_how_to_join_and_later_goes_on_from_his_draft(browser, people, javascript):
    with phone_of(browser, javascript=javascript) as page:
        page.goto(f"{people.service.base_url}/apply/self/eligibility")
        expect(page.get_by_text("第 1 步，共 6 步")).to_be_visible()
        assert page.locator("input:not([type=hidden]):not([type=radio]), textarea, select").count() == 0
        choose(page, category="外卖配送员", experience="满 2 年", union_member="否")
        go_on(page)

        assert page.url.endswith("/apply/self/not-yet")
        for step in people.campaign.join_union:
            expect(page.get_by_text(step)).to_be_visible()
        page.get_by_role("link", name="回首页").click()

        later = page.context.new_page()
        page.close()
        later.goto(people.service.base_url)
        later.get_by_role("link", name="接着填").click()
        expect(later.get_by_label("外卖配送员")).to_be_checked()
        choose(later, union_member="是")
        go_on(later)
        assert later.url.endswith("/apply/self/consent")


def test_boxes_are_unticked_and_what_is_missing_is_focused_linked_and_said_at_the_box(browser, people):
    with phone_of(browser, people.begun) as page:
        page.goto(f"{people.service.base_url}/apply/self/consent")
        assert [page.locator(f"#{box}").is_checked() for box in BOXES] == [False] * 4
        for about in people.campaign.consents.notice:
            expect(page.get_by_text(about, exact=True)).to_be_visible()
        page.locator("#consent_rules").check()
        go_on(page)

        assert focused(page) == "summary"
        assert page.title().startswith("错误：")
        page.locator("#summary a", has_text="请阅读并勾选“身份证号和照片”").click()
        assert focused(page) == "consent_personal"
        expect(page.locator("#consent_personal-error")).to_have_text("请阅读并勾选“身份证号和照片”")
        assert page.locator("#consent_rules").is_checked()


@with_and_without_script
def test_an_answer_is_changed_from_the_check_page_and_leads_back_to_it(browser, people, javascript):
    with phone_of(browser, filled(people), javascript=javascript) as page:
        page.goto(f"{people.service.base_url}/apply/self/check")
        change(page, "phone")
        assert page.url.endswith("/apply/self/person?back=check#phone")
        expect(page.locator('label[for="phone"]')).to_be_in_viewport()
        expect(page.locator("#phone")).to_be_in_viewport()

        page.locator("#phone").fill("138")
        go_on(page)
        expect(page.locator("#phone-error")).to_contain_text("手机号应为 11 位，现在是 3 位")
        page.locator("#phone").fill("13900001111")
        go_on(page)
        assert page.url.endswith("/apply/self/check#person")
        expect(page.get_by_text("13900001111")).to_be_in_viewport()

        change(page, "name")
        page.get_by_role("link", name="返回核对").click()
        assert page.url.endswith("/apply/self/check")
        change(page, "education")
        page.go_back()
        assert page.url.endswith("/apply/self/check")


def test_what_is_still_to_be_done_leads_to_its_field_and_is_said_there_in_the_same_words(browser, people):
    visitor = filled(people)
    visitor.post("/apply/self/person", {"id_number": "4108"})
    with phone_of(browser, visitor) as page:
        page.goto(f"{people.service.base_url}/apply/self/check")
        assert focused(page) == "summary"
        sentence = "身份证号应为 18 位，现在是 4 位，请补全或删去多余的"
        page.locator("#summary a", has_text=sentence).click()

        page.wait_for_url("**/person?back=check#id_number")
        expect(page.locator("#id_number")).to_be_in_viewport()
        expect(page.locator("#id_number-error")).to_have_text(sentence)
        expect(page.locator("#id_number")).to_have_value("4108")


# Writing


def writing(page: Page, people: People) -> Page:
    page.goto(f"{people.service.base_url}/apply/self/story")
    page.locator("#deeds").fill("")
    page.get_by_text("不知道怎么写？").click()
    return page


def selection(page: Page) -> list[int]:
    return page.evaluate("[deeds.selectionStart, deeds.selectionEnd]")


def test_a_question_puts_its_beginning_at_the_cursor_and_leaves_the_cursor_behind_it(browser, people):
    begin = people.campaign.writing.prompts[2].begin
    with phone_of(browser, filled(people)) as page:
        ask = writing(page, people).get_by_role("button", name=people.campaign.writing.prompts[2].ask)

        ask.tap()
        assert (page.locator("#deeds").input_value(), focused(page)) == (begin, "deeds")
        page.keyboard.type("路上有人摔倒。")
        page.evaluate("deeds.setSelectionRange(0, 0)")
        ask.tap()
        page.keyboard.type("雪很大。")

        text = f"{begin}雪很大。{begin}路上有人摔倒。"
        assert page.locator("#deeds").input_value() == text
        assert selection(page) == [len(f"{begin}雪很大。")] * 2
        page.evaluate("deeds.setSelectionRange(deeds.value.length, deeds.value.length)")
        ask.tap()
        assert page.locator("#deeds").input_value() == f"{text}\n{begin}"
        expect(page.locator("form[data-unsaved]")).to_have_count(0)
        page.reload()
        expect(page.locator("#deeds")).to_have_value(f"{text}\n{begin}")


def test_composing_and_dictating_nothing_of_the_text_is_touched(browser, people):
    spoken = "我叫李示例送快递六年了每天早上六点到站点" * 20
    first = people.campaign.writing.prompts[0]
    with phone_of(browser, filled(people)) as page:
        writing(page, people)
        keyboard = page.context.new_cdp_session(page)
        page.locator("#deeds").focus()
        page.keyboard.insert_text(spoken)
        keyboard.send("Input.imeSetComposition", {"text": "xia xue", "selectionStart": 7, "selectionEnd": 7})
        assert page.locator("#deeds").input_value() == f"{spoken}xia xue"
        assert page.locator("#deeds-count b").inner_text() == str(len(spoken) + 2)

        keyboard.send("Input.insertText", {"text": "下雪"})
        assert page.locator("#deeds").input_value() == f"{spoken}下雪"
        keyboard.send("Input.imeSetComposition", {"text": "le", "selectionStart": 2, "selectionEnd": 2})
        page.get_by_role("button", name=first.ask).tap()
        expect(page.locator("#deeds")).to_have_value(f"{spoken}下雪le\n{first.begin}")


def test_the_phone_counts_as_the_server_does(browser, people):
    with phone_of(browser, filled(people)) as page:
        writing(page, people)
        counts = []
        for text, _words in COUNTED:
            page.locator("#deeds").fill(text)
            counts.append(int(page.locator("#deeds-count b").inner_text()))

        assert counts == [words for _text, words in COUNTED]
        page.locator("#deeds").fill("字" * 801)
        assert "over" in page.locator("#deeds-count").get_attribute("class")
        go_on(page)
        expect(page.locator("#deeds-error")).to_have_text("主要事迹最多 800 个字，现在有 801 个，请删去一些")
        expect(page.locator("#deeds")).to_have_value("字" * 801)


def test_without_a_script_the_questions_and_the_example_are_there_to_read(browser, people):
    with phone_of(browser, filled(people), javascript=False) as page:
        writing(page, people)

        for prompt in people.campaign.writing.prompts:
            expect(page.get_by_text(prompt.ask)).to_be_visible()
        expect(page.get_by_text(people.campaign.writing.example)).to_be_visible()
        expect(page.get_by_text("点一下，帮您开个头")).to_be_hidden()
        assert page.locator("[data-begin] button").count() == 0
