import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.domain.campaign import MailMode
from h5app.domain.parcel import Item, Load, Parcel, Part, Room, plan_parcel

ENVELOPE = 10
EDGES = (1600, 1280, 1024)


def items(prefix, sizes):
    return tuple(Item(f"{prefix}{number}", size) for number, size in enumerate(sizes, start=1))


def loads(forms, photos, *smaller):
    """The same entry with ever smaller photos."""
    sizes = [photos, *smaller]
    return [Load(items("form", forms), items("photo", each), edge) for each, edge in zip(sizes, EDGES, strict=False)]


def planned(loads, message_bytes, *, least=1, most=4, mode=MailMode.ATTACHMENTS):
    return plan_parcel(loads, Room(message_bytes, ENVELOPE, least=least, most=most), mode=mode)


def names(parcel):
    return [[item.name for item in part.items] for part in parcel.parts]


LINK = Parcel(MailMode.LINK, MailMode.ATTACHMENTS, (Part((), ENVELOPE),))


def test_what_fits_goes_in_one_message_with_photos_in_their_usual_size():
    parcel = planned(loads([5, 5], [30, 30], [20, 20]), 80)

    assert names(parcel) == [["form1", "form2", "photo1", "photo2"]]
    assert (parcel.size_bytes, parcel.long_edge_px, parcel.shrunk) == (80, 1600, False)


def test_smaller_photos_come_before_a_second_message():
    parcel = planned(loads([5, 5], [30, 30], [20, 20], [10, 10]), 79)

    assert (len(parcel.parts), parcel.long_edge_px, parcel.shrunk) == (1, 1280, True)


def test_a_second_message_comes_before_the_link_and_is_about_as_large():
    parcel = planned(loads([10], [30, 30, 30], [30, 30, 30], [20, 20, 20]), 60)

    assert names(parcel) == [["form1", "photo1"], ["photo2", "photo3"]]
    assert [part.size_bytes for part in parcel.parts] == [40, 50]
    assert parcel.long_edge_px == 1024


def test_more_messages_than_are_allowed_are_a_link():
    assert len(planned(loads([10], [40] * 4), 60, most=5).parts) == 4
    assert planned(loads([10], [40] * 4), 60, most=3) == LINK


def test_a_file_that_no_message_holds_makes_all_of_it_a_link():
    assert planned(loads([10], [40, 60]), 60) == LINK
    assert planned(loads([30, 30], []), 60) == LINK


def test_asked_to_split_it_is_split_although_it_would_fit_and_photos_stay_large():
    parcel = planned(loads([10, 10], [30, 30, 30], [20, 20, 20]), 1000, least=2)

    assert names(parcel) == [["form1", "form2", "photo1"], ["photo2", "photo3"]]
    assert parcel.long_edge_px == 1600


def test_asked_to_split_in_more_than_there_are_files_or_than_are_allowed_it_is_a_link():
    assert [len(planned(loads([10, 10], [30, 1]), 1000, least=least).parts) for least in (1, 2, 3)] == [1, 2, 3]
    assert planned(loads([10, 10], [30, 1]), 1000, least=4) == LINK
    assert planned(loads([10], [1, 1, 1, 1, 1]), 1000, least=5, most=4) == LINK


def test_a_path_that_mails_links_does_so_without_looking_at_the_files():
    assert planned(iter(()), 1000, mode=MailMode.LINK) == Parcel(MailMode.LINK, MailMode.LINK, (Part((), ENVELOPE),))


def test_smaller_photos_are_not_made_where_larger_ones_fit():
    def once():
        yield loads([1], [2])[0]
        raise AssertionError("asked for smaller ones")

    assert planned(once(), 1000).long_edge_px == 1600


@pytest.mark.parametrize(
    ("parcel", "sentence"),
    [
        (planned(loads([5_000], [3_190_000]), 20_000_000), "约 3.2 MB，一封寄出，照片用邮件尺寸"),
        (planned(loads([86_000], []), 20_000_000), "约 86 KB，一封寄出"),
        (
            planned(loads([500_000], [900_000, 900_000], [700_000, 700_000]), 1_500_000, mode=MailMode.ZIP),
            "约 1.9 MB，打成 ZIP 包，分 2 封寄出，照片缩小到 1280 像素",
        ),
        (planned([], 1, mode=MailMode.LINK), "只寄登录链接，不带推荐表和照片"),
        (LINK, "材料太大，分几封也放不下，只寄登录链接，不带推荐表和照片"),
    ],
)
def test_the_plan_is_said_in_one_sentence(parcel, sentence):
    assert parcel.sentence == sentence


SIZES = st.lists(st.integers(1, 100), max_size=9)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=2),
    SIZES,
    st.integers(20, 300),
    st.integers(1, 5),
    st.integers(1, 5),
)
def test_every_file_is_in_one_message_in_order_and_each_within_the_budget_or_all_is_a_link(
    forms, photos, message_bytes, least, most
):
    offered = loads(forms, photos, [max(1, size // 2) for size in photos], [max(1, size // 4) for size in photos])
    parcel = planned(offered, message_bytes, least=least, most=most)

    if parcel.mode is MailMode.LINK:
        groups = [sum(forms), *(max(1, size // 4) for size in photos)]
        room = message_bytes - ENVELOPE
        assert least > min(most, len(groups)) or max(groups) > room or fewest(groups, room) > most
        return
    (load,) = (
        each for each in offered if each.long_edge_px == parcel.long_edge_px or (not photos and each is offered[0])
    )
    assert [item for part in parcel.parts for item in part.items] == [*load.forms, *load.photos]
    assert parcel.parts[0].items[: len(forms)] == load.forms
    assert all(part.items for part in parcel.parts)
    assert max(part.size_bytes for part in parcel.parts) <= message_bytes
    assert least <= len(parcel.parts) <= most


def fewest(sizes, room):
    """By trying every way to cut them."""
    if not sizes:
        return 0
    ways = [1 + fewest(sizes[end:], room) for end in range(1, len(sizes) + 1) if sum(sizes[:end]) <= room]
    return min(ways)
