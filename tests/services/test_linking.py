import pytest

from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import Route
from h5app.services.drafting import begin, discard
from h5app.services.linking import HandedInError, linked_draft, linked_entry, nominee_token, worker_token
from h5app.services.nominating import nominate
from tests.people import complete_draft, submitted


@pytest.fixture
def entry(any_stores, files, campaign, now):
    return submitted(any_stores, files, campaign, now=now, route=Route.PEER)


def refused(find, stores, token):
    with pytest.raises(NotFoundError) as told:
        find(stores, token)
    return str(told.value)


def test_a_nominees_token_leads_to_his_entry(any_stores, entry):
    token = nominee_token(any_stores, entry)

    assert token.startswith(f"{entry.reference}-")
    assert linked_entry(any_stores, token) == entry
    assert linked_entry(any_stores, token.lower()) == entry


def test_S20_whatever_is_wrong_with_a_token_the_answer_is_one(any_stores, files, campaign, now, entry):
    mark = nominee_token(any_stores, entry).partition("-")[2]
    own = submitted(any_stores, files, campaign, now=now)
    wrong = ["", "-", entry.reference, f"{entry.reference}-", f"{entry.reference}-{mark[:-1]}", f"XXXXXXXX-{mark}"]
    wrong += [nominee_token(any_stores, own), f"{entry.reference}-{'A' * 26}", f"\0-{mark}", f"{entry.reference}-张"]

    assert {refused(linked_entry, any_stores, token) for token in wrong} == {
        "这个链接打不开。请让发给您的人再发一次，或者打电话问工会"
    }


def test_a_workers_token_leads_to_his_units_draft_until_it_is_submitted(any_stores, files, campaign, now):
    draft = complete_draft(any_stores, files, campaign, now=now, route=Route.UNIT)
    token = worker_token(any_stores, draft)

    assert linked_draft(any_stores, token) == draft
    receipt = nominate(any_stores, draft, campaign=campaign, now=now)
    with pytest.raises(HandedInError) as told:
        linked_draft(any_stores, token)
    assert told.value.entry.reference == receipt.reference


def test_that_it_was_submitted_a_workers_token_still_says_when_the_draft_has_been_swept(
    any_stores, files, campaign, now
):
    draft = complete_draft(any_stores, files, campaign, now=now, route=Route.UNIT)
    nominate(any_stores, draft, campaign=campaign, now=now)
    any_stores.rows.write("DELETE FROM drafts WHERE id = :id", {"id": draft.id})

    with pytest.raises(HandedInError):
        linked_draft(any_stores, worker_token(any_stores, draft))
    assert "打不开" in refused(linked_draft, any_stores, f"{draft.id}-{'a' * 26}")


def test_S20_a_workers_token_opens_no_other_draft(any_stores, files, now):
    unit, other = (begin(any_stores, route=Route.UNIT, channel="", now=now)[0] for _ in range(2))
    own, _token = begin(any_stores, route=Route.SELF, channel="", now=now)
    gone, _token = begin(any_stores, route=Route.UNIT, channel="", now=now)
    discard(any_stores, files, gone)
    crossed = f"{other.id}-{worker_token(any_stores, unit).partition('-')[2]}"
    wrong = ["", "-", crossed, worker_token(any_stores, own), worker_token(any_stores, gone), unit.id]

    assert len({refused(linked_draft, any_stores, token) for token in wrong}) == 1
