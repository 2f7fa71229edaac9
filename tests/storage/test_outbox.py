from datetime import timedelta

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict
from h5app.domain.nomination import Route
from h5app.storage.outbox import ListedLetter, QueuedLetter
from tests.people import NAME, checked_self
from tests.threads import at_once

LEASE = timedelta(minutes=10)


@pytest.fixture
def outbox(any_stores):
    return any_stores.outbox


@pytest.fixture
def queue(any_stores, campaign):
    """Queue the letter of a new entry; the entry's id."""

    def queue(now, number=1):
        entry_id = any_stores.nominations.add(
            draft_id=f"draft{number}",
            reference=f"{number:0>8}",
            path="social",
            route=Route.SELF,
            channel="",
            answers=checked_self(campaign),
            now=now,
        )
        any_stores.outbox.add(entry_id, now=now)
        return entry_id

    return queue


def claim(outbox, now):
    return outbox.claim_next(now=now, lease_until=now + LEASE)


def verdict(state=LetterState.QUEUED, due_at=None, pause_until=None, note="note"):
    return Verdict(state, due_at, alarm=False, pause_until=pause_until, note=note)


def test_a_claimed_letter_is_nobody_elses(outbox, queue, now):
    entry_id = queue(now)

    letter = claim(outbox, now)

    assert letter == QueuedLetter(
        id=letter.id,
        nomination_id=entry_id,
        revision=1,
        kind=LetterKind.ENTRY,
        state=LetterState.QUEUED,
        due_at=now,
        attempts=1,
        first_at=now,
        message_file="",
        message_id="",
        note="",
        sent_at=None,
        may_have_left=True,
    )
    assert claim(outbox, now) is None


def test_the_oldest_due_letter_comes_first_and_none_before_its_time(outbox, queue, now):
    second, first = queue(now + timedelta(minutes=1), 1), queue(now, 2)

    assert claim(outbox, now - timedelta(seconds=1)) is None
    assert [claim(outbox, now + timedelta(minutes=2)).nomination_id for _ in range(2)] == [first, second]


def test_F2_a_letter_whose_worker_died_is_due_when_its_lease_is_over(outbox, queue, now):
    queue(now)
    died = claim(outbox, now)

    assert claim(outbox, now + LEASE - timedelta(seconds=1)) is None
    again = claim(outbox, now + LEASE)
    assert (again.id, again.attempts, again.first_at) == (died.id, 2, now)


def test_a_worker_that_comes_too_late_records_nothing(outbox, queue, now):
    entry_id = queue(now)
    late = claim(outbox, now)
    claim(outbox, now + LEASE)

    assert outbox.record(late, verdict(LetterState.HELD), phase=Phase.DATA, now=now + LEASE) is False
    assert outbox.of_nomination(entry_id).state is LetterState.QUEUED


def test_F2_many_workers_at_once_win_each_letter_once(outbox, queue, now):
    entries = {queue(now, number) for number in range(1, 4)}

    claimed = at_once(lambda: claim(outbox, now), 6)

    won = [letter.nomination_id for letter in claimed if letter]
    assert (sorted(won), claimed.count(None)) == (sorted(entries), 3)


def test_a_sent_letter_is_done(outbox, queue, now):
    entry_id = queue(now)
    later = now + timedelta(seconds=3)

    assert outbox.record(claim(outbox, now), verdict(LetterState.SENT), phase=Phase.DONE, now=later) is True

    letter = outbox.of_nomination(entry_id)
    assert (letter.state, letter.sent_at, letter.note, letter.attempts) == (LetterState.SENT, later, "note", 1)
    assert claim(outbox, now + timedelta(days=3)) is None


def test_a_deferred_letter_waits_for_its_time_and_keeps_its_first_attempt(outbox, queue, now):
    queue(now)
    due = now + timedelta(minutes=5)
    outbox.record(claim(outbox, now), verdict(due_at=due), phase=Phase.CONNECT, now=now)

    assert claim(outbox, due - timedelta(seconds=1)) is None
    again = claim(outbox, due)
    assert (again.attempts, again.first_at, again.note) == (2, now, "note")


def test_an_attempt_that_does_not_count_is_taken_off_again(outbox, queue, now):
    entry_id = queue(now)
    pause = verdict(due_at=now, pause_until=now + timedelta(minutes=30))

    outbox.record(claim(outbox, now), pause, phase=Phase.AUTH, now=now)

    assert outbox.of_nomination(entry_id).attempts == 0


@pytest.mark.parametrize("state", [LetterState.HELD, LetterState.SENT, LetterState.WRITTEN])
def test_what_is_held_or_done_is_not_due(outbox, queue, now, state):
    queue(now)
    outbox.record(claim(outbox, now), verdict(state), phase=Phase.DONE, now=now)

    assert claim(outbox, now + timedelta(days=30)) is None


def test_F4_a_letter_in_doubt_is_due_again_and_known_as_such(outbox, queue, now):
    queue(now)
    due = now + timedelta(minutes=30)
    outbox.record(claim(outbox, now), verdict(LetterState.UNKNOWN, due_at=due), phase=Phase.DOT, now=now)

    assert claim(outbox, due).state is LetterState.UNKNOWN


def test_F7_a_letter_parked_by_a_clock_that_ran_ahead_is_due_at_once(outbox, queue, now):
    queue(now + timedelta(days=400))

    assert claim(outbox, now + timedelta(days=400) - LONGEST_WAIT) is None
    assert claim(outbox, now) is not None


def test_F7_a_lease_given_by_a_clock_that_ran_ahead_is_over(outbox, queue, now):
    queue(now)
    claim(outbox, now + timedelta(days=400))

    assert claim(outbox, now) is not None


def test_a_frozen_message_is_remembered(outbox, queue, now):
    entry_id = queue(now)
    outbox.freeze(claim(outbox, now).id, message_file="f" * 64, message_id="<1@example.org>")

    letter = outbox.of_nomination(entry_id)
    assert (letter.message_file, letter.message_id) == ("f" * 64, "<1@example.org>")
    assert outbox.file_names() == {"f" * 64}


@pytest.mark.parametrize(
    ("state", "message_file"),
    [
        (LetterState.QUEUED, "f" * 64),
        (LetterState.UNKNOWN, "f" * 64),
        (LetterState.SENT, "f" * 64),
        (LetterState.WRITTEN, ""),
        (LetterState.HELD, ""),
    ],
)
def test_sending_again_starts_fresh_and_builds_anew_only_what_nobody_received(outbox, queue, now, state, message_file):
    entry_id = queue(now)
    letter = claim(outbox, now)
    outbox.freeze(letter.id, message_file="f" * 64, message_id="<1@example.org>")
    outbox.record(letter, verdict(state, due_at=now + timedelta(hours=1)), phase=Phase.DATA, now=now)
    later = now + timedelta(minutes=1)

    assert outbox.requeue(entry_id, now=later) is True

    again = outbox.of_nomination(entry_id)
    assert (again.state, again.due_at, again.attempts, again.first_at, again.note, again.message_file) == (
        LetterState.QUEUED,
        later,
        0,
        None,
        "",
        message_file,
    )


def test_a_letter_that_a_worker_has_is_not_requeued_under_it(outbox, queue, now):
    entry_id = queue(now)
    claim(outbox, now)

    assert outbox.requeue(entry_id, now=now) is False
    assert outbox.requeue(entry_id, now=now + LEASE) is True
    assert outbox.requeue(99, now=now) is False


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (LetterState.QUEUED, False),
        (LetterState.HELD, False),
        (LetterState.SENT, True),
        (LetterState.WRITTEN, True),
        (LetterState.UNKNOWN, True),
    ],
)
def test_only_letters_that_nobody_can_have_are_taken_back(outbox, queue, now, state, stays):
    entry_id = queue(now)
    outbox.record(claim(outbox, now), verdict(state, due_at=now), phase=Phase.DATA, now=now)

    outbox.drop_unsent(entry_id)

    assert [letter.may_have_left for letter in outbox.all_of(entry_id)] == [True] * stays


def test_F2_a_letter_whose_worker_died_may_have_left_whatever_became_of_it_since(outbox, queue, now):
    entry_id = queue(now)
    claim(outbox, now)
    outbox.record(claim(outbox, now + LEASE), verdict(due_at=now), phase=Phase.CONNECT, now=now + LEASE)

    outbox.drop_unsent(entry_id)

    assert outbox.of_nomination(entry_id).may_have_left is True


def test_a_letter_in_doubt_that_is_sent_again_and_refused_may_still_have_left(outbox, queue, now):
    entry_id = queue(now)
    outbox.record(claim(outbox, now), verdict(LetterState.UNKNOWN, due_at=now), phase=Phase.DOT, now=now)
    outbox.requeue(entry_id, now=now)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.DATA, now=now)

    outbox.drop_unsent(entry_id)

    assert outbox.of_nomination(entry_id).may_have_left is True


def test_emptied_letters_stay_as_lines_and_nobody_sends_them(outbox, queue, now):
    entry_id = queue(now)
    held = claim(outbox, now)
    outbox.freeze(held.id, message_file="f" * 64, message_id="<1@example.org>")

    outbox.empty(entry_id)

    assert outbox.freeze(held.id, message_file="e" * 64, message_id="<2@example.org>") is False
    assert outbox.record(held, verdict(LetterState.SENT), phase=Phase.DONE, now=now) is False
    emptied = outbox.of_nomination(entry_id)
    assert (emptied.state, emptied.message_file, emptied.may_have_left) == (LetterState.DROPPED, "", True)
    assert claim(outbox, now + timedelta(days=1)) is None


def test_an_entry_has_one_letter(outbox, queue, now):
    entry_id = queue(now)
    outbox.add(entry_id, now=now)

    assert outbox.counts() == {LetterState.QUEUED: 1}


def test_a_letter_goes_with_its_entry(any_stores, outbox, queue, now):
    entry_id = queue(now)
    any_stores.rows.write("DELETE FROM nominations")

    assert outbox.of_nomination(entry_id) is None


def test_the_list_is_newest_first_and_by_state(outbox, queue, now):
    queue(now, 1)
    queue(now, 2)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.RECIPIENT, now=now)

    held = outbox.page(state="held", limit=10, offset=0)

    assert [row.reference for row in outbox.page(state="", limit=10, offset=0)] == ["00000002", "00000001"]
    assert held == [ListedLetter("00000001", NAME, "快递员", Route.SELF, "social", held[0].letter)]
    assert outbox.page(state="", limit=1, offset=1)[0].reference == "00000001"
    assert outbox.counts() == {LetterState.QUEUED: 1, LetterState.HELD: 1}


def test_a_paused_queue_tells_until_when_and_why(outbox, now):
    until = now + timedelta(minutes=30)
    outbox.pause(until=now, note="old")
    outbox.pause(until=until, note="发件邮箱登录不了")

    assert outbox.paused(now=now) == (until, "发件邮箱登录不了")
    assert outbox.paused(now=until) is None
    assert outbox.paused(now=now - timedelta(days=1)) is None  # the clock was put right: nothing is parked (F7)
    outbox.resume()
    assert outbox.paused(now=now) is None
