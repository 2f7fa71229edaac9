"""The console's pages of channels and posters in a real browser: read by everybody, on a desk and on a phone."""

import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.serving import make_server

from h5app.domain.channel import NewChannel
from tests.serving import ADMIN_TOKEN

pytestmark = pytest.mark.browser

MEASURE = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PAGES = ("/admin/posters", "/admin/posters/make?code=K7WM&print=sticker.pdf&design=plain", "/admin/posters/new")
LIST = "名称,地区,备注\n中通示例站,解放区,x\n甲站,火星,\n总海报,,\n"
LONG = "焦作市高新区（示范区）新就业形态劳动者综合服务中心驿站"


@pytest.fixture
def office(make_service):
    """A service with a channel whose name is long."""
    service = make_service()
    service.parts.channels.add(
        [NewChannel(LONG, None, "高新区（示范区）", "其他新就业形态劳动者")], who="赵敏", now=datetime.now(UTC)
    )
    service.admin_client()
    return service


@pytest.fixture
def base_url(office):
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    with closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


def test_lists_and_choices_can_be_read_and_used_by_everybody(browser, base_url, office):
    admin = office.stores.admins.by_name("赵敏")
    with browser.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True) as context:
        context.add_cookies([{"name": "h5app_admin", "value": f"{ADMIN_TOKEN}-{admin.id}", "url": base_url}])
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text))
        for path in PAGES:
            page.goto(base_url + path)
            look_at(page)
        page.goto(f"{base_url}/admin/posters/list")
        look_at(page)
        page.get_by_label("选择名单文件").set_input_files(
            {"name": "名单.csv", "mimeType": "text/csv", "buffer": LIST.encode("gb18030")}
        )
        page.get_by_role("button", name="读进来看看").click()
        page.get_by_text("有 1 行要改，还没有添加").wait_for()
        look_at(page)

        page.goto(f"{base_url}/admin/posters")
        page.get_by_label("选总海报").check()
        page.get_by_label(f"选{LONG}").check()
        page.get_by_role("button", name="做海报").click()
        page.get_by_text("2 个渠道：").wait_for()
        with page.expect_download() as download:
            page.get_by_role("button", name="下载样张").click()

    assert download.value.suggested_filename.endswith("_2个.zip")
    assert complaints == []


def look_at(page):
    assert Axe().run(page).generate_snapshot() == ""
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    assert Axe().run(page).generate_snapshot() == ""
    page.evaluate("document.querySelectorAll('thead').forEach(each => each.remove())")  # for screen readers only
    assert page.evaluate(MEASURE) == []
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESK)
    assert page.evaluate("document.documentElement.scrollWidth") == DESK["width"]
