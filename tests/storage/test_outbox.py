from datetime import timedelta

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict
from h5app.domain.nomination import Route
from h5app.storage.letters import ALARM, Frozen, ListedLetter, QueuedLetter
from tests.people import NAME
from tests.threads import at_once

LEASE = timedelta(minutes=10)


def claim(outbox, now):
    return outbox.claim_next(now=now, lease_until=now + LEASE)


MESSAGE = Frozen(1, "f" * 64, "<1@example.org>", 2_000)
SECOND = Frozen(2, "e" * 64, "<2@example.org>", 1_000)


def frozen(outbox, letter, *messages):
    assert outbox.freeze(letter, messages or [MESSAGE])


def handed(outbox, letter, now, part=1):
    return outbox.hand_over(letter, part=part, now=now)


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
        note="",
        sent_at=None,
        lease_until=now + LEASE,
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


def test_F2_a_worker_that_comes_too_late_is_told_even_where_attempts_are_counted_anew(outbox, queue, now):
    queue(now)
    late = claim(outbox, now)
    frozen(outbox, late)
    outbox.requeue(late.id, now=now + LEASE)
    again = claim(outbox, now + LEASE)

    assert again.attempts == late.attempts
    assert handed(outbox, late, now + LEASE) is False
    assert outbox.record(late, verdict(LetterState.SENT), phase=Phase.DONE, now=now + LEASE) is False
    assert handed(outbox, again, now + LEASE) is True


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


def test_an_attempt_that_called_nobody_counts_as_none(outbox, queue, now):
    entry_id = queue(now)

    outbox.record(claim(outbox, now), verdict(due_at=now), phase=Phase.ADDRESS, now=now)

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
    frozen(outbox, claim(outbox, now), MESSAGE, SECOND)

    letter = outbox.of_nomination(entry_id)
    assert outbox.messages(letter.id) == [MESSAGE, SECOND]
    assert outbox.file_names() == {"f" * 64, "e" * 64}
    assert sorted(outbox.files_about(entry_id)) == ["e" * 64, "f" * 64]


@pytest.mark.parametrize(
    ("state", "stays"),
    [
        (LetterState.QUEUED, True),
        (LetterState.UNKNOWN, True),
        (LetterState.SENT, True),
        (LetterState.WRITTEN, False),
        (LetterState.HELD, False),
    ],
)
def test_sending_again_starts_fresh_and_builds_anew_only_what_nobody_received(outbox, queue, now, state, stays):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(state, due_at=now + timedelta(hours=1)), phase=Phase.DATA, now=now)
    later = now + timedelta(minutes=1)

    assert outbox.requeue(letter.id, now=later) is True

    again = outbox.get(letter.id)
    assert (again.state, again.due_at, again.attempts, again.first_at, again.note) == (
        LetterState.QUEUED,
        later,
        0,
        None,
        "",
    )
    assert [each.file for each in outbox.messages(letter.id)] == [MESSAGE.file] * stays
    assert all(not each.handings and not each.taken_at for each in outbox.messages(letter.id))


def test_a_letter_that_a_worker_has_is_not_requeued_under_it(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)

    assert outbox.requeue(letter.id, now=now) is False
    assert outbox.requeue(letter.id, now=now + LEASE) is True
    assert outbox.requeue(99, now=now) is False


def test_a_letter_that_somebody_has_stays_as_it_is_however_its_next_try_ends(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(LetterState.SENT), phase=Phase.DONE, now=now, taken=1)
    outbox.requeue(letter.id, now=now)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.RECIPIENT, now=now)

    outbox.requeue(letter.id, now=now)

    assert outbox.messages(letter.id) == [MESSAGE]


def test_one_part_taken_leaves_the_next_one_due_with_fresh_patience(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter, MESSAGE, SECOND)
    handed(outbox, letter, now)

    outbox.record(letter, verdict(due_at=now), phase=Phase.DONE, now=now, taken=1)

    first, second = outbox.messages(letter.id)
    assert (first.taken_at, first.handings, second.taken_at) == (now, 0, None)
    again = claim(outbox, now)
    assert (again.id, again.attempts, again.first_at, again.may_have_left) == (letter.id, 1, now, True)


def test_what_is_held_after_one_part_was_taken_goes_on_with_the_others(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter, MESSAGE, SECOND)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(due_at=now), phase=Phase.DONE, now=now, taken=1)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.DATA, now=now)

    outbox.requeue(letter.id, now=now)

    assert [bool(each.taken_at) for each in outbox.messages(letter.id)] == [True, False]


def test_a_letter_that_was_taken_goes_out_whole_when_it_is_asked_for_again(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    outbox.record(letter, verdict(LetterState.SENT), phase=Phase.DONE, now=now, taken=1)

    outbox.requeue(letter.id, now=now)

    assert outbox.messages(letter.id) == [MESSAGE]


def test_a_split_letter_is_built_anew_in_one_message_more(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter, MESSAGE, SECOND)
    assert outbox.split(letter.id, now=now) is False  # a worker has it
    outbox.record(letter, verdict(LetterState.HELD), phase=Phase.DATA, now=now)

    assert outbox.split(letter.id, now=now) is True

    again = claim(outbox, now)
    assert (again.least_parts, again.attempts, outbox.messages(letter.id)) == (3, 1, [])


def test_a_letter_that_is_done_is_not_split(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    outbox.record(letter, verdict(LetterState.SENT), phase=Phase.DONE, now=now)

    assert outbox.split(letter.id, now=now) is False


def test_F2_what_is_about_to_be_handed_over_is_written_down_first(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)

    assert handed(outbox, letter, now) is True

    (message,) = outbox.messages(letter.id)
    assert (message.handings, message.handed_at, outbox.get(letter.id).may_have_left) == (1, now, True)


def test_F2_a_worker_whose_letter_another_one_has_taken_over_hands_nothing_over(outbox, queue, now):
    queue(now)
    late = claim(outbox, now)
    frozen(outbox, late)
    claim(outbox, now + LEASE)

    assert handed(outbox, late, now + LEASE) is False
    assert outbox.get(late.id).may_have_left is False


@pytest.mark.parametrize(
    ("was", "becomes", "handings"),
    [
        (LetterState.QUEUED, LetterState.QUEUED, 0),
        (LetterState.QUEUED, LetterState.UNKNOWN, 1),
        (LetterState.UNKNOWN, LetterState.UNKNOWN, 1),
    ],
)
def test_F2_an_answer_ends_the_doubt_of_its_own_try_only(outbox, queue, now, was, becomes, handings):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    if was is LetterState.UNKNOWN:
        handed(outbox, letter, now)
        outbox.record(letter, verdict(LetterState.UNKNOWN, due_at=now), phase=Phase.DOT, now=now)
        letter = claim(outbox, now)
    handed(outbox, letter, now)

    outbox.record(letter, verdict(becomes, due_at=now), phase=Phase.DOT, now=now)

    assert outbox.messages(letter.id)[0].handings == handings


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.COLLECTED, LetterState.HELD])
def test_letters_that_nobody_can_have_are_taken_back(outbox, queue, now, state):
    entry_id = queue(now)
    outbox.record(claim(outbox, now), verdict(state, due_at=now), phase=Phase.DATA, now=now)

    outbox.drop_unsent(entry_id)

    assert outbox.all_of(entry_id) == []


@pytest.mark.parametrize("state", [LetterState.SENT, LetterState.WRITTEN, LetterState.UNKNOWN])
def test_letters_that_somebody_may_have_stay(outbox, queue, now, state):
    entry_id = queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(state, due_at=now), phase=Phase.DOT, now=now)

    outbox.drop_unsent(entry_id)

    assert [letter.may_have_left for letter in outbox.all_of(entry_id)] == [True]


def test_what_waits_for_people_in_doubt_asks_for_nobody_once_it_is_corrected(outbox, queue, now):
    entry_id = queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(LetterState.UNKNOWN, due_at=now), phase=Phase.DOT, now=now)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.DATA, now=now)
    assert outbox.count_alarms() == 1

    outbox.drop_unsent(entry_id)

    found = outbox.get(letter.id)
    assert (found.state, found.may_have_left, outbox.count_alarms()) == (LetterState.DROPPED, True, 0)


@pytest.mark.parametrize("state", [LetterState.QUEUED, LetterState.HELD])
def test_a_letter_whose_refusal_was_heard_has_not_left(outbox, queue, now, state):
    entry_id = queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(state, due_at=now), phase=Phase.DOT, now=now)

    assert outbox.get(letter.id).may_have_left is False
    outbox.drop_unsent(entry_id)
    assert outbox.all_of(entry_id) == []


@pytest.mark.parametrize("first_end", [Phase.DONE, Phase.DOT])
def test_a_refusal_leaves_an_earlier_doubt_and_an_earlier_part_as_they_were(outbox, queue, now, first_end):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter, MESSAGE, SECOND)
    handed(outbox, letter, now)
    first = verdict(due_at=now) if first_end is Phase.DONE else verdict(LetterState.UNKNOWN, due_at=now)
    outbox.record(letter, first, phase=first_end, now=now, taken=1 if first_end is Phase.DONE else None)
    again = claim(outbox, now)
    handed(outbox, again, now, part=2 if first_end is Phase.DONE else 1)

    outbox.record(again, verdict(LetterState.HELD), phase=Phase.DOT, now=now)

    assert outbox.get(letter.id).may_have_left is True


@pytest.mark.parametrize("phase", [Phase.ADDRESS, Phase.DOT])
def test_F2_only_an_answer_ends_a_doubt(outbox, queue, now, phase):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)

    outbox.record(letter, verdict(due_at=now), phase=phase, now=now)

    in_doubt = phase is Phase.ADDRESS
    assert (outbox.messages(letter.id)[0].handings, outbox.get(letter.id).may_have_left) == (int(in_doubt), in_doubt)


def test_a_letter_held_in_doubt_is_sent_again_as_the_same_bytes(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(LetterState.UNKNOWN, due_at=now), phase=Phase.DOT, now=now)
    outbox.record(claim(outbox, now), verdict(LetterState.HELD), phase=Phase.DOT, now=now)

    outbox.requeue(letter.id, now=now)

    assert outbox.messages(letter.id) == [MESSAGE]


def test_a_letter_taken_back_under_its_worker_is_not_handed_over(outbox, queue, now):
    entry_id = queue(now)
    letter = claim(outbox, now)
    frozen(outbox, letter)

    outbox.drop_unsent(entry_id)

    assert handed(outbox, letter, now) is False
    assert outbox.file_names() == set()


def test_emptied_letters_stay_as_lines_and_nobody_sends_them(outbox, queue, now):
    entry_id = queue(now)
    held = claim(outbox, now)
    frozen(outbox, held)

    outbox.empty(entry_id)

    assert outbox.freeze(held, [SECOND]) is False
    assert handed(outbox, held, now) is False
    assert outbox.record(held, verdict(LetterState.SENT), phase=Phase.DONE, now=now) is False
    emptied = outbox.of_nomination(entry_id)
    assert (emptied.state, emptied.may_have_left) == (LetterState.DROPPED, True)
    assert outbox.file_names() == set()
    assert claim(outbox, now + timedelta(days=1)) is None


@pytest.mark.parametrize("number", [0, 99, 2**63 - 1, 2**63, 10**30])
def test_any_number_may_be_asked_for(outbox, number):
    assert outbox.get(number) is None


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


@pytest.fixture
def digest(outbox, queue, now, digests):
    """A digest of two entries; its id, and theirs."""
    entries = [queue(now, 1), queue(now, 2)]
    for _ in entries:
        outbox.record(claim(outbox, now), verdict(LetterState.COLLECTED), phase=Phase.ADDRESS, now=now)
    return digests.add(path="social", day="2026-11-22", now=now), entries


def test_what_is_collected_is_due_with_its_digest_only(outbox, digest, now, digests):
    digest_id, entries = digest

    letter = claim(outbox, now)

    assert (letter.id, letter.kind, letter.path, letter.day) == (digest_id, LetterKind.DIGEST, "social", "2026-11-22")
    assert [each.nomination_id for each in digests.carried(digest_id)] == entries
    assert claim(outbox, now) is None
    assert digests.oldest_collected("social") is None


@pytest.mark.usefixtures("digest")
def test_a_path_has_one_digest_a_day_and_none_without_entries(outbox, queue, now, digests):
    queue(now, 3)
    assert digests.oldest_collected("social") is None
    claim(outbox, now)  # the digest
    outbox.record(claim(outbox, now), verdict(LetterState.COLLECTED), phase=Phase.ADDRESS, now=now)

    assert digests.oldest_collected("social") == now
    assert digests.add(path="social", day="2026-11-22", now=now) is None
    assert digests.add(path="organisation", day="2026-11-23", now=now) is None
    assert digests.add(path="social", day="2026-11-23", now=now) is not None


def test_a_sent_digest_has_sent_what_it_carried(outbox, digest, now):
    _, entries = digest
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)

    outbox.record(letter, verdict(LetterState.SENT), phase=Phase.DONE, now=now, taken=1)

    sent = [outbox.of_nomination(entry_id) for entry_id in entries]
    assert [(each.state, each.sent_at, each.may_have_left) for each in sent] == [(LetterState.SENT, now, True)] * 2


def test_who_leaves_a_digest_that_nobody_has_is_left_out_of_it(outbox, digest, now, digests):
    digest_id, (leaving, staying) = digest
    frozen(outbox, claim(outbox, now))
    assert outbox.files_about(leaving) == [MESSAGE.file]

    outbox.drop_unsent(leaving)

    assert [each.nomination_id for each in digests.carried(digest_id)] == [staying]
    assert outbox.messages(digest_id) == []


def test_who_leaves_a_digest_that_is_being_sent_stops_it_before_the_final_dot(outbox, digest, now):
    digest_id, (leaving, _) = digest
    letter = claim(outbox, now)
    frozen(outbox, letter)

    outbox.drop_unsent(leaving)

    assert handed(outbox, letter, now) is False
    assert outbox.get(digest_id).may_have_left is False


def test_who_leaves_a_digest_that_may_have_arrived_ends_it_and_the_others_wait_for_the_next(outbox, digest, now):
    digest_id, (leaving, staying) = digest
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(LetterState.UNKNOWN, due_at=now), phase=Phase.DOT, now=now)

    outbox.drop_unsent(leaving)
    outbox.empty(leaving)

    assert outbox.get(digest_id).state is LetterState.DROPPED
    assert outbox.of_nomination(leaving).state is LetterState.DROPPED
    assert (outbox.of_nomination(staying).state, outbox.of_nomination(staying).carried_by) == (
        LetterState.COLLECTED,
        None,
    )
    assert claim(outbox, now + timedelta(days=1)) is None


def test_who_leaves_while_a_digest_is_being_built_is_not_in_it(outbox, digest, now, digests):
    digest_id, (leaving, staying) = digest
    builder = claim(outbox, now)

    outbox.drop_unsent(leaving)

    assert outbox.freeze(builder, [MESSAGE]) is False
    assert outbox.record(builder, verdict(LetterState.DROPPED), phase=Phase.ADDRESS, now=now) is False
    again = claim(outbox, now)
    assert (again.id, again.state, outbox.messages(digest_id)) == (digest_id, LetterState.QUEUED, [])
    assert [each.nomination_id for each in digests.carried(digest_id)] == [staying]


def test_a_corrected_entry_whose_old_letter_waits_for_another_digest_is_not_in_it(outbox, digest, now):
    _, (corrected, _) = digest
    letter = claim(outbox, now)
    frozen(outbox, letter)
    handed(outbox, letter, now)
    outbox.record(letter, verdict(due_at=now), phase=Phase.DOT, now=now)  # refused

    outbox.drop_unsent(corrected)

    assert [each.state for each in outbox.all_of(corrected)] == [LetterState.DROPPED]


def test_what_waits_for_a_digest_is_not_sent_by_itself(outbox, digest, now):
    _, (entry_id, _) = digest

    assert outbox.requeue(outbox.of_nomination(entry_id).id, now=now) is False
    assert outbox.of_nomination(entry_id).state is LetterState.COLLECTED


def test_a_digest_that_was_only_written_to_a_file_has_sent_nothing(outbox, digest, now):
    _, (entry_id, _) = digest
    letter = claim(outbox, now)
    frozen(outbox, letter)

    outbox.record(letter, verdict(LetterState.WRITTEN), phase=Phase.FILE, now=now, taken=1)

    written = outbox.of_nomination(entry_id)
    assert (written.state, written.note) == (LetterState.WRITTEN, "随 11月22日 的汇总邮件写成文件，没有寄出")


def test_a_path_without_digests_lets_go_of_what_it_had_collected(outbox, queue, now, digests):
    queue(now)
    outbox.record(claim(outbox, now), verdict(LetterState.COLLECTED), phase=Phase.ADDRESS, now=now)

    digests.release_collected("social", now=now)

    assert claim(outbox, now).kind is LetterKind.ENTRY


def test_a_report_is_one_a_day_and_reader(outbox, now):
    day = {"day": "2026-11-22", "now": now}

    made = [outbox.add_report(mailbox=each, **day) for each in ("a@example.org", "b@example.org", "a@example.org")]

    assert made == [True, True, False]
    assert (claim(outbox, now).mailbox, claim(outbox, now).mailbox) == ("a@example.org", "b@example.org")
    listed = outbox.page(state="", limit=1, offset=0)[0]
    assert (listed.reference, listed.route, listed.letter.kind) == ("", None, LetterKind.REPORT)


def test_an_alarm_stays_until_the_letter_is_tried_again(outbox, queue, now):
    queue(now)
    letter = claim(outbox, now)
    outbox.record(
        letter, Verdict(LetterState.HELD, None, alarm=True, pause_until=None, note=""), phase=Phase.DATA, now=now
    )
    assert outbox.count_alarms() == 1

    outbox.requeue(letter.id, now=now)

    assert outbox.count_alarms() == 0


def test_what_staff_must_look_at_is_every_alarm_and_every_held_letter(outbox, queue, now):
    for number in (1, 2, 3):
        queue(now, number)
    for state, alarm in ((LetterState.HELD, False), (LetterState.UNKNOWN, True), (LetterState.QUEUED, False)):
        outbox.record(claim(outbox, now), Verdict(state, now, alarm, None, ""), phase=Phase.DATA, now=now)
        now += timedelta(seconds=1)

    listed = outbox.page(state=ALARM, limit=10, offset=0)

    assert [row.letter.state for row in listed] == [LetterState.UNKNOWN, LetterState.HELD]
    assert outbox.count_alarms() == 2
