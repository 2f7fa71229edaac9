from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.attachment import Attachment, Measures, Slot
from h5app.domain.portrait import Box


@pytest.fixture
def attachments(any_stores):
    return any_stores.attachments


def photo(now, number=1, slot=Slot.WORK, draft_id="a"):
    return Attachment(f"p{number}", draft_id, slot, f"press{number}", f"mail{number}", 4000, 3000, now)


def test_photos_come_back_by_slot_and_in_the_order_in_which_they_came(attachments, now):
    later = now + timedelta(seconds=1)
    first, second = photo(later, 1), photo(now, 2)
    honour, portrait = photo(now, 3, Slot.HONOUR), replace(photo(later, 4, Slot.PORTRAIT), width_px=295)
    for each in (first, second, honour, portrait, photo(now, 5, draft_id="b")):
        attachments.add(each)

    assert attachments.of_draft("a") == (portrait, second, first, honour)
    assert attachments.of_draft("c") == ()


def test_S19_a_photo_is_removed_only_by_its_own_draft(attachments, now):
    mine = photo(now)
    attachments.add(mine)

    assert attachments.remove("p1", draft_id="b") is None
    assert attachments.of_draft("a") == (mine,)
    assert attachments.remove("p1", draft_id="a") == mine
    assert attachments.remove("p1", draft_id="a") is None
    assert attachments.of_draft("a") == ()


def test_every_file_that_a_row_mentions_is_known(attachments, now):
    attachments.add(photo(now, 1))
    attachments.add(replace(photo(now, 2, draft_id="b"), thumb_file="thumb2", paper_file="paper2"))

    assert attachments.file_names() == {"press1", "mail1", "press2", "mail2", "thumb2", "paper2"}


def test_everything_known_of_a_photo_comes_back(attachments, now):
    known = replace(
        photo(now, slot=Slot.PORTRAIT),
        thumb_file="thumb",
        paper_file="paper",
        place=3,
        upload_key="k",
        crop=Box(71, 0, 2857, 4000),
        measures=Measures(brightness=200, face_percent=45, unrest=12),
    )
    attachments.add(known)
    assert attachments.of_draft("a") == (known,)

    cropped = replace(known, thumb_file="t2", paper_file="p2", crop=Box(5, 6, 500, 700), measures=Measures(1, 2, 3))
    attachments.put_cutting(cropped)
    assert attachments.of_draft("a") == (cropped,)


def test_photos_come_back_in_the_order_of_their_places(attachments, now):
    for number, place in ((1, 3), (2, 1), (3, 2)):
        attachments.add(replace(photo(now, number), place=place))
    attachments.put_place("p1", 0)

    assert [each.id for each in attachments.of_draft("a")] == ["p1", "p2", "p3"]


def test_one_upload_has_one_row_in_its_slot(attachments, now):
    attachments.add(replace(photo(now, 1), upload_key="k"))
    attachments.add(replace(photo(now, 2, Slot.HONOUR), upload_key="k"))
    attachments.add(replace(photo(now, 3, draft_id="b"), upload_key="k"))

    with pytest.raises(Exception, match=r"(?i)unique"):
        attachments.add(replace(photo(now, 4), upload_key="k"))
