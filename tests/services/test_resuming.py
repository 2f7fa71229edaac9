from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.errors import NotFoundError, TooManyTriesError
from h5app.domain.nomination import Route, Status
from h5app.services.drafting import begin, token_hash
from h5app.services.nominating import nominate
from h5app.services.resuming import find, resume_code, rotate
from tests.people import PHONE, complete_draft, typed

OWN_END = {Route.SELF: "1234", Route.PEER: "5678", Route.UNIT: "9920"}


def begun(stores, now, route=Route.SELF, **answers):
    draft, _token = begin(stores, answers, route=route, channel="", now=now)
    return draft


@pytest.mark.parametrize("route", Route)
def test_the_code_opens_a_draft_with_the_phone_of_whoever_fills_it_in(any_stores, campaign, now, route):
    draft = begun(any_stores, now, route, **typed(campaign, route))

    assert find(any_stores, code=draft.resume_code, digits=OWN_END[route], now=now) == draft
    if route is not Route.SELF:
        with pytest.raises(NotFoundError):
            find(any_stores, code=draft.resume_code, digits=PHONE[-4:], now=now)


def spelt(code):
    wide = "".join(chr(ord(char) + 0xFEE0) for char in code)
    return [code.lower(), f" {code[:4]} {code[4:]} ", f"{code[:4]}—{code[4:]}", f"{code[:4]}_{code[4:]}", wide]


def test_a_code_is_taken_however_it_is_typed(stores, now):
    draft = begun(stores, now, phone="138 0000 1234")

    for typed_code in spelt(draft.resume_code):
        assert find(stores, code=typed_code, digits=" 12３4 ", now=now) == draft


def test_an_unknown_code_and_wrong_digits_get_one_answer(stores, now):
    draft = begun(stores, now, phone=PHONE)
    nameless = begun(stores, now)

    answers = []
    for code, digits in (("2346789A", "1234"), (draft.resume_code, "0000"), (nameless.resume_code, ""), ("", "")):
        with pytest.raises(NotFoundError) as told:
            find(stores, code=code, digits=digits, now=now)
        answers.append(str(told.value))

    assert set(answers) == {"续填码或手机号对不上，请核对后再试。也可以从首页重新填一份"}


def test_S20_guessing_rests_after_five_wrong_digits(any_stores, now):
    draft = begun(any_stores, now, phone=PHONE)
    for guess in range(5):
        with pytest.raises(NotFoundError):
            find(any_stores, code=draft.resume_code, digits=f"000{guess}", now=now)

    with pytest.raises(TooManyTriesError):
        find(any_stores, code=draft.resume_code.lower(), digits="1234", now=now)
    assert find(any_stores, code=draft.resume_code, digits="1234", now=now + timedelta(minutes=2)) == draft


def test_after_it_another_token_opens_the_draft_and_the_old_one_no_more(any_stores, now):
    draft, old = begin(any_stores, {"phone": PHONE}, route=Route.SELF, channel="", now=now)

    new = rotate(any_stores, draft)

    assert any_stores.drafts.by_token(token_hash(new)) == draft
    assert any_stores.drafts.by_token(token_hash(old)) is None


def test_a_submitted_draft_is_found_until_its_entry_is_withdrawn(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    code = stores.drafts.get(draft.id).resume_code
    nominate(stores, draft, campaign=campaign, now=now)

    assert find(stores, code=code, digits=PHONE[-4:], now=now).id == draft.id
    stores.nominations.erase(stores.nominations.by_draft(draft.id), to=Status.WITHDRAWN, now=now)
    with pytest.raises(NotFoundError):
        find(stores, code=code, digits=PHONE[-4:], now=now)


@pytest.mark.parametrize(
    ("code", "phone", "shown"),
    [("2346789A", PHONE, "2346-789A"), ("2346789A", "", ""), ("2346789A", "12", ""), ("", PHONE, "")],
)
def test_the_code_is_shown_once_a_phone_is_known_that_opens_it(stores, now, code, phone, shown):
    assert resume_code(replace(begun(stores, now, phone=phone), resume_code=code)) == shown
