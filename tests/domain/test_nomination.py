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


def test_staff_can_leave_every_status_again_but_what_is_the_nominees_or_ended():
    assert set(MOVES) == set(Status)
    assert all(status not in moves for status, moves in MOVES.items())
    assert {status for status, moves in MOVES.items() if not moves} == {
        Status.WAITING,
        Status.WITHDRAWN,
        Status.DECLINED,
    }
    assert [status for status in Status if status.is_erased] == [Status.WITHDRAWN, Status.DECLINED]


def test_routes_and_states_have_words_of_their_own():
    assert [route.label for route in Route] == ["个人自荐", "他人举荐", "单位推荐"]
    assert [route.tag for route in Route] == ["自荐", "举荐", "单位推荐"]
    assert [status.label for status in Status] == [
        "待本人确认",
        "待审核",
        "退回补正",
        "已通过",
        "不符合条件",
        "已撤回",
        "本人谢绝",
    ]
