import pytest

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.nomination import Route, Status
from h5app.services.choosing import choose, chosen, clear, drop, found_by, in_order, reorder, shift
from h5app.services.erasing import erase_entry
from h5app.storage.nominations import Search
from tests.people import submitted


@pytest.fixture
def three(post, now):
    """References of three entries."""
    return [submitted(post.stores, post.files, post.campaign, now=now, name=name).reference for name in "甲乙丙"]


def order(post, who="赵敏"):
    return "".join(entry.answers["name"] for entry in chosen(post.stores, who))


def gone(post, reference, now):
    entry = post.stores.nominations.by_reference(reference)
    erase_entry(post.stores, post.files, entry, to=Status.WITHDRAWN, who="本人", now=now)


def test_whoever_is_chosen_comes_last_and_once(post, three):
    assert choose(post.stores, "赵敏", [three[2], three[0]]) == 2
    assert choose(post.stores, "赵敏", [three[0], three[1], three[1], "XXXXXXXX"]) == 1

    assert order(post) == "丙甲乙"
    assert order(post, "王强") == ""


def test_what_is_erased_cannot_be_chosen_and_falls_out(post, three, now):
    choose(post.stores, "赵敏", three[:2])
    gone(post, three[0], now)
    gone(post, three[2], now)

    assert choose(post.stores, "赵敏", three) == 0
    assert order(post) == "乙"


def test_a_list_longer_than_anybody_orders_by_hand_is_refused_whole(post, three):
    with pytest.raises(InvalidAnswerError, match="最多 2 人"):
        choose(post.stores, "赵敏", three, most=2)

    assert order(post) == ""


def test_numbers_typed_set_the_order(post, three):
    choose(post.stores, "赵敏", three)

    reorder(post.stores, "赵敏", {three[0]: "3", three[1]: "1", three[2]: "2"})

    assert order(post) == "乙丙甲"


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ({}, "abcd"),
        ({"a": "4"}, "bcda"),
        ({"d": "1"}, "dabc"),
        ({"a": "2", "b": "2"}, "bacd"),
        ({"c": "0"}, "cabd"),
        ({"a": "99999999"}, "bcda"),
        ({"a": "-1", "b": "x", "c": "²", "d": "9" * 30}, "abcd"),
    ],
)
def test_whoever_gets_another_number_stands_there_and_nonsense_changes_nothing(typed, order):
    standing = {reference: str(place) for place, reference in enumerate("abcd", start=1)}

    assert "".join(in_order(list("abcd"), standing | typed)) == order


@pytest.mark.parametrize(
    ("which", "by", "after"), [(1, -1, "乙甲丙"), (1, 1, "甲丙乙"), (0, -1, "甲乙丙"), (2, 1, "甲乙丙")]
)
def test_one_step_up_or_down(post, three, which, by, after):
    choose(post.stores, "赵敏", three)

    shift(post.stores, "赵敏", three[which], by=by)
    shift(post.stores, "赵敏", "XXXXXXXX", by=by)

    assert order(post) == after


def test_one_is_taken_off_or_all(post, three):
    choose(post.stores, "赵敏", three)
    drop(post.stores, "赵敏", three[1])
    assert order(post) == "甲丙"

    clear(post.stores, "赵敏")
    assert order(post) == ""


def test_a_search_finds_everybody_oldest_first_but_the_erased(post, three, now):
    peer = submitted(post.stores, post.files, post.campaign, now=now, route=Route.PEER)
    gone(post, three[1], now)

    assert found_by(post.stores, Search()) == [three[0], three[2], peer.reference]
    assert found_by(post.stores, Search(route="peer")) == [peer.reference]
