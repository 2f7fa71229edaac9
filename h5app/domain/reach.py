"""Reach: how many people came how far, by channel, by group of channels and by day. Sums always add up.

People who open the page without a poster are counted under no code; they stand beside the posters' sums, never in them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from h5app.domain.channel import KeptChannel, is_for
from h5app.domain.funnel import DIRECT, FUNNEL, GONE_NAME, FunnelStep, Steps

MOST_DAYS = 366
"""Days that a chart shows, the newest: one day counted by a clock that was wrong must not draw decades."""


@dataclass(frozen=True)
class Reach:
    """How many came how far.

    Args:
        forwarded: scans that a redirected code has led elsewhere; all the other numbers are counted there.
    """

    scan: int = 0
    landing: int = 0
    started: int = 0
    submitted: int = 0
    forwarded: int = 0

    def __add__(self, other: "Reach") -> "Reach":
        return Reach(
            self.scan + other.scan,
            self.landing + other.landing,
            self.started + other.started,
            self.submitted + other.submitted,
            self.forwarded + other.forwarded,
        )

    def __bool__(self) -> bool:
        return self != Reach()

    @property
    def rate(self) -> float:
        """The share of scans that ended in an entry; −1 where nobody has scanned, so that it sorts last."""
        return self.submitted / self.scan if self.scan else -1

    @property
    def steps(self) -> tuple[tuple[FunnelStep, int], ...]:
        return tuple((step, getattr(self, step.value)) for step in FUNNEL)


def reach_of(steps: Steps) -> Reach:
    """
    >>> reach_of({FunnelStep.SCAN: 8, FunnelStep.SUBMITTED: 2})
    Reach(scan=8, landing=0, started=0, submitted=2, forwarded=0)
    """
    return Reach(**{step.value: steps.get(step, 0) for step in FunnelStep})


@dataclass(frozen=True)
class ReachSearch:
    """What counts are narrowed to; None and "" stand for all, see `domain.channel.is_for`."""

    since: date | None = None
    until: date | None = None
    region: str = ""
    category: str = ""
    route: str = ""

    @property
    def is_about_channels(self) -> bool:
        return bool(self.region or self.category or self.route)

    def has(self, kept: KeptChannel) -> bool:
        return is_for(kept.channel, region=self.region, category=self.category, route=self.route)


@dataclass(frozen=True)
class ReachLine:
    """One row of a table: a channel's, or a group's."""

    name: str
    reach: Reach
    code: str = ""
    kept: KeptChannel | None = None


@dataclass(frozen=True)
class ReachReport:
    """Counts as a page shows them.

    Args:
        lines: a channel each; last those whose codes stand in no list any more.
        total: of all lines.
        direct: of whoever came without a poster; None where the search is about certain channels.
        days: every day from the first to the last with a count, of all lines.
    """

    lines: tuple[ReachLine, ...]
    total: Reach
    direct: Reach | None
    regions: tuple[ReachLine, ...] = ()
    categories: tuple[ReachLine, ...] = ()
    routes: tuple[ReachLine, ...] = ()
    days: tuple[tuple[date, Reach], ...] = ()


def report(
    channels: Sequence[KeptChannel], *, by_code: Mapping[str, Steps], by_day: Mapping[date, Steps], search: ReachSearch
) -> ReachReport:
    """Put counts beside the channels they are about.

    Args:
        by_code: code → counts, `DIRECT` for whoever had none.
        by_day: the same counts day by day, of the channels that the search finds and without `DIRECT`.
    """
    lines = [
        ReachLine(kept.channel.name, reach_of(by_code.get(kept.channel.code, {})), kept.channel.code, kept)
        for kept in channels
        if search.has(kept)
    ]
    if not search.is_about_channels:
        known = {kept.channel.code for kept in channels} | {DIRECT}
        lines += [
            ReachLine(GONE_NAME, reach_of(steps), code) for code, steps in sorted(by_code.items()) if code not in known
        ]
    return ReachReport(
        lines=tuple(lines),
        total=sum((line.reach for line in lines), Reach()),
        direct=None if search.is_about_channels else reach_of(by_code.get(DIRECT, {})),
        regions=grouped(lines, lambda kept: kept.channel.region or "不分地区"),
        categories=grouped(lines, lambda kept: kept.channel.category or "不分类别"),
        routes=grouped(lines, lambda kept: kept.channel.route.label if kept.channel.route else "不限方式"),
        days=whole_days(by_day),
    )


def grouped(lines: Iterable[ReachLine], name: Callable[[KeptChannel], str]) -> tuple[ReachLine, ...]:
    """Sums by group, most scans first; they add up to the sum of all lines."""
    sums: dict[str, Reach] = {}
    for line in lines:
        group = name(line.kept) if line.kept else line.name
        sums[group] = sums.get(group, Reach()) + line.reach
    return tuple(ReachLine(group, reach) for group, reach in sorted(sums.items(), key=lambda each: -each[1].scan))


def whole_days(by_day: Mapping[date, Steps]) -> tuple[tuple[date, Reach], ...]:
    """Every day from the first to the last, those without a count too; the newest `MOST_DAYS` of them."""
    if not by_day:
        return ()
    last = max(by_day)
    first = max(min(by_day), last - timedelta(days=MOST_DAYS - 1))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return tuple((day, reach_of(by_day.get(day, {}))) for day in days)


def per_cent(part: int, whole: int) -> str:
    """A share with one decimal; "—" of nothing.

    >>> per_cent(1, 8), per_cent(3, 3), per_cent(0, 0)
    ('12.5%', '100.0%', '—')
    """
    return f"{100 * part / whole:.1f}%" if whole else "—"
