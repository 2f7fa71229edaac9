import pytest

from h5app.domain.nomination import MOVES, Route, Status, reference_from


def test_a_reference_has_eight_characters_that_cannot_be_taken_for_one_another():
    seen = {char for start in range(0, 256, 8) for char in reference_from(bytes(range(start, start + 8)))}

    assert seen == set("2346789ACDEFGHJKMNPQRTUVWXY")
    assert not seen & set("01OIL5SBZ")
    assert len(reference_from(bytes(8))) == 8


@pytest.mark.parametrize("random", [b"", bytes(7), bytes(9)])
def test_a_reference_needs_eight_bytes(random):
    with pytest.raises(ValueError, match="8 bytes"):
        reference_from(random)


def test_every_status_can_be_left_again_and_never_for_itself():
    assert set(MOVES) == set(Status)
    assert all(moves and status not in moves for status, moves in MOVES.items())


def test_routes_and_states_have_words_of_their_own():
    assert [route.label for route in Route] == ["个人自荐", "他人举荐", "单位推荐"]
    assert [route.tag for route in Route] == ["自荐", "举荐", "单位推荐"]
    assert [status.label for status in Status] == ["待审核", "已通过", "不符合条件"]
