"""Pages of docs say which tests show which sentence: they must exist, and the tables must hold together."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.journeys.pages import LOOKS, PAGES

TESTS = Path(__file__).resolve().parents[1]
TABLES = {
    name: (TESTS.parent / "docs" / name).read_text(encoding="utf-8")
    for name in ("phone.md", "paper-and-mail.md", "posters.md")
}
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


@cache
def defined_in(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def rows_of_sentences(page: str) -> Iterator[list[str]]:
    """The rows of those tables whose head says so; a page may have others."""
    inside = False
    for line in page.splitlines():
        if line == "| sentence | shown by |":
            inside = True
        elif not line.startswith("|"):
            inside = False
        elif inside and not line.startswith("|---"):
            yield line.strip("| ").split(" | ")


@pytest.mark.parametrize("page", TABLES)
def test_every_test_that_the_table_names_exists(page):
    named = NAMED.findall(TABLES[page])

    assert len(named) > 100
    assert [f"{path}::{name}" for path, name in named if name not in defined_in(path)] == []


@pytest.mark.parametrize("page", TABLES)
def test_every_sentence_of_the_table_is_shown_by_something(page):
    sentences = list(rows_of_sentences(TABLES[page]))

    assert [row for row in sentences if len(row) != 2 or not row[1].strip()] == []
    assert [row[0] for row in sentences if not NAMED.search(row[1]) and "named above" not in row[1]] == []


def test_docs_hold_a_picture_of_every_page_in_every_look():
    wanted = {f"{page.name}-{look}.png" for page in PAGES for look in LOOKS}

    assert {path.name for path in (TESTS.parent / "docs/screens/phone").glob("*.png")} == wanted
