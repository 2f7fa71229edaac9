from datetime import timedelta

import pytest

from h5app.storage.vault import Vault
from h5app.storage.wechat_tokens import KeptToken, LeasedTokens, WechatTokens
from tests.threads import at_once

APP = "wx0123456789abcdef"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def lease(any_stores):
    def lease(now, app_id=APP, tokens=any_stores.wechat_tokens):
        return tokens.lease(app_id, now=now, lease_until=now + 2 * MINUTE, horizon=now + 120 * MINUTE)

    return lease


def settled(stores, leased, *, now, due_in=100 * MINUTE, failures=0):
    access, ticket = KeptToken("access-1", now + 120 * MINUTE), KeptToken("ticket-1", now + 119 * MINUTE)
    return stores.wechat_tokens.settle(
        leased, access_token=access, ticket=ticket, failures=failures, due_at=now + due_in
    )


def test_the_first_lease_finds_nothing(any_stores, lease, now):
    assert any_stores.wechat_tokens.ticket(APP) is None
    assert lease(now) == LeasedTokens(APP, now + 2 * MINUTE, None, None, 0)


def test_what_is_settled_is_read_and_found_by_the_next_lease(any_stores, lease, now):
    assert settled(any_stores, lease(now), now=now, failures=3)

    access, ticket = KeptToken("access-1", now + 120 * MINUTE), KeptToken("ticket-1", now + 119 * MINUTE)
    assert any_stores.wechat_tokens.ticket(APP) == ticket
    later = now + 100 * MINUTE
    assert lease(later) == LeasedTokens(APP, later + 2 * MINUTE, access, ticket, 3)


def test_twenty_workers_at_once_get_one_lease(lease, now):
    leased = at_once(lambda: lease(now), 20)

    assert [each for each in leased if each is not None] == [LeasedTokens(APP, now + 2 * MINUTE, None, None, 0)]


def test_nobody_gets_a_lease_before_it_is_due_or_while_another_holds_it(any_stores, lease, now):
    first = lease(now)
    assert lease(now + MINUTE) is None
    settled(any_stores, first, now=now)
    assert lease(now + 99 * MINUTE) is None
    assert lease(now + 100 * MINUTE) is not None


def test_the_lease_of_a_worker_that_died_ends(any_stores, lease, now):
    dead = lease(now)

    assert lease(now + 2 * MINUTE) is not None
    assert settled(any_stores, dead, now=now) is False
    assert any_stores.wechat_tokens.ticket(APP) is None


def test_F7_a_clock_that_was_put_back_parks_nothing(any_stores, lease, now):
    ahead = now + timedelta(days=365)
    settled(any_stores, lease(ahead), now=ahead)
    back = lease(now)
    assert back is not None
    settled(any_stores, back, now=now, due_in=0 * MINUTE)

    assert lease(ahead) is not None
    assert lease(now) is not None


def test_two_apps_have_their_own(any_stores, lease, now):
    settled(any_stores, lease(now), now=now)

    assert any_stores.wechat_tokens.ticket("wxfedcba9876543210") is None
    assert lease(now, "wxfedcba9876543210") is not None


def test_S27_the_database_holds_no_token_to_read(any_stores, lease, now):
    settled(any_stores, lease(now), now=now)

    (row,) = any_stores.rows.read("SELECT * FROM wechat_tokens")
    assert not [value for value in row.values() if value in ("access-1", "ticket-1")]
    assert (row["access_token"][:3], row["ticket"][:3]) == ("g1.", "g1.")


def test_what_another_key_has_sealed_is_as_good_as_none(any_stores, lease, now):
    settled(any_stores, lease(now), now=now)
    other = WechatTokens(any_stores.rows, Vault(bytes(32)))

    assert other.ticket(APP) is None
    later = now + 100 * MINUTE
    assert lease(later, tokens=other) == LeasedTokens(APP, later + 2 * MINUTE, None, None, 0)


def test_tokens_are_not_printed(any_stores, lease, now):
    settled(any_stores, lease(now), now=now)

    printed = repr(lease(now + 100 * MINUTE))
    assert "access-1" not in printed
    assert "ticket-1" not in printed
