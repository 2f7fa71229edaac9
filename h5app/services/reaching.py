"""Reaching: what the posters brought, as the console shows it and as files that staff take with them."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from operator import attrgetter

from h5app.documents.csv_table import csv_table
from h5app.domain.channel import KeptChannel
from h5app.domain.funnel import DIRECT, DIRECT_NAME, FUNNEL, GONE_NAME
from h5app.domain.reach import Reach, ReachLine, ReachReport, ReachSearch, per_cent, reach_of, report, whole_days
from h5app.storage.stores import Stores

_PLACE_HEADINGS = ("渠道", "编码", "县（市、区）", "类别", "推荐方式", "现状")
_STEP_HEADINGS = tuple(step.label for step in FUNNEL)


def reach_report(stores: Stores, channels: Sequence[KeptChannel], search: ReachSearch) -> ReachReport:
    """What the posters that the search finds brought in its days; two statements, however many there are."""
    codes = [kept.channel.code for kept in channels if search.has(kept)] if search.is_about_channels else None
    return report(
        channels,
        by_code=stores.counts.sums_by_code(search.since, search.until),
        by_day=stores.counts.sums_by_day(search.since, search.until, codes=codes),
        search=search,
    )


def reach_of_channel(stores: Stores, code: str) -> tuple[Reach, tuple[tuple[date, Reach], ...]]:
    """What one channel has brought so far, and day by day."""
    by_day = stores.counts.sums_by_day(None, None, codes=[code])
    return sum(map(reach_of, by_day.values()), Reach()), whole_days(by_day)


def totals_csv(found: ReachReport) -> bytes:
    """One row a channel, then who came without a poster; no sums, so that a spreadsheet's own come out right."""
    direct = () if found.direct is None else (ReachLine(DIRECT_NAME, found.direct, DIRECT),)
    return csv_table([*_PLACE_HEADINGS, *_STEP_HEADINGS, "提交/扫码"], map(_total_row, (*found.lines, *direct)))


def days_csv(stores: Stores, channels: Sequence[KeptChannel], search: ReachSearch) -> bytes:
    """One row a channel and day on which anybody came."""
    return csv_table(["日期", *_PLACE_HEADINGS, *_STEP_HEADINGS], _day_rows(stores, channels, search))


def _total_row(line: ReachLine) -> tuple[str | int, ...]:
    reach = line.reach
    return (*_place(line.kept, line.name, line.code), *_numbers(reach), per_cent(reach.submitted, reach.scan))


def _day_rows(stores: Stores, channels: Sequence[KeptChannel], search: ReachSearch) -> Iterator[tuple[str | int, ...]]:
    known = {kept.channel.code: kept for kept in channels}
    for (day, code), counts in groupby(stores.counts.between(search.since, search.until), attrgetter("day", "code")):
        kept = known.get(code)
        if search.has(kept) if kept else not search.is_about_channels:
            name = kept.channel.name if kept else GONE_NAME if code else DIRECT_NAME
            reach = reach_of({each.step: each.count for each in counts})
            yield (day.isoformat(), *_place(kept, name, code), *_numbers(reach))


def _place(kept: KeptChannel | None, name: str, code: str) -> tuple[str, ...]:
    if kept is None:
        return (name, code, "", "", "", "")
    channel = kept.channel
    route = channel.route.label if channel.route else "不限方式"
    return (name, code, channel.region, channel.category, route, kept.state.label)


def _numbers(reach: Reach) -> tuple[int, ...]:
    return tuple(count for _step, count in reach.steps)
