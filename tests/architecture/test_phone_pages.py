"""The phone's pages as text: what the security policy, old engines and slow networks ask of them."""

import gzip
import re
from itertools import combinations, pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
PAGES = sorted(
    [TEMPLATES / "base_mobile.html"]
    + [
        path
        for part in ("components", "nominate", "papers", "scan", "status", "errors")
        for path in (TEMPLATES / part).glob("*.html")
    ]
)
SHEET = ROOT / "static/build/phone.css"
SHEETS = [SHEET, ROOT / "static/build/photos.css"]
SCRIPTS = sorted((ROOT / "static/build").glob("*.js"))
BUILT_SHEET = ROOT / "static/css/app.css"
BUILT_SCRIPT = ROOT / "static/js/app.js"
BUILT_SCRIPTS = [BUILT_SCRIPT, ROOT / "static/js/photos.js", ROOT / "static/js/crop.js"]


def words_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_hold_no_inline_script_style_or_new_window(page):
    inline = re.findall(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\ssrc=)|target=|javascript:", words_of(page))

    assert inline == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_use_the_words_of_the_notice(page):
    assert re.findall("评选表彰|评比|非法|系统异常|错误代码", words_of(page)) == []


def test_every_file_field_offers_camera_and_album():
    fields = [tag for page in PAGES for tag in re.findall(r'<input[^>]*type="file"[^>]*>', words_of(page))]

    assert fields
    assert [tag for tag in fields if 'accept="image/*"' not in tag or "capture" in tag or "multiple" in tag] == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_class_of_the_sheet_stands_in_a_page_or_the_script(sheet):
    rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    styled = set(re.findall(r"\.([a-z][\w-]*)", rules))
    text = "".join(map(words_of, [*PAGES, *SCRIPTS]))
    made_of_slots = {"slot-portrait"}

    assert {name for name in styled - made_of_slots if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)} == set()


def test_colours_stand_in_one_place():
    rules = SHEET.read_text(encoding="utf-8").split("body {", maxsplit=1)[1]
    allowed = {"#fff", "#e8a33d", "#2a0509"}  # a tick on red, and the sun and tyres of the drawing
    rules += SHEETS[1].read_text(encoding="utf-8")

    assert set(re.findall(r"#[0-9a-f]{3,8}\b", rules)) - allowed == set()


def test_the_built_sheet_asks_for_nothing_more():
    assert re.findall(r"url\(|@import|@font-face", BUILT_SHEET.read_text(encoding="utf-8")) == []


def test_sheet_and_script_stay_small():
    sizes = [len(gzip.compress(path.read_bytes())) for path in (BUILT_SHEET, BUILT_SCRIPT)]

    assert sizes[0] <= 12_000
    assert sizes[1] <= 4_000


def couples_of_lines(script):
    lines = [line.strip() for line in words_of(script).splitlines()]
    return {couple for couple in pairwise(lines) if len("".join(couple)) > 60}


def test_what_two_scripts_need_stands_in_the_shared_one():
    twice = [
        (one.name, other.name)
        for one, other in combinations(SCRIPTS, 2)
        if couples_of_lines(one) & couples_of_lines(other)
    ]

    assert twice == []


@pytest.mark.parametrize("path", BUILT_SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_keep_nothing_on_the_phone_and_run_on_old_engines(path):
    script = path.read_text(encoding="utf-8")

    assert re.findall(r"localStorage|sessionStorage|indexedDB|pushState|alert\(|eval\(", script) == []
    assert re.findall(r"\?\.[a-z(\[]|\?\?|\.replaceAll\(|\.flatMap\(|\.at\(|catch\{", script) == []
