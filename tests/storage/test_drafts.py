from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.errors import SealError
from h5app.domain.nomination import Draft, Origin, Route
from h5app.storage.drafts import Drafts
from h5app.storage.vault import Vault
from tests.people import ID_NUMBER, NAME


@pytest.fixture
def drafts(any_stores):
    return any_stores.drafts


def begun(drafts, now, *, draft_id="a" * 32, token_hash="hash"):
    draft = Draft(draft_id, Route.PEER, "K7WM", {}, started_at=now, saved_at=now)
    drafts.add(draft, token_hash=token_hash)
    return draft


def test_a_new_draft_is_empty_and_found_by_token_and_id(drafts, now):
    draft = begun(drafts, now)

    assert draft == Draft("a" * 32, Route.PEER, "K7WM", answers={}, started_at=now, saved_at=now)
    assert drafts.by_token("hash") == drafts.get("a" * 32) == draft


def test_an_unknown_token_or_id_finds_nothing(drafts, now):
    begun(drafts, now)

    assert (drafts.by_token("other"), drafts.by_token(""), drafts.get("b" * 32)) == (None, None, None)


def test_answers_are_replaced_and_the_time_of_saving_with_them(drafts, now):
    later = now + timedelta(minutes=5)
    draft = replace(begun(drafts, now), answers={"name": NAME, "deeds": "一\n二"}, saved_at=later)

    assert drafts.put_answers(draft, was_saved_at=now) is True
    assert drafts.put_answers(replace(draft, answers={}), was_saved_at=now) is False

    found = drafts.get("a" * 32)
    assert (found.answers, found.started_at, found.saved_at) == ({"name": NAME, "deeds": "一\n二"}, now, later)


def test_pages_and_code_are_stored_with_the_answers(drafts, now):
    draft = replace(begun(drafts, now), writers={"person": ("0a1b2c3d", 1_774_000_000_000)}, resume_code="2346789A")

    assert drafts.by_resume_code("2346789A") is None
    assert drafts.put_answers(draft, was_saved_at=now) is True
    assert drafts.get(draft.id) == drafts.by_resume_code("2346789A") == draft
    assert drafts.by_resume_code("") is None


def test_a_new_token_opens_the_draft_instead_of_the_old_one(drafts, now):
    draft = begun(drafts, now)
    other = begun(drafts, now, draft_id="b" * 32, token_hash="other")

    drafts.put_token(draft.id, token_hash="new")

    assert (drafts.by_token("hash"), drafts.by_token("new"), drafts.by_token("other")) == (None, draft, other)


def test_answers_are_sealed_in_the_database(any_stores, drafts, now):
    drafts.put_answers(replace(begun(drafts, now), answers={"name": NAME, "id_number": ID_NUMBER}), was_saved_at=now)

    row = any_stores.rows.read("SELECT * FROM drafts")[0]

    assert NAME not in str(row)
    assert ID_NUMBER not in str(row)
    assert row["answers"].startswith("g1.")


def test_answers_copied_to_another_draft_do_not_open(any_stores, drafts, now):
    drafts.put_answers(replace(begun(drafts, now), answers={"name": NAME}), was_saved_at=now)
    begun(drafts, now, draft_id="b" * 32, token_hash="thief")
    any_stores.rows.write(
        "UPDATE drafts SET answers = (SELECT answers FROM drafts WHERE id = :from_) WHERE id = :to",
        {"from_": "a" * 32, "to": "b" * 32},
    )

    with pytest.raises(SealError):
        drafts.by_token("thief")


def test_another_key_does_not_open_them(any_stores, drafts, now):
    begun(drafts, now)

    with pytest.raises(SealError):
        Drafts(any_stores.rows, Vault(bytes(32))).get("a" * 32)


def test_a_draft_is_emptied_only_as_it_was_read(drafts, now):
    draft = begun(drafts, now)
    later = now + timedelta(microseconds=1)
    drafts.put_answers(replace(draft, answers={"name": NAME}, saved_at=later), was_saved_at=now)

    assert drafts.empty(draft.id, was_saved_at=now) is False
    assert drafts.get(draft.id).answers == {"name": NAME}
    assert drafts.empty(draft.id, was_saved_at=now + timedelta(microseconds=1)) is True
    assert drafts.get(draft.id).answers == {}


def test_a_touched_draft_must_be_read_again(drafts, now):
    draft = begun(drafts, now)

    drafts.touch(draft.id, now=now + timedelta(seconds=1))

    assert drafts.empty(draft.id, was_saved_at=draft.saved_at) is False


def test_a_deleted_draft_is_gone(drafts, now):
    begun(drafts, now)

    drafts.delete("a" * 32)

    assert drafts.get("a" * 32) is None


def test_drafts_of_mailed_forms_are_found_by_their_batch(drafts, now):
    begun(drafts, now)
    mailed = [
        Draft(id_ * 32, Route.SELF, "", {}, started_at=now, saved_at=now, batch=batch, origin=Origin.MAIL)
        for id_, batch in (("b", "one"), ("c", "two"), ("d", "one"))
    ]
    for draft in mailed:
        drafts.add(draft, token_hash=draft.id)

    assert drafts.mailed_unsaved() == mailed
    assert drafts.mailed("one") == [mailed[0], mailed[2]]


def test_a_draft_may_change_its_route(drafts, now):
    draft = begun(drafts, now)

    drafts.put_route(draft.id, route=Route.UNIT)

    assert drafts.get(draft.id) == replace(draft, route=Route.UNIT)
