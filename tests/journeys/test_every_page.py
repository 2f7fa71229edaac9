"""Each page of the phone, whoever looks: large letters, narrow screens, dark, 大字版, screen readers, a keyboard."""

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.pages import LOOKS, PAGES, People, PhonePage, opened, put_on
from tests.journeys.service import Service

pytestmark = pytest.mark.browser

WIDTHS_PX = (320, 360, 390)
LETTERS_PERCENT = (100, 150, 200)
MEASURE = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    with Service(tmp_path_factory.mktemp("people"), smtp_url="") as running:
        yield People(running)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_fits_every_screen_letter_size_and_look(browser, people, page):
    wrong = []
    with opened(browser, people, page) as shown:
        for look, width, percent in product(LOOKS, WIDTHS_PX, LETTERS_PERCENT):
            put_on(shown, look)
            shown.set_viewport_size({"width": width, "height": 740})
            # The phone's own letter size is what the look's share is a share of.
            share = 1.25 if look == "care" else 1
            shown.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%` }", percent * share)
            wrong += [f"{look}, {width} px, {percent} %: {sentence}" for sentence in shown.evaluate(MEASURE)]

    assert wrong == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_axe_finds_nothing_on_a_page_in_any_look(browser, people, page):
    found = {}
    with opened(browser, people, page) as shown:
        for look in LOOKS:
            put_on(shown, look)
            found[look] = Axe().run(shown).generate_snapshot()
        title = shown.title()

    assert found == dict.fromkeys(LOOKS, "")
    assert title.startswith("错误：") is (page.name.endswith("-errors") or page.name == "not-found")


# What keys do to the control that has the focus: fill it, and then Tab goes on.
KEYS = {
    "radio": ["Space"],
    "checkbox": ["Space"],
    "select-one": ["ArrowDown"],
    "month": [*"2019", "ArrowRight", *"03"],
    "text": [*"410811"],
}
FOCUSED = """() => {
    const control = document.activeElement;
    const drawn = [control, control.nextElementSibling].filter(Boolean);
    const seen = drawn.some(each => getComputedStyle(each).outlineStyle !== "none");
    return [control.type || control.localName, seen, control.closest(".look") !== null];
}"""


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_a_keyboard_alone_fills_pages_and_goes_on(browser, people, javascript):
    start = PhonePage("eligibility", "/apply/self/eligibility")
    with opened(browser, people, start, javascript=javascript, width=390) as shown:
        for _page in ("eligibility", "consent"):
            for _stop in range(40):
                shown.keyboard.press("Tab")
                kind, seen, is_look = shown.evaluate(FOCUSED)
                assert seen, f"{kind} shows no focus"
                if kind == "submit" and not is_look:
                    break
                for key in KEYS.get(kind, []):
                    shown.keyboard.press(key)
            with shown.expect_navigation():
                shown.keyboard.press("Enter")

        assert shown.url.endswith("/apply/self/person")


def test_mistakes_are_reached_by_keyboard_from_the_top_of_the_page(browser, people):
    page = next(page for page in PAGES if page.name == "work-errors")
    with opened(browser, people, page) as shown:
        first = shown.locator("#summary a").first
        target = first.get_attribute("href")
        assert shown.evaluate("document.activeElement.id") == "summary"

        shown.keyboard.press("Tab")
        shown.keyboard.press("Enter")

        assert f"#{shown.evaluate('document.activeElement.id')}" == target
        described = shown.locator(target).get_attribute("aria-describedby").split()
        assert first.inner_text() in [shown.locator(f"#{name}").inner_text() for name in described]
