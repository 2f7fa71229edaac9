from datetime import UTC, datetime

import pytest

from h5app.domain.attachment import Attachment, Measures, Slot
from h5app.domain.picture_hints import (
    FACE_SMALL,
    LYING,
    NOT_FOR_PRESS,
    RESTLESS,
    TOO_DARK,
    TOO_SMALL,
    hints_of,
)
from h5app.domain.portrait import Box

GOOD = Measures(brightness=210, face_percent=50, unrest=8)


def photo(slot=Slot.PORTRAIT, size=(1500, 2000), measures=GOOD, crop=None):
    return Attachment(
        id="p",
        draft_id="d",
        slot=slot,
        press_file="press",
        mail_file="mail",
        width_px=size[0],
        height_px=size[1],
        added_at=datetime(2026, 11, 22, tzinfo=UTC),
        crop=crop,
        measures=measures,
    )


def measured(brightness=210, face_percent=50, unrest=8):
    return photo(measures=Measures(brightness, face_percent, unrest))


@pytest.mark.parametrize(
    ("portrait", "said"),
    [
        (photo(), ()),
        (photo(size=(295, 413)), ()),
        (photo(size=(294, 412)), (TOO_SMALL,)),
        (photo(crop=Box(0, 0, 280, 392)), (TOO_SMALL,)),
        (measured(brightness=60), (TOO_DARK,)),
        (photo(size=(2000, 1500)), (LYING,)),
        (photo(size=(2000, 1500), crop=Box(500, 0, 1000, 1400)), ()),
        (measured(face_percent=5), (FACE_SMALL,)),
        (measured(unrest=90), (RESTLESS,)),
        (photo(measures=None), ()),
    ],
    ids=[
        "good",
        "just large enough",
        "small",
        "cropped too small",
        "dark",
        "lying",
        "lying but cropped",
        "far away",
        "restless",
        "from before",
    ],
)
def test_a_portrait_gets_the_hint_that_helps(portrait, said):
    assert hints_of(portrait) == said


def test_the_two_most_important_hints_are_said_and_no_more():
    bad = Measures(brightness=30, face_percent=0, unrest=120)

    assert hints_of(photo(size=(300, 200), measures=bad)) == (TOO_SMALL, TOO_DARK)
    assert hints_of(photo(measures=bad)) == (TOO_DARK, RESTLESS)


@pytest.mark.parametrize(
    ("slot", "size", "said"),
    [
        (Slot.WORK, (2000, 1500), ()),
        (Slot.WORK, (1500, 2000), ()),
        (Slot.WORK, (1999, 1500), (NOT_FOR_PRESS,)),
        (Slot.HONOUR, (800, 600), ()),
    ],
)
def test_a_work_photo_below_the_press_size_gets_a_kind_note(slot, size, said):
    assert hints_of(photo(slot, size, measures=None)) == said
