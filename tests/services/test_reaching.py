from datetime import UTC, date, datetime

import pytest

from h5app.domain.channel import Channel, KeptChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.reach import Reach, ReachSearch
from h5app.services.reaching import reach_of_channel, reach_report
from h5app.storage.stores import open_stores

DAY = datetime(2026, 11, 22, tzinfo=UTC).date()
CHANNELS = tuple(KeptChannel(Channel(code, code, region="解放区")) for code in ("K7WM", "H3NR", "M9TF", "X4GE"))


class CountedRows:
    """Rows that know how often they were read."""

    def __init__(self, rows):
        self.rows, self.reads = rows, 0

    def read(self, sql, params):
        self.reads += 1
        return self.rows.read(sql, params)


@pytest.fixture
def counted(stores):
    for kept in CHANNELS:
        stores.counts.add(kept.channel.code, FunnelStep.SCAN, day=DAY, by=10)
        stores.counts.add(kept.channel.code, FunnelStep.FORWARDED, day=DAY, by=3)
    stores.counts.add("", FunnelStep.LANDING, day=DAY, by=5)
    return stores


@pytest.mark.parametrize("search", [ReachSearch(), ReachSearch(region="解放区"), ReachSearch(since=DAY, until=DAY)])
def test_all_channels_are_added_up_in_two_statements(counted, vault, search):
    rows = CountedRows(counted.rows)

    found = reach_report(open_stores(rows, vault), CHANNELS, search)

    assert found.total == Reach(scan=40, forwarded=12)
    assert found.days == ((DAY, Reach(scan=40, forwarded=12)),)
    assert rows.reads == 2


def test_one_channel_has_its_own_sum_and_days(counted):
    counted.counts.add("K7WM", FunnelStep.SUBMITTED, day=date(2026, 11, 20), by=2)

    total, days = reach_of_channel(counted, "K7WM")

    assert total == Reach(scan=10, submitted=2, forwarded=3)
    assert [(day.day, reach) for day, reach in days] == [
        (20, Reach(submitted=2)),
        (21, Reach()),
        (22, Reach(scan=10, forwarded=3)),
    ]


def test_a_channel_that_nobody_has_scanned_has_no_days(stores):
    assert reach_of_channel(stores, "K7WM") == (Reach(), ())
