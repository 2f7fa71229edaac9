"""Letters in several messages, workers that die between two of them, and what of all this counts as an attempt."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.attempt import Attempt, Phase
from h5app.domain.errors import PhotosBusyError, StoreBusyError, StoreFullError
from h5app.domain.letter import GIVE_UP_AFTER, LONGEST_WAIT, LetterState, Verdict
from h5app.services.delivering import LEASE, Post, deliver_next
from h5app.storage.letters import Frozen
from tests.fakes import FULL, TAKEN, WatchedFiles
from tests.people import submitted, with_social

NO_CONNECTION = Attempt(Phase.CONNECT, None, "refused")
SILENT_AFTER_DOT = Attempt(Phase.DOT, None, "")
TOO_LARGE = Attempt(Phase.DOT, 552, "5.3.4 message too large")
BLOCKED_AT_THE_END = Attempt(Phase.DOT, 554, "5.7.1 IP address blocked")
FIRST_TAKEN = "第 1/2 封已寄出，接着寄下一封"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def entry(post, now):
    return submitted(post.stores, post.files, post.campaign, now=now)


@pytest.fixture
def in_two(post, entry, now):  # noqa: ARG001 -- its letter
    """The entry's letter, frozen in two messages; what they are."""
    return frozen_in(post, 2, now)


def frozen_in(post, parts, now):
    outbox = post.stores.outbox
    letter = outbox.claim_next(now=now, lease_until=now + LEASE)
    bytes_of = [f"Subject: {part}\r\n\r\nwords\r\n".encode() for part in range(1, parts + 1)]
    messages = [
        Frozen(part, post.files.put(mime), f"<{part}@example.org>", len(mime)) for part, mime in enumerate(bytes_of, 1)
    ]
    assert outbox.freeze(letter, messages)
    outbox.record(
        letter, Verdict(LetterState.QUEUED, now, alarm=False, pause_until=None, note=""), phase=Phase.ADDRESS, now=now
    )
    return bytes_of


def letter_of(post, entry):
    return post.stores.outbox.of_nomination(entry.id)


def handings(post, entry):
    return [each.handings for each in post.stores.outbox.messages(letter_of(post, entry).id)]


def sent(post):
    return [each.mime for each in post.mailer.sent]


@dataclass
class DyingMailer:
    """Asks before the dot, as every mailer does, and dies; `before` it or after."""

    after_asking: bool
    sent: list[bytes] = field(default_factory=list)

    def send(self, mime: bytes, *, before_dot: Callable[[], bool], **_address: str) -> Attempt:
        if self.after_asking:
            assert before_dot()
            self.sent.append(mime)
        raise SystemExit


def die_sending(post, *, after_asking=True):
    with pytest.raises(SystemExit):
        deliver_next(replace(post, mailer=DyingMailer(after_asking)))


def wait(post, span):
    post.clock.time += span


def test_each_message_is_sent_by_itself_one_after_the_other(post, entry, in_two):
    first, second = deliver_next(post), deliver_next(post)

    assert (first.state, first.note) == (LetterState.QUEUED, FIRST_TAKEN)
    assert (second.state, second.note) == (LetterState.SENT, "邮件服务器已收下")
    assert sent(post) == in_two
    assert [each.name for each in post.mailer.sent] == [f"{entry.reference}.1", f"{entry.reference}.2"]
    assert deliver_next(post) is None


@pytest.mark.usefixtures("entry")
def test_a_message_that_was_taken_is_not_sent_again_when_the_next_one_fails(post, in_two):
    first, second = in_two
    post.mailer.answers = [TAKEN, NO_CONNECTION, TAKEN]

    deliver_next(post)
    assert deliver_next(post).state is LetterState.QUEUED
    wait(post, MINUTE)
    assert deliver_next(post).state is LetterState.SENT

    assert sent(post) == [first, second, second]


@pytest.mark.usefixtures("in_two")
def test_a_letter_is_never_sent_with_one_of_its_messages_missing(post, entry):
    post.mailer.answers = [TAKEN, TOO_LARGE]

    deliver_next(post)
    deliver_next(post)

    assert letter_of(post, entry).state is LetterState.HELD
    assert letter_of(post, entry).sent_at is None


def test_a_message_in_doubt_is_sent_once_more_before_the_next_one_follows(post, in_two):
    first, second = in_two
    post.mailer.answers = [SILENT_AFTER_DOT, TAKEN]

    assert deliver_next(post).state is LetterState.UNKNOWN
    assert deliver_next(post) is None
    wait(post, 30 * MINUTE)
    assert [deliver_next(post).state for _ in range(2)] == [LetterState.QUEUED, LetterState.SENT]

    assert sent(post) == [first, first, second]


@pytest.mark.usefixtures("in_two")
def test_each_message_is_tried_for_three_days_of_its_own(post, entry):
    post.mailer.answers = [NO_CONNECTION]
    started = post.clock.time
    for _ in range(8):  # the first one takes eight hours to be taken
        deliver_next(post)
        post.clock.time = letter_of(post, entry).due_at
    post.mailer.answers = [TAKEN, NO_CONNECTION]
    deliver_next(post)
    second_since = post.clock.time
    assert second_since - started > timedelta(hours=7)

    while letter_of(post, entry).state is LetterState.QUEUED:
        post.clock.time = letter_of(post, entry).due_at
        deliver_next(post)

    assert post.clock.time - second_since >= GIVE_UP_AFTER
    held = letter_of(post, entry)
    assert (held.state, held.alarm) == (LetterState.HELD, True)
    assert held.note.startswith("试了三天都没有寄出，请核对邮箱设置后点“重发”")


def test_a_pause_between_two_messages_leaves_the_letter_untouched(post, entry, in_two):
    first, second = in_two
    post.mailer.answers = [TAKEN, Attempt(Phase.AUTH, 535, ""), TAKEN]
    deliver_next(post)

    deliver_next(post)

    assert (letter_of(post, entry).state, letter_of(post, entry).attempts) == (LetterState.QUEUED, 0)
    assert deliver_next(post) is None
    wait(post, 30 * MINUTE)
    assert deliver_next(post).state is LetterState.SENT
    assert sent(post) == [first, second, second]


def test_a_pause_that_the_server_asks_for_after_the_final_dot_is_no_doubt(post, entry):
    post.mailer.answers = [BLOCKED_AT_THE_END, TAKEN]

    deliver_next(post)

    waiting = letter_of(post, entry)
    assert (waiting.state, waiting.attempts, waiting.may_have_left, handings(post, entry)) == (
        LetterState.QUEUED,
        0,
        False,
        [0],
    )
    wait(post, 30 * MINUTE)
    assert deliver_next(post).note == "邮件服务器已收下"


@pytest.mark.usefixtures("in_two")
def test_what_staff_have_paused_is_not_sent_until_they_go_on_not_even_its_next_message(post):
    deliver_next(post)
    post.stores.pauses.by_hand(note="等新邮箱")

    wait(post, timedelta(days=10))
    assert deliver_next(post) is None

    post.stores.pauses.resume()
    assert deliver_next(post).state is LetterState.SENT


@pytest.mark.usefixtures("in_two")
def test_F2_a_worker_that_died_before_the_final_dot_leaves_no_doubt(post):
    die_sending(post, after_asking=False)

    assert deliver_next(post) is None
    wait(post, LEASE)
    assert deliver_next(post).note == FIRST_TAKEN


@pytest.mark.usefixtures("in_two")
def test_F2_a_worker_that_died_after_the_final_dot_leaves_a_doubt_and_one_resend(post, entry):
    handed_at = post.clock.time
    die_sending(post)

    wait(post, LEASE)
    found = deliver_next(post)

    assert found == Verdict(
        LetterState.UNKNOWN,
        handed_at + 30 * MINUTE,
        alarm=False,
        pause_until=None,
        note="寄出时程序中断了，信可能已经寄到，30 分钟后再寄一次，可能重复",
    )
    post.clock.time = handed_at + 30 * MINUTE
    assert deliver_next(post).note == FIRST_TAKEN
    assert handings(post, entry) == [0, 0]


@pytest.mark.usefixtures("in_two")
def test_F2_a_worker_that_died_twice_after_the_final_dot_leaves_it_to_people(post):
    for _ in range(2):
        die_sending(post)
        wait(post, 30 * MINUTE)
        verdict = deliver_next(post)
        wait(post, 30 * MINUTE)

    assert (verdict.state, verdict.alarm) == (LetterState.HELD, True)
    assert verdict.note == "寄了两次都没有等到回执，请到收件邮箱查看，没有收到再点“重发”"
    assert deliver_next(post) is None


@pytest.mark.parametrize("clock", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2038, 1, 19, tzinfo=UTC)])
def test_F7_a_letter_in_doubt_goes_out_again_soon_whatever_the_clock_did(post, entry, in_two, now, clock):
    post.clock.time = clock
    die_sending(post)

    post.clock.time = now  # put right
    for _ in range(3):
        deliver_next(post)
        wait(post, LONGEST_WAIT)

    assert sent(post) == in_two
    assert letter_of(post, entry).state is LetterState.SENT


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(days=-20000), timedelta(days=4000)])
@pytest.mark.usefixtures("in_two")
def test_F7_the_next_message_is_never_parked_by_a_clock_that_jumps(post, entry, jump):
    post.mailer.answers = [TAKEN, NO_CONNECTION, TAKEN]
    deliver_next(post)
    deliver_next(post)

    wait(post, jump)
    deliver_next(post)
    wait(post, LONGEST_WAIT)
    deliver_next(post)

    assert letter_of(post, entry).state is LetterState.SENT


def test_F2_a_worker_that_has_lost_its_lease_hands_nothing_over(post, entry):
    late = SlowMailer(post)

    verdict = deliver_next(replace(post, mailer=late))

    assert verdict.state is LetterState.QUEUED
    assert (late.handed_over, len(post.mailer.sent)) == (False, 1)
    assert letter_of(post, entry).state is LetterState.SENT


@dataclass
class SlowMailer:
    """Takes longer than its lease; meanwhile another worker sends the letter."""

    post: Post
    handed_over: bool | None = None

    def send(self, _mime: bytes, *, before_dot: Callable[[], bool], **_address: str) -> Attempt:
        self.post.clock.time += LEASE
        assert deliver_next(self.post).state is LetterState.SENT
        self.handed_over = before_dot()
        return Attempt(Phase.DATA, None, "")


@dataclass
class StubbornOutbox:
    """A real table; its first writings of an answer find the database busy."""

    inner: object
    busy: int

    def record(self, *args: object, **kwargs: object) -> object:
        if self.busy:
            self.busy -= 1
            raise StoreBusyError("busy")
        return self.inner.record(*args, **kwargs)

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)


def with_busy_outbox(post, busy):
    return replace(post, stores=replace(post.stores, outbox=StubbornOutbox(post.stores.outbox, busy)))


def test_F6_what_a_server_has_answered_is_written_down_even_where_the_database_is_busy(post, entry):
    assert deliver_next(with_busy_outbox(post, 4)).state is LetterState.SENT

    assert letter_of(post, entry).state is LetterState.SENT


@pytest.mark.usefixtures("entry")
def test_F6_what_could_not_be_written_down_is_in_doubt_afterwards_and_never_lost(post):
    with pytest.raises(StoreBusyError):
        deliver_next(with_busy_outbox(post, 5))

    wait(post, LEASE)
    assert deliver_next(post).state is LetterState.UNKNOWN
    wait(post, 20 * MINUTE)
    assert deliver_next(post).state is LetterState.SENT
    assert len(set(sent(post))) == 1


def test_F3_a_disk_that_runs_full_between_two_messages_gets_its_room_back(post, entry, now):
    post.stores.outbox.split(letter_of(post, entry).id, now=now)
    before = set(post.files.names())
    files = WatchedFiles(post.files)
    files.before_put = lambda: setattr(files, "full", set(post.files.names()) != before)

    verdict = deliver_next(replace(post, files=files))

    assert (verdict.state, verdict.note) == (LetterState.QUEUED, "磁盘满了，请清理磁盘，1 分钟后再试")
    assert set(post.files.names()) == before
    wait(post, MINUTE)
    assert [deliver_next(post).state for _ in range(2)] == [LetterState.QUEUED, LetterState.SENT]
    assert len(set(sent(post))) == 2


def test_a_digest_that_cannot_be_built_says_where_to_look(post, entry, now):
    outbox = post.stores.outbox
    claimed = outbox.claim_next(now=now, lease_until=now + LEASE)
    collected = Verdict(LetterState.COLLECTED, now, alarm=False, pause_until=None, note="")
    outbox.record(claimed, collected, phase=Phase.ADDRESS, now=now)
    post.stores.digests.add(path=entry.path, day="no day", now=now)

    verdict = deliver_next(post)

    assert (verdict.state, verdict.alarm) == (LetterState.HELD, True)
    assert verdict.note == "这封信做不出来（ValueError），请看运行日志，改好后点“重发”"


@pytest.mark.parametrize(
    ("trouble", "note", "alarm"),
    [
        (StoreFullError(FULL), "磁盘满了，请清理磁盘，1 分钟后再试", True),
        (OSError(28, "No space left"), "磁盘满了，请清理磁盘，1 分钟后再试", True),
        (StoreBusyError("busy"), "数据库正忙，1 分钟后再试", False),
        (PhotosBusyError("busy"), "正忙着处理别人传的照片，1 分钟后再试", False),
        (PermissionError(13, "denied"), "服务器读写文件出错（PermissionError），请看运行日志，1 分钟后再试", True),
    ],
)
def test_F3_trouble_of_this_machine_leaves_a_doubt_and_the_patience_as_they_were(post, entry, trouble, note, alarm):
    post.mailer.answers = [SILENT_AFTER_DOT, *[trouble] * 3, TAKEN]
    deliver_next(post)
    wait(post, 30 * MINUTE)

    for _ in range(3):
        verdict = deliver_next(post)
        wait(post, MINUTE)

    assert (verdict.state, verdict.note, verdict.alarm) == (LetterState.UNKNOWN, note, alarm)
    assert (letter_of(post, entry).attempts, handings(post, entry)) == (1, [1])
    assert deliver_next(post).note == "邮件服务器已收下。上一次可能已经寄到，收件邮箱里也许有两封一样的信"


def test_waiting_for_a_mailbox_for_days_takes_no_patience(post, entry, now):
    nowhere = replace(post, campaign=with_social(post.campaign, mailbox=""))
    while post.clock.time - now < timedelta(days=5):
        deliver_next(nowhere)
        post.clock.time = letter_of(post, entry).due_at
    post.mailer.answers = [NO_CONNECTION, TAKEN]

    verdict = deliver_next(post)

    assert (verdict.state, verdict.due_at) == (LetterState.QUEUED, post.clock.time + MINUTE)
    wait(post, MINUTE)
    assert deliver_next(post).state is LetterState.SENT


def test_a_letter_on_postgres_goes_the_same_way(post, any_stores, files, campaign, now):
    post = replace(post, stores=any_stores)
    entry = submitted(any_stores, files, campaign, now=now)
    first, second = frozen_in(post, 2, now)

    die_sending(post)
    wait(post, LEASE)
    assert deliver_next(post).state is LetterState.UNKNOWN
    wait(post, 20 * MINUTE)
    post.mailer.answers = [TAKEN, BLOCKED_AT_THE_END, NO_CONNECTION, TAKEN]
    states = []
    while letter_of(post, entry).state is not LetterState.SENT:
        states.append(deliver_next(post).state)
        post.clock.time = max(post.clock.time, letter_of(post, entry).due_at)

    assert states == [LetterState.QUEUED] * 3 + [LetterState.SENT]
    assert sent(post) == [first, second, second, second]
