from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.letter import LetterState, Verdict
from h5app.services.delivering import LEASE
from h5app.services.posting import (
    digest_words,
    letter_by_id,
    newest_letter,
    note_message_download,
    pause,
    resend,
    resume,
    send_written,
    split,
)
from h5app.storage.audit import AuditEntry
from h5app.storage.letters import Frozen
from tests.people import social, submitted, with_social

SOCIAL = "social"


@pytest.fixture
def nomination(any_stores, files, campaign, now):
    return submitted(any_stores, files, campaign, now=now)


@pytest.fixture
def letter(any_stores, nomination):
    return newest_letter(any_stores, nomination)


@pytest.fixture
def digested(campaign):
    mail = replace(social(campaign).mail, digest_at=time(18))
    return with_social(campaign, mail=mail)


def acts(stores, reference=""):
    return [(act.who, act.action, act.detail) for act in stores.audit.of(reference)]


def put_into(stores, letter, state, now):
    """Bring a letter into a state as the worker does."""
    claimed = stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    assert claimed.id == letter.id
    verdict = Verdict(state, now, alarm=False, pause_until=None, note="")
    assert stores.outbox.record(claimed, verdict, phase=Phase.DATA, now=now)
    return stores.outbox.get(letter.id)


def refused(act, stores, campaign, letter, now):
    with pytest.raises(ConflictError) as told:
        act(stores, campaign, letter, who="赵敏", now=now)
    return str(told.value)


def test_sending_again_queues_the_letter_and_leaves_an_act(any_stores, campaign, nomination, letter, now):
    held = put_into(any_stores, letter, LetterState.HELD, now)

    assert resend(any_stores, campaign, held, who="赵敏", now=now) == "已排队，马上重发"

    assert any_stores.outbox.get(letter.id).state is LetterState.QUEUED
    assert any_stores.audit.of(nomination.reference) == [AuditEntry(now, "赵敏", "重发邮件", nomination.reference, "")]


def test_sending_again_ends_the_pause_of_a_server_but_not_that_of_staff(any_stores, campaign, letter, now):
    any_stores.pauses.until(now + timedelta(minutes=30), note="发件邮箱登录不了")
    resend(any_stores, campaign, letter, who="赵敏", now=now)
    assert any_stores.pauses.now(now=now) is None

    pause(any_stores, campaign, who="王强", note="", now=now)

    assert resend(any_stores, campaign, letter, who="赵敏", now=now) == "已排队，现在暂停寄出，点“继续寄出”后就寄"
    assert any_stores.pauses.now(now=now).until is None


@pytest.mark.parametrize("act", [resend, split])
def test_a_letter_on_its_way_is_left_alone(any_stores, campaign, nomination, letter, now, act):
    any_stores.outbox.claim_next(now=now, lease_until=now + LEASE)

    assert refused(act, any_stores, campaign, letter, now) == "这封邮件正在寄出，请过几分钟再看"
    assert acts(any_stores, nomination.reference) == []


@pytest.mark.parametrize("act", [resend, split])
def test_a_letter_that_has_become_wrong_is_left_alone(any_stores, campaign, letter, now, act):
    dropped = put_into(any_stores, letter, LetterState.DROPPED, now)

    assert refused(act, any_stores, campaign, dropped, now) == "本人已更正或撤回，这封邮件不再寄"


@pytest.mark.parametrize("act", [resend, split])
def test_only_an_entrys_newest_letter_is_sent_again(any_stores, campaign, nomination, letter, now, act):
    held = put_into(any_stores, letter, LetterState.HELD, now)
    any_stores.outbox.add(nomination.id, revision=2, now=now)

    assert refused(act, any_stores, campaign, held, now) == "这是旧的一封，请到这份推荐表的最新一封邮件上操作"


def test_a_letter_that_waits_for_a_digest_says_when_that_goes(any_stores, digested, letter, now):
    collected = put_into(any_stores, letter, LetterState.COLLECTED, now)

    assert refused(resend, any_stores, digested, collected, now) == "这封邮件不单独寄：今天 18:00 随汇总寄出"
    assert any_stores.outbox.get(letter.id) == collected


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 9, 59, tzinfo=UTC), "今天 18:00 随汇总寄出"),
        (datetime(2026, 11, 22, 10, 0, tzinfo=UTC), "马上随汇总寄出"),
    ],
)
def test_a_digest_goes_at_the_next_moment_of_its_path(any_stores, digested, letter, now, at, words):
    collected = put_into(any_stores, letter, LetterState.COLLECTED, now)

    assert digest_words(any_stores, digested, collected, path=SOCIAL, now=at) == words


def test_what_is_collected_after_the_hour_goes_the_next_day(any_stores, digested, letter):
    evening = datetime(2026, 11, 22, 11, tzinfo=UTC)
    collected = put_into(any_stores, letter, LetterState.COLLECTED, evening)

    assert digest_words(any_stores, digested, collected, path=SOCIAL, now=evening) == "11月23日 18:00 随汇总寄出"


def test_a_letter_in_a_digest_says_where_that_stands(any_stores, digested, letter, now):
    collected = put_into(any_stores, letter, LetterState.COLLECTED, now)
    any_stores.digests.add(path=SOCIAL, day="2026-11-22", now=now)
    collected = any_stores.outbox.get(letter.id)

    words = digest_words(any_stores, digested, collected, path=SOCIAL, now=now)

    assert words == "在 11月22日 的汇总邮件里，等待寄出"


@pytest.mark.parametrize("key", [SOCIAL, "gone"])
def test_where_there_is_no_digest_any_more_a_letter_goes_by_itself(any_stores, campaign, letter, now, key):
    collected = put_into(any_stores, letter, LetterState.COLLECTED, now)

    assert digest_words(any_stores, campaign, collected, path=key, now=now) == "马上单独寄出"


def test_an_entry_that_went_with_a_digest_goes_with_the_next_one_again(any_stores, digested, letter, now):
    sent = put_into(any_stores, letter, LetterState.SENT, now)

    assert resend(any_stores, digested, sent, who="赵敏", now=now) == "已排队，今天 18:00 随汇总再寄"


def test_everything_that_was_only_written_to_files_is_sent_at_once(
    any_stores, files, campaign, nomination, letter, now
):
    put_into(any_stores, letter, LetterState.WRITTEN, now)
    other = submitted(any_stores, files, campaign, now=now, name="王五")
    put_into(any_stores, newest_letter(any_stores, other), LetterState.SENT, now)

    assert send_written(any_stores, who="赵敏", now=now) == 1

    assert any_stores.outbox.counts() == {LetterState.QUEUED: 1, LetterState.SENT: 1}
    assert acts(any_stores, nomination.reference) == [("赵敏", "重发邮件", "原先只写成了文件")]
    assert acts(any_stores, other.reference) == []
    assert send_written(any_stores, who="赵敏", now=now) == 0


def test_a_held_letter_is_split_into_one_message_more(any_stores, campaign, nomination, letter, now):
    claimed = any_stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    any_stores.outbox.freeze(claimed, [Frozen(1, "f" * 64, "<1@example.org>", 9)])
    verdict = Verdict(LetterState.HELD, None, alarm=False, pause_until=None, note="太大")
    any_stores.outbox.record(claimed, verdict, phase=Phase.DOT, now=now)

    assert split(any_stores, campaign, letter, who="赵敏", now=now) == "已拆分，马上分几封重发"

    assert any_stores.outbox.get(letter.id).least_parts == 2
    assert any_stores.outbox.messages(letter.id) == []
    assert acts(any_stores, nomination.reference) == [("赵敏", "拆分邮件", "")]


def test_what_is_split_says_what_it_waits_for(any_stores, digested, campaign, letter, now):
    held = put_into(any_stores, letter, LetterState.HELD, now)

    assert split(any_stores, digested, held, who="赵敏", now=now) == "已排队，今天 18:00 随汇总再寄"
    pause(any_stores, campaign, who="赵敏", note="", now=now)
    assert split(any_stores, campaign, held, who="赵敏", now=now) == "已排队，现在暂停寄出，点“继续寄出”后就寄"


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.WRITTEN])
def test_what_is_done_is_not_split(any_stores, campaign, letter, now, state):
    done = put_into(any_stores, letter, state, now)

    assert refused(split, any_stores, campaign, done, now) == "这封邮件已经寄出，不用拆分"


def test_a_report_is_sent_again_by_its_day_and_has_nothing_to_split(any_stores, campaign, now):
    any_stores.outbox.add_report(day="2026-11-21", mailbox="chief@example.org", now=now)
    claimed = any_stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    verdict = Verdict(LetterState.HELD, None, alarm=True, pause_until=None, note="")
    any_stores.outbox.record(claimed, verdict, phase=Phase.DATA, now=now)

    assert refused(split, any_stores, campaign, claimed, now) == "每日对账没有附件，不用拆分"
    resend(any_stores, campaign, claimed, who="赵敏", now=now)

    assert acts(any_stores) == [("赵敏", "重发邮件", "每日对账 11月21日")]


def test_an_entry_that_waits_for_its_nominee_has_no_letter(any_stores, nomination):
    any_stores.outbox.drop_unsent(nomination.id)

    with pytest.raises(ConflictError, match="没有要寄的邮件"):
        newest_letter(any_stores, nomination)


def test_a_letter_that_is_not_there_is_one_sentence(any_stores):
    with pytest.raises(NotFoundError, match="没有这封邮件"):
        letter_by_id(any_stores, 99)


def test_a_pause_says_who_has_made_it_when_and_why(any_stores, campaign, now):
    pause(any_stores, campaign, who="赵敏", note=" 换邮箱\n", now=now)

    assert any_stores.pauses.now(now=now).note == "赵敏在 11月22日 15:30 暂停：换邮箱"
    resume(any_stores, who="王强", now=now)
    assert any_stores.pauses.now(now=now) is None
    assert acts(any_stores) == [("王强", "继续寄出邮件", ""), ("赵敏", "暂停寄出邮件", "换邮箱")]


def test_a_pause_without_a_word_is_one_too(any_stores, campaign, now):
    pause(any_stores, campaign, who="赵敏", note="", now=now)

    assert any_stores.pauses.now(now=now).note == "赵敏在 11月22日 15:30 暂停"


def test_a_queue_that_runs_is_not_resumed(any_stores, now):
    with pytest.raises(ConflictError, match="没有暂停"):
        resume(any_stores, who="赵敏", now=now)
    assert acts(any_stores) == []


def test_who_takes_a_mail_home_leaves_an_act(any_stores, nomination, letter, now):
    note_message_download(any_stores, letter, part=2, who="赵敏", now=now)

    assert acts(any_stores, nomination.reference) == [("赵敏", "下载邮件原文", "第 2 封")]
