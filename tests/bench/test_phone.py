"""What Lighthouse says becomes figures beside their limits; Lighthouse itself runs in `make bench`."""

import json

import pytest

from bench.figures import Figure
from bench.phone import LIGHTHOUSE, PAGES, figures_of

AUDIT = {
    "name": "landing",
    "problem": "",
    "marks": {"performance": 97, "accessibility": 100, "best-practices": 100},
    "lcp_ms": 914.2,
}


def test_marks_and_the_largest_paint_of_the_landing_page_stand_beside_their_limits():
    assert list(map(str, figures_of(AUDIT))) == [
        "phone, landing page, performance: 97 of 100 (limit ≥ 98 of 100) BROKEN",
        "phone, landing page, accessibility: 100 of 100 (limit ≥ 100 of 100)",
        "phone, landing page, best-practices: 100 of 100 (limit ≥ 100 of 100)",
        "phone, landing page, largest paint: 914 ms (limit ≤ 1000 ms)",
    ]


def test_later_pages_have_no_limit_for_their_largest_paint():
    *_marks, paint = figures_of(AUDIT | {"name": "person"})

    assert paint == Figure("phone, person page, largest paint", 914.2, "ms")


def test_a_page_that_could_not_be_looked_at_is_no_figure():
    with pytest.raises(RuntimeError, match="person: Status code: 404"):
        list(figures_of(AUDIT | {"name": "person", "problem": "Status code: 404"}))


def test_every_kind_of_form_page_is_audited(service):
    served = {rule.endpoint for rule in service.app.url_map.iter_rules()}
    router = service.app.url_map.bind("localhost")

    assert {router.match(path)[0] for path in PAGES.values()} <= served
    assert {"landing", "eligibility", "consent", "person", "work", "story", "photos", "check"} <= PAGES.keys()


def test_lighthouse_is_pinned_to_versions():
    wanted = json.loads((LIGHTHOUSE / "package.json").read_text(encoding="utf-8"))["dependencies"]
    locked = json.loads((LIGHTHOUSE / "package-lock.json").read_text(encoding="utf-8"))["packages"]

    assert {name: locked[f"node_modules/{name}"]["version"] for name in wanted} == wanted
