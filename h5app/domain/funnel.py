"""The funnel: how far people came from a poster, or without one, to an entry; counted by channel, day and step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class FunnelStep(StrEnum):
    """How far somebody came; in this order, but for the last, which is no step further."""

    SCAN = "scan"
    LANDING = "landing"
    STARTED = "started"
    SUBMITTED = "submitted"
    FORWARDED = "forwarded"  # a scan of a redirected code, counted for it as well as for where it leads

    @property
    def label(self) -> str:
        return _STEP_LABELS[self.value]


FUNNEL = (FunnelStep.SCAN, FunnelStep.LANDING, FunnelStep.STARTED, FunnelStep.SUBMITTED)
_STEP_LABELS = {
    "scan": "扫码",
    "landing": "打开首页",
    "started": "开始填写",
    "submitted": "提交",
    "forwarded": "转走",
}

DIRECT = ""
"""The code of those who came without a poster."""
DIRECT_NAME = "直接打开"
GONE_NAME = "已不在名单里"
"""What stands where the name of a channel would, once no list has it any more."""

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
