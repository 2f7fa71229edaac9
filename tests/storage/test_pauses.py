from datetime import timedelta

import pytest

from h5app.storage.pauses import Pause


@pytest.fixture
def pauses(any_stores):
    return any_stores.pauses


def test_a_paused_queue_tells_until_when_and_why(pauses, now):
    until = now + timedelta(minutes=30)
    pauses.until(now, note="old")
    pauses.until(until, note="发件邮箱登录不了")

    assert pauses.now(now=now) == Pause(until, "发件邮箱登录不了")
    assert pauses.now(now=until) is None
    assert pauses.now(now=now - timedelta(days=1)) is None  # the clock was put right: nothing is parked (F7)
    pauses.lift()
    assert pauses.now(now=now) is None


def test_what_staff_pause_only_staff_resume(pauses, now):
    pauses.by_hand(note="换邮箱")

    pauses.until(now + timedelta(minutes=30), note="发件邮箱登录不了")
    pauses.lift()

    assert pauses.now(now=now + timedelta(days=30)) == Pause(None, "换邮箱")
    pauses.resume()
    assert pauses.now(now=now) is None


def test_staff_may_pause_what_a_server_has_paused(pauses, now):
    pauses.until(now + timedelta(minutes=30), note="发件邮箱登录不了")

    pauses.by_hand(note="换邮箱")

    assert pauses.now(now=now) == Pause(None, "换邮箱")
