"""A letter's way through the outbox: what one attempt met decides what comes next, and nothing is ever dropped.

A letter is sent, waiting for a known time, or in a person's hands (HELD). A server that refuses the
account pauses the queue, one that refuses the letter holds the letter, all else is tried again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from h5app.domain.attempt import Attempt, Meaning, Phase, meaning_of, one_line
from h5app.domain.nomination import Route

# Waiting after the first, second, … failed attempt; LONGEST_WAIT after each further one.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30, 60, 120, 240))
LONGEST_WAIT = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(hours=72)
PAUSE = timedelta(minutes=30)
# How long a letter that may have arrived waits before its one resend.
DOUBT_WAIT = timedelta(minutes=30)

_SUBJECT_NAME_LIMIT = 40


class LetterKind(StrEnum):
    """What a letter is about."""

    ENTRY = "entry"  # a revision with its 推荐表 and photos; the first one mailed, or one that corrects it
    WITHDRAWAL = "withdrawal"
    DIGEST = "digest"  # the day's entries of a path in one
    REPORT = "report"  # to the admins: what was received, mailed, held

    @property
    def label(self) -> str:
        return {"entry": "推荐表", "withdrawal": "撤回通知", "digest": "每日汇总", "report": "每日对账"}[self.value]


class LetterState(StrEnum):
    """Where a letter stands in the outbox."""

    QUEUED = "queued"
    COLLECTED = "collected"  # goes with the day's digest
    SENT = "sent"
    WRITTEN = "written"  # only as an .eml file: no server is set
    UNKNOWN = "unknown"  # may have arrived, and waits for its one resend
    HELD = "held"  # waits for a person
    DROPPED = "dropped"  # a later revision, or the entry's end, has made it wrong

    @property
    def label(self) -> str:
        return _STATE_LABELS[self]


_STATE_LABELS: Mapping[LetterState, str] = {
    LetterState.QUEUED: "等待寄出",
    LetterState.COLLECTED: "等待汇总寄出",
    LetterState.SENT: "已寄出",
    LetterState.WRITTEN: "已写成文件",
    LetterState.UNKNOWN: "可能已寄到",
    LetterState.HELD: "需人工处理",
    LetterState.DROPPED: "不再寄",
}


@dataclass(frozen=True)
class Verdict:
    """What follows from an attempt.

    Args:
        state: the letter's new state.
        due_at: when it is tried again; None where it is not.
        alarm: whether staff must be told now.
        pause_until: until when no letter at all is tried; None for no pause. The letter at hand is then
            untouched: the attempt does not count (`counts`).
        note: plain Chinese for staff, with the server's own words at its end.
    """

    state: LetterState
    due_at: datetime | None
    alarm: bool
    pause_until: datetime | None
    note: str

    @property
    def counts(self) -> bool:
        """Whether the attempt counts as one of the letter's own; else take it off `attempts` again."""
        return self.pause_until is None


@dataclass(frozen=True)
class _Case:
    """One attempt with what is known of its letter."""

    attempt: Attempt
    attempts: int
    first_at: datetime
    now: datetime
    maybe_delivered: bool


def judge(
    attempt: Attempt, *, attempts: int, first_at: datetime, now: datetime, maybe_delivered: bool = False
) -> Verdict:
    """What becomes of a letter after an attempt.

    Args:
        attempt: what it met.
        attempts: how many attempts were made, this one included: 1 after the first.
        first_at: when the first attempt was made.
        now: when this one ended.
        maybe_delivered: whether an earlier attempt ended in UNKNOWN. It stays true until the letter is
            sent or held: the state remains UNKNOWN while such a letter waits.

    Returns:
        A verdict whose `due_at` is never more than `LONGEST_WAIT` after `now`, whatever the clock did.
    """
    case = _Case(
        attempt=attempt, attempts=max(attempts, 1), first_at=first_at, now=now, maybe_delivered=maybe_delivered
    )
    return _VERDICTS[meaning_of(attempt)](case)


def is_due(due_at: datetime, *, now: datetime) -> bool:
    """Whether a stored time has come, or lies further ahead than any verdict sets it.

    The second is left behind by a clock that ran fast and was put right; without it a letter would
    be parked until that clock's time. The same holds for the queue's pause.
    """
    return due_at <= now or due_at > now + LONGEST_WAIT


def subject_line(
    *, route: Route, name: str, category: str, reference: str, version: int = 1, part: int = 1, parts: int = 1
) -> str:
    """The subject that staff sort their mailbox by, on one line, whatever the answers hold (S9).

    Args:
        version: the revision where it corrects one that the mailbox may have; 1 where it does not.
        part, parts: “第1/2封” where one entry needs several letters.

    >>> subject_line(route=Route.SELF, name="张三", category="快递员", reference="7K2M9QXA")
    '【自荐】张三-快递员-7K2M9QXA'
    >>> subject_line(route=Route.UNIT, name="李\\r\\n四", category="货车司机", reference="7K2M9QXA", part=2, parts=3)
    '【单位推荐】李 四-货车司机-7K2M9QXA（第2/3封）'
    >>> subject_line(route=Route.SELF, name="张三", category="快递员", reference="7K2M9QXA", version=2)
    '【自荐·更正版 v2】张三-快递员-7K2M9QXA'
    """
    pieces = [one_line(piece, limit=_SUBJECT_NAME_LIMIT) for piece in (name, category, reference)]
    count = f"（第{part}/{parts}封）" if parts > 1 else ""
    corrects = f"·更正版 v{version}" if version > 1 else ""
    return f"【{route.tag}{corrects}】{'-'.join(pieces)}{count}"


def withdrawal_line(*, route: Route, reference: str) -> str:
    """The subject of a letter that takes an entry back: nobody's name.

    >>> withdrawal_line(route=Route.SELF, reference="7K2M9QXA")
    '【撤回】自荐-7K2M9QXA'
    """
    return f"【撤回】{route.tag}-{reference}"


def crashed_while_handing(*, handings: int, handed_at: datetime | None, now: datetime) -> Verdict:
    """What becomes of a letter whose worker died between the final dot and writing down the answer.

    Args:
        handings: how often it was handed over without an answer.
        handed_at: the last time.
    """
    if handings > 1:
        return _final(LetterState.HELD, "寄了两次都没有等到回执，请到收件邮箱查看，没有收到再点“重发”", alarm=True)
    since = handed_at if handed_at and handed_at <= now else now
    note = "寄出时程序中断了，信可能已经寄到，30 分钟后再寄一次，可能重复"
    return Verdict(LetterState.UNKNOWN, since + DOUBT_WAIT, alarm=False, pause_until=None, note=note)


def part_taken(*, part: int, parts: int, now: datetime) -> Verdict:
    """What follows when one of several messages has been taken and others wait: they are next."""
    return Verdict(
        LetterState.QUEUED, now, alarm=False, pause_until=None, note=f"第 {part}/{parts} 封已寄出，接着寄下一封"
    )


def _taken(case: _Case) -> Verdict:
    doubt = "。上一次可能已经寄到，收件邮箱里也许有两封一样的信" if case.maybe_delivered else ""
    return _final(LetterState.SENT, f"邮件服务器已收下{doubt}")


def _written(_case: _Case) -> Verdict:
    return _final(LetterState.WRITTEN, "还没有设置发件邮箱，信件已写成 .eml 文件，没有寄出")


def _no_mailbox(case: _Case) -> Verdict:
    words = "还没有设置报送邮箱，请在活动文件里填写 mailbox，填好后会自动寄出"
    return Verdict(_waiting(case), case.now + PAUSE, alarm=True, pause_until=None, note=words)


def _later(case: _Case) -> Verdict:
    return _deferred(case, f"邮件服务器请我们 {_step_words(case)}再试")


def _silence(case: _Case) -> Verdict:
    met = "没有连上邮件服务器" if case.attempt.phase in {Phase.CONNECT, Phase.TLS} else "邮件服务器中途没有回应"
    return _deferred(case, f"{met}，{_step_words(case)}再试")


def _deferred(case: _Case, words: str) -> Verdict:
    if _is_exhausted(case):
        return _held(case, "试了三天都没有寄出，请核对邮箱设置后点“重发”", alarm=True)
    return Verdict(_waiting(case), case.now + _step(case), alarm=False, pause_until=None, note=_with_reply(words, case))


def _full(case: _Case) -> Verdict:
    if _is_exhausted(case):
        return _held(case, "三天多了，收件邮箱一直是满的，请清理邮箱后点“重发”", alarm=True)
    words = _with_reply("收件邮箱已满，请清理邮箱，6 小时后再试", case)
    return Verdict(_waiting(case), case.now + LONGEST_WAIT, alarm=True, pause_until=None, note=words)


def _blocked(case: _Case) -> Verdict:
    match case.attempt.phase:
        case Phase.AUTH:
            words = "发件邮箱登录不了，请核对账号和授权码"
        case Phase.TRUST:
            words = "邮件服务器的证书或登录方式不对，请核对发件设置"
        case _:
            words = "邮件服务器不让这个发件邮箱或这台机器寄信，请与邮箱服务商联系"
    until = case.now + PAUSE
    note = _with_reply(f"{words}。全部信件暂停 30 分钟", case)
    return Verdict(_waiting(case), until, alarm=True, pause_until=until, note=note)


def _nobody(case: _Case) -> Verdict:
    return _held(case, "收件邮箱不存在或不收信，请核对地址后点“重发”", alarm=True)


def _refused(case: _Case) -> Verdict:
    return _held(case, "邮件服务器不收这封信（太大或像广告），请点“拆分”或稍后点“重发”", alarm=False)


def _doubt(case: _Case) -> Verdict:
    if case.maybe_delivered:
        return _held(case, "寄了两次都没有等到回执，请到收件邮箱查看，没有收到再点“重发”", alarm=True)
    note = _with_reply("信已发出但没有等到回执，30 分钟后再寄一次，可能重复", case)
    return Verdict(LetterState.UNKNOWN, case.now + DOUBT_WAIT, alarm=False, pause_until=None, note=note)


def _held(case: _Case, words: str, *, alarm: bool) -> Verdict:
    return Verdict(LetterState.HELD, None, alarm=alarm, pause_until=None, note=_with_reply(words, case))


def _final(state: LetterState, note: str, *, alarm: bool = False) -> Verdict:
    return Verdict(state, None, alarm=alarm, pause_until=None, note=note)


def _waiting(case: _Case) -> LetterState:
    return LetterState.UNKNOWN if case.maybe_delivered else LetterState.QUEUED


def _step(case: _Case) -> timedelta:
    return BACKOFF[case.attempts - 1] if case.attempts <= len(BACKOFF) else LONGEST_WAIT


def _step_words(case: _Case) -> str:
    minutes = _step(case) // timedelta(minutes=1)
    return f"{minutes} 分钟后" if minutes < 60 else f"{minutes // 60} 小时后"


def _with_reply(words: str, case: _Case) -> str:
    said = " ".join(str(piece) for piece in (case.attempt.code, case.attempt.reply) if piece)
    return f"{words}（{said}）" if said else words


def _attempts_within(span: timedelta) -> int:
    """How many attempts the back-off makes until their waits fill the span, the first and the last included."""
    waited, attempts = timedelta(), 1
    while waited < span:
        waited += BACKOFF[attempts - 1] if attempts <= len(BACKOFF) else LONGEST_WAIT
        attempts += 1
    return attempts


_PATIENCE = _attempts_within(GIVE_UP_AFTER)


def _is_exhausted(case: _Case) -> bool:
    # Both, because a clock that jumps ahead fills 72 hours at once and a worker that keeps crashing fills the count.
    return case.attempts >= _PATIENCE and case.now - case.first_at >= GIVE_UP_AFTER


_VERDICTS: Mapping[Meaning, Callable[[_Case], Verdict]] = {
    Meaning.TAKEN: _taken,
    Meaning.WRITTEN: _written,
    Meaning.NO_MAILBOX: _no_mailbox,
    Meaning.SILENCE: _silence,
    Meaning.DOUBT: _doubt,
    Meaning.LATER: _later,
    Meaning.BLOCKED: _blocked,
    Meaning.FULL: _full,
    Meaning.NOBODY: _nobody,
    Meaning.REFUSED: _refused,
}
