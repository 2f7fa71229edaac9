"""Counts of people who came by a poster, or without one, by channel, day and step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from h5app.domain.channel import FunnelStep

DIRECT = ""
"""The code of those who came without a poster (直接打开)."""

Steps = Mapping[FunnelStep, int]


@dataclass(frozen=True)
class DayCount:
    """How many came as far as `step` on a day; `code` is the channel's, or `DIRECT`.

    A redirected code has only 转走: what its scans became is counted for the channel it leads to.
    """

    code: str
    day: date
    step: FunnelStep
    count: int
