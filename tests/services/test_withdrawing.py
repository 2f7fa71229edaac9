import pytest

from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.nomination import Route, Status
from h5app.domain.visiting import Role
from h5app.services.revisiting import Visitor
from h5app.services.withdrawing import withdraw
from tests.people import submitted, with_social


@pytest.fixture
def entry(any_stores, files, declared, now):
    return submitted(any_stores, files, declared, now=now, route=Route.PEER)


@pytest.mark.parametrize(("role", "who"), [(Role.NOMINEE, "本人"), (Role.NOMINATOR, "推荐人")])
def test_withdrawing_erases_the_entry_and_leaves_a_line_in_its_history(any_stores, files, entry, now, role, who):
    assert withdraw(any_stores, files, Visitor(entry, role), now=now) is Status.WITHDRAWN

    assert any_stores.nominations.get(entry.id).answers == {}
    assert [(act.who, act.action) for act in any_stores.audit.of(entry.reference)] == [(who, "已撤回")]


def test_a_nominee_who_never_agreed_declines(any_stores, files, campaign, now):
    required = with_social(campaign, nominee_confirms="required")
    entry = submitted(any_stores, files, required, now=now, route=Route.PEER)

    assert withdraw(any_stores, files, Visitor(entry, Role.NOMINEE), now=now) is Status.DECLINED


def test_what_the_nominee_has_made_his_own_nobody_else_withdraws(any_stores, files, entry, now):
    any_stores.rows.write("UPDATE nominations SET confirmed_at = submitted_at")
    confirmed = any_stores.nominations.get(entry.id)

    with pytest.raises(NotFoundError, match="不能从这里撤回"):
        withdraw(any_stores, files, Visitor(confirmed, Role.NOMINATOR), now=now)

    assert any_stores.nominations.get(entry.id) == confirmed


@pytest.mark.parametrize("status", [Status.RETURNED, Status.ACCEPTED, Status.REJECTED])
def test_withdrawing_is_always_allowed(any_stores, files, entry, now, status):
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=status, reason="照片看不清", now=now)
    decided = any_stores.nominations.get(entry.id)

    assert withdraw(any_stores, files, Visitor(decided, Role.NOMINEE), now=now) is Status.WITHDRAWN


def test_withdrawing_twice_changes_nothing_more(any_stores, files, entry, now):
    withdraw(any_stores, files, Visitor(entry, Role.NOMINEE), now=now)

    with pytest.raises(ConflictError):
        withdraw(any_stores, files, Visitor(entry, Role.NOMINEE), now=now)
    with pytest.raises(NotFoundError):
        withdraw(any_stores, files, Visitor(any_stores.nominations.get(entry.id), Role.NOMINEE), now=now)
