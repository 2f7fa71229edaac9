from datetime import timedelta
from time import perf_counter

import pytest

from h5app.domain.errors import ConflictError, InvalidAnswersError, NotFoundError, PathClosedError, TooManyTriesError
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route, Status
from h5app.domain.visiting import Role
from h5app.services.drafting import save
from h5app.services.erasing import erase_entry
from h5app.services.nominating import nominate
from h5app.services.revisiting import Visitor, correct, find
from tests.people import PHONE, submitted, with_social

OTHER = "13900005678"
NO_PHONE = "请填写 11 位手机号；座机请带区号，如 0391-3999920"


@pytest.fixture
def entry(any_stores, files, declared, now):
    return submitted(any_stores, files, declared, now=now, route=Route.PEER)


def told(stores, reference, phone, now):
    with pytest.raises(NotFoundError) as error:
        find(stores, reference=reference, phone=phone, now=now)
    return str(error.value)


@pytest.mark.parametrize("typed", ["{0}", " {0} ", "{1}", "{2}-{3}"])
@pytest.mark.parametrize("phone", [PHONE, "138 0000 1234", "+86 13800001234", "１３８００００１２３４"])
def test_number_and_telephone_are_read_as_people_type_them(any_stores, entry, now, typed, phone):
    number = entry.reference
    reference = typed.format(number, number.lower(), number[:4], number[4:])

    assert find(any_stores, reference=reference, phone=phone, now=now) == Visitor(entry, Role.NOMINEE)


def test_whoever_nominated_is_let_in_as_that(any_stores, entry, now):
    assert find(any_stores, reference=entry.reference, phone=OTHER, now=now).role is Role.NOMINATOR


@pytest.mark.parametrize(
    ("reference", "phone", "problems"),
    [
        ("", "", {"reference": "请填写受理编号，提交后的页面上有", "phone": NO_PHONE}),
        ("7K2M", PHONE, {"reference": "受理编号是 8 位，现在是 4 位，请核对"}),
        ("7K2M9QXA", "1380000123", {"phone": "手机号应为 11 位，现在是 10 位，请核对；座机请带区号，如 0391-3999920"}),
    ],
)  # fmt: skip
def test_what_cannot_be_a_number_is_said_beside_it_and_costs_no_try(any_stores, now, reference, phone, problems):
    for _ in range(7):
        with pytest.raises(InvalidAnswersError) as error:
            find(any_stores, reference=reference, phone=phone, now=now)
        assert error.value.problems == problems


def test_S20_S21_unknown_numbers_wrong_telephones_and_erased_entries_look_alike(any_stores, files, entry, now):
    unknown = told(any_stores, "22222222", PHONE, now)
    wrong = told(any_stores, entry.reference, "13700000000", now)
    erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    assert unknown == wrong == told(any_stores, entry.reference, PHONE, now)


def test_S20_guessing_at_a_number_rests_after_five_tries_whether_it_exists_or_not(any_stores, entry, now):
    for reference in (entry.reference, "22222222"):
        for _ in range(5):
            told(any_stores, reference, "13700000000", now)
        with pytest.raises(TooManyTriesError):
            find(any_stores, reference=reference, phone=PHONE, now=now)
    assert find(any_stores, reference=entry.reference, phone=PHONE, now=now + timedelta(minutes=1)).entry == entry


def test_S21_a_number_that_exists_takes_no_longer_than_one_that_does_not(stores, files, declared, now):
    entry = submitted(stores, files, declared, now=now, route=Route.PEER)
    references = {"known": entry.reference, "unknown": "22222222"}
    times = {name: [] for name in references}
    for _ in range(300):
        for name, reference in references.items():
            began = perf_counter()
            stores.nominations.guessed(reference)
            times[name].append(perf_counter() - began)

    fastest = {name: sorted(taken)[30] for name, taken in times.items()}
    assert 0.4 < fastest["known"] / fastest["unknown"] < 2.5


# Correcting


@pytest.fixture
def own(any_stores, files, campaign, now):
    """An entry of somebody who recommends himself."""
    return submitted(any_stores, files, campaign, now=now)


def test_a_returned_entry_is_sent_again_as_its_next_revision(any_stores, files, campaign, own, now):
    any_stores.nominations.move(own.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片看不清", now=now)
    returned = any_stores.nominations.get(own.id)
    draft, _token = correct(any_stores, files, Visitor(returned, Role.NOMINEE), campaign=campaign, now=now)
    draft = save(any_stores, draft, {"education": "本科"}, now=now)

    nominate(any_stores, draft, campaign=campaign, now=now)

    again = any_stores.nominations.get(own.id)
    assert (again.status, again.revision, again.answers["education"]) == (Status.SUBMITTED, 2, "本科")


@pytest.mark.parametrize("agreed", [True, False])
def test_the_nominee_agrees_himself_to_what_others_agreed_to_for_him(any_stores, files, declared, now, agreed):
    entry = submitted(any_stores, files, declared, now=now, route=Route.UNIT)
    if agreed:
        any_stores.rows.write("UPDATE nominations SET confirmed_at = submitted_at")
    entry = any_stores.nominations.get(entry.id)

    draft, _token = correct(any_stores, files, Visitor(entry, Role.NOMINEE), campaign=declared, now=now)

    given = {name for name in draft.answers if name.startswith("consent_")}
    assert bool(given) is agreed
    assert not {"unit_name", "unit_phone"} & set(draft.answers)
    assert draft.answers["name"] == entry.answers["name"]


@pytest.mark.parametrize("status", [Status.ACCEPTED, Status.REJECTED])
def test_what_the_office_has_decided_is_not_corrected(any_stores, files, campaign, own, now, status):
    any_stores.nominations.move(own.id, was=Status.SUBMITTED, to=status, reason="", now=now)
    decided = any_stores.nominations.get(own.id)

    with pytest.raises(ConflictError, match="已经审核过了"):
        correct(any_stores, files, Visitor(decided, Role.NOMINEE), campaign=campaign, now=now)


def test_what_is_gone_is_not_corrected(any_stores, files, campaign, own, now):
    erase_entry(any_stores, files, own, to=Status.WITHDRAWN, who="本人", now=now)

    with pytest.raises(NotFoundError, match="已撤回"):
        correct(
            any_stores, files, Visitor(any_stores.nominations.get(own.id), Role.NOMINEE), campaign=campaign, now=now
        )


def test_S26_the_paths_deadlines_hold_for_corrections(any_stores, files, campaign, own, now):
    closed = with_social(campaign, closes_at=campaign.local(now), correct_days=5)
    later = now + timedelta(days=4)

    with pytest.raises(PathClosedError, match="修改已于"):
        correct(any_stores, files, Visitor(own, Role.NOMINEE), campaign=closed, now=later)
    any_stores.nominations.move(own.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片看不清", now=now)
    returned = any_stores.nominations.get(own.id)
    assert correct(any_stores, files, Visitor(returned, Role.NOMINEE), campaign=closed, now=later)
    with pytest.raises(PathClosedError):
        correct(any_stores, files, Visitor(returned, Role.NOMINEE), campaign=closed, now=later + timedelta(days=2))


@pytest.fixture
def waiting(any_stores, files, campaign, now):
    """The campaign in which a nomination waits for the nominee, and one that does."""
    required = with_social(campaign, nominee_confirms="required")
    return required, submitted(any_stores, files, required, now=now, route=Route.PEER)


def test_what_waits_goes_on_waiting_when_the_nominator_mends_it(any_stores, files, waiting, now):
    required, entry = waiting
    draft, _token = correct(any_stores, files, Visitor(entry, Role.NOMINATOR), campaign=required, now=now)
    draft = save(any_stores, draft, {"phone": "13800009999"}, now=now)

    receipt = nominate(any_stores, draft, campaign=required, now=now)

    mended = any_stores.nominations.get(entry.id)
    assert (receipt.status, mended.status, mended.revision) == (Status.WAITING, Status.WAITING, 2)
    assert (mended.answers["phone"], mended.confirmed_at) == ("13800009999", None)
    assert any_stores.outbox.all_of(entry.id) == []


def test_the_nominee_finishes_what_his_nominator_mended_meanwhile(any_stores, files, waiting, now):
    required, entry = waiting
    his, _token = correct(any_stores, files, Visitor(entry, Role.NOMINEE), campaign=required, now=now)
    mend, _token = correct(any_stores, files, Visitor(entry, Role.NOMINATOR), campaign=required, now=now)
    mend = save(any_stores, mend, {"nominator_phone": "13900007777"}, now=now)
    nominate(any_stores, mend, campaign=required, now=now)
    own = submitted(any_stores, files, required, now=now)
    his = save(any_stores, his, {**own.answers, "name": "李建军"}, now=now)

    nominate(any_stores, his, campaign=required, now=now)

    finished = any_stores.nominations.get(entry.id)
    assert (finished.status, finished.revision, finished.confirmed_at) == (Status.SUBMITTED, 3, now)
    assert (finished.answers["name"], finished.answers["nominator_phone"]) == ("李建军", "13900007777")
    letters = [(each.revision, each.kind, each.state) for each in any_stores.outbox.all_of(entry.id)]
    assert letters == [(3, LetterKind.ENTRY, LetterState.QUEUED)]
