"""What a page weighs on the line, headers and all: from the running service to a real browser."""

import re
from itertools import groupby

import pytest
from playwright.sync_api import Page

from tests.journeys.pages import PAGES, with_cookies

pytestmark = pytest.mark.browser

FIRST_PAGE_BYTES = 25_000
LATER_PAGE_BYTES = 12_000
PARTS_OF_A_PAGE = {"Document", "Stylesheet", "Script", "Image"}
OWN_PICTURE = re.compile(r"/photos/.+\.jpg|/status/paper-\d+\.png")


class Line:
    """Counts what a page's browser receives, the icon in the tab too, but not what is the person's own picture: the
    photos he sent, and his 推荐表 with one of them on it. A page is open a moment before its last byte is
    told of: `weigh` waits for what was asked for and has not ended."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._under_way: set[str] = set()
        self.received: dict[str, float] = {}
        self.kinds: set[str] = set()
        self._own_photos: set[str] = set()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.requestWillBeSent", self._asked)
        network.on("Network.responseReceived", self._begun)
        network.on("Network.loadingFinished", self._finished)
        network.on("Network.loadingFailed", self._ended)

    def _asked(self, event: dict) -> None:
        # Of a script's last word and of the icon nothing may be told once the page has gone.
        if event.get("type") in PARTS_OF_A_PAGE:
            self._under_way.add(event["requestId"])

    def _ended(self, event: dict) -> None:
        self._under_way.discard(event["requestId"])

    def _begun(self, event: dict) -> None:
        self.kinds.add(event["type"])
        if OWN_PICTURE.search(event["response"]["url"]):
            self._own_photos.add(event["requestId"])

    def _finished(self, event: dict) -> None:
        self._ended(event)
        # 0 for what the cache had.
        if event["encodedDataLength"] and event["requestId"] not in self._own_photos:
            self.received[event["requestId"]] = event["encodedDataLength"]

    def weigh(self) -> float:
        """Bytes since the last look.

        Raises:
            AssertionError: something the page asked for has not come for five seconds.
        """
        waited = 0
        while self._under_way:
            assert waited < 5_000, self._under_way
            self._page.wait_for_timeout(10)
            waited += 10
        weight = sum(self.received.values())
        self.received.clear()
        return weight


def test_the_first_page_is_light_and_asks_for_little(browser, people):
    with with_cookies(browser, people, "nobody") as phone:
        shown = phone.new_page()
        line = Line(shown)

        shown.goto(people.service.base_url)
        shown.wait_for_load_state("networkidle")

        assert len(line.received) <= 5
        assert line.kinds == {"Document", "Stylesheet", "Script", "Other"}
        assert line.weigh() <= FIRST_PAGE_BYTES


def test_every_later_page_is_lighter_still(browser, people):
    weights = {}
    for who, pages in groupby(sorted(PAGES, key=lambda page: page.who), key=lambda page: page.who):
        with with_cookies(browser, people, who) as phone:
            shown = phone.new_page()
            line = Line(shown)
            shown.goto(people.service.base_url)
            for page in pages:
                line.weigh()
                shown.goto(people.service.base_url + page.address(people))
                opened = line.weigh()
                page.then(shown)
                weights[page.name] = line.weigh() or opened

    assert {name: weight for name, weight in weights.items() if weight > LATER_PAGE_BYTES} == {}
    assert all(weights.values())
