from datetime import timedelta

from h5app.domain.nomination import Route, Status
from h5app.services.batching import batch_of, begin_next
from h5app.services.drafting import begin, save
from h5app.services.nominating import nominate
from tests.people import NOMINATORS, complete_draft, submitted, typed, with_photo


def test_every_units_draft_begins_a_batch_and_others_have_none(any_stores, now):
    drafts = {route: begin(any_stores, route=route, channel="", now=now)[0] for route in Route}
    second, _token = begin(any_stores, route=Route.UNIT, channel="", now=now)

    assert (drafts[Route.SELF].batch, drafts[Route.PEER].batch) == ("", "")
    assert drafts[Route.UNIT].batch
    assert drafts[Route.UNIT].batch != second.batch
    assert any_stores.drafts.get(second.id) == second


def test_the_next_one_keeps_what_the_unit_said_of_itself_and_nothing_else(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now, route=Route.UNIT)

    draft, _token = begin_next(any_stores, entry, now=now + timedelta(minutes=5), today=now.date())

    assert draft.answers == NOMINATORS[Route.UNIT]
    assert (draft.route, draft.batch, draft.corrects) == (Route.UNIT, entry.batch, None)
    assert draft.started_at == now + timedelta(minutes=5)


def test_a_unit_sees_what_it_has_sent_returned_first_then_the_newest(any_stores, files, campaign, now):
    first = submitted(any_stores, files, campaign, now=now, route=Route.UNIT, name="甲一")
    entries = [first]
    for name in ("乙二", "丙三"):
        draft, _token = begin_next(any_stores, first, now=now, today=now.date())
        draft = save(any_stores, draft, typed(campaign, Route.UNIT, name=name), now=now)
        with_photo(any_stores, files, draft, now=now)
        receipt = nominate(any_stores, draft, campaign=campaign, now=now)
        entries.append(any_stores.nominations.by_reference(receipt.reference))
    submitted(any_stores, files, campaign, now=now, route=Route.UNIT, name="别的单位")
    complete_draft(any_stores, files, campaign, now=now, route=Route.UNIT)
    any_stores.nominations.move(entries[1].id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片", now=now)

    assert [entry.answers["name"] for entry in batch_of(any_stores, first.batch)] == ["乙二", "丙三", "甲一"]
    assert batch_of(any_stores, "") == []
