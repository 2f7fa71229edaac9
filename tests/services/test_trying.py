import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from h5app.domain.errors import NotFoundError, TooManyTriesError
from h5app.services.trying import counted
from tests.threads import at_once

WRONG = "没有找到"


def guess(stores, now, *, right=False, key="k"):
    with counted(stores, key, now=now):
        if not right:
            raise NotFoundError(WRONG)


def guess_wrong(stores, now, times):
    for _ in range(times):
        with pytest.raises(NotFoundError, match=WRONG):
            guess(stores, now)


def test_S20_after_five_wrong_guesses_even_the_right_one_rests(any_stores, now):
    guess_wrong(any_stores, now, times=5)

    with pytest.raises(TooManyTriesError, match="1 分钟后再试"):
        guess(any_stores, now, right=True)
    guess(any_stores, now, right=True, key="somebody else's")


def test_S20_the_rest_grows_to_a_quarter_of_an_hour(any_stores, now):
    at = now
    rests = []
    guess_wrong(any_stores, at, times=5)
    for _ in range(6):
        rest = next(m for m in range(1, 99) if _is_over(any_stores, at + timedelta(minutes=m)))
        rests.append(rest)
        at += timedelta(minutes=rest)
        guess_wrong(any_stores, at, times=1)

    assert rests == [1, 2, 4, 8, 15, 15]


def _is_over(stores, moment):
    found, at = stores.tries.of("k")
    try:
        guess(stores, moment, right=True)
    except TooManyTriesError:
        return False
    for _ in range(found):  # as it was before the right guess
        stores.tries.add("k", now=at)
    return True


def test_S20_guesses_made_at_once_are_no_more_than_five(any_stores, now):
    everybody = threading.Barrier(8, timeout=10)

    def guess_wrong_together():
        with suppress(threading.BrokenBarrierError), counted(any_stores, "k", now=now):
            everybody.wait(0.3)  # nobody is told before all have begun, or been sent away
            raise NotFoundError(WRONG)

    results = at_once(guess_wrong_together, times=8)

    assert sorted(type(result).__name__ for result in results if result) == ["TooManyTriesError"] * 3
    assert any_stores.tries.of("k") == (5, now)


def test_a_right_guess_begins_the_count_anew(any_stores, now):
    guess_wrong(any_stores, now, times=4)
    guess(any_stores, now, right=True)

    guess_wrong(any_stores, now, times=5)

    assert any_stores.tries.of("k") == (5, now)


def test_S20_a_guess_that_waited_in_line_rests_as_well(any_stores, now):
    guess_wrong(any_stores, now, times=5)

    with pytest.raises(TooManyTriesError, match="1 分钟后再试"):
        guess(any_stores, now - timedelta(milliseconds=1), right=True)


def test_F7_a_clock_that_was_put_back_does_not_lengthen_the_rest(any_stores, now):
    guess_wrong(any_stores, now, times=5)

    guess(any_stores, now - timedelta(days=1), right=True)


def test_old_guesses_are_forgotten(any_stores, now):
    guess_wrong(any_stores, now, times=1)

    any_stores.tries.forget_before(now)
    assert any_stores.tries.of("k") == (1, now)
    any_stores.tries.forget_before(now + timedelta(seconds=1))
    assert any_stores.tries.of("k") is None
