import email.policy
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from email.parser import BytesParser

import pytest

from h5app.domain.attempt import Attempt, Phase
from h5app.domain.campaign import Mailing, Report
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route, Status
from h5app.domain.reconciling import Figures, Gap, Reconciliation, Returned, Standing
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url
from h5app.services.delivering import deliver_next
from h5app.services.erasing import erase_entry
from h5app.services.reporting import queue_reports, reconcile, report_text, subject_of_report
from h5app.services.reviewing import decide
from tests.fakes import TAKEN
from tests.people import ID_NUMBER, NAME, PHONE, submitted, with_social

READER, OTHER = "admin@example.org", "deputy@example.org"
REFUSED = Attempt(Phase.RECIPIENT, 550, "5.1.1 user unknown")
# The account of 22 November is drawn up at eight in Jiaozuo on the 23rd.
DAY, DUE = date(2026, 11, 22), datetime(2026, 11, 23, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def reporting(post):
    return replace(post, campaign=replace(post.campaign, report=Report(mailboxes=(READER,), at=time(8))))


def enter(post, **changes):
    return submitted(post.stores, post.files, post.campaign, now=post.clock(), **changes)


def reported(post):
    """Day and mailbox of every report, in order."""
    rows = post.stores.outbox.page(state="", limit=99, offset=0)
    letters = [row.letter for row in reversed(rows) if row.letter.kind is LetterKind.REPORT]
    return [(letter.day, letter.mailbox) for letter in letters]


def bodies(mime):
    message = BytesParser(policy=email.policy.default).parsebytes(mime)
    text, html = (message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))
    return message["Subject"], text, html


def deliver(post, *answers):
    post.mailer.answers = [*answers, TAKEN]
    return list(iter(lambda: deliver_next(post), None))


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (DUE - timedelta(seconds=1), []),  # of the 21st, before the first entry
        (DUE, ["2026-11-22"]),
        (DUE + 16 * HOUR - timedelta(seconds=1), ["2026-11-22"]),  # a second before midnight in Jiaozuo
        (DUE + 16 * HOUR, ["2026-11-22"]),
        (DUE + 24 * HOUR - timedelta(seconds=1), ["2026-11-22"]),
        (DUE + 24 * HOUR, ["2026-11-23"]),
        (DUE + 80 * HOUR, ["2026-11-25"]),  # off for three days: the newest only
        (datetime(1970, 1, 1, tzinfo=UTC), []),  # F7
        (datetime(2038, 1, 19, tzinfo=UTC), ["2038-01-18"]),
    ],
)
def test_F7_each_day_has_its_account_once_the_next_ones_hour_has_come(reporting, moment, day):
    enter(reporting)

    for _ in range(2):
        queue_reports(reporting, now=moment)

    assert reported(reporting) == [(each, READER) for each in day]


@pytest.mark.parametrize(("came_at", "reports"), [(DUE - 8 * HOUR, 0), (DUE - 8 * HOUR - timedelta(microseconds=1), 1)])
def test_an_entry_of_midnight_belongs_to_the_day_that_begins(reporting, came_at, reports):
    reporting.clock.time = came_at
    enter(reporting)

    queue_reports(reporting, now=DUE)

    assert len(reported(reporting)) == reports


def test_every_reader_gets_one_and_nobody_else(reporting):
    enter(reporting)
    two = replace(reporting, campaign=replace(reporting.campaign, report=Report(mailboxes=(READER, OTHER))))

    queue_reports(replace(reporting, campaign=replace(reporting.campaign, report=Report())), now=DUE)
    assert reported(reporting) == []
    queue_reports(two, now=DUE)

    assert reported(reporting) == [("2026-11-22", READER), ("2026-11-22", OTHER)]


def test_a_quiet_day_says_so_in_its_subject(reporting, smtp_server):
    enter(reporting)
    deliver(reporting)
    reporting.clock.time = DUE
    queue_reports(reporting, now=DUE)

    deliver_next(replace(reporting, mailer=SmtpMailer(parse_smtp_url(smtp_server.url))))

    (received,) = smtp_server.received
    subject, text, html = bodies(received.mime)
    assert (received.recipients, subject) == ((READER,), "【每日对账】11月22日 收到 1 份，对得上")
    for shape in (text, html):
        assert "收到 1 = 已寄出 1，对得上" in shape
        assert "对得上，每一份都已寄到。" in shape


def test_the_account_names_every_entry_that_no_mailbox_has_and_why(reporting, now):
    sent, held = enter(reporting), enter(reporting, category="货车司机")
    deliver(reporting, TAKEN, REFUSED)
    reporting.clock.time = now + HOUR
    waiting = enter(reporting, route=Route.PEER)
    reporting.clock.time = now + 2 * HOUR
    queued = enter(reporting)
    decide(reporting.stores, sent, was=Status.SUBMITTED, to=Status.RETURNED, who="赵敏", reason="近照看不清", now=now)

    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE + 96 * HOUR)

    note = "收件邮箱不存在或不收信，请核对地址后点“重发”（550 5.1.1 user unknown）"
    standing = {Standing.HELD: 1, Standing.QUEUED: 1, Standing.UNCONFIRMED: 1, Standing.SENT: 1}
    assert account == Reconciliation(
        day=DAY,
        made_at=DUE + 96 * HOUR,
        on_day=Figures(4, standing),
        so_far=Figures(4, standing),
        received={
            (Route.SELF, "货车司机"): (1, 1),
            (Route.SELF, "快递员"): (2, 2),
            (Route.PEER, "快递员"): (1, 1),
        },
        gaps=(
            Gap(held.reference, 1, LetterKind.ENTRY, Standing.HELD, now, note=note, alarm=True, days=4),
            Gap(queued.reference, 1, LetterKind.ENTRY, Standing.QUEUED, now + 2 * HOUR, days=4),
        ),
        gap_count=2,
        unconfirmed=(Gap(waiting.reference, 1, LetterKind.ENTRY, Standing.UNCONFIRMED, now + HOUR, days=4),),
        overdue=1,
        returned=(Returned(sent.reference, now, days=4),),
        returned_count=1,
        daily=(),
        alarms=1,
        pause="",
    )


def test_both_bodies_say_the_same_and_name_nobody(reporting):
    held, waiting = enter(reporting), enter(reporting, route=Route.PEER)
    deliver(reporting, REFUSED)
    reporting.stores.pauses.until(DUE + HOUR, note="发件邮箱登录不了")
    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE)
    reporting.stores.pauses.resume()
    reporting.clock.time = DUE
    queue_reports(reporting, now=DUE)
    deliver(reporting)

    subject, text, html = bodies(reporting.mailer.sent[-1].mime)
    paused = report_text(account, reporting.campaign, base_url=reporting.base_url)
    assert subject == "【每日对账】11月22日 收到 2 份，有 1 份还没寄到"
    assert f"! {held.reference}  需人工处理，11月22日 15:30 起：收件邮箱不存在" in text
    assert f"  {waiting.reference}  不到 1 天，11月22日 15:30 起" in text
    assert f'<a href="https://zgh.example.org/admin/nominations/{held.reference}"' in html
    assert "全部信件暂停到 11月23日 09:00：发件邮箱登录不了" in paused
    for shape in (text, html):
        assert "收到 2 = 需人工处理 1 + 待本人确认 1，对得上" in shape
        assert "https://zgh.example.org/admin/mail" in shape
        assert [secret for secret in (NAME, ID_NUMBER, PHONE, "王秀英", "13900005678", "顺达") if secret in shape] == []


def test_every_gap_that_waits_for_people_is_marked_and_counted(reporting):
    refused, _queued = enter(reporting), enter(reporting)
    deliver(reporting, Attempt(Phase.DOT, 554, "554 DT:SPM"), Attempt(Phase.CONNECT, None, ""))

    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE)

    text = report_text(account, reporting.campaign, base_url=reporting.base_url)
    assert "还没寄到的：2 份，其中 1 份要马上看（前面有 !）" in text
    assert [line[:10] for line in text.splitlines() if line.startswith("! ")] == [f"! {refused.reference}"]


def test_a_day_before_the_first_entry_claims_nothing_was_mailed(reporting):
    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE)

    text = report_text(account, reporting.campaign, base_url=reporting.base_url)

    assert "还没有收到推荐表。" in text
    assert "当天：没有收到推荐表。" in text
    assert "对得上" not in text


def test_an_entry_whose_letter_is_missing_is_named_and_the_sum_does_not_agree(reporting):
    enter(reporting)
    lost = enter(reporting)
    reporting.stores.rows.write("DELETE FROM outbox WHERE nomination_id = :id", {"id": lost.id})
    deliver(reporting)
    reporting.clock.time = DUE
    queue_reports(reporting, now=DUE)
    deliver(reporting)

    subject, text, html = bodies(reporting.mailer.sent[-1].mime)
    assert subject == "【每日对账】11月22日 收到 2 份，数目对不上，请看"
    for shape in (text, html):
        assert f"数目对不上，请核对：{lost.reference}" in shape
        assert "收到 2，已寄出 1，对不上：差 1 份" in shape


def test_what_a_digest_is_to_carry_is_waiting_for_it_and_no_riddle(reporting):
    entry = enter(reporting)
    digested = replace(reporting, campaign=with_social(reporting.campaign, mail=Mailing(digest_at=time(18))))
    deliver_next(digested)

    account = reconcile(reporting.stores, digested.campaign, DAY, now=DUE)

    assert account.on_day == Figures(1, {Standing.COLLECTED: 1})
    assert [(gap.reference, gap.note) for gap in account.gaps] == [(entry.reference, "随每天 18:00 的汇总寄出")]


def test_who_withdrew_is_counted_and_the_notice_of_it_is_a_gap_until_it_is_sent(reporting):
    entry = enter(reporting)
    deliver(reporting)
    erase_entry(reporting.stores, reporting.files, entry, to=Status.WITHDRAWN, who="本人", now=reporting.clock())

    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE)
    text = report_text(account, reporting.campaign, base_url=reporting.base_url)
    deliver(reporting)
    after = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE)

    assert account.on_day == after.on_day == Figures(1, {Standing.WITHDRAWN: 1})
    assert [(gap.kind, gap.standing) for gap in account.gaps] == [(LetterKind.WITHDRAWAL, Standing.QUEUED)]
    assert f"{entry.reference}  撤回通知等待寄出" in text
    assert (account.is_quiet, after.is_quiet, after.gap_count) == (False, True, 0)


def test_a_later_day_is_not_in_it(reporting):
    enter(reporting)
    reporting.clock.time = DUE
    enter(reporting)

    first = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE + HOUR)
    second = reconcile(reporting.stores, reporting.campaign, DAY + timedelta(days=1), now=DUE + HOUR)

    assert (first.on_day.received, first.so_far.received, first.gap_count) == (1, 1, 1)
    assert (second.on_day.received, second.so_far.received, second.gap_count) == (1, 2, 2)


def test_a_long_list_ends_and_says_how_many_more(reporting):
    entries = [enter(reporting) for _ in range(3)]

    account = reconcile(reporting.stores, reporting.campaign, DAY, now=DUE, most_listed=2)
    text = report_text(account, reporting.campaign, base_url=reporting.base_url)

    assert [gap.reference for gap in account.gaps] == [entry.reference for entry in entries[:2]]
    assert "还没寄到的：3 份\n" in text
    assert "  还有 1 份，请在后台查看。\n" in text


def test_a_report_is_drawn_up_when_it_is_sent_first_and_stays_the_same(reporting):
    enter(reporting)
    deliver(reporting)
    reporting.clock.time = DUE
    queue_reports(reporting, now=DUE)
    deliver(reporting, Attempt(Phase.CONNECT, None, "refused"))
    reporting.clock.time = DUE + timedelta(minutes=1)
    deliver(reporting)

    assert reporting.mailer.sent[-1].mime == reporting.mailer.sent[-2].mime


def test_a_report_that_nobody_took_stands_in_the_next(reporting):
    enter(reporting)
    deliver(reporting)
    reporting.clock.time = DUE
    queue_reports(reporting, now=DUE)
    deliver(reporting, REFUSED)

    account = reconcile(reporting.stores, reporting.campaign, DAY + timedelta(days=1), now=DUE + 24 * HOUR)
    text = report_text(account, reporting.campaign, base_url=reporting.base_url)

    assert "每日对账 11月22日：需人工处理（收件邮箱不存在或不收信" in text
    assert subject_of_report(account) == "【每日对账】11月23日 收到 0 份，对得上，另有事要看"


def test_whoever_is_taken_off_the_list_gets_none_that_still_waits(reporting):
    enter(reporting)
    deliver(reporting)
    queue_reports(reporting, now=DUE)
    reporting.clock.time = DUE

    (verdict,) = deliver(replace(reporting, campaign=replace(reporting.campaign, report=Report(mailboxes=(OTHER,)))))

    assert verdict.state is LetterState.DROPPED
    assert [sent.to for sent in reporting.mailer.sent] == ["office@example.org"]


def test_the_account_is_the_same_on_both_databases(any_stores, files, campaign, now):
    submitted(any_stores, files, campaign, now=now)
    submitted(any_stores, files, campaign, now=now, route=Route.PEER)

    account = reconcile(any_stores, campaign, DAY, now=DUE)

    assert account.on_day == Figures(2, {Standing.QUEUED: 1, Standing.UNCONFIRMED: 1})
    assert account.agrees
