"""After submitting: seen on another phone, sent back, mended, mailed as 更正版, taken back, and nothing left."""

import re
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page

from h5app.domain.nomination import Route
from tests.journeys.phone import PRIMARY, Phone, answers_of, open_phone
from tests.journeys.service import Service
from tests.journeys.test_from_poster_to_package import PASSWORD, watch

pytestmark = pytest.mark.browser

REASON = "近照太暗，请换一张亮一点的；单位请写全称"


def test_an_entry_is_followed_sent_back_mended_and_taken_back(service, smtp_server, browser, campaign, pictures):
    answers = answers_of(campaign, Route.SELF, name="周示例")
    first = open_phone(browser)
    phone = Phone(first.new_page(), Route.SELF, answers)
    phone.begin(f"{service.base_url}/t/H3NR")
    phone.fill_topics()
    phone.upload("portrait", pictures["portrait"])
    phone.next()
    reference = phone.submit()
    assert smtp_server.wait_for(1, timeout_s=30)[0].message["Subject"].startswith("【自荐】周示例")
    keeps_as_picture(phone.page)
    first.close()

    console = open_console(service, browser)
    send_back(console, service, reference)

    # Another phone, so there is no cookie: number and telephone.
    page = open_phone(browser).new_page()
    troubles = watch(page)
    page.goto(f"{service.base_url}/apply/self/receipt")
    assert "打不开那份回执了" in page.locator("main").inner_text()
    look_up(page, reference.lower(), answers["phone"])
    assert REASON in page.locator("main").inner_text()
    see_the_paper(page)
    page.get_by_role("button", name="改好再交").click()
    page.wait_for_url("**/check")
    assert REASON in page.locator("main").inner_text()

    page.goto(f"{service.base_url}/apply/self/work")
    assert REASON in page.locator("main").inner_text()
    page.locator("[name=unit_and_post]").fill("焦作市示例速运有限公司塔南路营业部 快递员")
    with page.expect_navigation():
        page.locator(PRIMARY).last.click()
    page.goto(f"{service.base_url}/apply/self/check")
    page.get_by_role("button", name="提交推荐表").click()
    page.wait_for_url("**/receipt")
    assert "更正已收到" in page.locator("main").inner_text()
    assert "".join(page.locator(".stub-number").inner_text().split()) == reference

    second = smtp_server.wait_for(2, timeout_s=30)[1].message
    assert second["Subject"] == f"【自荐·更正版 v2】周示例-{answers['category']}-{reference}"
    assert "改动：单位及职务\n" in text_of(second)

    take_back(page, reference, answers["phone"])
    third = smtp_server.wait_for(3, timeout_s=30)[2].message
    assert third["Subject"] == f"【撤回】自荐-{reference}"
    assert list(third.iter_attachments()) == []

    look_up(page, reference, answers["phone"])
    assert "没有查到" in page.locator("main").inner_text()
    page.goto(service.base_url)
    assert "已撤回" in page.locator("main").inner_text()
    nothing_is_left(service, [answers["name"], answers["phone"], answers["id_number"], "示例速运有限公司塔南路"])
    # The console's own notes of what staff wrote stay; they name nobody.
    console.goto(f"{service.base_url}/admin/nominations/{reference}")
    assert "已撤回" in console.locator("main").inner_text()
    assert [line for line in troubles if "422" not in line] == []


def keeps_as_picture(page: Page) -> None:
    """The receipt's picture comes when it is asked for, and is a picture."""
    page.get_by_text("存成图片").click()
    picture = page.locator(".kept img")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("picture => picture.complete && picture.naturalWidth > 0", arg=picture.element_handle())
    assert picture.evaluate("picture => picture.naturalWidth") == 750


def open_console(service: Service, browser: Browser) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(service.flask("admin", "add").strip())
    page.get_by_label("账号名").fill("管理员甲")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("button", name="保存并登录").click()
    page.wait_for_load_state()
    return page


def send_back(console: Page, service: Service, reference: str) -> None:
    console.goto(f"{service.base_url}/admin/nominations/{reference}")
    console.get_by_label("要改什么").fill(REASON)
    console.get_by_role("button", name="退回补正").click()
    console.get_by_text("请打电话告诉本人").wait_for()


def look_up(page: Page, reference: str, phone: str) -> None:
    """Number and telephone, as people type them."""
    page.goto(f"{page.url.split('/', 3)[0]}//{page.url.split('/', 3)[2]}/status")
    page.get_by_label("受理编号").fill(f"{reference[:4]} {reference[4:]}")
    page.get_by_label("手机号").fill(f"{phone[:3]} {phone[3:7]} {phone[7:]}")
    page.get_by_role("button", name="查看").click()
    page.wait_for_load_state()


def see_the_paper(page: Page) -> None:
    """The own 推荐表 is a picture, and in WeChat the page says how to get at the file."""
    page.get_by_role("link", name="看推荐表").click()
    paper = page.locator("img.paper").first
    page.wait_for_function("picture => picture.complete && picture.naturalWidth > 0", arg=paper.element_handle())
    assert paper.evaluate("picture => picture.naturalWidth") == 1080
    assert "在浏览器打开" in page.locator("main").inner_text()
    page.get_by_role("link", name="返回").click()


def take_back(page: Page, reference: str, phone: str) -> None:
    look_up(page, reference, phone)
    page.get_by_role("link", name="不参加了，撤回并删除").click()
    assert "请他们删除" in page.locator("main").inner_text()
    page.get_by_role("link", name="先不撤回").click()
    assert "工会已收到" in page.locator("main").inner_text()
    page.get_by_role("link", name="不参加了，撤回并删除").click()
    page.get_by_role("button", name="撤回并删除").click()
    page.get_by_text("已撤回").first.wait_for()


def text_of(message: EmailMessage) -> str:
    return str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")


def nothing_is_left(service: Service, secrets: list[str]) -> None:
    """Neither in the logs nor, by what its own tables say, in the database; files hold the letter that took it back."""
    logs = service.logs()
    assert [secret for secret in secrets if secret in logs] == []
    files = [path for path in (service.folder / "data" / "files").rglob("*") if re.fullmatch("[0-9a-f]{64}", path.name)]
    assert len(files) == 1
    stored = b"".join(path.read_bytes() for path in (service.folder / "data").glob("h5app.sqlite"))
    assert [secret for secret in secrets if secret.encode() in stored] == []
