from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.attachment import Attachment, Slot


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
    attachments.add(photo(now, 2, draft_id="b"))

    assert attachments.file_names() == {"press1", "mail1", "press2", "mail2"}
