"""Nothing typed is ever lost: no network, a killed page, a lost cookie, two tabs, the back button, killed workers."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.storage.rows import SqliteRows
from tests.journeys.phone import PRIMARY, Phone, answers_of, open_phone
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor
from tests.people import typed_on

pytestmark = pytest.mark.browser

SAVED = re.compile(r"已保存 · \d\d:\d\d")
# What a browser says of a page it brings back from memory, without loading it again.
FROM_MEMORY = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("never-lost"), smtp_url="") as service:
        yield service


@contextmanager
def phone_of(browser: Browser, visitor: Visitor, *, javascript: bool = True) -> Iterator[BrowserContext]:
    """A phone that holds the cookies of somebody who has begun already."""
    with open_phone(browser, javascript=javascript) as phone:
        url = visitor.service.base_url
        phone.add_cookies([{"name": c.name, "value": c.value or "", "url": url} for c in visitor.cookies])
        yield phone


def begun(service: Service, campaign) -> Visitor:
    """Somebody who has answered the first page."""
    visitor = Visitor(service)
    visitor.open("/apply/self/eligibility")
    visitor.post("/apply/self/eligibility", typed_on(campaign, Route.SELF, Topic.ELIGIBILITY))
    return visitor


def filled(service: Service, campaign) -> Visitor:
    visitor = Visitor(service)
    visitor.fill(campaign)
    return visitor


def opened(phone: BrowserContext, service: Service, path: str) -> Page:
    page = phone.new_page()
    page.goto(f"{service.base_url}{path}")
    return page


def saved_line(page: Page):
    return page.locator("[data-saved]")


def wait_until_saved(page: Page) -> None:
    expect(page.locator("form[data-unsaved]")).to_have_count(0, timeout=20_000)
    expect(saved_line(page)).to_have_text(SAVED)


def stored_name(phone: BrowserContext, service: Service) -> str:
    """The name as the server shows it to a page that is loaded anew."""
    page = opened(phone, service, "/apply/self/person")
    name = page.locator("[name=name]").input_value()
    page.close()
    return name


def entries(service: Service) -> int:
    with closing(SqliteRows(service.folder / "data" / "h5app.sqlite")) as rows:
        return rows.read("SELECT COUNT(*) AS n FROM nominations")[0]["n"]


@contextmanager
def killing_workers(service: Service) -> Iterator[list[int]]:
    """All web workers, again and again for as long as this lasts."""
    stop = threading.Event()
    killed: list[int] = []

    def kill_on() -> None:
        while not stop.wait(0.3):
            killed.append(service.kill_web_workers())

    killer = threading.Thread(target=kill_on)
    killer.start()
    try:
        yield killed
    finally:
        stop.set()
        killer.join()


def test_typed_without_network_it_is_saved_when_there_is_one_and_outlives_the_killed_page(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/person")
        phone.set_offline(True)
        page.locator("[name=name]").fill("周示例")
        expect(saved_line(page)).to_have_text("网络不可用，正在重试")

        phone.set_offline(False)
        wait_until_saved(page)
        page.locator("[name=phone]").fill("13800001234")
        page.close()  # at once, as the camera does

        again = opened(phone, running, "/")
        again.get_by_role("link", name="接着填").click()
        assert stored_name(phone, running) == "周示例"
        person = opened(phone, running, "/apply/self/person")
        expect(person.locator("[name=phone]")).to_have_value("13800001234")


def test_a_draft_goes_on_another_phone_by_its_code_and_the_first_phone_is_told(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as first, open_phone(browser) as second:
        page = opened(first, running, "/apply/self/person")
        page.locator("[name=name]").fill("吴示例")
        page.locator("[name=phone]").fill("13800005678")
        code = page.locator("[data-resume] b")
        expect(code).to_have_text(re.compile(r"\w{4}-\w{4}"))

        other = opened(second, running, "/resume")
        other.get_by_label("续填码").fill(code.inner_text().lower().replace("-", " "))
        other.get_by_label("手机号后四位").fill("1234")
        other.get_by_role("button", name="接着填").click()
        expect(other.locator("#summary")).to_contain_text("对不上")
        other.get_by_label("手机号后四位").fill("5678")
        other.get_by_role("button", name="接着填").click()
        other.wait_for_url("**/apply/self/consent")
        assert stored_name(second, running) == "吴示例"

        page.locator("[name=name]").fill("吴示例二")
        told = page.locator("form[data-save] .summary")
        expect(told).to_contain_text("可能已经换到另一台手机上填")
        expect(told.get_by_role("link", name="用续填码接着填")).to_be_visible()
        assert page.locator("[name=name]").input_value() == "吴示例二"
        assert stored_name(second, running) == "吴示例"


def test_of_two_tabs_the_later_one_is_told_and_overwrites_only_knowingly(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as phone:
        first, second = (opened(phone, running, "/apply/self/person") for _ in range(2))
        first.locator("[name=name]").fill("郑示例")
        wait_until_saved(first)

        second.locator("[name=name]").fill("王示例")
        expect(saved_line(second)).to_have_text("没有保存")
        expect(second.locator("form[data-save] .summary")).to_contain_text("这一页在另一个窗口里改过")
        expect(second.get_by_role("link", name="看最新的")).to_be_visible()
        assert stored_name(phone, running) == "郑示例"

        second.locator(PRIMARY).click()
        expect(second.locator("#summary")).to_contain_text("这一页在另一个窗口里改过")
        expect(second.locator("#name-error")).to_have_text("另一个页面填的姓名是：郑示例")
        assert second.title().startswith("错误：")
        assert second.locator("[name=name]").input_value() == "王示例"
        assert stored_name(phone, running) == "郑示例"

        second.locator(PRIMARY).click()
        expect(second.locator("#id_number-error")).to_be_visible()
        assert stored_name(phone, running) == "王示例"


def test_going_on_without_network_waits_says_so_and_keeps_what_is_typed(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/person")
        Phone(page, Route.SELF, answers_of(campaign, Route.SELF, name="冯示例")).fill(Topic.PERSON)
        phone.set_offline(True)
        page.locator(PRIMARY).click()
        expect(page.locator(PRIMARY)).to_have_text(re.compile(r"没有网络，正在重试…第 [23] 次"))
        assert page.locator("[name=name]").input_value() == "冯示例"

        phone.set_offline(False)
        page.wait_for_url("**/apply/self/work")
        assert stored_name(phone, running) == "冯示例"


def test_submitted_without_network_it_arrives_once_and_no_button_of_the_browser_sends_it_again(
    browser, running, campaign
):
    before = entries(running)
    with phone_of(browser, filled(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/photos")
        page.locator(PRIMARY).click()
        page.wait_for_url("**/check")
        phone.set_offline(True)
        page.get_by_role("button", name="提交推荐表").click()
        expect(page.locator(PRIMARY)).to_have_text("没有网络，正在重试…第 2 次")
        page.close()  # given up; the landing page leads back to where it was

        phone.set_offline(False)
        page = opened(phone, running, "/")
        page.get_by_role("link", name="接着填").click()
        page.wait_for_url("**/check")
        phone.set_offline(True)
        page.get_by_role("button", name="提交推荐表").click()
        expect(page.locator(PRIMARY)).to_have_text("没有网络，正在重试…第 2 次")
        old_tab = page.context.new_page()
        phone.set_offline(False)
        page.wait_for_url("**/receipt")

        number = page.locator(".stub-number").inner_text()
        page.go_back()
        page.go_forward()
        page.wait_for_url("**/receipt")
        assert page.locator(".stub-number").inner_text() == number
        assert page.locator(PRIMARY).count() == 0
        for path in ("person", "photos", "check"):
            old_tab.goto(f"{running.base_url}/apply/self/{path}")
            assert old_tab.url.endswith("/receipt")
    assert entries(running) - before == 1


def test_a_submit_that_a_busy_server_put_off_is_sent_again(browser, running, campaign):
    before = entries(running)
    with phone_of(browser, filled(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/check")
        page.route("**/check", lambda route: route.fulfill(status=503), times=1)
        page.get_by_role("button", name="提交推荐表").click()
        expect(page.locator(PRIMARY)).to_have_text("现在人多，正在重试…第 2 次")
        page.wait_for_url("**/receipt")
    assert entries(running) - before == 1


def test_a_page_from_the_browsers_memory_shows_what_the_server_knows(browser, running, campaign):
    visitor = filled(running, campaign)
    with phone_of(browser, visitor) as phone:
        check, person = (opened(phone, running, f"/apply/self/{path}") for path in ("check", "person"))
        visitor.post("/apply/self/check")

        for page in (check, person):
            with page.expect_navigation():
                page.evaluate(FROM_MEMORY)
            assert page.url.endswith("/receipt")


def test_a_token_that_expired_while_typing_is_renewed_without_a_word(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/person")
        phone.clear_cookies(name="h5app")
        page.locator("[name=name]").fill("陈示例")
        wait_until_saved(page)
        assert stored_name(phone, running) == "陈示例"

    with phone_of(browser, begun(running, campaign), javascript=False) as phone:
        page = opened(phone, running, "/apply/self/person")
        phone.clear_cookies(name="h5app")
        page.locator("[name=name]").fill("褚示例")
        page.locator(PRIMARY).click()
        expect(page.locator("#summary")).to_contain_text("页面停留太久了，您填的都在，请再点一次“下一步”")
        page.locator(PRIMARY).click()
        assert stored_name(phone, running) == "褚示例"


def test_workers_killed_while_somebody_types_cost_him_nothing(browser, running, campaign):
    with phone_of(browser, begun(running, campaign)) as phone:
        page = opened(phone, running, "/apply/self/person")
        with killing_workers(running) as killed:
            for name in ("卫示", "卫示例"):
                page.locator("[name=name]").fill(name)
                with page.expect_request("**/save"):
                    pass
        wait_until_saved(page)
        assert len(killed) >= 2
        assert stored_name(phone, running) == "卫示例"
