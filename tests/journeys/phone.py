"""A courier's phone: WeChat's browser on a small screen, and the fingers that fill the form."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Kind, Question, Topic, questions_of, topics_of
from h5app.services.demonstrating import answers_for

WECHAT = (
    "Mozilla/5.0 (Linux; Android 10; M2006C3LC) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/107.0.5304.141 Mobile Safari/537.36 XWEB/5169 MMWEBSDK/20230504 "
    "MicroMessenger/8.0.37.2380(0x2800255B) WeChat/arm64 Weixin NetType/3G Language/zh_CN ABI/arm64"
)
PRIMARY = "button.weui-btn_primary"


def open_phone(browser: Browser, *, javascript: bool = True, width: int = 360, height: int = 740) -> BrowserContext:
    return browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        user_agent=WECHAT,
        locale="zh-CN",
        java_script_enabled=javascript,
    )


def answers_of(campaign: Campaign, route: Route, *, name: str) -> Mapping[str, str]:
    """A complete set of answers under a name of the test's own."""
    on = campaign.local(datetime.now(UTC)).date()
    return {**answers_for(campaign, route, random.Random(name), on=on), "name": name}


@dataclass
class Phone:
    """One page in the phone's browser, filling the form of one route."""

    page: Page
    route: Route
    answers: Mapping[str, str]

    def begin(self, scanned_url: str) -> None:
        """Open what a poster's code says and choose the route."""
        self.page.goto(scanned_url)
        self.page.locator(f'a[href="/apply/{self.route}/eligibility"]').click()

    def fill_topics(self) -> None:
        for topic in topics_of(self.route):
            if topic is not Topic.PHOTOS:
                self.fill(topic)
                self.next()

    def fill(self, topic: Topic) -> None:
        for question in questions_of(self.route, topic):
            if question.name in self.answers:
                self._answer(question, self.answers[question.name])

    def upload(self, slot: str, picture: Path) -> None:
        """Choose a picture and wait until its thumbnail is there."""
        shown = self.page.locator(f"#slot-{slot} .frames img")
        before = shown.count()
        self.page.set_input_files(f"#photo-{slot}", picture)
        button = self.page.locator(f"#slot-{slot} button", has_text="上传")
        if button.is_visible():  # without JavaScript
            button.click()
        shown.nth(before).wait_for(timeout=20_000)

    def next(self) -> None:
        """Go on; the page leads on once the server has answered."""
        with self.page.expect_navigation():
            self.page.locator(PRIMARY).last.click()

    def submit(self) -> str:
        """Send the form and return its 受理编号."""
        self.page.get_by_role("button", name="提交推荐表").click()
        self.page.wait_for_url("**/receipt")
        return "".join(self.page.locator(".stub-number").inner_text().split())

    def _answer(self, question: Question, text: str) -> None:
        controls = self.page.locator(f'[name="{question.name}"]')
        if not controls.count():
            return
        tag = controls.first.evaluate("control => control.type")
        if question.kind is Kind.AGREEMENT:
            controls.check()
        elif tag == "radio":
            self.page.get_by_label(text, exact=True).check()
        elif tag == "select-one":
            controls.select_option(text)
        else:
            controls.fill(text)
