from datetime import date

import pytest

from h5app.domain.funnel import FunnelStep

SCAN, LANDING = FunnelStep.SCAN, FunnelStep.LANDING


@pytest.fixture
def counts(any_stores):
    for code, step, day, times in (
        ("K7WM", SCAN, 1, 5),
        ("K7WM", SCAN, 2, 7),
        ("K7WM", LANDING, 2, 4),
        ("H3NR", SCAN, 2, 3),
        ("", LANDING, 3, 9),
    ):
        any_stores.counts.add(code, step, day=date(2026, 11, day), by=times)
    return any_stores.counts


def test_sums_by_code_hold_all_days_or_those_asked_for(counts):
    assert counts.sums_by_code(None, None) == {"K7WM": {SCAN: 12, LANDING: 4}, "H3NR": {SCAN: 3}, "": {LANDING: 9}}
    assert counts.sums_by_code(date(2026, 11, 2), date(2026, 11, 2)) == {
        "K7WM": {SCAN: 7, LANDING: 4},
        "H3NR": {SCAN: 3},
    }
    assert counts.sums_by_code(date(2027, 1, 1), None) == {}


def test_sums_by_day_are_of_all_posters_or_of_those_asked_for(counts):
    first, second = date(2026, 11, 1), date(2026, 11, 2)

    assert counts.sums_by_day(None, None) == {first: {SCAN: 5}, second: {SCAN: 10, LANDING: 4}}
    assert counts.sums_by_day(None, None, codes=["H3NR"]) == {second: {SCAN: 3}}
    assert counts.sums_by_day(None, first, codes=["H3NR", "K7WM"]) == {first: {SCAN: 5}}
    assert counts.sums_by_day(None, None, codes=[]) == {}


def test_days_come_oldest_first(counts):
    assert list(counts.sums_by_day(None, None)) == [date(2026, 11, 1), date(2026, 11, 2)]


def test_sums_are_read_from_an_index_alone(stores):
    plan = stores.rows.read("EXPLAIN QUERY PLAN SELECT code, step, SUM(count) AS n FROM counts GROUP BY code, step")

    assert [row["detail"] for row in plan] == ["SCAN counts USING COVERING INDEX counts_sums"]
