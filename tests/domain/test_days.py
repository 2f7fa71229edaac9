from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from h5app.domain.days import is_overdue, last_moment, next_moment, span_of

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
CHINA = timezone(timedelta(hours=8))
EVENING = time(18)


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 11, 22, 17, 59, 59, tzinfo=CHINA), datetime(2026, 11, 21, 18, tzinfo=CHINA)),
        (datetime(2026, 11, 22, 18, tzinfo=CHINA), datetime(2026, 11, 22, 18, tzinfo=CHINA)),
        (datetime(2026, 11, 22, 23, 59, tzinfo=CHINA), datetime(2026, 11, 22, 18, tzinfo=CHINA)),
        (datetime(2026, 11, 23, 0, 0, tzinfo=CHINA), datetime(2026, 11, 22, 18, tzinfo=CHINA)),
        # The day of a moment is the campaign's, not UTC's: here it still is yesterday in Greenwich.
        (datetime(2026, 11, 22, 23, tzinfo=UTC), datetime(2026, 11, 22, 18, tzinfo=CHINA)),
    ],
)
def test_the_last_moment_is_never_ahead_and_never_a_day_old(now, last):
    assert last_moment(EVENING, zone=SHANGHAI, now=now) == last
    assert next_moment(EVENING, zone=SHANGHAI, now=now) == last + timedelta(days=1)


@pytest.mark.parametrize("at", [time(0), time(23, 59, 59)])
def test_midnight_belongs_to_the_day_that_begins(at):
    midnight = datetime(2026, 11, 22, tzinfo=CHINA)

    last = last_moment(at, zone=SHANGHAI, now=midnight)

    assert last.date() == (date(2026, 11, 22) if at == time(0) else date(2026, 11, 21))


def test_days_follow_one_another_without_a_gap_also_where_clocks_are_put_back():
    autumn = [date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)]

    spans = [span_of(day, zone=BERLIN) for day in autumn]

    assert [ends - begins for begins, ends in spans] == [timedelta(hours=hours) for hours in (24, 25, 24)]
    assert spans[0][1] == spans[1][0]
    assert spans[1][1] == spans[2][0]


@pytest.mark.parametrize(
    ("since_hours", "overdue"),
    [(-1, True), (0, True), (1, False), (4, False), (9, False), (12, True), (100_000, True)],
)
def test_F7_what_waits_since_a_time_far_ahead_is_not_parked_until_then(since_hours, overdue):
    last = datetime(2026, 11, 22, 10, tzinfo=UTC)

    assert is_overdue(last + timedelta(hours=since_hours), last=last, now=last + timedelta(hours=5)) is overdue
