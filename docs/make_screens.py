"""Take the pictures in docs/screens from a running demonstration: `make screens`.

A service of its own is started on loopback with synthetic entries and stopped afterwards. Every page of the phone in
every look goes into docs/screens/phone; the table of pages is the tests' own, `tests/journeys/pages.py`. For some of
them only: `.venv/bin/python -m docs.make_screens channels paper`. The 汇总表 is printed by LibreOffice and poppler.
"""

import io
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from aiosmtpd.controller import Controller
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from h5app.documents.code import reference_code
from h5app.documents.pdf import draw
from h5app.documents.roster_word import roster_docx
from h5app.documents.stationery import SHIPPED
from h5app.documents.word import recommendation_docx
from h5app.domain.answers import shown
from h5app.domain.campaign import Campaign, parse_campaign
from h5app.domain.channel import ChannelState, NewChannel
from h5app.domain.funnel import FUNNEL
from h5app.domain.identity import parse_id_number
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.domain.roster import Roster
from h5app.domain.sheet import CELLS, Sheet
from h5app.posters.book import load_poster_book
from h5app.services.demonstrating import answers_for, drawn_portrait
from h5app.services.postering import PosterPress
from h5app.settings import PROJECT, Settings
from h5app.wiring import Parts, wire
from tests.journeys.pages import LOOKS, PAGES, People, opened, put_on
from tests.journeys.phone import Phone, answers_of, open_phone
from tests.journeys.service import Service, free_port

SCREENS = PROJECT / "docs" / "screens"
_LETTERS = iter("甲乙丙丁")
PASSWORD = "风里雨里一路有你 9"  # noqa: S105 -- of a service that lives for a minute
DAY = date(2026, 11, 22)
REPLIES = {8: "451 4.7.1 greylisted, try again later", 13: "552 5.3.4 message too large"}
DEEDS = (
    "从业六年，每天送一百多件，没有一次投诉。前年冬天下大雪，有位老人等着用药，电动车上不了坡，就步行两公里送到家，还帮老人把药按顿分好。",
    "站里新来的同事，头一周都由他带着跑，哪个单元门禁坏了、哪家有老人行动不便，都画在一张手绘的地图上。三年带出十一名徒弟，五人成了班长。",
    "去年汛期，他把雨衣盖在包裹上，自己淋着雨送完最后一车。小区停电，他打着手电，一层一层把米和油背上了十七楼。",
    "路上捡到装着现金和证件的提包，他停下手里的活，在原地等了一个多小时，直到失主赶来。失主拿钱感谢，他摆摆手就走了。",
    "每个月他都抽一天到社区，给独居老人送菜、修水龙头、换灯泡。老人们说，小哥的电动车一响，心里就踏实。",
)


def main() -> None:
    wanted = sys.argv[1:] or list(SECTIONS)
    with tempfile.TemporaryDirectory() as name, _served(Path(name)) as service, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for section in wanted:
            SECTIONS[section](browser, service)
        browser.close()


@contextmanager
def _served(folder: Path) -> Iterator[Service]:
    """A demonstration whose letters have just been sent; one was refused, and one is to be tried again."""
    with Service(folder, smtp_url="", mailbox="") as bare:
        bare.kill_mailer()  # the demonstration's letters wait for the mailbox
        bare.flask("demo", "--entries", "24")
    mailbox = Controller(_Mailbox(), hostname="127.0.0.1", port=free_port())
    mailbox.start()
    url = f"smtp://127.0.0.1:{mailbox.port}?tls=none&from=sender@example.org"
    with Service(folder, smtp_url=url) as service:
        yield service
    mailbox.stop()


class _Mailbox:
    """Takes every letter but two."""

    def __init__(self) -> None:
        self._numbers = count(1)

    async def handle_DATA(self, *_talk: object) -> str:  # noqa: N802 -- the name aiosmtpd asks for
        return REPLIES.get(next(self._numbers), "250 2.0.0 kept")


def _campaign() -> Campaign:
    return parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")


def _posters(_browser: Browser, _service: Service) -> None:
    """Every product in red, A4 in each design, as they are printed; each no wider or higher than a README shows."""
    for old in SCREENS.glob("poster*.png"):
        old.unlink()
    press = _press()
    looks = [(product, "red") for product in press.products]
    looks += [(product, design.name) for product in press.products if product.name == "a4" for design in press.designs]
    for product, design in dict.fromkeys(looks):
        png = press.make(press.book.channels[0], product=product.name, design=design, form="png")
        with Image.open(io.BytesIO(png)) as picture:
            picture.thumbnail((620, 900), Image.Resampling.LANCZOS)
            _keep(f"poster-{product.name}-{design}", picture.convert("RGB"))


def _press() -> PosterPress:
    """The shipped posters as they are once the service has its address and its 备案 number, which nobody has."""
    campaign = _campaign()
    organiser = replace(campaign.organiser, icp_record="豫ICP备00000000号")
    book = load_poster_book(PROJECT / "qr" / "posters.toml")
    return PosterPress(replace(campaign, organiser=organiser), book, "https://zm.example.org", why_sample="")


def _phone(browser: Browser, service: Service) -> None:
    answers = answers_of(_campaign(), Route.SELF, name="张示例")
    phone = Phone(open_phone(browser).new_page(), Route.SELF, answers)
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
    """The list, an entry, the mail, the order of the 汇总表, and a form that came by mail beside what is stored."""
    page = _signed_in(browser, service)
    _shoot_mail(page, service)
    page.goto(f"{service.base_url}/admin/nominations")
    _shoot("console-list", page.screenshot())
    entry = page.get_by_role("row", name="待审核").first.locator("td.cell-name a").get_attribute("href")
    _shoot_table(page)
    page.goto(f"{service.base_url}{entry}")
    page.get_by_role("heading", name="处理记录").wait_for()
    page.wait_for_load_state("networkidle")
    _shoot("console-entry", page.screenshot())
    _shoot_import(page, service)


def _signed_in(browser: Browser, service: Service) -> Page:
    """A page of the console, on a desk, of an admin of its own."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN").new_page()
    page.goto(service.flask("admin", "add").strip())
    page.get_by_label("账号名").fill(f"管理员{next(_LETTERS)}")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("button", name="保存并登录").click()
    return page


def _channels(browser: Browser, service: Service) -> None:
    """The channels, a list before it is kept, what to print, and what the posters brought: all, and one channel's."""
    parts = wire(Settings.from_env(service.env))
    codes = _hung_up(parts)
    parts.stores.rows.close()
    page = _signed_in(browser, service)
    for name, path in (
        ("posters", "posters"),
        ("making", f"posters/make?code={codes[0]}"),
        ("scans", "scans?sort=scan"),
        ("channel", f"channels/{codes[0]}"),
    ):
        page.goto(f"{service.base_url}/admin/{path}")
        page.wait_for_load_state("networkidle")
        _shoot(f"console-{name}", page.screenshot())
    page.goto(f"{service.base_url}/admin/posters/list")
    rows = "\n".join(f"{region}示例驿站,{region},快递员" for region in parts.campaign.regions)
    data = f"名称,县（市、区）,类别\n{rows}".encode()
    page.set_input_files("#list", {"name": "驿站名单.csv", "mimeType": "text/csv", "buffer": data})
    page.get_by_role("button", name="读进来看看").click()
    page.get_by_role("heading", name="看一遍名单").wait_for()
    _shoot("console-channel-list", page.screenshot())


def _hung_up(parts: Parts) -> list[str]:
    """Codes of new channels whose posters have hung for four weeks, one of them stopped since."""
    dice, now = random.Random(5), datetime.now(UTC)  # noqa: S311 -- invented counts, not secrets
    wanted = [
        NewChannel(f"{region}{place}", dice.choice([None, *Route]), region, category)
        for region in parts.campaign.regions
        for place, category in (("示例快递站", "快递员"), ("示例停车场", "货车司机"))
    ]
    kept = parts.channels.add(wanted, who="管理员甲", now=now)
    codes = [each.channel.code for each in kept]
    parts.channels.change(codes[3], to=wanted[3], state=ChannelState.REVOKED, who="管理员甲", now=now)
    today = parts.campaign.local(now).date()
    with parts.stores.rows.transaction():
        for each in parts.channels.all():
            size = dice.uniform(0.3, 3)
            for ago in range(28):
                times = size * dice.uniform(0.7, 1.3) * (30 - ago) * (1.6 if ago % 7 < 2 else 1)
                for step, share in zip(FUNNEL, (1, 0.85, 0.4, 0.55), strict=True):
                    times = times if step is FUNNEL[0] else times * share * dice.uniform(0.9, 1.1)
                    if times >= 1:
                        day = today - timedelta(ago)
                        parts.stores.counts.add(each.channel.code, step, day=day, by=int(times))
    return codes


def _shoot_mail(page: Page, service: Service) -> None:
    page.get_by_text("共 24 条").wait_for()
    while True:
        page.goto(f"{service.base_url}/admin/mail")
        states = page.locator(".cell-status").all_inner_texts()
        if not [text for text in states if text == "等待寄出"]:
            break
    _shoot("console-mail", page.screenshot())


def _shoot_table(page: Page) -> None:
    for box in page.locator(".cell-pick input").all()[:9]:
        box.check()
    page.get_by_role("button", name="加入汇总表").click()
    page.get_by_role("link", name="汇总表").click()
    page.get_by_role("heading", name="做成表格").wait_for()
    _shoot("console-table", page.screenshot())


def _shoot_import(page: Page, service: Service) -> None:
    """A form filled in by hand: a telephone number that lacks a digit, words of the writer's own."""
    filled = service.folder / "推荐表_张示例.docx"
    sheet = _sheet(*DEEDS[:2], political_status="党员", phone="1390000123")
    filled.write_bytes(recommendation_docx(replace(sheet, reference="", code=None)))
    page.goto(f"{service.base_url}/admin/imports")
    page.set_input_files("#forms", filled)
    page.get_by_role("button", name="读进来").click()
    page.get_by_role("heading", name="存成这样").wait_for()
    _shoot("console-import", page.screenshot())


def _paper(_browser: Browser, service: Service) -> None:
    """推荐表 as PDF, with its 附页 where the deeds are long, and the 汇总表 as Word prints it."""
    (form,) = draw(_sheet(*DEEDS), SHIPPED, form="png", ppi=100)
    _shoot("paper-form", form)
    _first, appendix, *_ = draw(_sheet(*DEEDS * 4), SHIPPED, form="png", ppi=100)
    _shoot("paper-appendix", appendix)
    dice = random.Random(4)  # noqa: S311 -- synthetic people, not secrets
    people = [_texts(dice, name, *DEEDS[:deeds]) for name, deeds in (("张示例", 3), ("李示例", 4), ("王示例", 2))]
    roster = Roster(
        title=_campaign().table_title,
        unit="焦作市总工会",
        dated="2026年11月22日",
        rows=tuple(texts | {"recommender": "焦作市示例速递有限公司"} for texts in people),
    )
    _shoot("paper-table", _printed(roster_docx(roster), service.folder))


def _sheet(*deeds: str, **texts: str) -> Sheet:
    """A 推荐表 of somebody who does not exist."""
    reference = "7K2M9QXA"
    return Sheet(
        title=_campaign().form_title,
        texts=_texts(random.Random(4), "张示例", *deeds) | texts,  # noqa: S311 -- synthetic people, not secrets
        portrait=drawn_portrait(),
        reference=reference,
        stamped=False,
        unit="",
        deeds_chars=500,
        code=reference_code(reference),
    )


def _texts(dice: random.Random, name: str, *deeds: str) -> dict[str, str]:
    answers = answers_for(_campaign(), Route.SELF, dice, on=DAY)
    honours = "2023年 示例公司服务之星\n2024年 示例区五一劳动奖章"
    number = parse_id_number(answers["id_number"], on=DAY)
    known = {"name": name, "sex": number.sex, "birth_month": f"{number.birth:%Y-%m}"}
    known |= {"honours": honours, "deeds": "\n".join(deeds)}
    return {cell: shown(cell, (answers | known).get(cell, "")) for cell in CELLS}


def _printed(document: bytes, folder: Path) -> bytes:
    """The first page of a Word file, at 100 pixels an inch."""
    (folder / "table.docx").write_bytes(document)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    to_pdf = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, folder / "table.docx"]
    to_png = ["pdftoppm", "-r", "100", "-png", "-singlefile", folder / "table.pdf", folder / "table"]
    for command in (to_pdf, to_png):
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 -- our own file
    return (folder / "table.png").read_bytes()


def _shoot(name: str, png: bytes) -> None:
    with Image.open(io.BytesIO(png)) as picture:
        _keep(name, picture.convert("RGB"))


def _keep(name: str, picture: Image.Image) -> None:
    """Few colours and no surprises: with fewer than 256, amber beside much red becomes red."""
    picture.quantize(256, dither=Image.Dither.NONE).save(SCREENS / f"{name}.png", optimize=True)


SECTIONS: dict[str, Callable[[Browser, Service], None]] = {
    "phone": _phone,
    "posters": _posters,
    "console": _console,
    "channels": _channels,
    "paper": _paper,
    "pages": _every_page,
}
"""Name of a group of pictures → what takes them, in this order."""


if __name__ == "__main__":
    main()
