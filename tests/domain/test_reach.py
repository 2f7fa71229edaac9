from datetime import date, timedelta

import pytest

from h5app.domain.channel import Channel, KeptChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Route
from h5app.domain.reach import MOST_DAYS, Reach, ReachLine, ReachSearch, report, whole_days

DAY = date(2026, 11, 1)
DEPOT = KeptChannel(Channel("K7WM", "中通示例站", Route.SELF, "解放区", "快递员"))
FLEET = KeptChannel(Channel("H3NR", "示例车队", None, "解放区", "货车司机"))
HALL = KeptChannel(Channel("M9TF", "总海报"))
CHANNELS = (DEPOT, FLEET, HALL)


def steps(scan=0, landing=0, started=0, submitted=0):
    return dict(zip(FunnelStep, (scan, landing, started, submitted), strict=False))


BY_CODE = {"K7WM": steps(10, 8, 4, 1), "H3NR": steps(20, 15, 5, 2), "": steps(0, 70, 9, 3), "X4GE": steps(5, 4)}


def told(search=ReachSearch()):  # noqa: B008 -- frozen
    return report(CHANNELS, by_code=BY_CODE, by_day={}, search=search)


def test_every_channel_has_a_line_and_all_lines_add_up_without_those_who_came_directly():
    found = told()

    assert [(line.name, line.reach) for line in found.lines] == [
        ("中通示例站", Reach(10, 8, 4, 1)),
        ("示例车队", Reach(20, 15, 5, 2)),
        ("总海报", Reach()),
        ("已不在名单里", Reach(5, 4)),
    ]
    assert found.total == Reach(35, 27, 9, 3)
    assert found.direct == Reach(0, 70, 9, 3)


@pytest.mark.parametrize("groups", ["regions", "categories", "routes"])
def test_each_way_of_grouping_adds_up_to_the_same_sum(groups):
    found = told()

    assert sum((line.reach for line in getattr(found, groups)), Reach()) == found.total


def test_groups_stand_with_most_scans_first():
    assert told().regions == (
        ReachLine("解放区", Reach(30, 23, 9, 3)),
        ReachLine("已不在名单里", Reach(5, 4)),
        ReachLine("不分地区", Reach()),
    )


@pytest.mark.parametrize(
    ("search", "codes"),
    [
        (ReachSearch(region="解放区"), ["K7WM", "H3NR"]),
        (ReachSearch(category="快递员"), ["K7WM"]),
        (ReachSearch(route="self"), ["K7WM"]),
        (ReachSearch(route="none"), ["H3NR", "M9TF"]),
        (ReachSearch(region="解放区", route="none"), ["H3NR"]),
        (ReachSearch(region="温县"), []),
        (ReachSearch(region="none"), ["M9TF"]),
    ],
)
def test_a_search_about_channels_finds_them_and_nobody_without_a_poster(search, codes):
    found = told(search)

    assert [line.code for line in found.lines] == codes
    assert found.direct is None


def test_days_without_anybody_are_drawn_too():
    found = whole_days({DAY: steps(3), DAY + timedelta(3): steps(1, 1)})

    assert [(day.day, reach.scan) for day, reach in found] == [(1, 3), (2, 0), (3, 0), (4, 1)]


def test_a_day_of_a_wrong_clock_does_not_draw_decades():
    found = whole_days({date(1970, 1, 1): steps(1), DAY: steps(2)})

    assert len(found) == MOST_DAYS
    assert (found[-1][0], found[-1][1].scan) == (DAY, 2)


def test_the_rate_is_of_scans_and_sorts_last_where_there_are_none():
    assert Reach(scan=8, submitted=1).rate == 0.125
    assert Reach(landing=8, submitted=1).rate < Reach(scan=8).rate
