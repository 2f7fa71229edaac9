from datetime import date

from h5app.domain.channel import FUNNEL, FunnelStep
from h5app.domain.funnel import DIRECT, DayCount, Funnel

SCAN, LANDING, STARTED, SUBMITTED = FUNNEL
FIRST, SECOND = date(2026, 11, 21), date(2026, 11, 22)
NOBODY = dict.fromkeys(FunnelStep, 0)


def found():
    return Funnel(
        (
            DayCount("K7WM", FIRST, SCAN, 3),
            DayCount("K7WM", SECOND, SCAN, 2),
            DayCount("K7WM", SECOND, LANDING, 1),
            DayCount("H3NR", FIRST, FunnelStep.FORWARDED, 2),
            DayCount(DIRECT, SECOND, STARTED, 1),
        )
    )


def test_each_channel_has_its_own_sums_and_the_total_has_everybody():
    assert found().of("K7WM") == NOBODY | {SCAN: 5, LANDING: 1}
    assert found().of("XXXX") == NOBODY
    assert found().total == NOBODY | {SCAN: 5, LANDING: 1, STARTED: 1, FunnelStep.FORWARDED: 2}
    assert found().codes == (DIRECT, "H3NR", "K7WM")


def test_days_come_in_order_and_only_where_somebody_came():
    assert found().by_day("K7WM") == {FIRST: NOBODY | {SCAN: 3}, SECOND: NOBODY | {SCAN: 2, LANDING: 1}}
    assert list(found().by_day()) == [FIRST, SECOND]
    assert found().by_day()[SECOND] == NOBODY | {SCAN: 2, LANDING: 1, STARTED: 1}
    assert found().by_day("XXXX") == {}
