from datetime import timedelta

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.nomination import Route, Status
from h5app.services.correcting import begin_correction
from h5app.services.drafting import token_hash
from h5app.services.erasing import erase_entry
from h5app.services.picturing import detach
from tests.people import submitted, with_photo


def test_a_correction_holds_what_the_entry_says(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now, route=Route.UNIT)
    later = now + timedelta(hours=1)

    draft, token = begin_correction(any_stores, files, entry, route=Route.UNIT, now=later)

    assert any_stores.drafts.by_token(token_hash(token)) == draft
    assert draft.answers == entry.answers
    assert (draft.corrects, draft.revision, draft.route, draft.channel, draft.started_at) == (
        entry.id,
        2,
        Route.UNIT,
        entry.channel,
        later,
    )


def test_another_persons_agreement_is_not_taken_over(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now, route=Route.PEER)

    draft, _token = begin_correction(any_stores, files, entry, route=Route.SELF, now=now)

    agreed = {name for name in entry.answers if name.startswith("consent_")}
    assert agreed
    assert agreed & draft.answers.keys() == set()
    assert {"nominator_name", "nominator_phone", "relation"} & draft.answers.keys() == set()
    assert (draft.answers["name"], draft.answers["phone"]) == (entry.answers["name"], entry.answers["phone"])


def test_photos_are_copied_so_that_neither_takes_one_from_the_other(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)
    mine = any_stores.drafts.get(entry.draft_id)
    with_photo(any_stores, files, mine, now=now, slot=Slot.WORK)
    before = any_stores.attachments.of_draft(entry.draft_id)

    draft, _token = begin_correction(any_stores, files, entry, route=Route.SELF, now=now)
    copies = any_stores.attachments.of_draft(draft.id)
    assert [(copy.slot, copy.width_px, copy.place) for copy in copies] == [
        (photo.slot, photo.width_px, photo.place) for photo in before
    ]
    assert [files.get(copy.press_file) for copy in copies] == [files.get(photo.press_file) for photo in before]
    for copy in copies:
        detach(any_stores, files, draft, copy.id, now=now)

    assert any_stores.attachments.of_draft(entry.draft_id) == before
    assert all(files.get(name) for photo in before for name in photo.files)


def test_an_entry_that_is_taken_back_meanwhile_is_in_no_draft(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)
    erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    with pytest.raises(NotFoundError, match="已经删除"):
        begin_correction(any_stores, files, entry, route=Route.SELF, now=now)

    assert any_stores.drafts.correcting(entry.id) == []


def test_photos_that_go_while_they_are_copied_are_told_as_what_happened(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)
    for name in list(files.names()):
        files.delete(name)

    with pytest.raises(NotFoundError, match="撤回或谢绝"):
        begin_correction(any_stores, files, entry, route=Route.SELF, now=now)


def test_nothing_is_begun_of_what_the_office_has_just_decided(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    with pytest.raises(ConflictError):
        begin_correction(any_stores, files, entry, route=Route.SELF, now=now)

    assert any_stores.drafts.correcting(entry.id) == []
