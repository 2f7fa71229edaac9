from datetime import timedelta

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Material
from h5app.domain.errors import PhotoError, StoreFullError
from h5app.domain.nomination import Route
from h5app.photos import PhotoLimits, render
from h5app.services.drafting import begin
from h5app.services.picturing import attach, detach
from tests.fakes import WatchedFiles
from tests.people import jpeg, social, with_photo, with_social
from tests.threads import at_once


@pytest.fixture
def draft(stores, now):
    draft, _token = begin(stores, route=Route.SELF, channel="K7WD", now=now)
    return draft


def test_a_new_portrait_takes_the_place_of_the_old_one(stores, files, campaign, draft, now):
    path = social(campaign)
    old = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(), path=path, now=now)
    new = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(colour=(0, 0, 200)), path=path, now=now)

    assert stores.attachments.of_draft(draft.id) == (new,)
    assert set(files.names()) == {new.press_file, new.mail_file}
    assert not {old.press_file, old.mail_file} & set(files.names())


def test_what_is_stored_are_the_renditions_of_the_photo(stores, files, campaign, draft, now):
    picture = jpeg(300, 420)
    photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=picture, path=social(campaign), now=now)

    renditions = render(picture, limits=PhotoLimits())
    assert (files.get(photo.press_file), files.get(photo.mail_file)) == (renditions.press, renditions.mail)
    assert (photo.width_px, photo.height_px, photo.slot, photo.draft_id) == (300, 420, Slot.PORTRAIT, draft.id)


def test_a_full_slot_says_how_many_it_takes(stores, files, campaign, draft, now):
    for number in range(3):
        with_photo(stores, files, draft, now=now, slot=Slot.WORK, number=number)

    with pytest.raises(PhotoError) as told:
        attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now)

    assert str(told.value) == "工作照最多 3 张，要换的话请先删去一张"
    assert len(stores.attachments.of_draft(draft.id)) == 3


def test_a_slot_that_the_path_does_not_have_takes_nothing(stores, files, campaign, draft, now):
    path = social(with_social(campaign, materials={Slot.PORTRAIT: Material(least=1, most=1)}))

    with pytest.raises(PhotoError) as told:
        attach(stores, files, draft, slot=Slot.HONOUR, data=jpeg(), path=path, now=now)

    assert str(told.value) == "这里不需要荣誉或报道"
    assert list(files.names()) == []


def test_uploads_at_once_do_not_overfill_a_slot(stores, files, campaign, draft, now):
    with_photo(stores, files, draft, now=now, slot=Slot.WORK)

    results = at_once(
        lambda: attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now), 4
    )

    assert sum(isinstance(result, PhotoError) for result in results) == 2
    assert len(stores.attachments.of_draft(draft.id)) == 3


def test_F1_files_are_stored_before_any_row_mentions_them(stores, files, campaign, draft, now):
    rows_at_put = []
    watched = WatchedFiles(files, before_put=lambda: rows_at_put.append(len(stores.attachments.of_draft(draft.id))))

    photo = attach(stores, watched, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now)

    assert rows_at_put == [0, 0]
    assert stores.attachments.of_draft(draft.id) == (photo,)


def test_F3_without_room_the_draft_stays_as_it_was(stores, files, campaign, draft, now):
    old = with_photo(stores, files, draft, now=now)

    full = WatchedFiles(files, full=True)
    with pytest.raises(StoreFullError):
        attach(stores, full, draft, slot=Slot.PORTRAIT, data=jpeg(), path=social(campaign), now=now)

    assert stores.attachments.of_draft(draft.id) == (old,)
    assert files.get(old.press_file)


def test_S4_what_is_no_picture_leaves_nothing_behind(stores, files, campaign, draft, now):
    with pytest.raises(PhotoError):
        attach(stores, files, draft, slot=Slot.PORTRAIT, data=b"<svg/>", path=social(campaign), now=now)

    assert (stores.attachments.of_draft(draft.id), list(files.names())) == ((), [])


def test_removing_a_photo_removes_its_files_and_twice_is_no_error(stores, files, draft, now):
    photo = with_photo(stores, files, draft, now=now)

    detach(stores, files, draft, photo.id, now=now)
    detach(stores, files, draft, photo.id, now=now)

    assert (stores.attachments.of_draft(draft.id), list(files.names())) == ((), [])


def test_S19_somebody_elses_photo_is_not_removed(stores, files, draft, now):
    other, _ = begin(stores, route=Route.SELF, channel="", now=now)
    photo = with_photo(stores, files, draft, now=now)

    detach(stores, files, other, photo.id, now=now)

    assert stores.attachments.of_draft(draft.id) == (photo,)
    assert files.get(photo.mail_file)


def test_a_photo_that_comes_or_goes_marks_the_draft(stores, files, campaign, draft, now):
    later = now + timedelta(seconds=1)
    photo = attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=later)
    after_coming = stores.drafts.get(draft.id).saved_at
    detach(stores, files, draft, photo.id, now=later + timedelta(seconds=1))

    assert (after_coming, stores.drafts.get(draft.id).saved_at) == (later, later + timedelta(seconds=1))
