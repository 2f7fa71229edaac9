from datetime import date

from h5app.domain.funnel import DIRECT, DayCount, FunnelStep
from h5app.storage.migrations import STEPS, migrate
from tests.threads import at_once

DAY, NEXT_DAY = date(2026, 11, 22), date(2026, 11, 23)
SCAN, FORWARDED = FunnelStep.SCAN, FunnelStep.FORWARDED


def test_counts_add_up_by_code_day_and_step(any_stores):
    counts = any_stores.counts
    counts.add("K7WM", SCAN, day=DAY)
    counts.add("K7WM", SCAN, day=DAY, by=3)
    counts.add("K7WM", SCAN, day=NEXT_DAY)
    counts.add(DIRECT, FunnelStep.STARTED, day=DAY)

    first = (DayCount(DIRECT, DAY, FunnelStep.STARTED, 1), DayCount("K7WM", DAY, SCAN, 4))
    second = DayCount("K7WM", NEXT_DAY, SCAN, 1)
    assert counts.between(None, None) == (*first, second)
    assert counts.between(DAY, DAY) == first
    assert counts.between(NEXT_DAY, None) == (second,)
    assert counts.between(None, DAY) == first


def test_a_code_keeps_its_scans_when_they_lead_elsewhere(any_stores):
    any_stores.counts.add("K7WM", SCAN, day=DAY, by=2)
    any_stores.counts.add("H3NR", SCAN, day=DAY)
    any_stores.counts.add("H3NR", FORWARDED, day=NEXT_DAY, by=4)
    any_stores.counts.add("H3NR", FunnelStep.SUBMITTED, day=DAY)

    assert any_stores.counts.scans() == {"K7WM": 2, "H3NR": 5}


def test_nothing_counted_is_no_count(any_stores):
    assert any_stores.counts.scans() == {}
    assert any_stores.counts.between(None, None) == ()


def test_nothing_is_kept_of_who_scanned(any_stores):
    any_stores.counts.add("K7WM", SCAN, day=DAY)

    kept = {"code": "K7WM", "day": "2026-11-22", "step": "scan", "count": 1}
    assert any_stores.rows.read("SELECT * FROM counts") == [kept]


def test_twenty_at_once_are_all_counted(any_stores):
    at_once(lambda: any_stores.counts.add("K7WM", SCAN, day=DAY), 20)

    assert any_stores.counts.scans() == {"K7WM": 20}


def test_F10_scans_of_earlier_releases_are_scans_still(bare_rows):
    before = [step.name for step in STEPS].index("0011_channels")
    migrate(bare_rows, STEPS[:before])
    bare_rows.write("INSERT INTO scans (code, day, count) VALUES ('K7WM', '2026-11-21', 7), ('OLD1', '2026-11-22', 1)")

    migrate(bare_rows)

    assert bare_rows.read("SELECT * FROM counts ORDER BY code") == [
        {"code": "K7WM", "day": "2026-11-21", "step": "scan", "count": 7},
        {"code": "OLD1", "day": "2026-11-22", "step": "scan", "count": 1},
    ]
