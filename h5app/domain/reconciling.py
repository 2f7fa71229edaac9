"""The daily account: where every entry stands, in sums that must agree, and which ones no mailbox has. No names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route


class Standing(StrEnum):
    """Where an entry's newest revision stands, those first that somebody must look after."""

    LOST = "lost"  # it should have a letter and has none, or one that is called sent and is not
    HELD = "held"
    UNKNOWN = "unknown"
    QUEUED = "queued"
    COLLECTED = "collected"
    WRITTEN = "written"
    UNCONFIRMED = "unconfirmed"
    SENT = "sent"
    TYPED_IN = "typed_in"  # staff had it by mail, and did not send it there again
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Mapping[Standing, str] = {
    Standing.LOST: "找不到邮件",
    Standing.HELD: "需人工处理",
    Standing.UNKNOWN: "可能已寄到",
    Standing.QUEUED: "等待寄出",
    Standing.COLLECTED: "等待汇总寄出",
    Standing.WRITTEN: "只写成文件",
    Standing.UNCONFIRMED: "待本人确认",
    Standing.SENT: "已寄出",
    Standing.TYPED_IN: "录自邮件，不用寄",
    Standing.WITHDRAWN: "已撤回",
    Standing.DECLINED: "本人谢绝",
}

UNMAILED = (
    Standing.LOST,
    Standing.HELD,
    Standing.UNKNOWN,
    Standing.QUEUED,
    Standing.COLLECTED,
    Standing.WRITTEN,
)
"""The office should have it, and no server has taken it for sure."""


@dataclass(frozen=True)
class Tally:
    """How many entries of a route and a category stand where: those of the day, and all until its end."""

    route: Route
    category: str
    standing: Standing
    on_day: int
    so_far: int


@dataclass(frozen=True)
class Gap:
    """One entry that no mailbox has in its newest revision, or whose end the mailbox has not been told.

    Args:
        kind: WITHDRAWAL where it is the end that waits.
        since: when that revision was submitted, or the letter that tells of the end was last due.
        note: what the outbox says of it; "" where nothing has been tried.
        days: whole days since then.
    """

    reference: str
    revision: int
    kind: LetterKind
    standing: Standing
    since: datetime
    note: str = ""
    alarm: bool = False
    days: int = 0


@dataclass(frozen=True)
class Returned:
    """An entry that staff have sent back, and that has not been mended for so many whole days."""

    reference: str
    since: datetime
    days: int = 0


@dataclass(frozen=True)
class DailyLetter:
    """A digest or a report that nobody has taken yet."""

    kind: LetterKind
    path: str
    day: str
    state: LetterState
    note: str


@dataclass(frozen=True)
class Figures:
    """Entries of a day, or all: how many there are, and how many stand where."""

    received: int
    standing: Mapping[Standing, int]

    @property
    def accounted(self) -> int:
        """Those of whom it is known where they are."""
        return sum(count for standing, count in self.standing.items() if standing is not Standing.LOST)

    @property
    def agrees(self) -> bool:
        return self.received == self.accounted

    @property
    def sum_line(self) -> str:
        """The sum as one reads it aloud.

        >>> Figures(3, {Standing.SENT: 2, Standing.HELD: 1}).sum_line
        '收到 3 = 需人工处理 1 + 已寄出 2，对得上'
        >>> Figures(3, {Standing.SENT: 2, Standing.LOST: 1}).sum_line
        '收到 3，已寄出 2，对不上：差 1 份'
        >>> Figures(0, {}).sum_line
        '没有收到推荐表'
        """
        counted = [f"{each.label} {self.standing[each]}" for each in Standing if self._shows(each)]
        if self.agrees:
            return f"收到 {self.received} = {' + '.join(counted)}，对得上" if counted else "没有收到推荐表"
        return "，".join([f"收到 {self.received}", *counted, f"对不上：差 {abs(self.received - self.accounted)} 份"])

    def _shows(self, standing: Standing) -> bool:
        return standing is not Standing.LOST and bool(self.standing.get(standing))


@dataclass(frozen=True)
class Reconciliation:
    """One day's account.

    Args:
        made_at: when it was drawn up: it counts what was received until the day's end, as that stands at this moment.
        on_day: about what was received on the day.
        so_far: about everything that was received until its end.
        received: route and category → how many on the day, how many so far.
        gaps: what somebody must look after first, then the longest waiting; as many as there is room for.
        gap_count: how many gaps there are in all.
        unconfirmed: entries that wait for their nominee, the longest waiting first; as many as there is room for.
        overdue: how many of these have waited for longer than the path says.
        returned: sent back and not mended yet, the longest first; as many as there is room for.
        daily: digests and earlier reports that nobody has taken.
        alarms: how many letters ask for somebody.
        pause: why nothing is sent at present, in a sentence; "" where the queue runs.
    """

    day: date
    made_at: datetime
    on_day: Figures
    so_far: Figures
    received: Mapping[tuple[Route, str], tuple[int, int]]
    gaps: tuple[Gap, ...]
    gap_count: int
    unconfirmed: tuple[Gap, ...]
    overdue: int
    returned: tuple[Returned, ...]
    returned_count: int
    daily: tuple[DailyLetter, ...]
    alarms: int
    pause: str

    @property
    def lost(self) -> tuple[str, ...]:
        """受理编号 of what is missing in the sums."""
        return tuple(gap.reference for gap in self.gaps if gap.standing is Standing.LOST)

    @property
    def agrees(self) -> bool:
        return self.on_day.agrees and self.so_far.agrees

    @property
    def is_quiet(self) -> bool:
        """Whether nobody has anything to do about the mail."""
        return self.agrees and not (self.gaps or self.daily or self.alarms or self.pause)
