from datetime import timedelta

import pytest

from h5app.domain.answers import Terms, check_answers
from h5app.domain.errors import ConflictError, InvalidAnswersError, PathClosedError
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route, Status
from h5app.services.delivering import LEASE
from h5app.services.drafting import begin, save
from h5app.services.nominating import nominate, receipt_of
from h5app.storage.letters import Frozen
from h5app.storage.nominations import Revision, Search
from tests.people import complete_draft, submitted, typed, with_photo, with_social, without
from tests.threads import at_once


@pytest.fixture
def correct(any_stores, files, campaign, now):
    """A draft that corrects an entry and only waits to be submitted."""

    def make(entry, *, route=Route.SELF, **changes):
        answers = typed(campaign, route, **changes)
        draft, _token = begin(any_stores, answers, route=route, channel="", now=now, corrects=entry)
        with_photo(any_stores, files, draft, now=now)
        return draft

    return make


@pytest.fixture
def required(campaign):
    return with_social(campaign, nominee_confirms="required")


def letters(stores, entry):
    return [(letter.revision, letter.kind, letter.state) for letter in stores.outbox.all_of(entry.id)]


def send(stores, now):
    letter = stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    stores.rows.write("UPDATE outbox SET state = 'sent', lease_until = NULL WHERE id = :id", {"id": letter.id})


def test_a_correction_becomes_the_entrys_next_revision_under_the_same_number(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    send(any_stores, now)
    draft = correct(entry, name="李建军")

    receipt = nominate(any_stores, draft, campaign=campaign, now=now + timedelta(hours=1))

    corrected = any_stores.nominations.get(entry.id)
    assert receipt == receipt_of(corrected)
    assert (corrected.reference, corrected.revision, corrected.answers["name"]) == (entry.reference, 2, "李建军")
    assert corrected.status is Status.SUBMITTED
    assert any_stores.nominations.history(entry.id) == [Revision(1, entry.draft_id, entry.answers, entry.submitted_at)]
    assert letters(any_stores, entry) == [
        (1, LetterKind.ENTRY, LetterState.SENT),
        (2, LetterKind.ENTRY, LetterState.QUEUED),
    ]


def test_S25_a_correction_sent_twice_is_one_revision_and_one_letter(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    draft = correct(entry, name="李建军")

    first = nominate(any_stores, draft, campaign=campaign, now=now)
    second = nominate(any_stores, draft, campaign=campaign, now=now + timedelta(minutes=1))

    assert first == second
    assert any_stores.nominations.get(entry.id).revision == 2
    assert any_stores.nominations.count(Search()) == 1


@pytest.mark.parametrize("route", [Route.SELF, Route.PEER])
def test_S25_a_correction_sent_many_times_at_once_has_one_receipt(any_stores, files, required, now, correct, route):
    entry = submitted(any_stores, files, required, now=now, route=route)
    draft = correct(entry)

    receipts = at_once(lambda: nominate(any_stores, draft, campaign=required, now=now), times=6)

    assert receipts == [receipt_of(any_stores.nominations.get(entry.id))] * 6
    assert any_stores.nominations.get(entry.id).revision == 2
    assert letters(any_stores, entry) == [(2, LetterKind.ENTRY, LetterState.QUEUED)]


def test_a_letter_no_server_has_seen_gives_way_to_the_correction(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)

    nominate(any_stores, correct(entry), campaign=campaign, now=now)

    assert letters(any_stores, entry) == [(2, LetterKind.ENTRY, LetterState.QUEUED)]


def test_a_letter_that_is_being_handed_over_stays(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    letter = any_stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    any_stores.outbox.freeze(letter, [Frozen(1, "f" * 64, "<1@example.org>", 6)])
    any_stores.outbox.hand_over(letter, part=1, now=now)

    nominate(any_stores, correct(entry), campaign=campaign, now=now)

    assert [revision for revision, _kind, _state in letters(any_stores, entry)] == [1, 2]


def test_of_two_corrections_begun_at_once_the_second_is_told_and_keeps_its_text(
    any_stores, files, campaign, now, correct
):
    entry = submitted(any_stores, files, campaign, now=now)
    one, two = correct(entry, name="李建军"), correct(entry, name="李建民")
    nominate(any_stores, one, campaign=campaign, now=now)

    with pytest.raises(ConflictError, match="已经在别处改过并提交了"):
        nominate(any_stores, two, campaign=campaign, now=now)

    assert any_stores.nominations.get(entry.id).answers["name"] == "李建军"
    assert any_stores.drafts.get(two.id).answers["name"] == "李建民"


def test_a_returned_entry_comes_back_by_its_correction_and_its_reason_goes(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片看不清", now=now)

    nominate(any_stores, correct(entry), campaign=campaign, now=now)

    back = any_stores.nominations.get(entry.id)
    assert (back.status, back.reason) == (Status.SUBMITTED, "")


def test_a_decided_entry_is_not_corrected_and_the_draft_keeps_its_text(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    draft = correct(entry, name="李建军")
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    with pytest.raises(ConflictError, match="已经审核过了"):
        nominate(any_stores, draft, campaign=campaign, now=now)

    assert any_stores.nominations.get(entry.id).answers == entry.answers
    assert any_stores.drafts.get(draft.id).answers["name"] == "李建军"


def test_S26_a_correction_after_the_closing_is_refused_and_kept(any_stores, files, campaign, now, correct):
    entry = submitted(any_stores, files, campaign, now=now)
    draft = correct(entry)
    closed = with_social(campaign, closes_at=campaign.local(now))

    with pytest.raises(PathClosedError, match="修改已于"):
        nominate(any_stores, draft, campaign=closed, now=now + timedelta(seconds=1))

    assert any_stores.drafts.get(draft.id).answers == draft.answers


def test_what_waits_for_the_nominee_has_a_number_and_no_letter(any_stores, files, required, now):
    entry = submitted(any_stores, files, required, now=now, route=Route.PEER)

    assert entry.status is Status.WAITING
    assert letters(any_stores, entry) == []


def test_the_nominator_gives_what_he_knows_and_no_photo(any_stores, required, now):
    known = without(
        typed(required, Route.PEER),
        "native_place", "ethnicity", "political_status", "education", "professional_title", "skill_level",
        "honours", "id_number",
    )  # fmt: skip
    draft, _token = begin(any_stores, known, route=Route.PEER, channel="", now=now)

    receipt = nominate(any_stores, draft, campaign=required, now=now)

    assert receipt.status is Status.WAITING


def test_what_the_nominator_must_know_is_asked_for(required, now):
    terms = Terms(required, Route.PEER, on=now.date())

    missing = check_answers({}, terms).problems

    agreements = {name for name in missing if name.startswith("consent_")}
    assert set(missing) - agreements - {"experience", "union_member", "since"} == {
        "category", "region", "nominator_name", "nominator_phone", "relation", "name", "phone", "unit_and_post",
        "deeds",
    }  # fmt: skip


def test_the_nominee_confirms_completes_and_only_then_a_letter_goes(any_stores, files, required, now, correct):
    entry = submitted(any_stores, files, required, now=now, route=Route.PEER)
    later = now + timedelta(days=1)
    draft = correct(entry, name="李建军")

    nominate(any_stores, draft, campaign=required, now=later)

    confirmed = any_stores.nominations.get(entry.id)
    assert (confirmed.status, confirmed.confirmed_at, confirmed.route) == (Status.SUBMITTED, later, Route.PEER)
    assert confirmed.answers["name"] == "李建军"
    assert confirmed.answers["nominator_name"] == entry.answers["nominator_name"]
    assert confirmed.answers["sex"] == "男"
    assert letters(any_stores, entry) == [(2, LetterKind.ENTRY, LetterState.QUEUED)]


def test_the_nominee_must_answer_what_the_nominator_need_not(any_stores, files, required, now, correct):
    entry = submitted(any_stores, files, required, now=now, route=Route.PEER)
    draft = correct(entry)
    draft = save(any_stores, draft, {"id_number": "", "native_place": ""}, now=now)

    with pytest.raises(InvalidAnswersError) as error:
        nominate(any_stores, draft, campaign=required, now=now)

    assert set(error.value.problems) == {"id_number", "native_place"}
    assert any_stores.nominations.get(entry.id).status is Status.WAITING


def test_where_a_declaration_is_enough_the_entry_is_the_offices_at_once(any_stores, files, campaign, now):
    declared = with_social(campaign, nominee_confirms="declared")
    draft = complete_draft(any_stores, files, declared, now=now, route=Route.PEER)

    receipt = nominate(any_stores, draft, campaign=declared, now=now)

    assert receipt.status is Status.SUBMITTED


def test_when_the_nominee_said_yes_stays_so_when_he_corrects_later(any_stores, files, required, now, correct):
    entry = submitted(any_stores, files, required, now=now, route=Route.PEER)
    yes_at = now + timedelta(days=1)
    nominate(any_stores, correct(entry), campaign=required, now=yes_at)
    confirmed = any_stores.nominations.get(entry.id)

    nominate(any_stores, correct(confirmed, name="李建军"), campaign=required, now=yes_at + timedelta(days=1))

    assert any_stores.nominations.get(entry.id).confirmed_at == yes_at
