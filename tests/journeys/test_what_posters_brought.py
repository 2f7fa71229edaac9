"""The console's counts in a real browser: drawn, read by everybody, printed."""

import io
import threading
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unicodedata import normalize

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader
from werkzeug.serving import make_server

from h5app.domain.channel import NewChannel
from h5app.domain.funnel import FunnelStep
from tests.serving import ADMIN_TOKEN

pytestmark = pytest.mark.browser

MEASURE = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")
DAYS = 45
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def counted(make_service):
    """A service with a channel in every region, each with scans on many days."""
    service = make_service()
    regions = service.parts.campaign.regions
    wanted = [NewChannel(f"{region} 示例站", None, region, "快递员") for region in regions]
    service.parts.channels.add(wanted, who="赵敏", now=datetime.now(UTC))
    with service.stores.rows.transaction():
        for number, kept in enumerate(service.parts.channels.all()):
            for ago in range(DAYS):
                for step, times in zip(FunnelStep, (40, 30, 12, 5), strict=False):
                    day = date(2026, 11, 22) - timedelta(ago)
                    service.stores.counts.add(kept.channel.code, step, day=day, by=times + (number * ago) % 7)
    return service


@pytest.fixture
def base_url(counted):
    counted.admin_client()
    server = make_server("127.0.0.1", 0, counted.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    with closing(server.socket):
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        serving.join()


@pytest.fixture
def page(browser, base_url, counted):
    with browser.new_context(viewport=DESK, locale="zh-CN") as context:
        admin = counted.stores.admins.by_name("赵敏")
        context.add_cookies([{"name": "h5app_admin", "value": f"{ADMIN_TOKEN}-{admin.id}", "url": base_url}])
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda message: page.complaints.append(message.text))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        yield page


@pytest.mark.parametrize("path", ["/admin/scans?sort=scan", "/admin/channels/K7WM"])
def test_counts_can_be_read_by_everybody_on_a_desk_and_on_a_phone(page, base_url, path):
    page.goto(base_url + path)
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert Axe().run(page).generate_snapshot() == ""

    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    assert Axe().run(page).generate_snapshot() == ""
    # The other sentences are of pages without tables, whose headings a phone of the console leaves out.
    assert [said for said in page.evaluate(MEASURE) if said.startswith(("outside", "the page is", "parted"))] == []
    assert page.complaints == []


def test_the_chart_draws_four_lines_and_says_the_day_that_is_pointed_at(page, base_url):
    page.goto(f"{base_url}/admin/channels/K7WM")
    legend = page.locator(".chart-legend")

    assert page.locator(".chart-drawing .chart-line").count() == 4
    assert legend.inner_text().split() == [
        "合计",
        "扫码",
        "1,800",
        "打开首页",
        "1,350",
        "开始填写",
        "540",
        "提交",
        "225",
    ]

    box = page.locator(".chart-drawing").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 60)
    assert legend.inner_text().split() == ["11月22日", "扫码", "40", "打开首页", "30", "开始填写", "12", "提交", "5"]


def test_the_counts_print_on_upright_pages_with_lines_and_no_picture(page, base_url):
    page.goto(f"{base_url}/admin/scans")

    first, *others = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages

    assert [round(float(side)) for side in first.mediabox[2:]] == [595, 842]
    words = normalize("NFKC", "".join(each.extract_text() for each in (first, *others))).replace(" ", "")
    for said in ("扫码统计", "从扫码到提交", "10/9", "海报合计", "按类别", "按推荐方式", "温县示例站"):
        assert said in words
    assert "筛选" not in words
    assert "CSV" not in words
    # The mark beside the office's name is one; the chart is none.
    assert [image.image.width for image in first.images if image.image.width > 100] == []
    assert len(others) <= 2
