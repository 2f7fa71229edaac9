"""Letters that wait for a digest: the statements behind it, on both databases."""

from datetime import timedelta

from h5app.domain.attempt import Phase
from h5app.domain.letter import LONGEST_WAIT, LetterKind, LetterState, Verdict
from h5app.storage.letters import Frozen

LEASE, NOTE, DAY = timedelta(minutes=10), "随每天 18:00 的汇总寄出", "2026-11-22"


def waiting(outbox, entry_id):
    letter = outbox.of_nomination(entry_id)
    return letter.state, letter.due_at, letter.note


def test_what_is_collected_has_waited_since_it_was_due(outbox, queue, now, digests):
    first, second = queue(now, 1), queue(now + timedelta(minutes=5), 2)
    later = now + timedelta(hours=1)

    digests.collect("social", note=NOTE, now=later)

    assert waiting(outbox, first) == (LetterState.COLLECTED, now, NOTE)
    assert waiting(outbox, second) == (LetterState.COLLECTED, now + timedelta(minutes=5), NOTE)
    assert digests.oldest_collected("social") == now
    assert outbox.claim_next(now=later, lease_until=later + LEASE) is None


def test_F7_what_seems_due_far_ahead_has_waited_since_now(outbox, queue, now, digests):
    entry = queue(now + LONGEST_WAIT + timedelta(days=9), 1)

    digests.collect("social", note=NOTE, now=now)

    assert waiting(outbox, entry) == (LetterState.COLLECTED, now, NOTE)


def test_what_somebody_is_sending_or_has_built_is_left_alone(outbox, queue, now, digests):
    leased, built, other_path = queue(now, 1), queue(now, 2), queue(now, 3, path="elsewhere")
    outbox.claim_next(now=now, lease_until=now + 2 * LEASE)
    letter = outbox.claim_next(now=now, lease_until=now + LEASE)
    outbox.freeze(letter, [Frozen(1, "f", "<1@example.org>", 9)])
    outbox.record(
        letter, Verdict(LetterState.QUEUED, now, alarm=False, pause_until=None, note=""), phase=Phase.CONNECT, now=now
    )
    withdrawal = queue(now, 4)
    outbox.drop_unsent(withdrawal)
    outbox.add(withdrawal, kind=LetterKind.WITHDRAWAL, now=now)

    digests.collect("social", note=NOTE, now=now)

    states = [outbox.of_nomination(entry).state for entry in (leased, built, other_path, withdrawal)]
    assert states == [LetterState.QUEUED] * 4


def test_a_lease_that_is_over_keeps_nothing_from_being_collected(outbox, queue, now, digests):
    entry = queue(now, 1)
    outbox.claim_next(now=now, lease_until=now + LEASE)

    digests.collect("social", note=NOTE, now=now + LEASE)

    assert waiting(outbox, entry) == (LetterState.COLLECTED, now, NOTE)


def test_each_path_has_one_digest_a_day_and_knows_who_still_waits(outbox, queue, now, digests):
    queue(now, 1)
    queue(now, 2, path="elsewhere")
    for path in ("social", "elsewhere"):
        digests.collect(path, note=NOTE, now=now)
    assert digests.paths_collected() == ["elsewhere", "social"]

    digest = digests.add(path="social", day=DAY, now=now)
    late = queue(now, 3)
    digests.collect("social", note=NOTE, now=now)

    assert digests.add(path="social", day=DAY, now=now) is None
    assert len(digests.carried(digest)) == 1
    assert outbox.of_nomination(late).carried_by is None
    assert digests.paths_collected() == ["elsewhere", "social"]


def test_what_is_released_begins_afresh_and_what_a_digest_carries_stays(outbox, queue, now, digests):
    carried = queue(now, 1)
    digests.collect("social", note=NOTE, now=now)
    digests.add(path="social", day=DAY, now=now)
    free, later = queue(now, 2), now + timedelta(hours=1)
    digests.collect("social", note=NOTE, now=now)

    digests.release_collected("social", now=later)

    assert waiting(outbox, free) == (LetterState.QUEUED, later, "")
    assert waiting(outbox, carried) == (LetterState.COLLECTED, now, NOTE)


def test_who_is_set_apart_waits_for_people_and_leaves_the_others(outbox, queue, now, digests):
    broken, whole = queue(now, 1), queue(now, 2)
    digests.collect("social", note=NOTE, now=now)
    digest = digests.add(path="social", day=DAY, now=now)

    digests.set_apart(digests.carried(digest)[0], note="做不出来")

    apart = outbox.of_nomination(broken)
    assert (apart.state, apart.alarm, apart.note, apart.carried_by) == (LetterState.HELD, True, "做不出来", None)
    assert [letter.nomination_id for letter in digests.carried(digest)] == [whole]


def test_who_was_sent_already_is_not_held_by_a_digest_that_is_built_anew(outbox, queue, now, digests):
    entry = queue(now, 1)
    digests.collect("social", note=NOTE, now=now)
    digests.add(path="social", day=DAY, now=now)
    letter = outbox.claim_next(now=now, lease_until=now + LEASE)
    (carried,) = digests.carried(letter.id)
    outbox.record(
        letter, Verdict(LetterState.SENT, None, alarm=False, pause_until=None, note=""), phase=Phase.DONE, now=now
    )

    digests.set_apart(carried, note="做不出来")

    assert outbox.of_nomination(entry).state is LetterState.SENT
