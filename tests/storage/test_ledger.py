from datetime import timedelta

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.letter import LetterKind, LetterState, Verdict
from h5app.domain.nomination import Origin, Route, Status
from h5app.domain.reconciling import UNMAILED, DailyLetter, Gap, Returned, Standing, Tally
from h5app.storage.letters import Frozen
from tests.people import checked_self

LEASE = timedelta(minutes=10)


@pytest.fixture
def ledger(any_stores):
    return any_stores.ledger


@pytest.fixture
def enter(any_stores, campaign):
    """Store an entry, with its letter unless told otherwise; the entry."""

    def enter(now, number, *, mails=True, status=Status.SUBMITTED, route=Route.SELF, origin=Origin.FORM):
        entry_id = any_stores.nominations.add(
            draft_id=f"draft{number}",
            reference=f"{number:0>8}",
            path="social",
            route=route,
            channel="",
            answers=checked_self(campaign),
            now=now,
            status=status,
            origin=origin,
        )
        if mails:
            any_stores.outbox.add(entry_id, now=now)
        return any_stores.nominations.get(entry_id)

    return enter


def end_in(stores, state, *, now, note="note", alarm=False, messages=1, taken=None):
    """Give the oldest due letter its end."""
    letter = stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    frozen = [Frozen(part, f"{letter.id}-{part}", f"<{part}@example.org>", 9) for part in range(1, messages + 1)]
    assert stores.outbox.freeze(letter, frozen)
    verdict = Verdict(state, None, alarm=alarm, pause_until=None, note=note)
    assert stores.outbox.record(letter, verdict, phase=Phase.DONE, now=now, taken=taken)
    return letter


def tallied(ledger, *, begins, ends):
    return {(tally.standing, tally.on_day, tally.so_far) for tally in ledger.tallies(begins=begins, ends=ends)}


def test_nothing_is_received_before_the_first_entry(ledger, now):
    assert ledger.first_received_at() is None
    assert ledger.tallies(begins=now, ends=now) == []


def test_every_entry_stands_somewhere(any_stores, ledger, enter, now):
    for number, state in enumerate((LetterState.SENT, LetterState.WRITTEN, LetterState.HELD, LetterState.UNKNOWN), 1):
        enter(now, number)
        end_in(any_stores, state, now=now, taken=1 if number < 3 else None)
    enter(now, 5, mails=False, status=Status.WAITING, route=Route.PEER)
    enter(now, 6, mails=False, origin=Origin.MAIL)
    gone = enter(now, 7, mails=False)
    any_stores.nominations.erase(gone, to=Status.WITHDRAWN, now=now)
    enter(now, 8)

    found = ledger.tallies(begins=now, ends=now + timedelta(days=1))

    standings = ("sent", "held", "unknown", "written", "typed_in", "withdrawn", "queued")
    expected = [Tally(Route.SELF, "快递员", Standing(standing), 1, 1) for standing in standings]
    expected.append(Tally(Route.PEER, "快递员", Standing.UNCONFIRMED, 1, 1))
    assert sorted(found, key=lambda tally: tally.standing) == sorted(expected, key=lambda tally: tally.standing)
    assert ledger.count_received(since=now, until=now + timedelta(days=1)) == 8


def test_an_entry_without_the_letter_it_should_have_is_lost(any_stores, ledger, enter, now):
    enter(now, 1, mails=False)
    enter(now, 2)
    end_in(any_stores, LetterState.SENT, now=now, messages=2, taken=1)  # its second message nobody has taken
    tomorrow = now + timedelta(days=1)

    assert tallied(ledger, begins=now, ends=tomorrow) == {(Standing.LOST, 2, 2)}
    assert [gap.reference for gap in ledger.standing_at(UNMAILED, ends=tomorrow, limit=9)] == ["00000001", "00000002"]


def test_a_day_counts_what_came_first_on_it_whatever_was_corrected_later(any_stores, ledger, enter, campaign, now):
    entry, tomorrow = enter(now, 1), now + timedelta(days=1)
    end_in(any_stores, LetterState.SENT, now=now, taken=1)
    assert any_stores.nominations.revise(
        entry, draft_id="d2", answers=checked_self(campaign), now=tomorrow, status=Status.SUBMITTED, confirmed_at=None
    )
    any_stores.outbox.add(entry.id, revision=2, now=tomorrow)
    enter(tomorrow, 2)

    assert ledger.first_received_at() == now
    assert tallied(ledger, begins=now, ends=tomorrow) == {(Standing.QUEUED, 1, 1)}
    assert tallied(ledger, begins=tomorrow, ends=tomorrow + timedelta(days=1)) == {(Standing.QUEUED, 1, 2)}
    assert ledger.count_received(since=tomorrow, until=tomorrow + timedelta(days=1)) == 1
    assert ledger.count_received(since=None, until=tomorrow + timedelta(days=1)) == 2


def test_the_edge_between_two_days_belongs_to_the_one_that_begins(ledger, enter, now):
    enter(now, 1)

    assert tallied(ledger, begins=now - timedelta(days=1), ends=now) == set()
    assert tallied(ledger, begins=now, ends=now + timedelta(microseconds=1)) == {(Standing.QUEUED, 1, 1)}


def test_gaps_say_why_and_come_in_order_of_who_needs_somebody(any_stores, ledger, enter, now):
    for number in (1, 2, 3):
        enter(now + timedelta(seconds=number), number)
    later = now + timedelta(minutes=1)
    end_in(any_stores, LetterState.SENT, now=later, taken=1)
    end_in(any_stores, LetterState.HELD, now=later, note="收件邮箱不存在", alarm=True)

    found = ledger.standing_at(UNMAILED, ends=later, limit=9)

    assert found == [
        Gap(
            reference="00000002",
            revision=1,
            kind=LetterKind.ENTRY,
            standing=Standing.HELD,
            since=now + timedelta(seconds=2),
            note="收件邮箱不存在",
            alarm=True,
        ),
        Gap("00000003", 1, LetterKind.ENTRY, Standing.QUEUED, now + timedelta(seconds=3)),
    ]
    assert ledger.standing_at(UNMAILED, ends=later, limit=1) == found[:1]
    assert ledger.standing_at([Standing.QUEUED], ends=later, limit=9) == found[1:]


def test_what_a_held_digest_carries_needs_somebody_for_the_digests_reason(any_stores, ledger, enter, now):
    enter(now, 1)
    any_stores.digests.collect("social", note="随每天 18:00 的汇总寄出", now=now)
    tomorrow = now + timedelta(days=1)
    assert tallied(ledger, begins=now, ends=tomorrow) == {(Standing.COLLECTED, 1, 1)}

    any_stores.digests.add(path="social", day="2026-11-22", now=now)
    end_in(any_stores, LetterState.HELD, now=now, note="太大", alarm=True)

    assert ledger.standing_at(UNMAILED, ends=tomorrow, limit=9) == [
        Gap("00000001", 1, LetterKind.ENTRY, Standing.HELD, now, note="太大", alarm=True)
    ]
    assert ledger.daily_not_taken(before="2026-11-22") == [
        DailyLetter(LetterKind.DIGEST, "social", "2026-11-22", LetterState.HELD, "太大")
    ]


def test_an_end_that_the_mailbox_has_not_been_told_is_a_gap_until_it_is(any_stores, ledger, enter, now):
    entry = enter(now, 1, mails=False)
    any_stores.outbox.add(entry.id, kind=LetterKind.WITHDRAWAL, now=now)

    assert ledger.ends_not_told(limit=9) == [Gap("00000001", 1, LetterKind.WITHDRAWAL, Standing.QUEUED, now)]
    assert ledger.count_ends_not_told() == 1

    end_in(any_stores, LetterState.SENT, now=now, taken=1)
    assert (ledger.ends_not_told(limit=9), ledger.count_ends_not_told()) == ([], 0)


def test_what_was_sent_back_waits_since_then(any_stores, ledger, enter, now):
    entry, later = enter(now, 1), now + timedelta(hours=1)
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="近照看不清", now=later)

    assert ledger.returned(limit=9) == [Returned("00000001", later)]
    assert ledger.count_returned() == 1


def test_a_report_that_nobody_took_is_told_by_the_next(any_stores, ledger, now):
    any_stores.outbox.add_report(day="2026-11-20", mailbox="office@example.org", now=now)
    any_stores.outbox.add_report(day="2026-11-21", mailbox="office@example.org", now=now)

    assert ledger.daily_not_taken(before="2026-11-21") == [
        DailyLetter(LetterKind.REPORT, "", "2026-11-20", LetterState.QUEUED, "")
    ]
