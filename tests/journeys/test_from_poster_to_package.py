"""The main job, end to end: poster → form → stored → 推荐表 and photos → mail → console."""

import hashlib
import io
import subprocess
import zipfile
from email.message import EmailMessage
from pathlib import Path

import docx
import openpyxl
import pytest
import zxingcpp
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from h5app.domain.answers import shown
from h5app.domain.nomination import Route
from h5app.domain.sheet import CELLS
from tests.journeys.phone import Phone, answers_of, open_phone
from tests.journeys.service import MAILBOX, Service

pytestmark = [pytest.mark.browser, pytest.mark.office, pytest.mark.poppler]

NAMES = {Route.SELF: "阿卜杜拉·买买提", Route.PEER: "张䶮", Route.UNIT: "李示例"}
CODES = {Route.SELF: "H3NR", Route.PEER: "M9TF", Route.UNIT: "X4GE"}
PASSWORD = "风里雨里一路有你 9"


@pytest.fixture
def service(tmp_path, smtp_server):
    """Here a nominator's word is enough; `test_somebody_else.py` waits for the nominee."""
    declared = {'nominee_confirms = "required"': 'nominee_confirms = "declared"'}
    with Service(tmp_path, smtp_server.url, in_campaign=declared) as running:
        yield running


@pytest.mark.parametrize("route", Route)
def test_a_scanned_poster_ends_in_the_mailbox_and_in_the_console(
    route, service, smtp_server, browser, campaign, pictures, office, poppler_text, tmp_path
):
    answers = answers_of(campaign, route, name=NAMES[route])
    context = open_phone(browser)
    phone = Phone(context.new_page(), route, answers)
    troubles = watch(phone.page)

    phone.begin(url_on_poster(service, CODES[route], tmp_path))
    phone.fill_topics()
    for slot, picture in pictures.items():
        phone.upload(slot, picture)
    phone.next()
    for cell in CELLS:
        if cell in answers:
            for line in shown(cell, answers[cell]).splitlines():
                assert line in phone.page.locator("main").inner_text()
    reference = phone.submit()

    received = smtp_server.wait_for(1, timeout_s=30)[0]
    assert received.recipients == (MAILBOX,)
    assert received.message["Subject"] == f"【{route.tag}】{answers['name']}-{answers['category']}-{reference}"
    files = attachments(received.message)
    stem = f"推荐表_{answers['name']}_{reference}"
    photos = [f"{answers['name']}_{reference}_{label}.jpg" for label in ("近照", "工作照", "荣誉或报道")]
    assert list(files) == [f"{stem}.docx", f"{stem}.pdf", *photos]
    assert [Image.open(io.BytesIO(files[name])).size for name in photos] == [(750, 1050), (1600, 1067), (900, 640)]
    word, pdf = (
        poppler_text(office.pdfs({reference: files[f"{stem}.docx"]})[reference]),
        poppler_text(files[f"{stem}.pdf"]),
    )
    assert word == pdf
    for cell in CELLS:
        if cell in answers:
            assert "".join(shown(cell, answers[cell]).split()) in pdf

    review(service, browser, reference, answers, files=files)
    again = smtp_server.wait_for(2, timeout_s=30)[1]
    assert again.mime == received.mime
    assert answers["name"] not in service.logs()
    assert answers["phone"] not in service.logs()
    assert troubles == []
    context.close()


def test_the_form_works_without_javascript(service, smtp_server, browser, campaign, pictures):
    phone = Phone(
        open_phone(browser, javascript=False).new_page(), Route.SELF, answers_of(campaign, Route.SELF, name="王示例")
    )

    phone.begin(f"{service.base_url}/t/K7WM")
    phone.fill_topics()
    phone.upload("portrait", pictures["portrait"])
    phone.next()
    reference = phone.submit()

    assert smtp_server.wait_for(1, timeout_s=30)[0].message["Subject"].endswith(reference)


def test_a_killed_worker_between_upload_and_submit_costs_nothing(service, smtp_server, browser, campaign, pictures):
    phone = Phone(open_phone(browser).new_page(), Route.SELF, answers_of(campaign, Route.SELF, name="赵示例"))
    phone.begin(f"{service.base_url}/t/H3NR")
    phone.fill_topics()
    phone.upload("portrait", pictures["portrait"])
    phone.next()

    assert service.kill_web_workers() == 2
    reference = phone.submit()

    assert smtp_server.wait_for(1, timeout_s=30)[0].message["Subject"].endswith(reference)
    assert service.flask("mail", "list").split()[0] == reference


def test_leaving_and_coming_back_shows_everything(service, browser, campaign, pictures):
    context = open_phone(browser)
    answers = answers_of(campaign, Route.SELF, name="周示例")
    phone = Phone(context.new_page(), Route.SELF, answers)
    phone.begin(f"{service.base_url}/t/H3NR")
    phone.fill_topics()
    phone.upload("portrait", pictures["portrait"])
    phone.page.close()

    page = context.new_page()
    page.goto(service.base_url)
    page.get_by_role("link", name="接着填").click()

    page.wait_for_url("**/check")
    page.locator(".slot-portrait .frames img").wait_for()
    page.goto(f"{service.base_url}/apply/self/person")
    assert page.locator("[name=name]").input_value() == "周示例"
    assert page.locator("[name=id_number]").input_value() == answers["id_number"]


def url_on_poster(service: Service, code: str, folder: Path) -> str:
    """Make the posters, render the one with this code as a printer would, and read its QR code."""
    service.flask("posters", "--sample", "--product", "a4", "--channel", code, "--design", "red", "--out", str(folder))
    (poster,) = folder.rglob(f"*_{code}.pdf")
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", poster, folder / "poster"], check=True)
    with Image.open(folder / "poster.png") as picture:
        (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


def watch(page: Page) -> list[str]:
    """What the browser complains of: broken scripts, refused styles, missing files."""
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    return troubles


def attachments(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


def review(
    service: Service, browser: Browser, reference: str, answers: dict[str, str], *, files: dict[str, bytes]
) -> None:
    """Make the first admin, find the entry, download everything, send its letter again."""
    page = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True).new_page()
    troubles = watch(page)
    page.goto(service.flask("admin", "add").strip())
    page.get_by_label("账号名").fill("管理员甲")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_label("再输一次密码").fill(PASSWORD)
    page.get_by_role("button", name="保存并登录").click()

    with page.expect_download() as table:
        page.get_by_role("link", name="导出表格").click()
    sheet = openpyxl.load_workbook(io.BytesIO(table.value.path().read_bytes())).active
    row = dict(zip(*([cell.value for cell in line] for line in (sheet[1], sheet[2])), strict=True))
    assert (row["受理编号"], row["姓名"], row["身份证号"]) == (reference, answers["name"], answers["id_number"])

    page.get_by_role("link", name=answers["name"]).click()
    assert answers["id_number"] not in page.content()
    page.get_by_text("已寄出").wait_for()
    assert download(page, "Word") == files[f"推荐表_{answers['name']}_{reference}.docx"]
    assert download(page, "PDF") == files[f"推荐表_{answers['name']}_{reference}.pdf"]
    check_package(download(page, "材料包 ZIP"))
    page.get_by_text("显示完整号码").first.click()
    page.get_by_label("查看原因").first.fill("电话核实")
    page.get_by_role("button", name="显示", exact=True).first.click()
    page.get_by_text(answers["id_number"]).first.wait_for()
    assert "查看完整号码：电话核实" in page.content()
    page.goto(f"{service.base_url}/admin/nominations/{reference}")
    page.get_by_role("button", name="重发").click()
    page.get_by_text("已排队，马上重发").wait_for()
    take_everything(page, f"{service.base_url}/admin", reference, answers)
    assert troubles == []
    page.context.close()


def take_everything(page: Page, console: str, reference: str, answers: dict[str, str]) -> None:
    """Choose the entry for the 汇总表, take that with ID numbers, and all materials as the stream they come in."""
    page.goto(f"{console}/nominations")
    page.get_by_label(f"选{answers['name']}").check()
    assert Axe().run(page).generate_snapshot() == ""
    page.get_by_role("button", name="加入汇总表").click()
    page.get_by_text("已加入汇总表 1 人").wait_for()
    page.get_by_role("link", name="汇总表 1 人").click()
    page.get_by_label("身份证号").check()
    assert Axe().run(page).generate_snapshot() == ""
    table = docx.Document(io.BytesIO(taken(page, page.get_by_role("button", name="Word", exact=True)))).tables[0]
    assert {answers["name"], answers["id_number"]} <= {cell.text.replace("\n", "") for cell in table.rows[1].cells}
    with zipfile.ZipFile(io.BytesIO(taken(page, page.get_by_role("button", name="下载全部材料")))) as package:
        assert package.testzip() is None
        assert reference in package.read("清单.txt").decode("utf-8-sig")


def download(page: Page, label: str) -> bytes:
    return taken(page, page.locator(".downloads a", has_text=label))


def taken(page: Page, button: Locator) -> bytes:
    """What the browser saves when that is clicked."""
    with page.expect_download() as started:
        button.click()
    return started.value.path().read_bytes()


def check_package(data: bytes) -> None:
    """Forms, photos in press size, and a list whose hashes are true."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        members = {name.split("/", 1)[1]: package.read(name) for name in package.namelist()}
    listed = members.pop("清单.txt").decode("utf-8-sig")
    endings = sorted(name.rsplit(".", 1)[-1] for name in members)
    assert endings == ["docx", "jpg", "jpg", "jpg", "pdf"]
    assert [hashlib.sha256(content).hexdigest() in listed for content in members.values()] == [True] * 5
    (work,) = (content for name, content in members.items() if name.endswith("_工作照.jpg"))
    assert max(Image.open(io.BytesIO(work)).size) == 2400
