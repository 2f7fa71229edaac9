"""Inside WeChat, as far as a browser can play it: what the pages tell the app by its bridge."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from werkzeug.serving import make_server

from h5app.services.sharing import refresh_ticket
from h5app.wechat.server import WechatServer
from h5app.wechat.signing import signature
from tests.journeys.phone import open_phone
from tests.journeys.service import free_port
from tests.serving import Service
from tests.wechat.wechat_server import LoopbackWechat

pytestmark = pytest.mark.browser

APP = "wx0123456789abcdef"
# WeChat's own side: notes what it is told and agrees to everything.
BRIDGE = """
window.told = [];
window.WeixinJSBridge = {
  call: (name) => told.push([name, null]),
  on: () => {},
  invoke: (name, asked, answer) => { told.push([name, asked]); answer({ err_msg: name + ":ok" }); },
};
"""


@contextmanager
def served(service: Service, port: int) -> Iterator[None]:
    server = make_server("127.0.0.1", port, service.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wechat_phone(browser: Browser) -> BrowserContext:
    context = open_phone(browser)
    context.add_init_script(BRIDGE)
    return context


def told(page: Page) -> list[tuple[str, Any]]:
    page.wait_for_load_state("load")
    return [(name, asked) for name, asked in page.evaluate("told")]


def test_the_landing_page_sets_its_card_and_a_form_page_hides_the_menu(make_service, browser):
    port = free_port()
    site = f"http://localhost:{port}"
    service = make_service(
        H5APP_PUBLIC_BASE_URL=site, H5APP_WECHAT_APP_ID=APP, H5APP_WECHAT_APP_SECRET="0f1e2d3c4b5a69788796a5b4c3d2e1f0"
    )
    with LoopbackWechat() as wechat:
        server = WechatServer(APP, "secret", address=wechat.address)
        assert refresh_ticket(replace(service.parts.share_desk, api=server), now=datetime.now(UTC))

    context = wechat_phone(browser)
    with served(service, port):
        page = context.new_page()
        troubles: list[str] = []
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda message: troubles.append(message.text))
        page.goto(f"{site}/?from=singlemessage#top")
        on_landing = told(page)
        page.locator('a[href="/apply/self/eligibility"]').click()
        page.wait_for_url("**/eligibility")
        on_form = told(page)
        page.go_back()
        back_again = told(page)
        page.goto(f"{site}/papers/blank")
        on_paper = told(page)
        picture = page.request.get(dict(on_landing)["updateAppMessageShareData"]["imgUrl"])
    context.close()

    names = [name for name, _asked in on_landing]
    assert sorted(names) == [
        "preVerifyJSAPI",
        "showOptionMenu",
        "updateAppMessageShareData",
        "updateTimelineShareData",
    ]
    asked = dict(on_landing)
    proof = asked["preVerifyJSAPI"]
    assert proof["verifyJsApiList"] == ["updateAppMessageShareData", "updateTimelineShareData"]
    assert (proof["verifyAppId"], proof["verifySignature"]) == (
        APP,
        signature(
            "ticket-1",
            nonce=proof["verifyNonceStr"],
            timestamp=int(proof["verifyTimestamp"]),
            url=f"{site}/?from=singlemessage",
        ),
    )
    card = asked["updateAppMessageShareData"]
    assert (card["title"], card["desc"], card["link"]) == (
        service.parts.campaign.title,
        service.parts.campaign.summary,
        f"{site}/",
    )
    assert (asked["updateTimelineShareData"]["title"], asked["updateTimelineShareData"]["link"]) == (
        card["title"],
        card["link"],
    )
    assert (picture.status, picture.headers["content-type"]) == (200, "image/png")
    assert on_form == [("hideOptionMenu", None)]
    assert "showOptionMenu" in dict(back_again)
    assert on_paper == [("showOptionMenu", None)]  # its guide says “点右上角 ···，选在浏览器打开”
    assert troubles == []
