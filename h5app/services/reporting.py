"""Reporting: the daily account of what came in and what went out, for the admins. It names nobody but by 受理编号."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from h5app.domain.campaign import Campaign, short_time
from h5app.domain.days import day_words, last_moment, span_of
from h5app.domain.letter import LetterKind
from h5app.domain.nomination import Route
from h5app.domain.reconciling import (
    UNMAILED,
    DailyLetter,
    Figures,
    Gap,
    Reconciliation,
    Returned,
    Standing,
    Tally,
)
from h5app.mail.message import Letter
from h5app.services.bodies import draw
from h5app.services.confirming import overdue_before
from h5app.services.desk import Desk
from h5app.storage.letters import QueuedLetter
from h5app.storage.stores import Stores

MOST_LISTED = 200
"""Of each list; the rest is counted."""


def queue_reports(desk: Desk, *, now: datetime) -> None:
    """Queue the account of the day before for each of its readers, once the hour for it has come.

    A service that was off at that hour catches up, for the newest day only; before the first entry there is none.
    """
    report, zone = desk.campaign.report, desk.campaign.zone
    if not report.mailboxes:
        return
    day = last_moment(report.at, zone=zone, now=now).date() - timedelta(days=1)
    first = desk.stores.ledger.first_received_at()
    if first is None or first >= span_of(day, zone=zone)[1]:
        return
    for mailbox in report.mailboxes:
        desk.stores.outbox.add_report(day=day.isoformat(), mailbox=mailbox, now=now)


def reconcile(
    stores: Stores, campaign: Campaign, day: date, *, now: datetime, most_listed: int = MOST_LISTED
) -> Reconciliation:
    """Draw up the account of a day: what had come in by its end, as it stands at `now`.

    An entry that was corrected and then withdrawn counts from its correction on: its first day is erased with it.
    """
    begins, ends = span_of(day, zone=campaign.zone)
    ledger = stores.ledger
    with stores.rows.transaction():  # so that nobody changes between two sums
        tallies = ledger.tallies(begins=begins, ends=ends)
        received = ledger.count_received(since=begins, until=ends), ledger.count_received(since=None, until=ends)
    on_day, so_far = (_by_standing(tallies, count) for count in (_on_day, _so_far))
    told_late = ledger.ends_not_told(limit=most_listed)
    gaps = [*ledger.standing_at(UNMAILED, ends=ends, limit=most_listed), *told_late][:most_listed]
    unconfirmed = ledger.standing_at([Standing.UNCONFIRMED], ends=ends, limit=most_listed)
    return Reconciliation(
        day=day,
        made_at=now,
        on_day=Figures(received[0], on_day),
        so_far=Figures(received[1], so_far),
        received=_by_route(tallies, campaign),
        gaps=_aged(gaps, now=now),
        gap_count=sum(so_far.get(standing, 0) for standing in UNMAILED) + ledger.count_ends_not_told(),
        unconfirmed=_aged(unconfirmed, now=now),
        overdue=stores.nominations.count_waiting_since(overdue_before(campaign, now=now)),
        returned=_days_ago(ledger.returned(limit=most_listed), now=now),
        returned_count=ledger.count_returned(),
        daily=tuple(ledger.daily_not_taken(before=day.isoformat())),
        alarms=stores.outbox.count_alarms(),
        pause=_pause(stores, campaign, now=now),
    )


def compose_report(desk: Desk, queued: QueuedLetter, *, date: datetime) -> Letter:
    """The account of a day as a letter to one of its readers; it is drawn up when it is sent first."""
    account = reconcile(desk.stores, desk.campaign, _day_of(queued), now=date)
    bodies = draw("report", **facts_of(account, desk.campaign, base_url=desk.base_url))
    return desk.letter(
        to=queued.mailbox,
        subject=subject_of_report(account),
        bodies=bodies,
        seed=f"report-{queued.id}-{date:%Y%m%d%H%M%S}",
        date=date,
    )


def report_text(account: Reconciliation, campaign: Campaign, *, base_url: str) -> str:
    """The account as the letter says it in plain text."""
    return draw("report", **facts_of(account, campaign, base_url=base_url)).text


def subject_of_report(account: Reconciliation) -> str:
    """What a reader sees without opening it: whether anybody has to do anything."""
    told = f"【每日对账】{day_words(account.day)} 收到 {account.on_day.received} 份"
    if not account.agrees:
        return f"{told}，数目对不上，请看"
    if account.gap_count:
        return f"{told}，有 {account.gap_count} 份还没寄到"
    if not account.is_quiet:
        return f"{told}，对得上，另有事要看"
    return f"{told}，对得上"


@dataclass(frozen=True)
class _Line:
    """One entry in a list: its number, where to see it, and what is to be known, in words."""

    reference: str
    url: str
    what: str
    since: str
    note: str
    alarm: bool = False


def facts_of(account: Reconciliation, campaign: Campaign, *, base_url: str) -> dict[str, object]:
    """What both bodies say, in words."""

    def when(moment: datetime) -> str:
        return short_time(campaign.local(moment))

    def url(reference: str) -> str:
        return f"{base_url}/admin/nominations/{reference}"

    confirm_days = campaign.path_of(Route.PEER).confirm_days
    gaps = [_gap_line(gap, url(gap.reference), when(gap.since)) for gap in account.gaps]
    return {
        "account": account,
        "campaign": campaign,
        "day": f"{account.day.year}年{day_words(account.day)}",
        "made_at": when(account.made_at),
        "verdict": _verdict(account),
        "standings": [
            (each.label, account.on_day.standing.get(each, 0), account.so_far.standing.get(each, 0))
            for each in Standing
            if account.so_far.standing.get(each)
        ],
        "received": [(route.label, category, *counts) for (route, category), counts in account.received.items()],
        "gaps": gaps,
        "urgent": sum(gap.alarm for gap in gaps),
        "unconfirmed": [
            _Line(each.reference, url(each.reference), _days(each.days), when(each.since), "")
            for each in account.unconfirmed
        ],
        "unconfirmed_count": account.so_far.standing.get(Standing.UNCONFIRMED, 0),
        "confirm_days": confirm_days,
        "returned": [
            _Line(each.reference, url(each.reference), _days(each.days), when(each.since), "")
            for each in account.returned
        ],
        "daily": [_daily_line(each, campaign) for each in account.daily],
        "mail_url": f"{base_url}/admin/mail",
    }


def _verdict(account: Reconciliation) -> str:
    if not account.agrees:
        numbers = "、".join(account.lost)
        return f"数目对不上，请核对：{numbers}" if numbers else "数目对不上，请核对下面的表"
    if account.is_quiet:
        return "对得上，每一份都已寄到。" if account.so_far.received else "还没有收到推荐表。"
    return f"对得上。还有 {account.gap_count} 份没有寄到，见下面的名单。" if account.gap_count else "对得上。"


# Nothing happens to these by itself.
_URGENT = frozenset({Standing.LOST, Standing.HELD})
_LOST_NOTE = "系统里找不到它的邮件，请下载材料包另行报送，并告诉维护人员"


def _gap_line(gap: Gap, url: str, since: str) -> _Line:
    what = gap.standing.label
    if gap.kind is LetterKind.WITHDRAWAL:
        what = f"撤回通知{what}"
    elif gap.revision > 1:
        what = f"第 {gap.revision} 版{what}"
    note = _LOST_NOTE if gap.standing is Standing.LOST else gap.note
    return _Line(gap.reference, url, what, since, note, alarm=gap.alarm or gap.standing in _URGENT)


def _daily_line(letter: DailyLetter, campaign: Campaign) -> str:
    path = campaign.paths.get(letter.path)
    about = f"{path.name}{letter.kind.label}" if path else letter.kind.label
    told = f"{about} {day_words(date.fromisoformat(letter.day))}：{letter.state.label}"
    return f"{told}（{letter.note}）" if letter.note else told


def _day_of(queued: QueuedLetter) -> date:
    return date.fromisoformat(queued.day)


def _days(days: int) -> str:
    return f"{days} 天" if days else "不到 1 天"


def _pause(stores: Stores, campaign: Campaign, *, now: datetime) -> str:
    pause = stores.pauses.now(now=now)
    if pause is None:
        return ""
    until = f"全部信件暂停到 {short_time(campaign.local(pause.until))}" if pause.until else "工作人员暂停了寄信"
    return f"{until}：{pause.note}" if pause.note else until


def _on_day(tally: Tally) -> int:
    return tally.on_day


def _so_far(tally: Tally) -> int:
    return tally.so_far


def _by_standing(tallies: Iterable[Tally], count: Callable[[Tally], int]) -> dict[Standing, int]:
    counted: Counter[Standing] = Counter()
    for tally in tallies:
        counted[tally.standing] += count(tally)
    return {standing: counted[standing] for standing in Standing if counted[standing]}


def _by_route(tallies: Iterable[Tally], campaign: Campaign) -> Mapping[tuple[Route, str], tuple[int, int]]:
    """Routes in their order, categories in the campaign's; one that it has no more comes last."""
    counted: dict[tuple[Route, str], tuple[int, int]] = {}
    for tally in tallies:
        on_day, so_far = counted.get((tally.route, tally.category), (0, 0))
        counted[tally.route, tally.category] = (on_day + tally.on_day, so_far + tally.so_far)
    places = {category: place for place, category in enumerate(campaign.categories)}
    ordered = sorted(counted, key=lambda key: (list(Route).index(key[0]), places.get(key[1], len(places)), key[1]))
    return {key: counted[key] for key in ordered}


def _aged(gaps: Iterable[Gap], *, now: datetime) -> tuple[Gap, ...]:
    return tuple(replace(gap, days=max(0, (now - gap.since).days)) for gap in gaps)


def _days_ago(returned: Iterable[Returned], *, now: datetime) -> tuple[Returned, ...]:
    return tuple(replace(each, days=max(0, (now - each.since).days)) for each in returned)
