from dataclasses import replace
from datetime import timedelta

import pytest

from h5app.domain.errors import ConflictError, NotFoundError, PathClosedError, TooManyTriesError
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.services.confirming import Overdue, begin_confirming, decline, note_link_shown, overdue, recognise
from h5app.services.drafting import save
from h5app.services.nominating import nominate
from h5app.storage.nominations import Search
from tests.people import PHONE, complete_draft, social, submitted, typed, with_photo, with_social


@pytest.fixture
def entry(any_stores, files, campaign, now):
    return submitted(any_stores, files, campaign, now=now, route=Route.PEER)


@pytest.fixture
def confirm(any_stores, files, campaign, now):
    """The nominee opens the link and fills in everything; returns the draft that waits to be submitted."""

    def fill(entry, **changes):
        draft, _token = begin_confirming(any_stores, files, entry, campaign=campaign, now=now)
        return save(any_stores, draft, typed(campaign, **changes), now=now)

    return fill


def test_the_end_of_his_telephone_opens_what_was_said(any_stores, now, entry):
    for digits in ("1234", " 12 34 ", "１２３４", PHONE):
        recognise(any_stores, entry, digits=digits, now=now)


def test_S20_other_digits_are_told_whom_to_call_and_counted(any_stores, now, entry):
    for digits in ("", "123", "12345", "abcd", "5678"):
        with pytest.raises(NotFoundError, match="请给推荐人打个电话"):
            recognise(any_stores, entry, digits=digits, now=now)

    with pytest.raises(TooManyTriesError):
        recognise(any_stores, entry, digits="1234", now=now)


def test_what_the_nominator_wrote_waits_until_the_nominee_submits_it(any_stores, campaign, now, entry, confirm):
    assert (entry.status, any_stores.outbox.counts()) == (Status.WAITING, {})
    draft = confirm(entry, deeds="每天第一个到站点。")

    receipt = nominate(any_stores, draft, campaign=campaign, now=now + timedelta(hours=1))

    confirmed = any_stores.nominations.get(entry.id)
    assert (confirmed.status, confirmed.route, confirmed.confirmed_at) == (
        Status.SUBMITTED,
        Route.PEER,
        now + timedelta(hours=1),
    )
    assert receipt.reference == entry.reference
    assert confirmed.answers == {
        **entry.answers,
        **typed(campaign, deeds="每天第一个到站点。"),
        "sex": "男",
        "birth_month": "1990-12",
    }
    assert any_stores.outbox.counts() == {LetterState.QUEUED: 1}
    assert len(any_stores.attachments.of_draft(draft.id)) == 1


def test_of_two_phones_the_first_to_submit_wins_and_the_other_is_told(any_stores, campaign, now, entry, confirm):
    here, there = confirm(entry), confirm(entry, name="王小明")
    nominate(any_stores, here, campaign=campaign, now=now)

    with pytest.raises(ConflictError, match="已经在别处改过并提交了"):
        nominate(any_stores, there, campaign=campaign, now=now)

    assert any_stores.nominations.count(Search()) == 1
    assert any_stores.drafts.get(there.id).answers["name"] == "王小明"


def test_a_second_phone_never_shows_what_was_typed_on_the_first(any_stores, files, campaign, now, entry, confirm):
    confirm(entry, native_place="河南温县")

    draft, _token = begin_confirming(any_stores, files, entry, campaign=campaign, now=now)

    assert draft.answers["native_place"] == entry.answers["native_place"]
    assert "id_number" not in draft.answers


def test_declining_leaves_the_number_and_nothing_else(any_stores, files, now, entry, confirm):
    confirm(entry)

    decline(any_stores, files, entry, now=now)

    ended = any_stores.nominations.get(entry.id)
    assert (ended.reference, ended.status, ended.answers) == (entry.reference, Status.DECLINED, {})
    assert any_stores.attachments.file_names() == set()
    assert any_stores.rows.read("SELECT id FROM drafts WHERE corrects IS NOT NULL") == []
    assert any_stores.outbox.counts() == {}
    assert [(act.who, act.action) for act in any_stores.audit.of(entry.reference)] == [("本人", "本人谢绝")]


def test_what_has_been_confirmed_is_neither_declined_nor_confirmed_again(
    any_stores, files, campaign, now, entry, confirm
):
    nominate(any_stores, confirm(entry), campaign=campaign, now=now)
    confirmed = any_stores.nominations.get(entry.id)

    with pytest.raises(ConflictError):
        decline(any_stores, files, confirmed, now=now)
    with pytest.raises(ConflictError):
        begin_confirming(any_stores, files, confirmed, campaign=campaign, now=now)
    with pytest.raises(ConflictError):
        decline(any_stores, files, entry, now=now)
    assert any_stores.nominations.get(entry.id) == confirmed


def test_after_the_closing_the_nominee_has_some_days_more(any_stores, files, campaign, now, entry):
    closed = with_social(campaign, closes_at=now, confirm_days=3)

    with pytest.raises(PathClosedError):
        begin_confirming(any_stores, files, entry, campaign=closed, now=now + timedelta(days=3, seconds=1))
    draft, _token = begin_confirming(any_stores, files, entry, campaign=closed, now=now + timedelta(days=3))
    draft = save(any_stores, draft, typed(campaign), now=now)
    assert nominate(any_stores, draft, campaign=closed, now=now + timedelta(days=3)).reference == entry.reference
    decline(any_stores, files, other_entry(any_stores, files, campaign, now), now=now + timedelta(days=30))


def test_an_entry_keeps_to_the_dates_of_its_own_path(any_stores, files, campaign, now):
    own = social(campaign)
    peers = replace(own, key="peers", routes=(Route.PEER,))
    alone = replace(own, routes=(Route.SELF, Route.UNIT), closes_at=now - timedelta(days=90))
    parted = replace(campaign, paths={"social": alone, "peers": peers})
    entry = submitted(any_stores, files, parted, now=now, route=Route.PEER)

    draft, _token = begin_confirming(any_stores, files, entry, campaign=parted, now=now)
    draft = save(any_stores, draft, typed(campaign), now=now)
    with_photo(any_stores, files, draft, now=now)

    assert nominate(any_stores, draft, campaign=parted, now=now).reference == entry.reference


def other_entry(stores, files, campaign, now):
    return submitted(stores, files, campaign, now=now, route=Route.PEER)


def test_whom_to_telephone_is_listed_longest_waiting_first(any_stores, files, campaign, now, confirm):
    entries = [
        submitted(any_stores, files, campaign, now=now - timedelta(days=days), route=Route.PEER)
        for days in (2, 3, 4, 5)
    ]
    oldest = entries[-1]
    complete_draft(any_stores, files, campaign, now=now - timedelta(days=9), route=Route.PEER)
    submitted(any_stores, files, campaign, now=now - timedelta(days=9))

    found = overdue(any_stores, campaign, now=now, limit=10, offset=0)

    assert found == [Overdue(oldest, 5), Overdue(entries[-2], 4), Overdue(entries[-3], 3)]
    assert overdue(any_stores, campaign, now=now, limit=1, offset=1) == [Overdue(entries[-2], 4)]
    assert any_stores.nominations.count_waiting_since(now - timedelta(days=3)) == 3
    nominate(any_stores, confirm(oldest), campaign=campaign, now=now)
    assert any_stores.nominations.count_waiting_since(now - timedelta(days=3)) == 2


def test_showing_the_link_to_staff_is_written_down(any_stores, now, entry):
    note_link_shown(any_stores, entry, who="赵敏", now=now)

    assert [(act.who, act.action) for act in any_stores.audit.of(entry.reference)] == [("赵敏", "查看给本人的链接")]


def test_without_photos_of_the_nominators_the_nominee_brings_his_own(any_stores, files, campaign, now, entry, confirm):
    any_stores.rows.write("DELETE FROM attachments")
    draft = confirm(entry)

    assert any_stores.attachments.of_draft(draft.id) == ()
    with_photo(any_stores, files, draft, now=now)
    assert nominate(any_stores, draft, campaign=campaign, now=now).status is Status.SUBMITTED
