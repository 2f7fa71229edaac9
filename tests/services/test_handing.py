from dataclasses import replace

import pytest

from h5app.domain.answers import Terms
from h5app.domain.attachment import Slot
from h5app.domain.campaign import Material
from h5app.domain.nomination import Route
from h5app.services.drafting import begin
from h5app.services.handing import Arrived, arrived
from tests.people import agreements, social, with_photo, with_social


@pytest.fixture
def terms(campaign, now):
    materials = dict(social(campaign).materials) | {Slot.WORK: Material(least=2, most=3)}
    return Terms(with_social(campaign, materials=materials), Route.UNIT, on=now.date())


def told(photos, lacking):
    return Arrived(agreed=True, photos=photos, lacking=frozenset(lacking))


def test_every_slot_that_the_path_asks_for_is_told_as_long_as_it_lacks_pictures(
    any_stores, files, campaign, now, terms
):
    draft, _token = begin(any_stores, agreements(campaign, Route.UNIT), route=Route.UNIT, channel="", now=now)
    nothing = told({Slot.PORTRAIT: 0, Slot.WORK: 0}, {Slot.PORTRAIT, Slot.WORK})

    assert arrived(any_stores, draft, terms) == nothing
    with_photo(any_stores, files, draft, now=now)
    with_photo(any_stores, files, draft, now=now, slot=Slot.WORK)
    assert arrived(any_stores, draft, terms) == told({Slot.PORTRAIT: 1, Slot.WORK: 1}, {Slot.WORK})
    with_photo(any_stores, files, draft, now=now, slot=Slot.WORK, number=2)
    assert arrived(any_stores, draft, terms) == told({Slot.PORTRAIT: 1, Slot.WORK: 2}, set())


def test_all_has_come_with_the_ticks_and_the_pictures(any_stores, files, campaign, now, terms):
    draft, _token = begin(any_stores, route=Route.UNIT, channel="", now=now)
    terms = replace(terms, campaign=campaign)
    with_photo(any_stores, files, draft, now=now)
    without_ticks = arrived(any_stores, draft, terms)

    ticked = replace(draft, answers=agreements(campaign, Route.UNIT))

    assert (without_ticks.is_all, arrived(any_stores, ticked, terms).is_all) == (False, True)
