from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.letter import LetterState
from h5app.domain.nomination import Nomination, Route, Status
from h5app.storage.nominations import Listed, Revision, Search
from tests.people import ID_NUMBER, NAME, PERSON, PHONE, checked_self


@pytest.fixture
def nominations(any_stores):
    return any_stores.nominations


@pytest.fixture
def add(any_stores, campaign, now):
    """Store an entry with its letter; its id."""

    def add(number=1, *, route=Route.SELF, letter=True, **answers):
        entry_id = any_stores.nominations.add(
            draft_id=f"draft{number}",
            reference=f"{number:0>8}",
            path="social",
            route=route,
            channel="K7WM",
            answers=checked_self(campaign, **answers),
            now=now + timedelta(minutes=number),
        )
        if letter:
            any_stores.outbox.add(entry_id, now=now)
        return entry_id

    return add


def references(nominations, **wanted):
    return [row.reference.lstrip("0") for row in nominations.page(Search(**wanted), limit=10, offset=0)]


def test_an_entry_comes_back_whole_by_id_draft_and_reference(nominations, add, campaign, now):
    entry_id = add()
    expected = Nomination(
        id=entry_id,
        draft_id="draft1",
        reference="00000001",
        path="social",
        route=Route.SELF,
        status=Status.SUBMITTED,
        channel="K7WM",
        answers=checked_self(campaign),
        submitted_at=now + timedelta(minutes=1),
        changed_at=now + timedelta(minutes=1),
    )

    assert nominations.get(entry_id) == expected
    assert nominations.by_draft("draft1") == expected
    assert nominations.by_reference("00000001") == expected
    assert (nominations.get(99), nominations.by_draft("x"), nominations.by_reference("x")) == (None, None, None)


def test_ID_number_and_telephone_are_sealed_and_their_indexes_tell_nothing(any_stores, add):
    add()
    add(2)
    first, second = any_stores.rows.read("SELECT * FROM nominations ORDER BY id")

    assert ID_NUMBER not in str(first)
    assert PHONE not in str(first)
    assert (first["id_number_index"], first["phone_index"]) == (second["id_number_index"], second["phone_index"])
    assert first["answers"] != second["answers"]


def test_an_entry_without_an_id_number_has_no_index(any_stores, add):
    add(id_number="")

    assert any_stores.rows.read("SELECT id_number_index FROM nominations") == [{"id_number_index": ""}]


def test_S25_a_draft_has_one_entry_and_a_reference_one_owner(nominations, add, campaign, now):
    add()
    again = {"path": "social", "route": Route.SELF, "channel": "", "answers": checked_self(campaign), "now": now}

    assert nominations.add(draft_id="draft1", reference="99999999", **again) is None
    assert nominations.add(draft_id="draft9", reference="00000001", **again) is None
    assert nominations.count(Search()) == 1


def test_a_status_moves_only_from_what_it_was(nominations, add, now):
    entry_id = add()

    assert nominations.move(entry_id, was=Status.ACCEPTED, to=Status.REJECTED, reason="", now=now) is False
    assert nominations.move(entry_id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now) is True
    assert nominations.move(entry_id, was=Status.SUBMITTED, to=Status.REJECTED, reason="", now=now) is False
    assert nominations.get(entry_id).status is Status.ACCEPTED


def test_F7_the_newest_stands_first_by_id_whatever_the_clock_said(nominations, add):
    for number in (5, 3, 9):
        add(number)

    assert references(nominations) == ["9", "3", "5"]
    assert [row.reference for row in nominations.page(Search(), limit=1, offset=1)] == ["00000003"]


def test_a_line_of_the_list_opens_nothing_sealed(any_stores, nominations, add, now):
    add()
    any_stores.rows.write("UPDATE nominations SET answers = 'broken'")

    assert nominations.page(Search(), limit=10, offset=0) == [
        Listed(
            reference="00000001",
            name=NAME,
            route=Route.SELF,
            category="快递员",
            region="解放区",
            unit=PERSON["unit_and_post"],
            status=Status.SUBMITTED,
            mail_state=LetterState.QUEUED,
            submitted_at=now + timedelta(minutes=1),
        )
    ]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, ["3", "2", "1"]),
        ({"route": "peer"}, ["2"]),
        ({"category": "货车司机"}, ["3"]),
        ({"region": "温县"}, ["2"]),
        ({"status": "accepted"}, ["1"]),
        ({"mail": "queued"}, ["3", "2", "1"]),
        ({"mail": "sent"}, []),
        ({"words": "买买提"}, ["2"]),
        ({"words": " 00000003 "}, ["3"]),
        ({"words": "%"}, ["3"]),
        ({"words": "_"}, []),
        ({"words": "!"}, []),
        ({"words": "' OR 1=1 --"}, []),
        ({"route": "peer", "region": "解放区"}, []),
        ({"route": "nonsense"}, []),
    ],
)
def test_a_search_narrows_by_every_column_and_its_words_are_words(nominations, add, now, wanted, found):
    first = add(1)
    add(2, route=Route.PEER, region="温县", name="阿卜杜拉·买买提")
    add(3, category="货车司机", name="100%张三")
    nominations.move(first, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    assert references(nominations, **wanted) == found
    assert nominations.count(Search(**wanted)) == len(found)


def test_a_reference_is_found_in_small_letters(any_stores, nominations, add):
    add()
    any_stores.rows.write("UPDATE nominations SET reference = '7K2M9QXA'")

    assert nominations.count(Search(words="7k2m9qxa")) == 1


def test_all_entries_come_in_batches_oldest_first(nominations, add):
    add(1)
    add(2, route=Route.UNIT)
    add(3)

    assert [entry.draft_id for entry in nominations.every(Search())] == ["draft1", "draft2", "draft3"]
    assert [entry.draft_id for entry in nominations.every(Search(route="unit"))] == ["draft2"]


def test_more_entries_than_a_batch_are_all_there(any_stores, nominations, add):
    with any_stores.rows.transaction():
        for number in range(1, 502):
            add(number)

    assert len(list(nominations.every(Search()))) == 501


def test_a_revision_replaces_the_entry_and_keeps_what_it_was(nominations, add, campaign, now):
    first = nominations.get(add())
    later = now + timedelta(days=1)
    answers = checked_self(campaign, name="李建军", region="温县")

    done = nominations.revise(
        first, draft_id="draft2", answers=answers, now=later, status=Status.SUBMITTED, confirmed_at=None
    )

    second = nominations.get(first.id)
    assert done is True
    assert second == replace(
        first, draft_id="draft2", revision=2, answers=answers, submitted_at=later, changed_at=later
    )
    assert nominations.history(first.id) == [Revision(1, "draft1", first.answers, first.submitted_at)]
    assert nominations.by_draft("draft1") == nominations.by_draft("draft2") == second
    assert references(nominations, region="温县") == ["1"]
    assert (
        nominations.revise(
            first, draft_id="draft3", answers=answers, now=later, status=Status.SUBMITTED, confirmed_at=None
        )
        is False
    )


def test_a_revision_of_an_entry_that_was_decided_meanwhile_is_none(nominations, add, campaign, now):
    entry = nominations.get(add())
    nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    answers = checked_self(campaign, name="李建军")
    assert (
        nominations.revise(
            entry, draft_id="draft2", answers=answers, now=now, status=Status.SUBMITTED, confirmed_at=None
        )
        is False
    )
    assert (nominations.get(entry.id).answers, nominations.history(entry.id)) == (entry.answers, [])


def test_erasing_leaves_number_and_end_and_nothing_of_the_person(any_stores, nominations, add, campaign, now):
    first = nominations.get(add())
    nominations.revise(
        first,
        draft_id="d2",
        answers=checked_self(campaign, name="李建军"),
        now=now,
        status=Status.SUBMITTED,
        confirmed_at=now,
    )
    entry = nominations.get(first.id)

    assert nominations.erase(first, to=Status.WITHDRAWN, now=now) is False
    assert nominations.erase(entry, to=Status.WITHDRAWN, now=now) is True

    left = nominations.get(entry.id)
    assert (left.reference, left.status, left.answers, left.confirmed_at) == ("00000001", Status.WITHDRAWN, {}, None)
    row = any_stores.rows.read("SELECT * FROM nominations")[0]
    assert {row[column] for column in ("name", "unit", "id_number_index", "phone_index", "reason")} == {""}
    assert nominations.history(entry.id) == []
    assert nominations.by_draft("draft1") is None


def test_a_units_batch_is_listed_in_order(nominations, campaign, now):
    for number, batch in ((1, "b"), (2, ""), (3, "b")):
        nominations.add(
            draft_id=f"u{number}", reference=f"{number:08}", path="social", route=Route.UNIT, channel="",
            answers=checked_self(campaign), now=now, batch=batch,
        )  # fmt: skip

    assert [entry.reference.lstrip("0") for entry in nominations.of_batch("b")] == ["1", "3"]


def test_an_entry_without_a_letter_is_listed_without_one(nominations, add):
    add(letter=False)

    assert [row.mail_state for row in nominations.page(Search(), limit=10, offset=0)] == [None]


def test_entries_of_one_person_are_found_by_either_number(nominations, add):
    other = "11010519491231002X"
    first, second = add(1), add(2, id_number=other)
    add(3, id_number=other, phone="13911112222")

    assert [entry.id for entry in nominations.alike(id_number=ID_NUMBER, phone=PHONE)] == [first, second]
    assert [entry.id for entry in nominations.alike(id_number=ID_NUMBER, phone="")] == [first]
    assert nominations.alike(id_number="", phone="") == []
