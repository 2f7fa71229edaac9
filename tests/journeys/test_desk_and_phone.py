"""单位推荐 at a desk and on the worker's phone: one draft, filled in from both; the next worker needs less typing."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, topics_of
from tests.journeys.phone import Phone, answers_of, open_phone
from tests.journeys.test_from_poster_to_package import watch

pytestmark = pytest.mark.browser

UNIT = ("unit_name", "unit_contact", "unit_phone")


def test_photos_and_consent_come_from_the_workers_phone_and_the_next_one_keeps_the_units_data(
    service, smtp_server, browser, campaign, pictures
):
    pc = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")
    desk = Phone(pc.new_page(), Route.UNIT, answers_of(campaign, Route.UNIT, name="李示例"))
    troubles = watch(desk.page)
    desk.begin(f"{service.base_url}/t/H3NR")
    fill_but_consent(desk)
    desk.page.get_by_text("照片在本人手机里").click()
    desk.page.get_by_text("知情同意：还没有").wait_for()

    with open_phone(browser) as phone:
        page = phone.new_page()
        worker_troubles = watch(page)
        page.goto(scanned(desk.page))
        assert desk.answers["unit_name"] in page.locator("main").inner_text()
        page.get_by_role("button", name="开始").click()
        page.wait_for_url("**/apply/worker")
        for box in ("consent_rules", "consent_personal", "consent_mailing"):
            page.locator(f"[name={box}]").check()
        worker = Phone(page, Route.UNIT, {})
        worker.next()
        # The desk's page says so by itself.
        desk.page.get_by_text("知情同意：已打勾").wait_for(timeout=10_000)
        worker.upload("portrait", pictures["portrait"])
        desk.page.get_by_text("近照：1 张").wait_for(timeout=10_000)
        for secret in ("phone", "unit_phone", "id_number"):
            assert desk.answers[secret] not in page.content()
        page.get_by_role("button", name="好了").click()
        page.get_by_role("heading", name="好了，单位已收到").wait_for()
        assert worker_troubles == []

        desk.page.get_by_role("link", name="接着填").click()
        desk.page.wait_for_url("**/check")
        first = desk.submit()
        page.reload()
        assert "这份推荐表已经提交" in page.locator("main").inner_text()

    desk.page.get_by_role("button", name="再推荐一位").click()
    desk.page.wait_for_url("**/eligibility")
    again = Phone(desk.page, Route.UNIT, answers_of(campaign, Route.UNIT, name="王示例"))
    fill_but_consent(again, kept={name: desk.answers[name] for name in UNIT})
    desk.page.goto(f"{service.base_url}/apply/unit/consent")
    again.fill(Topic.CONSENT)
    again.next()
    desk.page.goto(f"{service.base_url}/apply/unit/photos")
    again.upload("portrait", pictures["portrait"])
    again.next()
    second = again.submit()

    desk.page.get_by_role("link", name="本单位推荐的人").click()
    names = desk.page.locator(".unit-line b").all_inner_texts()
    listed = desk.page.locator(".unit-lines .code").all_inner_texts()
    assert (names, listed) == (["王示例", "李示例"], [second, first])
    subjects = {letter.message["Subject"] for letter in smtp_server.wait_for(2, timeout_s=30)}
    assert {subject.rsplit("-", 1)[1] for subject in subjects} == {first, second}
    assert [trouble for trouble in troubles if "404" not in trouble] == []
    pc.close()


def fill_but_consent(desk: Phone, *, kept: dict[str, str] | None = None) -> None:
    """Everything but what the worker does himself; the unit's own data only where it is not there yet."""
    for topic in topics_of(Route.UNIT):
        if topic is Topic.PHOTOS:
            return
        if topic is Topic.CONSENT:
            desk.page.get_by_role("link", name="先填后面的，等本人勾选").click()
            desk.page.wait_for_url("**/nominator")
            continue
        if topic is Topic.NOMINATOR and kept:
            assert {name: desk.page.locator(f"[name={name}]").input_value() for name in kept} == kept
            desk.page.locator("[name=consent_nominee]").check()
        else:
            desk.fill(topic)
        desk.next()


def scanned(page: Page) -> str:
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".qr").screenshot())))
    return str(code.text)
