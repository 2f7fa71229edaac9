"""Each page of the phone, whoever looks: large letters, narrow screens, dark, 大字版, screen readers, a keyboard."""

from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.journeys.pages import LOOKS, PAGES, PhonePage, opened, put_on

pytestmark = pytest.mark.browser

# Look → widths in px and sizes of letters in percent. Dark has the lines of light, in other colours; 大字版 takes its
# share of whatever size the phone is set to, and is tightest on the narrowest screen.
SIZES = {
    "light": tuple(product((320, 360, 390), (100, 150, 200))),
    "dark": ((360, 100),),
    "care": ((320, 125), (360, 125), (320, 250)),
}
MEASURE = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_fits_and_can_be_read_by_everybody_in_every_look(browser, people, page):
    wrong, violations = [], {}
    with opened(browser, people, page) as shown:
        for look in LOOKS:
            put_on(shown, look)
            violations[look] = Axe().run(shown).generate_snapshot()
            for width, percent in SIZES[look]:
                shown.set_viewport_size({"width": width, "height": 740})
                shown.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%` }", percent)
                wrong += [f"{look}, {width} px, {percent} %: {sentence}" for sentence in shown.evaluate(MEASURE)]
            shown.evaluate("document.documentElement.style.fontSize = ''")
        title = shown.title()

    assert wrong == []
    assert violations == dict.fromkeys(LOOKS, "")
    assert title.startswith("错误：") is (page.name.endswith("-errors") or page.name == "not-found")


# What answers a control that has the focus.
KEYS = {"radio": "Space", "checkbox": "Space", "select-one": "ArrowDown", "text": "A"}
FOCUSED = """() => {
    const control = document.activeElement;
    const drawn = [control, control.nextElementSibling].filter(Boolean);
    const seen = drawn.some(each => getComputedStyle(each).outlineStyle !== "none");
    return [control.type || control.localName, control.name || "", seen];
}"""


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
@pytest.mark.parametrize(("page", "after"), [("consent", "person"), ("work", "story")])
def test_a_keyboard_alone_fills_a_page_and_goes_on(browser, people, page, after, javascript):
    with opened(browser, people, PhonePage(page, f"/apply/self/{page}"), javascript=javascript) as shown:
        kind = before = ""
        while kind != "submit":
            shown.keyboard.press("Tab")
            kind, name, seen = shown.evaluate(FOCUSED)
            assert seen, f"{kind} {name} shows no focus"
            if kind in KEYS and name != before:
                shown.keyboard.press(KEYS[kind])
            before = name
        with shown.expect_navigation():
            shown.keyboard.press("Enter")

        assert shown.url.endswith(f"/apply/self/{after}")


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


def test_what_looks_at_pages_sees_what_is_wrong_with_one(browser, people):
    """The measures above find nothing: they must be able to."""
    with opened(browser, people, PhonePage("landing", "/")) as shown:
        shown.evaluate(
            """() => {
                const ways = document.querySelectorAll(".way");
                ways[0].style.width = "600px";
                ways[1].querySelector("b").style.transform = "translateY(1.2em)";
                ways[2].style.minHeight = ways[2].style.height = "20px";
                ways[2].style.overflow = "hidden";
                const words = document.querySelector(".landing .card p");
                words.textContent = "一共 12 张";
                words.style.width = "2.1em";
                document.documentElement.removeAttribute("lang");
            }"""
        )

        found = {sentence.split(":")[0] for sentence in shown.evaluate(MEASURE)}
        assert found == {"outside", "clipped", "overlapping", "small target", "parted", "the page is 616 wide"}
        assert Axe().run(shown).generate_snapshot() == "html-has-lang (serious) : 1"
