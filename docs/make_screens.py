"""Take the pictures in docs/screens from a running demonstration: `make screens`.

A service of its own is started on loopback with synthetic entries and stopped afterwards. Every page of the phone in
every look goes into docs/screens/phone; the table of pages is the tests' own, `tests/journeys/pages.py`.
"""

import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from h5app.domain.campaign import parse_campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.settings import PROJECT
from tests.journeys.pages import LOOKS, PAGES, People, opened, put_on
from tests.journeys.phone import Phone, answers_of, open_phone
from tests.journeys.service import Service

SCREENS = PROJECT / "docs" / "screens"
PASSWORD = "风里雨里一路有你 9"  # noqa: S105 -- of a service that lives for a minute


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, Service(Path(folder), smtp_url="", mailbox="") as service:
        service.flask("demo", "--entries", "24")
        service.flask("posters", "--out", folder)
        poster = next(Path(folder).glob("*_K7WD.png"))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
            _phone(browser, service)
            _console(browser, service)
            _every_page(browser, service)
            browser.close()
        with Image.open(poster) as picture:
            _keep("poster", picture.convert("RGB").resize((620, 877)))


def _phone(browser: Browser, service: Service) -> None:
    campaign = parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")
    phone = Phone(open_phone(browser).new_page(), Route.SELF, answers_of(campaign, Route.SELF, name="张示例"))
    phone.page.goto(service.base_url)
    _shoot("phone-landing", phone.page.screenshot())
    phone.begin(f"{service.base_url}/t/H3NR")
    phone.fill(Topic.ELIGIBILITY)
    phone.next()
    phone.fill(Topic.CONSENT)
    phone.next()
    phone.fill(Topic.PERSON)
    phone.page.get_by_text("已保存").wait_for()
    phone.page.evaluate("scrollTo(0, 0)")
    _shoot("phone-form", phone.page.screenshot())


def _every_page(browser: Browser, service: Service) -> None:
    """Each page of the phone, whole, in each look."""
    folder = SCREENS / "phone"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    people = People(service)
    for page in PAGES:
        with opened(browser, people, page) as shown:
            for look in LOOKS:
                put_on(shown, look)
                _shoot(f"phone/{page.name}-{look}", shown.screenshot(full_page=True, scale="css"))


def _console(browser: Browser, service: Service) -> None:
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(service.flask("admin", "add").strip())
    page.get_by_label("账号名").fill("管理员甲")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("button", name="保存并登录").click()
    page.get_by_text("共 24 条").wait_for()
    _shoot("console-list", page.screenshot())
    page.locator("td.cell-name a").first.click()
    page.get_by_role("heading", name="处理记录").wait_for()
    page.wait_for_load_state("networkidle")
    _shoot("console-entry", page.screenshot())


def _shoot(name: str, png: bytes) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        _keep(name, picture.convert("RGB"))


def _keep(name: str, picture: Image.Image) -> None:
    """Few colours and no surprises: a screen of flat areas needs no more than 128."""
    picture.quantize(128, dither=Image.Dither.NONE).save(SCREENS / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
