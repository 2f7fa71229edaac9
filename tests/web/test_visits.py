"""Once a browser and day, and nothing in the session that tells one browser from another."""

from datetime import date, timedelta

import pytest

from h5app.domain.channel import Channel, ChannelState, KeptChannel
from h5app.domain.funnel import FunnelStep
from h5app.web.visits import count_scan, remember

TODAY = date(2026, 11, 22)
SCAN, FORWARDED = FunnelStep.SCAN, FunnelStep.FORWARDED


class Counted(list):
    """Takes what is counted."""

    def count(self, code, step, *, day):
        self.append((code, step, day))


@pytest.fixture
def counted():
    return Counted()


def active(code):
    return KeptChannel(Channel(code, "示例站"))


def test_a_second_look_on_the_same_day_is_no_second_scan(counted):
    session = {}
    for code, day in (("K7WM", TODAY), ("K7WM", TODAY), ("H3NR", TODAY), ("K7WM", TODAY + timedelta(days=1))):
        count_scan(session, counted, code, active(code), today=day)

    assert counted == [("K7WM", SCAN, TODAY), ("H3NR", SCAN, TODAY), ("K7WM", SCAN, TODAY + timedelta(days=1))]


def test_the_session_holds_codes_and_a_day(counted):
    session = {}
    count_scan(session, counted, "H3NR", active("K7WM"), today=TODAY)
    remember(session, active("K7WM"))

    assert session == {"scanned": "2026-11-22 H3NR", "arriving": True, "channel": "K7WM"}


def test_what_leads_elsewhere_counts_there_and_as_forwarded_here(counted):
    count_scan({}, counted, "H3NR", active("K7WM"), today=TODAY)

    assert counted == [("K7WM", SCAN, TODAY), ("H3NR", FORWARDED, TODAY)]


def test_whoever_scans_a_stopped_poster_is_not_on_the_way(counted):
    session = {}
    count_scan(session, counted, "H3NR", KeptChannel(Channel("H3NR", "旧"), ChannelState.REVOKED), today=TODAY)

    assert counted == [("H3NR", SCAN, TODAY)]
    assert session["arriving"] is False


def test_the_session_stays_small_however_many_posters_somebody_opens(counted):
    session = {}
    for number in range(100):
        count_scan(session, counted, f"CODE{number}", active("K7WM"), today=TODAY)

    assert session["scanned"].split() == ["2026-11-22", *(f"CODE{number}" for number in range(80, 100))]
