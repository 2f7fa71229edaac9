from dataclasses import replace
from datetime import UTC, datetime

import pytest

from h5app.domain.nomination import Nomination, Route, Status
from h5app.domain.visiting import Rights, Role, end_by, rights_of, role_of, route_of_correction

AT = datetime(2026, 3, 1, tzinfo=UTC)
OWN, OTHER, UNIT = "13800001234", "13900005678", "0391-3999920"
ALL, NOTHING = Rights(reads=True, corrects=True, withdraws=True), Rights(reads=False, corrects=False, withdraws=False)
PEER = Nomination(
    id=1,
    draft_id="d",
    reference="7K2M9QXA",
    path="social",
    route=Route.PEER,
    status=Status.SUBMITTED,
    channel="",
    answers={"phone": OWN, "nominator_phone": OTHER},
    submitted_at=AT,
    changed_at=AT,
)


@pytest.mark.parametrize(
    ("answers", "phone", "role"),
    [
        ({"phone": OWN}, OWN, Role.NOMINEE),
        ({"phone": OWN, "nominator_phone": OTHER}, OTHER, Role.NOMINATOR),
        ({"phone": OWN, "unit_phone": UNIT}, UNIT, Role.NOMINATOR),
        ({"phone": OWN, "nominator_phone": OWN}, OWN, Role.NOMINEE),
        ({"phone": OWN}, OTHER, None),
        ({}, OWN, None),
        ({"phone": ""}, "", None),
    ],
)
def test_a_telephone_says_who_somebody_is_and_the_nominee_comes_first(answers, phone, role):
    assert role_of(replace(PEER, answers=answers), phone) is role


@pytest.mark.parametrize("status", [status for status in Status if not status.is_erased])
def test_the_nominee_may_do_everything_at_any_time(status):
    assert rights_of(replace(PEER, status=status, confirmed_at=AT), Role.NOMINEE) == ALL


def test_whoever_nominated_may_until_the_nominee_has_made_it_his_own():
    assert rights_of(replace(PEER, status=Status.WAITING), Role.NOMINATOR) == ALL
    assert rights_of(replace(PEER, confirmed_at=AT), Role.NOMINATOR) == NOTHING


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("status", [status for status in Status if status.is_erased])
def test_nobody_may_do_anything_with_what_is_gone(role, status):
    assert rights_of(replace(PEER, status=status), role) == NOTHING


def test_the_nominee_corrects_on_a_form_of_his_own():
    assert route_of_correction(PEER, Role.NOMINEE) is Route.SELF
    assert route_of_correction(PEER, Role.NOMINATOR) is Route.PEER


def test_a_nominee_who_never_agreed_has_declined_and_everybody_else_withdraws():
    waiting = replace(PEER, status=Status.WAITING)

    assert end_by(waiting, Role.NOMINEE) is Status.DECLINED
    assert end_by(waiting, Role.NOMINATOR) is Status.WITHDRAWN
    assert end_by(PEER, Role.NOMINEE) is Status.WITHDRAWN
