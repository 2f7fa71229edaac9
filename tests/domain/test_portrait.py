import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.domain.errors import PhotoError
from h5app.domain.portrait import Box, box_of, centre_box

SIDES = st.integers(min_value=1, max_value=4096)
ANY = st.floats(allow_nan=False, allow_infinity=False)


def lies_in(box, width, height):
    return (
        box.left_px >= 0
        and box.top_px >= 0
        and box.width_px >= 1
        and box.height_px >= 1
        and box.left_px + box.width_px <= width
        and box.top_px + box.height_px <= height
    )


@pytest.mark.parametrize(
    ("size", "box"),
    [
        ((295, 413), Box(0, 0, 295, 413)),
        ((2500, 3500), Box(0, 0, 2500, 3500)),
        ((4000, 3000), Box(928, 0, 2143, 3000)),
        ((1000, 4000), Box(0, 780, 1000, 1400)),
        ((1, 1), Box(0, 0, 1, 1)),
    ],
)
def test_the_part_nobody_chose_is_centred_and_a_bit_above_the_centre(size, box):
    assert centre_box(*size) == box


@given(width=SIDES, height=SIDES)
def test_the_middle_part_always_lies_in_the_picture(width, height):
    assert lies_in(centre_box(width, height), width, height)


@given(width=SIDES, height=SIDES, left=ANY, top=ANY, part=st.floats(min_value=1e-9, allow_infinity=False))
def test_a_chosen_part_always_lies_in_the_picture(width, height, left, top, part):
    assert lies_in(box_of(width, height, left=left, top=top, width=part), width, height)


@given(left=st.floats(0, 0.5), top=st.floats(0, 0.3), part=st.floats(0.1, 0.5))
def test_a_part_inside_the_picture_is_taken_as_chosen_with_the_shape_of_the_paper(left, top, part):
    box = box_of(3000, 4000, left=left, top=top, width=part)

    assert (box.left_px, box.top_px, box.width_px) == (round(left * 3000), round(top * 4000), round(part * 3000))
    assert abs(box.height_px / box.width_px - 413 / 295) < 0.01


def test_a_part_is_never_smaller_than_a_face_needs():
    assert box_of(3000, 4000, left=0.5, top=0.5, width=0.0001) == Box(1500, 2000, 60, 84)


@pytest.mark.parametrize(
    "wrong", [{"left": math.nan}, {"top": math.inf}, {"width": -math.inf}, {"width": 0.0}, {"width": -0.2}]
)
def test_what_is_no_part_is_refused(wrong):
    with pytest.raises(PhotoError) as told:
        box_of(3000, 4000, **({"left": 0.1, "top": 0.1, "width": 0.5} | wrong))

    assert str(told.value) == "没有看清要留哪一部分，请再调整一次"
