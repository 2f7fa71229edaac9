from itertools import product

import pytest

from h5app.domain.errors import ConflictError, InvalidAnswerError, NotFoundError
from h5app.domain.nomination import MOVES, Status
from h5app.services.correcting import begin_correction
from h5app.services.nominating import nominate
from h5app.services.reviewing import CHANGED, decide, entry, note_download, reveal
from h5app.storage.audit import AuditEntry
from tests.people import submitted
from tests.threads import at_once

LEGAL = {(was, to) for was, moves in MOVES.items() for to in moves}


@pytest.fixture
def nomination(any_stores, files, campaign, now):
    return submitted(any_stores, files, campaign, now=now)


def acts(stores, nomination):
    return stores.audit.of(nomination.reference)


def test_an_entry_is_found_by_its_number_in_any_case(any_stores, nomination):
    assert entry(any_stores, nomination.reference.lower()) == nomination
    with pytest.raises(NotFoundError) as told:
        entry(any_stores, "XXXXXXXX")
    assert str(told.value) == "没有这个受理编号，请核对"


def test_a_decision_moves_the_entry_and_leaves_an_act(any_stores, nomination, now):
    decide(
        any_stores, nomination, was=Status.SUBMITTED, to=Status.REJECTED, who="赵敏", reason=" 不满\r\n两年 ", now=now
    )

    assert any_stores.nominations.get(nomination.id).status is Status.REJECTED
    assert acts(any_stores, nomination) == [
        AuditEntry(now, "赵敏", "标为“不符合条件”", nomination.reference, "不满 两年")
    ]


@pytest.mark.parametrize("reason", ["", " \u200b "])
def test_returning_needs_a_word_that_the_person_can_act_on(any_stores, nomination, now, reason):
    with pytest.raises(InvalidAnswerError, match="请写明要改什么"):
        decide(any_stores, nomination, was=Status.SUBMITTED, to=Status.RETURNED, who="赵敏", reason=reason, now=now)

    assert any_stores.nominations.get(nomination.id) == nomination
    assert acts(any_stores, nomination) == []


@pytest.mark.parametrize(("was", "to"), sorted(set(product(Status, Status)) - LEGAL))
def test_a_move_that_there_is_not_changes_nothing(any_stores, nomination, now, was, to):
    with pytest.raises(ConflictError) as told:
        decide(any_stores, nomination, was=was, to=to, who="赵敏", reason="", now=now)

    assert str(told.value) == f"“{was.label}”不能直接改成“{to.label}”，请刷新页面再看"
    assert any_stores.nominations.get(nomination.id).status is Status.SUBMITTED
    assert acts(any_stores, nomination) == []


def test_who_is_slower_is_told_and_leaves_no_act(any_stores, nomination, now):
    decide(any_stores, nomination, was=Status.SUBMITTED, to=Status.ACCEPTED, who="赵敏", reason="", now=now)

    with pytest.raises(ConflictError) as told:
        decide(any_stores, nomination, was=Status.SUBMITTED, to=Status.REJECTED, who="王强", reason="", now=now)

    assert str(told.value) == CHANGED
    assert [act.who for act in acts(any_stores, nomination)] == ["赵敏"]


def test_a_decision_is_about_the_revision_that_was_read(any_stores, campaign, files, nomination, now):
    draft, _token = begin_correction(any_stores, files, nomination, route=nomination.route, now=now)
    nominate(any_stores, draft, campaign=campaign, now=now)

    with pytest.raises(ConflictError, match="本人改过"):
        decide(any_stores, nomination, was=Status.SUBMITTED, to=Status.ACCEPTED, who="赵敏", reason="", now=now)

    assert any_stores.nominations.get(nomination.id).status is Status.SUBMITTED
    assert acts(any_stores, nomination) == []


def test_of_two_who_decide_at_once_one_wins(any_stores, nomination, now):
    results = at_once(
        lambda: decide(any_stores, nomination, was=Status.SUBMITTED, to=Status.ACCEPTED, who="x", reason="", now=now), 4
    )

    assert sorted(type(result).__name__ for result in results) == ["ConflictError"] * 3 + ["NoneType"]
    assert len(acts(any_stores, nomination)) == 1


@pytest.mark.parametrize("reason", ["", "  ", "\u200b\n"])
def test_who_wants_to_see_a_full_number_must_say_why(any_stores, nomination, now, reason):
    with pytest.raises(InvalidAnswerError) as told:
        reveal(any_stores, nomination, who="赵敏", reason=reason, now=now)

    assert str(told.value) == "请写明查看原因，比如“电话核实”"
    assert acts(any_stores, nomination) == []


def test_seeing_and_downloading_leave_acts(any_stores, nomination, now):
    reveal(any_stores, nomination, who="赵敏", reason="电话核实" * 100, now=now)
    note_download(any_stores, nomination.reference, "材料包", who="王强", now=now)

    assert acts(any_stores, nomination) == [
        AuditEntry(now, "王强", "下载材料包", nomination.reference, ""),
        AuditEntry(now, "赵敏", "查看完整号码", nomination.reference, "电话核实" * 50),
    ]
