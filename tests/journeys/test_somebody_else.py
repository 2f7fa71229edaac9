"""他人举荐 on two phones: one says what he knows, the other sees it, makes it his own or declines."""

import io
from contextlib import closing
from urllib.parse import urljoin

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.settings import Settings
from h5app.wiring import wire
from tests.journeys.phone import Phone, answers_of, open_phone
from tests.journeys.service import Service
from tests.journeys.test_from_poster_to_package import watch

pytestmark = pytest.mark.browser

KNOWN = {"category", "experience", "union_member", "nominator_name", "nominator_phone", "relation"}
KNOWN |= {"name", "phone", "unit_and_post", "region", "deeds"}


@pytest.fixture
def nominator(service, browser, campaign):
    """Has said what he knows, without a photo, and has the receipt before him."""
    answers = answers_of(campaign, Route.PEER, name="李示例")
    agreed = {name for name in answers if name.startswith("consent_")}
    phone = Phone(open_phone(browser).new_page(), Route.PEER, {name: answers[name] for name in KNOWN | agreed})
    phone.begin(f"{service.base_url}/t/H3NR")
    phone.fill_topics()
    assert "手里没有就不传，由本人补" in phone.page.locator("main").inner_text()
    phone.next()
    phone.submit()
    yield phone
    phone.page.context.close()


def test_the_nominee_sees_what_was_said_completes_it_and_only_then_it_is_mailed(
    service, smtp_server, browser, campaign, pictures, nominator
):
    reference = number_on(nominator.page)
    assert "等本人确认" in nominator.page.locator("main").inner_text()
    copies_the_words(nominator.page)
    link = scanned(nominator.page)
    assert kept(nominator.page) == link

    context = open_phone(browser)
    page = context.new_page()
    troubles = watch(page)
    open_as_nominee(page, link, nominator)
    said = page.locator("main").inner_text()
    assert nominator.answers["deeds"].splitlines()[0] in said
    page.get_by_role("button", name="我愿意参加，去补全").click()
    page.wait_for_url("**/apply/self/eligibility")

    own = answers_of(campaign, Route.SELF, name="李示例")
    nominee = Phone(page, Route.SELF, {**own, "deeds": "从业六年，每天第一个到站点。"})
    nominee.fill(Topic.ELIGIBILITY)
    nominee.next()
    assert page.locator("[name^=consent_]:checked").count() == 0
    nominee.fill(Topic.CONSENT)
    nominee.next()
    assert page.locator("[name=name]").input_value() == "李示例"
    assert nominator.answers["nominator_name"] in page.locator(".banner").inner_text()
    for topic in (Topic.PERSON, Topic.WORK, Topic.STORY):
        nominee.fill(topic)
        nominee.next()
    nominee.upload("portrait", pictures["portrait"])
    nominee.next()
    assert service.flask("mail", "list").strip() == ""
    assert nominee.submit() == reference

    received = smtp_server.wait_for(1, timeout_s=30)[0]
    assert received.message["Subject"] == f"【举荐】李示例-{own['category']}-{reference}"
    nominator.page.reload()
    assert "工会已收到" in nominator.page.locator("main").inner_text()
    page.goto(link)
    assert "本人已经确认" in page.locator("main").inner_text()
    assert troubles == []
    context.close()


def test_without_javascript_the_nominee_declines_and_nothing_of_him_is_left(service, smtp_server, browser, nominator):
    link = scanned(nominator.page)
    secrets = [nominator.answers["name"]]
    assert left_of(service, secrets) == secrets
    with open_phone(browser, javascript=False) as context:
        page = context.new_page()
        open_as_nominee(page, link, nominator)
        page.get_by_role("link", name="我不参加").click()
        page.get_by_role("button", name="我不参加，删除我的资料").click()
        page.get_by_role("heading", name="您已经谢绝").wait_for()

    nominator.page.reload()
    told = nominator.page.locator("main").inner_text()
    assert "谢绝" in told
    assert nominator.answers["phone"] not in nominator.page.content()
    assert smtp_server.received == []
    assert left_of(service, [*secrets, nominator.answers["phone"], nominator.answers["nominator_phone"]]) == []


def number_on(page: Page) -> str:
    return "".join(page.locator(".stub-number").inner_text().split())


def copies_the_words(page: Page) -> None:
    """The button selects and copies the words to pass on; their link is the one in the picture."""
    assert scanned(page) in page.locator("#pass-on").inner_text()
    page.get_by_role("button", name="复制这段话").click()
    page.get_by_role("button", name="已复制").wait_for()


def scanned(page: Page) -> str:
    """What another phone reads from the screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.locator(".qr").screenshot())))
    return str(code.text)


def kept(page: Page) -> str:
    """What the picture says that a long press keeps."""
    page.get_by_text("发图片给本人").click()
    picture = page.locator("figure.kept img[src*=card]")
    picture.evaluate("picture => picture.decode()")
    assert picture.evaluate("picture => picture.naturalWidth") == 750
    answer = page.request.get(urljoin(page.url, picture.get_attribute("src")))
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.body())))
    return str(code.text)


def open_as_nominee(page: Page, link: str, nominator: Phone) -> None:
    page.goto(link)
    assert nominator.answers["nominator_name"] in page.locator("main").inner_text()
    assert nominator.answers["name"] not in page.content()
    page.get_by_label("您手机号的后四位").fill(nominator.answers["phone"][-4:])
    page.get_by_role("button", name="看看写了什么").click()
    page.wait_for_url("**/said")


def left_of(service: Service, secrets: list[str]) -> list[str]:
    """Which of these still stand in what the service has written: database, files, logs."""
    with closing(wire(Settings.from_env(service.env)).stores.rows) as rows:
        tables = [row["name"] for row in rows.read("SELECT name FROM sqlite_master WHERE type = 'table'")]
        stored = "".join(str(rows.read(f"SELECT * FROM {table}")) for table in tables)
    files = [path.name for path in (service.folder / "data" / "files").rglob("*") if path.is_file()]
    return [secret for secret in secrets if secret in stored + service.logs()] + files
