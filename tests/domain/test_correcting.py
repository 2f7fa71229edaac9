from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.correcting import check_may_correct, check_not_overtaken
from h5app.domain.errors import ConflictError, NotFoundError, PathClosedError
from h5app.domain.nomination import Draft, Nomination, Route, Status
from tests.people import checked_self, social


@pytest.fixture
def path(campaign, now):
    return replace(social(campaign), closes_at=campaign.local(now), correct_days=5, confirm_days=3)


@pytest.fixture
def entry(campaign, now):
    def make(status, changed_at=None):
        answers = checked_self(campaign)
        moment = changed_at or now
        return Nomination(1, "d", "7K2M9QXA", "social", Route.SELF, status, "", answers, now, moment)

    return make


@pytest.mark.parametrize("status", [Status.WAITING, Status.SUBMITTED, Status.RETURNED])
def test_what_the_office_has_not_decided_may_be_corrected_while_the_path_is_open(path, entry, now, status):
    check_may_correct(entry(status), path, now=now)
    check_may_correct(entry(status), replace(path, closes_at=None), now=now + timedelta(days=999))


@pytest.mark.parametrize(("status", "days"), [(Status.SUBMITTED, 0), (Status.WAITING, 3), (Status.RETURNED, 5)])
def test_after_the_closing_what_waits_for_the_person_has_some_days_more(path, entry, now, status, days):
    check_may_correct(entry(status), path, now=now + timedelta(days=days))

    with pytest.raises(PathClosedError, match="截止"):
        check_may_correct(entry(status), path, now=now + timedelta(days=days, seconds=1))


def test_what_was_returned_late_has_its_days_from_then(path, entry, now):
    late = now + timedelta(days=30)

    check_may_correct(entry(Status.RETURNED, late), path, now=late + timedelta(days=5))
    with pytest.raises(PathClosedError):
        check_may_correct(entry(Status.RETURNED, late), path, now=late + timedelta(days=5, seconds=1))


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REJECTED])
def test_what_the_office_has_decided_is_changed_by_telephone_only(path, entry, now, status):
    with pytest.raises(ConflictError, match="打电话"):
        check_may_correct(entry(status), path, now=now)


@pytest.mark.parametrize("status", [Status.WITHDRAWN, Status.DECLINED])
def test_of_what_was_ended_nothing_is_left_to_correct(path, entry, now, status):
    with pytest.raises(NotFoundError, match="已经删除"):
        check_may_correct(entry(status), path, now=now)


@pytest.mark.parametrize(
    ("came_by", "status", "filled_in_by", "was", "may"),
    [
        (Route.SELF, Status.SUBMITTED, Route.SELF, 2, True),
        (Route.SELF, Status.SUBMITTED, Route.SELF, 1, False),
        (Route.PEER, Status.WAITING, Route.PEER, 1, False),
        (Route.PEER, Status.WAITING, Route.SELF, 1, True),
        (Route.PEER, Status.SUBMITTED, Route.SELF, 1, False),
    ],
)
def test_only_the_nominee_may_go_on_with_what_was_mended_meanwhile(entry, now, came_by, status, filled_in_by, was, may):
    stored = replace(entry(status), route=came_by, revision=2)
    draft = Draft("e", filled_in_by, "", {}, now, now, corrects=1, revision=was + 1)

    if may:
        check_not_overtaken(draft, stored)
    else:
        with pytest.raises(ConflictError, match="已经在别处改过并提交了"):
            check_not_overtaken(draft, stored)
