import io
import math
from datetime import timedelta

import pytest
from PIL import Image

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Material
from h5app.domain.errors import PhotoError, StoreFullError
from h5app.domain.nomination import Route
from h5app.domain.portrait import Box
from h5app.photos import PhotoLimits, cut, render
from h5app.services.drafting import begin
from h5app.services.picturing import attach, crop, detach, move_forward
from tests.fakes import WatchedFiles
from tests.people import jpeg, social, with_photo, with_social
from tests.photos.pictures import colour_name, saved
from tests.threads import at_once


@pytest.fixture
def draft(stores, now):
    draft, _token = begin(stores, route=Route.SELF, channel="K7WM", now=now)
    return draft


def test_a_new_portrait_takes_the_place_of_the_old_one(stores, files, campaign, draft, now):
    path = social(campaign)
    old = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(), path=path, now=now)
    new = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(colour=(0, 0, 200)), path=path, now=now)

    assert stores.attachments.of_draft(draft.id) == (new,)
    assert set(files.names()) == set(new.files)
    assert not set(old.files) & set(files.names())


def test_what_is_stored_are_the_renditions_of_the_photo(stores, files, campaign, draft, now):
    picture = jpeg(300, 420)
    photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=picture, path=social(campaign), now=now)

    made = render(picture, limits=PhotoLimits())
    part = cut(made.press, Box(left_px=0, top_px=0, width_px=300, height_px=420))
    assert [files.get(name) for name in photo.files] == [made.press, made.mail, part.thumb, part.paper]
    assert (photo.crop, photo.measures) == (None, part.measures)
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

    pictures = iter([jpeg(60, height) for height in range(80, 84)])
    results = at_once(
        lambda: attach(stores, files, draft, slot=Slot.WORK, data=next(pictures), path=social(campaign), now=now), 4
    )

    assert sum(isinstance(result, PhotoError) for result in results) == 2
    assert len(stores.attachments.of_draft(draft.id)) == 3


def test_F1_files_are_stored_before_any_row_mentions_them(stores, files, campaign, draft, now):
    rows_at_put = []
    watched = WatchedFiles(files, before_put=lambda: rows_at_put.append(len(stores.attachments.of_draft(draft.id))))

    photo = attach(stores, watched, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now)

    assert rows_at_put == [0, 0, 0]
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


# Sent twice


def test_an_upload_sent_again_is_stored_once(stores, files, campaign, draft, now):
    def send():
        return attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now)

    first = send()
    stored = set(files.names())

    assert send() == first
    assert stores.attachments.of_draft(draft.id) == (first,)
    assert set(files.names()) == stored


def test_the_same_upload_sent_four_times_at_once_is_stored_once(stores, files, campaign, draft, now):
    results = at_once(
        lambda: attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now), 4
    )

    assert len({photo.id for photo in results}) == 1
    assert stores.attachments.of_draft(draft.id) == (results[0],)
    assert set(files.names()) == set(results[0].files)


def test_a_portrait_sent_again_keeps_the_crop_made_meanwhile(stores, files, campaign, draft, now):
    def send():
        return attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(600, 800), path=social(campaign), now=now)

    crop(stores, files, draft, send().id, left=0.1, top=0.2, width=0.5, now=now)

    assert send().crop == Box(left_px=60, top_px=160, width_px=300, height_px=420)


def test_the_same_photo_may_lie_in_two_slots(stores, files, campaign, draft, now):
    for slot in (Slot.WORK, Slot.HONOUR):
        attach(stores, files, draft, slot=slot, data=jpeg(), path=social(campaign), now=now)

    assert [photo.slot for photo in stores.attachments.of_draft(draft.id)] == [Slot.WORK, Slot.HONOUR]


# Another photo, another order


@pytest.fixture
def three(stores, files, campaign, draft, now):
    """Three work photos, which is all the slot takes."""
    return [
        attach(stores, files, draft, slot=Slot.WORK, data=jpeg(60, height), path=social(campaign), now=now)
        for height in (80, 81, 82)
    ]


def ids(stores, draft):
    return [photo.id for photo in stores.attachments.of_draft(draft.id)]


def test_another_photo_takes_the_place_of_the_one_it_replaces(stores, files, campaign, draft, three, now):
    first, second, third = three

    new = attach(
        stores, files, draft, slot=Slot.WORK, data=jpeg(90, 60), path=social(campaign), now=now, replaces=second.id
    )

    assert ids(stores, draft) == [first.id, new.id, third.id]
    assert set(files.names()) == {name for photo in (first, new, third) for name in photo.files}


def test_what_would_replace_a_photo_that_is_gone_is_added_while_there_is_room(
    stores, files, campaign, draft, three, now
):
    def send(data):
        return attach(
            stores, files, draft, slot=Slot.WORK, data=data, path=social(campaign), now=now, replaces=three[0].id
        )

    detach(stores, files, draft, three[0].id, now=now)
    new = send(jpeg(90, 60))

    assert ids(stores, draft) == [three[1].id, three[2].id, new.id]
    with pytest.raises(PhotoError):
        send(jpeg(90, 61))


def test_a_photo_moves_forward_one_place_at_a_time_and_the_first_stays(stores, draft, three, now):
    first, second, third = (photo.id for photo in three)

    for moved, expected in (
        (third, [first, third, second]),
        (third, [third, first, second]),
        (third, [third, first, second]),
        ("gone", [third, first, second]),
    ):
        move_forward(stores, draft, moved, now=now)
        assert ids(stores, draft) == expected


def test_photos_from_before_there_was_an_order_can_be_put_in_one(stores, files, draft, now):
    first, second = (with_photo(stores, files, draft, now=now, slot=Slot.WORK, number=number) for number in (1, 2))

    move_forward(stores, draft, second.id, now=now)

    assert ids(stores, draft) == [second.id, first.id]


# Crop


def test_a_crop_is_kept_with_the_picture_cut_by_it(stores, files, campaign, draft, now):
    halves = Image.new("RGB", (1000, 1000), (200, 30, 30))
    halves.paste((30, 30, 200), (500, 0, 1000, 1000))
    photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=saved(halves, "JPEG"), path=social(campaign), now=now)

    crop(stores, files, draft, photo.id, left=0.55, top=0.1, width=0.4, now=now + timedelta(seconds=1))

    (cropped,) = stores.attachments.of_draft(draft.id)
    assert cropped.crop == Box(left_px=550, top_px=100, width_px=400, height_px=560)
    assert (cropped.press_file, cropped.mail_file) == (photo.press_file, photo.mail_file)
    assert set(files.names()) == set(cropped.files)
    for name, size in ((cropped.paper_file, (400, 560)), (cropped.thumb_file, (343, 480))):
        with Image.open(io.BytesIO(files.get(name))) as picture:
            assert picture.size == size
            assert {colour_name(picture.getpixel((x, 5))) for x in (2, size[0] - 3)} == {"blue"}
    assert stores.drafts.get(draft.id).saved_at == now + timedelta(seconds=1)


def test_a_crop_that_is_no_box_is_refused_and_one_of_a_gone_photo_is_no_error(stores, files, campaign, draft, now):
    photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(), path=social(campaign), now=now)

    with pytest.raises(PhotoError) as told:
        crop(stores, files, draft, photo.id, left=math.nan, top=0, width=1, now=now)
    crop(stores, files, draft, "gone", left=0, top=0, width=1, now=now)

    assert str(told.value) == "没有看清要留哪一部分，请再调整一次"
    assert stores.attachments.of_draft(draft.id) == (photo,)
    assert set(files.names()) == set(photo.files)


def test_a_photo_deleted_while_it_is_cropped_leaves_nothing_behind(stores, files, campaign, draft, now):
    photo = attach(stores, files, draft, slot=Slot.PORTRAIT, data=jpeg(), path=social(campaign), now=now)
    other_tab = WatchedFiles(files, before_put=lambda: detach(stores, files, draft, photo.id, now=now))

    crop(stores, other_tab, draft, photo.id, left=0, top=0, width=0.5, now=now)

    assert (stores.attachments.of_draft(draft.id), list(files.names())) == ((), [])
