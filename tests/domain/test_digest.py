import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.domain.digest import Shares, share_out

ROOM = 100


@given(
    sizes=st.lists(st.integers(1, 150), max_size=30),
    first_holds=st.integers(0, ROOM),
    least_parts=st.integers(1, 9),
    most_parts=st.integers(1, 9),
)
def test_every_package_is_whole_in_one_message_with_room_for_it_or_left(sizes, first_holds, least_parts, most_parts):
    shares = share_out(
        sizes, room=ROOM, first_holds=first_holds, least_parts=min(least_parts, most_parts), most_parts=most_parts
    )

    places = [place for part in shares.parts for place in part]
    held = [sum(sizes[place] for place in part) for part in shares.parts]
    assert places == sorted(places)
    assert sorted([*places, *shares.left]) == list(range(len(sizes)))
    assert held[0] + first_holds <= ROOM
    assert max(held) <= ROOM
    assert 1 <= len(shares.parts) <= most_parts
    assert [place for place in range(len(sizes)) if sizes[place] > ROOM and place not in shares.left] == []


@given(sizes=st.lists(st.integers(1, 10), min_size=1, max_size=20), least_parts=st.integers(1, 9))
def test_what_was_split_is_in_as_many_messages_as_there_are_packages_for(sizes, least_parts):
    shares = share_out(sizes, room=1_000, first_holds=1, least_parts=least_parts, most_parts=9)

    assert shares.left == ()
    assert len(shares.parts) <= least_parts
    assert max(len(part) for part in shares.parts) <= -(-(len(sizes) + 1) // least_parts)


@pytest.mark.parametrize(
    ("sizes", "first_holds", "shares"),
    [
        ([], 30, Shares(((),), ())),
        ([90], 30, Shares(((), (0,)), ())),  # the table alone, then the package
        ([40, 40], 30, Shares(((0,), (1,)), ())),
        ([40, 101, 30], 30, Shares(((0, 2),), (1,))),
    ],
)
def test_the_table_takes_room_in_the_first_message_only(sizes, first_holds, shares):
    assert share_out(sizes, room=ROOM, first_holds=first_holds, most_parts=9) == shares
