"""Contrast of every colour that letters have with every ground they stand on, computed from the style sheets.

Source of the formulas: WCAG 2.2, “relative luminance” and “contrast ratio”.
"""

import re
from itertools import product

import pytest

from h5app.settings import PROJECT

BUILD = PROJECT / "static" / "build"
PHONE, CARE = ((BUILD / name).read_text(encoding="utf-8") for name in ("phone.css", "care.css"))

# Colour of letters → the grounds they stand on.
PLAIN = ("page", "card", "field")
PAIRS = {
    "ink": (*PLAIN, "press", "brand-tint", "alert-tint"),
    "hint": (*PLAIN, "brand-tint"),
    "link": PLAIN,
    "good": PLAIN,
    "alert": (*PLAIN, "alert-tint"),
    "brand-ink": (*PLAIN, "brand-tint"),
    "on-brand": ("brand", "brand-press"),
    "hero-ink": ("hero",),
    "hero-soft": ("hero",),
    "card": ("good", "alert"),
}


def tokens(sheet: str, *, dark: bool) -> dict[str, str]:
    """The colours that the sheet's `:root` blocks set."""
    light, _media, rest = sheet.partition("@media (prefers-color-scheme: dark)")
    blocks = [light] + ([rest.split("\n}", maxsplit=1)[0]] if dark else [])
    return {name: value for block in blocks for name, value in re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block)}


LOOKS = {
    "light": tokens(PHONE, dark=False),
    "dark": tokens(PHONE, dark=True),
    "care": tokens(PHONE, dark=False) | tokens(CARE, dark=False),
    "dark care": tokens(PHONE, dark=True) | tokens(CARE, dark=True),
}
LEAST = {"light": 4.5, "dark": 4.5, "care": 7, "dark care": 7}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """
    >>> round(contrast("#fff", "#000"), 1), round(contrast("#c8102e", "#ffffff"), 1)
    (21.0, 5.9)
    """
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("look", LOOKS)
def test_every_letter_can_be_read_on_every_ground(look):
    colours = LOOKS[look]
    found = {
        f"{letters} on {ground}": round(contrast(colours[letters], colours[ground]), 2)
        for letters, grounds in PAIRS.items()
        for ground in grounds
    }

    assert {pair: ratio for pair, ratio in found.items() if ratio < LEAST[look]} == {}


@pytest.mark.parametrize(("look", "ground"), [*product(LOOKS, PLAIN)])
def test_the_edge_of_a_control_stands_out(look, ground):
    assert contrast(LOOKS[look]["edge"], LOOKS[look][ground]) >= 3


def test_no_colour_of_letters_is_left_out():
    used = set(re.findall(r"(?<![\w-])color: var\(--([\w-]+)\)", PHONE))

    assert used <= PAIRS.keys()


def test_the_stronger_look_goes_further_in_every_pair():
    for usual, strong in (("light", "care"), ("dark", "dark care")):
        for letters in ("ink", "hint", "link", "good", "alert", "brand-ink"):
            assert contrast(LOOKS[strong][letters], LOOKS[strong]["card"]) > contrast(
                LOOKS[usual][letters], LOOKS[usual]["card"]
            )
