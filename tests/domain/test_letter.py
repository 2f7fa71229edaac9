"""The matrix of acceptance.md “Mail” (F4), the back-off, clocks that jump (F7) and the subject (S9)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h5app.domain.attempt import Attempt, Phase, is_mailbox, one_line, shorten_reply
from h5app.domain.letter import (
    GIVE_UP_AFTER,
    LONGEST_WAIT,
    LetterState,
    Verdict,
    is_due,
    judge,
    subject_line,
)
from h5app.domain.nomination import Route

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def after_first(attempt: Attempt) -> Verdict:
    return judge(attempt, attempts=1, first_at=NOON, now=NOON)


def in_minutes(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def test_an_accepted_letter_is_sent():
    assert after_first(Attempt(Phase.DONE, 250, "OK queued")) == Verdict(
        LetterState.SENT, None, alarm=False, pause_until=None, note="邮件服务器已收下"
    )


def test_a_letter_written_to_a_file_is_not_called_sent():
    assert after_first(Attempt(Phase.FILE, None, "")) == Verdict(
        LetterState.WRITTEN,
        None,
        alarm=False,
        pause_until=None,
        note="还没有设置发件邮箱，信件已写成 .eml 文件，没有寄出",
    )


@pytest.mark.parametrize("phase", [Phase.CONNECT, Phase.TLS])
def test_F4_a_server_out_of_reach_defers(phase):
    assert after_first(Attempt(phase, None, "拒绝连接")) == Verdict(
        LetterState.QUEUED,
        in_minutes(1),
        alarm=False,
        pause_until=None,
        note="没有连上邮件服务器，1 分钟后再试（拒绝连接）",
    )


@pytest.mark.parametrize("phase", [Phase.AUTH, Phase.SENDER, Phase.RECIPIENT, Phase.DATA])
def test_F4_a_drop_before_the_final_dot_defers(phase):
    assert after_first(Attempt(phase, None, "连接断开")) == Verdict(
        LetterState.QUEUED,
        in_minutes(1),
        alarm=False,
        pause_until=None,
        note="邮件服务器中途没有回应，1 分钟后再试（连接断开）",
    )


@pytest.mark.parametrize("code", [421, 450, 451, 452, 454])
@pytest.mark.parametrize(
    "phase",
    [Phase.CONNECT, Phase.TLS, Phase.AUTH, Phase.SENDER, Phase.RECIPIENT, Phase.DATA, Phase.DOT],
)
def test_F4_a_temporary_refusal_defers_anywhere(phase, code):
    assert after_first(Attempt(phase, code, "DT:SPM, please try again")) == Verdict(
        LetterState.QUEUED,
        in_minutes(1),
        alarm=False,
        pause_until=None,
        note=f"邮件服务器请我们 1 分钟后再试（{code} DT:SPM, please try again）",
    )


@pytest.mark.parametrize(
    ("attempt", "words"),
    [
        (Attempt(Phase.AUTH, 535, "Error: authentication failed"), "发件邮箱登录不了，请核对账号和授权码"),
        (Attempt(Phase.AUTH, 550, "User has no permission"), "发件邮箱登录不了，请核对账号和授权码"),
        (Attempt(Phase.AUTH, 526, "Authentication failure"), "发件邮箱登录不了，请核对账号和授权码"),
        (
            Attempt(Phase.TRUST, None, "self-signed certificate"),
            "邮件服务器的证书或登录方式不对，请核对发件设置",
        ),
    ],
)
def test_F4_an_account_that_cannot_sign_in_pauses_the_queue_and_leaves_the_letter(attempt, words):
    said = f"{attempt.code} {attempt.reply}" if attempt.code else attempt.reply
    verdict = after_first(attempt)

    assert verdict == Verdict(
        LetterState.QUEUED,
        in_minutes(30),
        alarm=True,
        pause_until=in_minutes(30),
        note=f"{words}。全部信件暂停 30 分钟（{said}）",
    )
    assert not verdict.counts


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt(Phase.CONNECT, 554, "HL:IPB 163 smtp"),
        Attempt(Phase.CONNECT, 550, "go away"),
        Attempt(Phase.TLS, 554, "5.7.1 Service unavailable"),
        Attempt(Phase.SENDER, 553, "Mail from must equal authorized user"),
        Attempt(Phase.SENDER, 550, "User suspended"),
        Attempt(Phase.SENDER, 550, "MI:STC daily limit"),
        Attempt(Phase.SENDER, 501, "Mail from address must be same as authorization user"),
        Attempt(Phase.RECIPIENT, 530, "5.7.0 Must issue a STARTTLS command first"),
        Attempt(Phase.RECIPIENT, 554, "5.7.1 Client host [192.0.2.7] blocked using zen.spamhaus.org"),
        Attempt(Phase.RECIPIENT, 554, "5.7.1 Relay access denied"),
        Attempt(Phase.RECIPIENT, 553, "Requested action not taken: Local user only"),
        Attempt(Phase.DATA, 550, "Connection frequency limited"),
        Attempt(Phase.DOT, 554, "IP in blacklist"),
        Attempt(Phase.DOT, 550, "User suspended"),
        Attempt(Phase.DOT, 554, "5.7.1 Your address is blocked"),
    ],
)
def test_F4_a_blocked_account_or_address_pauses_the_queue(attempt):
    verdict = after_first(attempt)

    assert (verdict.state, verdict.due_at, verdict.pause_until) == (
        LetterState.QUEUED,
        in_minutes(30),
        in_minutes(30),
    )
    assert verdict.alarm


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt(Phase.RECIPIENT, 552, "Requested mail action aborted: exceeded storage allocation"),
        Attempt(Phase.RECIPIENT, 552, ""),
        Attempt(Phase.RECIPIENT, 550, "5.2.2 over quota"),
        Attempt(Phase.DOT, 552, "5.2.2 Mailbox full"),
        Attempt(Phase.DOT, 554, "收件人空间不足"),
    ],
)
def test_F4_a_full_mailbox_defers_six_hours_with_an_alarm(attempt):
    verdict = after_first(attempt)

    assert (verdict.state, verdict.due_at, verdict.alarm, verdict.pause_until) == (
        LetterState.QUEUED,
        NOON + timedelta(hours=6),
        True,
        None,
    )
    assert verdict.note.startswith("收件邮箱已满，请清理邮箱，6 小时后再试（")


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt(Phase.SENDER, 552, "message size exceeds fixed limit"),
        Attempt(Phase.RECIPIENT, 552, "Requested mail action aborted: exceeded mailsize limit"),
        Attempt(Phase.RECIPIENT, 554, "refused by policy"),
        Attempt(Phase.DATA, 554, "DT:SPM"),
        Attempt(Phase.DOT, 552, "5.3.4 Message too big"),
        Attempt(Phase.DOT, 552, "Illegal Attachment"),
        Attempt(Phase.DOT, 550, "DT:SPM 163 smtp5, see http://mail.example.org/help_spam_16.htm?ip=192.0.2.7"),
        Attempt(Phase.DOT, 554, "no"),
    ],
)
def test_F4_one_refused_letter_is_held_and_the_queue_goes_on(attempt):
    assert after_first(attempt) == Verdict(
        LetterState.HELD,
        None,
        alarm=False,
        pause_until=None,
        note=f"邮件服务器不收这封信（太大或像广告），请点“拆分”或稍后点“重发”（{attempt.code} {attempt.reply}）",
    )


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt(Phase.RECIPIENT, 550, "Invalid User"),
        Attempt(Phase.RECIPIENT, 550, "User suspended"),
        Attempt(Phase.RECIPIENT, 553, "sorry"),
        Attempt(Phase.RECIPIENT, 554, "5.1.1 unknown user"),
        Attempt(Phase.DOT, 550, "Mailbox not found"),
        Attempt(Phase.DOT, 550, "该用户不存在"),
    ],
)
def test_F4_an_unknown_mailbox_holds_the_letter_with_an_alarm(attempt):
    assert after_first(attempt) == Verdict(
        LetterState.HELD,
        None,
        alarm=True,
        pause_until=None,
        note=f"收件邮箱不存在或不收信，请核对地址后点“重发”（{attempt.code} {attempt.reply}）",
    )


NO_ANSWER = Attempt(Phase.DOT, None, "连接断开")


def test_F4_no_answer_after_the_final_dot_is_resent_once_as_a_possible_double():
    assert after_first(NO_ANSWER) == Verdict(
        LetterState.UNKNOWN,
        in_minutes(30),
        alarm=False,
        pause_until=None,
        note="信已发出但没有等到回执，30 分钟后再寄一次，可能重复（连接断开）",
    )


def test_an_answer_after_the_final_dot_that_is_neither_yes_nor_no_leaves_doubt():
    assert after_first(Attempt(Phase.DOT, 354, "go on")).state is LetterState.UNKNOWN


def test_F4_a_second_doubt_holds_the_letter():
    assert judge(NO_ANSWER, attempts=2, first_at=NOON, now=in_minutes(30), maybe_delivered=True) == Verdict(
        LetterState.HELD,
        None,
        alarm=True,
        pause_until=None,
        note="寄了两次都没有等到回执，请到收件邮箱查看，没有收到再点“重发”（连接断开）",
    )


@pytest.mark.parametrize(
    "attempt",
    [
        Attempt(Phase.CONNECT, None, ""),
        Attempt(Phase.RECIPIENT, 451, ""),
        Attempt(Phase.AUTH, 535, ""),
        Attempt(Phase.RECIPIENT, 552, ""),
        Attempt(Phase.ADDRESS, None, ""),
    ],
)
def test_doubt_stays_while_the_resend_is_deferred(attempt):
    verdict = judge(attempt, attempts=2, first_at=NOON, now=NOON, maybe_delivered=True)

    assert verdict.state is LetterState.UNKNOWN


def test_a_resend_that_succeeds_says_that_there_may_be_two():
    verdict = judge(Attempt(Phase.DONE, 250, "OK"), attempts=2, first_at=NOON, now=NOON, maybe_delivered=True)

    assert (verdict.state, verdict.note) == (
        LetterState.SENT,
        "邮件服务器已收下。上一次可能已经寄到，收件邮箱里也许有两封一样的信",
    )


def test_a_letter_without_a_mailbox_waits_for_one_however_long_it_takes():
    assert judge(
        Attempt(Phase.ADDRESS, None, ""), attempts=999, first_at=NOON - timedelta(days=99), now=NOON
    ) == Verdict(
        LetterState.QUEUED,
        in_minutes(30),
        alarm=True,
        pause_until=None,
        note="还没有设置报送邮箱，请在活动文件里填写 mailbox，填好后会自动寄出",
    )


def run_until_held(attempt: Attempt) -> tuple[list[timedelta], Verdict, timedelta]:
    """Waits between the attempts of a letter that always meets the same, its last verdict and its age then."""
    now, waits = NOON, []
    for attempts in range(1, 200):
        verdict = judge(attempt, attempts=attempts, first_at=NOON, now=now)
        if verdict.due_at is None:
            return waits, verdict, now - NOON
        waits.append(verdict.due_at - now)
        now = verdict.due_at
    raise AssertionError("never held")


def test_F4_deferred_letters_back_off_and_are_held_after_72_hours():
    waits, verdict, age = run_until_held(Attempt(Phase.CONNECT, 421, "busy"))

    assert waits == [timedelta(minutes=m) for m in (1, 2, 5, 10, 30, 60, 120, 240)] + [LONGEST_WAIT] * 11
    assert age == timedelta(hours=73, minutes=48)
    assert verdict == Verdict(
        LetterState.HELD,
        None,
        alarm=True,
        pause_until=None,
        note="试了三天都没有寄出，请核对邮箱设置后点“重发”（421 busy）",
    )


def test_a_mailbox_that_stays_full_is_held_after_72_hours_at_the_earliest():
    waits, verdict, age = run_until_held(Attempt(Phase.RECIPIENT, 552, ""))

    assert set(waits) == {LONGEST_WAIT}
    assert age >= GIVE_UP_AFTER
    assert (verdict.state, verdict.alarm) == (LetterState.HELD, True)


@pytest.mark.parametrize("now", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 20, tzinfo=UTC)])
def test_F7_a_clock_that_jumps_neither_holds_nor_parks_a_letter(now):
    verdict = judge(Attempt(Phase.CONNECT, None, ""), attempts=3, first_at=NOON, now=now)

    assert (verdict.state, verdict.due_at) == (LetterState.QUEUED, now + timedelta(minutes=5))


def test_a_worker_that_keeps_crashing_does_not_use_up_a_letters_72_hours():
    verdict = judge(Attempt(Phase.CONNECT, None, ""), attempts=50, first_at=NOON, now=NOON + timedelta(hours=9))

    assert verdict.state is LetterState.QUEUED


@pytest.mark.parametrize(
    ("due_at", "due"),
    [
        (NOON - timedelta(days=400), True),
        (NOON, True),
        (NOON + timedelta(seconds=1), False),
        (NOON + LONGEST_WAIT, False),
        (NOON + LONGEST_WAIT + timedelta(seconds=1), True),
        (datetime(2038, 1, 20, tzinfo=UTC), True),
    ],
)
def test_F7_a_time_set_by_a_clock_that_ran_ahead_counts_as_come(due_at, due):
    assert is_due(due_at, now=NOON) is due


replies = st.builds(
    Attempt,
    phase=st.sampled_from(Phase),
    code=st.one_of(st.none(), st.integers(min_value=-1, max_value=999)),
    reply=st.text(max_size=200),
)


@settings(deadline=None)
@given(attempt=replies, attempts=st.integers(min_value=-1, max_value=10_000), doubt=st.booleans())
def test_F4_no_attempt_loses_a_letter_or_parks_it_for_more_than_six_hours(attempt, attempts, doubt):
    verdict = judge(attempt, attempts=attempts, first_at=NOON, now=NOON, maybe_delivered=doubt)

    waiting = verdict.state in {LetterState.QUEUED, LetterState.UNKNOWN}
    assert waiting == (verdict.due_at is not None)
    assert verdict.due_at is None or NOON < verdict.due_at <= NOON + LONGEST_WAIT
    assert verdict.note
    assert (verdict.state is LetterState.SENT) == (attempt.phase is Phase.DONE)


@pytest.mark.parametrize(
    ("route", "subject"),
    [
        (Route.SELF, "【自荐】王䶮-外卖配送员-7K2M9QXA"),
        (Route.PEER, "【举荐】王䶮-外卖配送员-7K2M9QXA"),
        (Route.UNIT, "【单位推荐】王䶮-外卖配送员-7K2M9QXA"),
    ],
)
def test_the_subject_tells_route_name_category_and_reference(route, subject):
    assert subject_line(route=route, name="王䶮", category="外卖配送员", reference="7K2M9QXA") == subject


def test_S9_line_breaks_and_bidi_controls_do_not_reach_the_subject():
    name = "张\r\nBcc: x\u2028三\u2029\x85四\u202e\u200b\ud800\ue000\x00"

    assert (
        subject_line(route=Route.SELF, name=name, category="快递员", reference="7K2M9QXA")
        == "【自荐】张 Bcc: x 三 四-快递员-7K2M9QXA"
    )


@settings(deadline=None)
@given(st.text())
def test_S9_any_text_becomes_one_line_that_can_be_encoded(text):
    line = one_line(text, limit=30)

    assert len(line) <= 30
    assert line.splitlines() in ([], [line])
    assert line.encode("utf-8").decode("utf-8") == line


def test_a_long_name_is_cut_visibly():
    assert one_line("长" * 41, limit=40) == "长" * 39 + "…"


def test_S27_a_stored_reply_names_no_mailbox():
    reply = "550 5.1.1 <wang.wu+h5@mail.example.org>: Recipient address rejected: wang.wu@example.org\r\nsee log"

    assert shorten_reply(reply) == "550 5.1.1 <邮箱>: Recipient address rejected: 邮箱 see log"
    assert len(shorten_reply("x" * 10_000)) == 160


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("office@example.org", True),
        ("a.b+c@mail.example.org", True),
        ("", False),
        ("office@localhost", False),
        ("office@example.org\r\nBcc: x@example.org", False),
        ("办公室@example.org", False),
        ("a@example.org,b@example.org", False),
        ("<office@example.org>", False),
    ],
)
def test_only_one_plain_address_is_a_mailbox(text, good):
    assert is_mailbox(text) is good
