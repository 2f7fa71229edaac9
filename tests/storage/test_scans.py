from datetime import date

from tests.threads import at_once


def test_scans_are_counted_by_code_over_all_days(any_stores):
    scans = any_stores.scans
    for day in (1, 1, 2):
        scans.count("K7WM", day=date(2026, 11, day))
    scans.count("H3NR", day=date(2026, 11, 1))

    assert scans.totals() == {"K7WM": 3, "H3NR": 1}


def test_nothing_scanned_is_an_empty_count(any_stores):
    assert any_stores.scans.totals() == {}


def test_nothing_is_kept_of_who_scanned(any_stores):
    any_stores.scans.count("K7WM", day=date(2026, 11, 1))

    assert any_stores.rows.read("SELECT * FROM scans") == [{"code": "K7WM", "day": "2026-11-01", "count": 1}]


def test_twenty_scans_at_once_are_all_counted(any_stores):
    at_once(lambda: any_stores.scans.count("K7WM", day=date(2026, 11, 1)), 20)

    assert any_stores.scans.totals() == {"K7WM": 20}
