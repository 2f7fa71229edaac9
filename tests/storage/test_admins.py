from datetime import timedelta

import pytest

from h5app.storage.admins import Admin, Session
from tests.threads import at_once


@pytest.fixture
def admins(any_stores):
    return any_stores.admins


@pytest.fixture
def zhao(admins, now):
    assert admins.add(name="赵敏", password_hash="hash", now=now)
    return admins.by_name("赵敏")


def test_an_account_is_found_by_its_name(admins, zhao):
    assert zhao == Admin(zhao.id, "赵敏", "hash", failures=0, locked_until=None)
    assert admins.by_name("王强") is None


def test_whether_there_is_anybody(admins, now):
    assert admins.any() is False
    admins.add(name="赵敏", password_hash="hash", now=now)
    assert admins.any() is True


def test_a_name_is_given_once(admins, zhao, now):
    assert admins.add(name="赵敏", password_hash="other", now=now) is False
    assert admins.by_name("赵敏") == zhao


def test_failures_and_rest_are_kept_and_taken_back(admins, zhao, now):
    admins.set_failures(zhao.id, failures=5, locked_until=now)
    rested = admins.by_name("赵敏")
    admins.set_failures(zhao.id, failures=0, locked_until=None)

    assert rested == Admin(zhao.id, "赵敏", "hash", failures=5, locked_until=now)
    assert admins.by_name("赵敏") == zhao


def test_a_link_is_spent_once(admins, now):
    admins.add_link("link", expires_at=now + timedelta(hours=1))

    assert admins.link_is_good("link", now=now) is True
    assert admins.use_link("link", now=now) is True
    assert admins.use_link("link", now=now) is False
    assert admins.link_is_good("link", now=now) is False


def test_a_link_that_is_over_or_unknown_is_no_good(admins, now):
    admins.add_link("link", expires_at=now)

    assert admins.link_is_good("link", now=now) is False
    assert admins.use_link("link", now=now) is False
    assert admins.use_link("other", now=now - timedelta(hours=1)) is False


def test_a_new_link_ends_the_one_before(admins, now):
    admins.add_link("old", expires_at=now + timedelta(hours=1))
    admins.add_link("new", expires_at=now + timedelta(hours=1))

    assert (admins.link_is_good("old", now=now), admins.link_is_good("new", now=now)) == (False, True)


def test_two_who_spend_one_link_at_once_do_not_both_win(admins, now):
    admins.add_link("link", expires_at=now + timedelta(hours=1))

    assert sorted(at_once(lambda: admins.use_link("link", now=now), 4)) == [False, False, False, True]


def test_a_session_lives_from_opening_to_closing(admins, zhao, now):
    later = now + timedelta(minutes=5)
    admins.open_session("token", admin_id=zhao.id, now=now)
    opened = admins.session("token")
    admins.touch_session("token", now=later)
    touched = admins.session("token")
    admins.close_session("token")

    assert opened == Session(zhao.id, "赵敏", started_at=now, seen_at=now)
    assert touched == Session(zhao.id, "赵敏", started_at=now, seen_at=later)
    assert admins.session("token") is None
    assert admins.session("") is None
