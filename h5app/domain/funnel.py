"""From a poster to an entry, in numbers: how many came how far, by channel and day."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from h5app.domain.channel import FunnelStep

DIRECT = ""
"""The code of those who came without a poster (直接打开)."""

Steps = Mapping[FunnelStep, int]


@dataclass(frozen=True)
class DayCount:
    """How many came as far as `step` on a day; `code` is the channel's, or `DIRECT`."""

    code: str
    day: date
    step: FunnelStep
    count: int


@dataclass(frozen=True)
class Funnel:
    """The counts of a span of days.

    A redirected code has only 转走: what its scans became is counted for the channel it leads to, so that `total` has
    each person once.
    """

    counts: tuple[DayCount, ...]
    _by_code: dict[str, Counter[FunnelStep]] = field(init=False, default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for each in self.counts:
            self._by_code.setdefault(each.code, Counter())[each.step] += each.count

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes that have been counted at all, also of channels that are no more."""
        return tuple(sorted(self._by_code))

    @property
    def total(self) -> Steps:
        """Step → how many, over all channels and those who came without one."""
        return _filled(sum(self._by_code.values(), Counter()))

    def of(self, code: str) -> Steps:
        """Step → how many of one channel; 0 where nobody came so far."""
        return _filled(self._by_code.get(code, {}))

    def by_day(self, code: str | None = None) -> Mapping[date, Steps]:
        """Day → step → how many, oldest first, of one channel or of all (None); days without anybody are left out."""
        chosen = (count for count in self.counts if code is None or count.code == code)
        return _by_day(chosen)


def _by_day(counts: Iterable[DayCount]) -> Mapping[date, Steps]:
    days: dict[date, Counter[FunnelStep]] = {}
    for count in counts:
        days.setdefault(count.day, Counter())[count.step] += count.count
    return {day: _filled(days[day]) for day in sorted(days)}


def _filled(steps: Steps) -> Steps:
    return {step: steps.get(step, 0) for step in FunnelStep}
