from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from h5app.domain.errors import InvalidAnswersError, NotFoundError, SignInError
from h5app.services.drafting import token_hash
from h5app.services.signing_in import (
    ABSOLUTE,
    IDLE,
    LINK_LIFE,
    NOBODY,
    check_account,
    close,
    current_session,
    make_admin_link,
    set_up_admin,
    sign_in,
)
from h5app.storage.admins import Session
from tests.threads import at_once

PASSWORD = "每天送六十单 correct"
WRONG = "账号或密码不对，请核对后再试。连续输错 5 次，要等几分钟才能再登录"
# Argon2 with the least work it takes: the rule under test is not how long a hash takes.
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(scope="session")
def password_hash():
    return CHEAP.hash(PASSWORD)


@pytest.fixture
def zhao(stores, password_hash, now):
    stores.admins.add(name="赵敏", password_hash=password_hash, now=now)
    return stores.admins.by_name("赵敏")


def tried(stores, *, now, name="赵敏", password="wrong"):
    with pytest.raises(SignInError) as told:
        sign_in(stores, name=name, password=password, now=now)
    return str(told.value)


def test_a_link_makes_one_account_that_can_sign_in(stores, now):
    token = make_admin_link(stores, now=now)

    set_up_admin(stores, token=token, name=" 赵敏 ", password=PASSWORD, now=now)
    with pytest.raises(NotFoundError) as told:
        set_up_admin(stores, token=token, name="王强", password=PASSWORD, now=now)

    assert str(told.value) == "这个链接已经用过或过期了，请在服务器上重新生成"
    assert sign_in(stores, name="赵敏", password=PASSWORD, now=now)
    assert stores.admins.by_name("王强") is None
    assert [act.action for act in stores.audit.of("")] == ["登录", "建立账号"]
    assert PASSWORD not in str(stores.rows.read("SELECT * FROM admins"))


def test_a_link_is_stored_hashed_and_over_after_a_day(stores, now):
    token = make_admin_link(stores, now=now)

    assert token not in str(stores.rows.read("SELECT * FROM admin_links"))
    with pytest.raises(NotFoundError):
        set_up_admin(stores, token=token, name="赵敏", password=PASSWORD, now=now + LINK_LIFE)
    assert stores.admins.any() is False


def test_a_taken_name_leaves_the_link_good(stores, zhao, now):
    token = make_admin_link(stores, now=now)

    with pytest.raises(InvalidAnswersError) as told:
        set_up_admin(stores, token=token, name=zhao.name, password=PASSWORD, now=now)

    assert told.value.problems == {"name": "这个账号名已经有人用了，请换一个"}
    assert stores.admins.link_is_good(token_hash(token), now=now)


@pytest.mark.parametrize(
    ("name", "password", "problems"),
    [
        ("", PASSWORD, {"name": "请填写账号名，30 个字以内"}),
        ("\u200b", PASSWORD, {"name": "请填写账号名，30 个字以内"}),
        ("赵" * 31, PASSWORD, {"name": "请填写账号名，30 个字以内"}),
        ("赵敏", "short", {"password": "密码至少 10 位，可以用一句好记的话"}),
        ("赵敏", "ab12" * 51, {"password": "密码至少 10 位，可以用一句好记的话"}),
        ("赵敏", "1111111111", {"password": "这个密码太好猜，请换一个，不要重复字符，也不要包含账号名"}),
        ("赵敏", "赵敏20261122", {"password": "这个密码太好猜，请换一个，不要重复字符，也不要包含账号名"}),
    ],
)
def test_names_and_passwords_that_cannot_be_taken_are_told(name, password, problems):
    with pytest.raises(InvalidAnswersError) as told:
        check_account(name, password)

    assert told.value.problems == problems


def test_S16_every_sign_in_opens_a_session_with_a_new_token(stores, zhao, now):
    first, second = (sign_in(stores, name="赵敏", password=PASSWORD, now=now) for _ in range(2))

    assert first != second
    assert current_session(stores, first, now=now) == Session(zhao.id, "赵敏", started_at=now, seen_at=now)
    assert current_session(stores, "", now=now) is None
    assert first not in str(stores.rows.read("SELECT * FROM admin_sessions"))


def test_S16_a_session_ends_after_thirty_idle_minutes(stores, zhao, now):
    token = sign_in(stores, name=zhao.name, password=PASSWORD, now=now)

    assert current_session(stores, token, now=now + IDLE).seen_at == now
    later = now + IDLE + IDLE
    assert current_session(stores, token, now=later) is not None  # seen in between
    assert current_session(stores, token, now=later + IDLE + timedelta(seconds=1)) is None
    assert current_session(stores, token, now=later) is None


def test_S16_a_session_ends_after_eight_hours_however_busy(stores, zhao, now):
    token = sign_in(stores, name=zhao.name, password=PASSWORD, now=now)
    for quarter in range(33):
        assert current_session(stores, token, now=now + timedelta(minutes=15) * quarter) is not None

    assert current_session(stores, token, now=now + ABSOLUTE + timedelta(seconds=1)) is None


def test_S16_a_closed_session_is_over(stores, zhao, now):
    token = sign_in(stores, name=zhao.name, password=PASSWORD, now=now)

    close(stores, token)

    assert current_session(stores, token, now=now) is None


def test_a_request_a_second_writes_once_a_minute(stores, zhao, now):
    token = sign_in(stores, name=zhao.name, password=PASSWORD, now=now)
    seen = [
        current_session(stores, token, now=now + timedelta(seconds=second)) and stores.admins.session(token_hash(token))
        for second in (1, 59, 60, 61)
    ]

    assert [session.seen_at for session in seen] == [now, now, now, now + timedelta(seconds=61)]


def test_S22_an_unknown_name_and_a_wrong_password_are_answered_alike(stores, zhao, now):
    assert tried(stores, name=zhao.name, now=now) == tried(stores, name="王强", now=now) == WRONG


def test_S22_an_unknown_name_costs_as_much_work_as_a_known_one():
    assert not PasswordHasher().check_needs_rehash(NOBODY)


def test_S22_after_five_wrong_passwords_the_account_rests_longer_and_longer(stores, zhao, now):
    rests = []
    for _ in range(10):
        locked_until = stores.admins.by_name(zhao.name).locked_until
        now = locked_until or now
        tried(stores, now=now)
        locked = stores.admins.by_name(zhao.name).locked_until
        rests.append((locked - now) // timedelta(minutes=1) if locked else 0)

    assert rests == [0, 0, 0, 0, 1, 2, 4, 8, 15, 15]


def test_S22_days_of_guessing_meet_the_longest_rest_and_no_overflow(stores, zhao, now):
    stores.admins.set_failures(zhao.id, failures=5000, locked_until=None)

    tried(stores, now=now)

    assert stores.admins.by_name(zhao.name).locked_until == now + timedelta(minutes=15)


def test_S22_a_resting_account_takes_no_right_password_and_counts_nothing(stores, zhao, now):
    for _ in range(5):
        tried(stores, now=now)
    resting = stores.admins.by_name(zhao.name)

    assert tried(stores, password=PASSWORD, now=now + timedelta(seconds=59)) == WRONG
    assert stores.admins.by_name(zhao.name) == resting
    assert sign_in(stores, name=zhao.name, password=PASSWORD, now=now + timedelta(minutes=1))
    assert stores.admins.by_name(zhao.name) == zhao


def test_S22_wrong_passwords_at_once_are_all_counted(stores, zhao, now):
    at_once(lambda: tried(stores, now=now), 4)

    assert stores.admins.by_name(zhao.name).failures == 4


def test_a_password_of_any_length_or_characters_is_only_wrong(stores, zhao, now):
    for password in ("", "x" * 100_000, "\x00", "𰻞"):
        assert tried(stores, name=zhao.name, password=password, now=now) == WRONG
