"""Days as the campaign's clocks count them: when a daily letter is due, and from when to when a day lasts."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from h5app.domain.letter import LONGEST_WAIT


def last_moment(at: time, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The newest moment, `now` included, at which those clocks showed `at`.

    >>> last_moment(time(18), zone=ZoneInfo("Asia/Shanghai"), now=datetime(2026, 11, 22, 9, 59, tzinfo=UTC))
    datetime.datetime(2026, 11, 21, 18, 0, tzinfo=zoneinfo.ZoneInfo(key='Asia/Shanghai'))
    """
    local = now.astimezone(zone)
    today = datetime.combine(local.date(), at, tzinfo=zone)
    return today if today <= local else datetime.combine(local.date() - timedelta(days=1), at, tzinfo=zone)


def next_moment(at: time, *, zone: ZoneInfo, now: datetime) -> datetime:
    """The first moment after `now` at which those clocks will show `at`."""
    last = last_moment(at, zone=zone, now=now)
    return datetime.combine(last.date() + timedelta(days=1), at, tzinfo=zone)


def span_of(day: date, *, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a day begins, and when the next one does, as instants in UTC.

    >>> [moment.isoformat() for moment in span_of(date(2026, 11, 22), zone=ZoneInfo("Asia/Shanghai"))]
    ['2026-11-21T16:00:00+00:00', '2026-11-22T16:00:00+00:00']
    """
    begins, ends = (datetime.combine(each, time(), tzinfo=zone) for each in (day, day + timedelta(days=1)))
    return begins.astimezone(UTC), ends.astimezone(UTC)


def is_overdue(since: datetime, *, last: datetime, now: datetime) -> bool:
    """Whether what has waited since then should have gone at the last moment.

    So should what seems to wait since a time that is still far ahead: a clock that ran fast has left it behind, and it
    must not be parked until then.
    """
    return since <= last or since > now + LONGEST_WAIT


def day_words(day: date) -> str:
    """A day as subjects say it.

    >>> day_words(date(2026, 11, 22))
    '11月22日'
    """
    return f"{day.month}月{day.day}日"
