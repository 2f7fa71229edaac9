from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Material
from h5app.domain.errors import ConflictError, InvalidAnswersError, PathClosedError
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Nomination, Route, Status, reference_from
from h5app.services.drafting import begin, save
from h5app.services.nominating import Receipt, missing_photos, nominate, receipt_of
from h5app.storage.nominations import Search
from tests.fakes import DisturbedAttachments
from tests.people import NAME, checked_self, complete_draft, social, typed, with_photo, with_social
from tests.threads import at_once


def test_submitting_makes_an_entry_and_its_letter(any_stores, files, campaign, now):
    draft = complete_draft(any_stores, files, campaign, now=now)
    later = now + timedelta(minutes=2)

    receipt = nominate(any_stores, draft, campaign=campaign, now=later, random=lambda count: bytes(range(count)))

    entry = any_stores.nominations.by_draft(draft.id)
    assert receipt == Receipt("2346789A", NAME, Route.SELF, Status.SUBMITTED, later) == receipt_of(entry)
    assert entry == Nomination(
        id=entry.id,
        draft_id=draft.id,
        reference="2346789A",
        path="social",
        route=Route.SELF,
        status=Status.SUBMITTED,
        channel="K7WM",
        answers=checked_self(campaign),
        submitted_at=later,
        changed_at=later,
    )
    assert any_stores.outbox.counts() == {LetterState.QUEUED: 1}
    assert any_stores.outbox.of_nomination(entry.id).due_at == later


def test_what_was_typed_leaves_the_draft_when_it_is_submitted(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)

    nominate(stores, draft, campaign=campaign, now=now)

    assert stores.drafts.get(draft.id).answers == {}
    assert len(stores.attachments.of_draft(draft.id)) == 1


@pytest.mark.parametrize("route", Route)
def test_every_route_can_be_submitted(stores, files, campaign, now, route):
    draft = complete_draft(stores, files, campaign, now=now, route=route)

    assert nominate(stores, draft, campaign=campaign, now=now).route is route


def test_S25_submitting_twice_leaves_one_entry_and_one_letter(any_stores, files, campaign, now):
    draft = complete_draft(any_stores, files, campaign, now=now)

    first = nominate(any_stores, draft, campaign=campaign, now=now)
    second = nominate(any_stores, draft, campaign=campaign, now=now + timedelta(hours=1))

    assert second == first
    assert any_stores.nominations.count(Search()) == 1
    assert any_stores.outbox.counts() == {LetterState.QUEUED: 1}


def test_S25_fifty_submits_at_once_leave_one_entry_one_letter_and_fifty_equal_receipts(
    any_stores, files, campaign, now, database
):
    draft = complete_draft(any_stores, files, campaign, now=now)
    threads = 50 if database.kind == "sqlite" else 20  # the test's server has 40 connections

    receipts = at_once(lambda: nominate(any_stores, draft, campaign=campaign, now=now), threads)

    assert receipts == [receipts[0]] * threads
    assert isinstance(receipts[0], Receipt)
    assert any_stores.nominations.count(Search()) == 1
    assert any_stores.outbox.counts() == {LetterState.QUEUED: 1}


def test_an_incomplete_draft_is_told_what_is_missing_and_nothing_is_stored(stores, campaign, now):
    draft, _ = begin(stores, route=Route.SELF, channel="", now=now)
    save(stores, draft, typed(campaign, name="", id_number="1"), now=now)

    with pytest.raises(InvalidAnswersError) as told:
        nominate(stores, draft, campaign=campaign, now=now)

    assert told.value.problems == {
        "name": "请填写姓名",
        "id_number": "身份证号应为 18 位，现在是 1 位，请补全或删去多余的",
        "portrait": "请上传近照",
    }
    assert (stores.nominations.count(Search()), stores.outbox.counts()) == (0, {})
    assert stores.drafts.get(draft.id).answers == typed(campaign, name="", id_number="1")


def test_missing_photos_are_counted_by_slot(stores, files, campaign, now):
    draft, _ = begin(stores, route=Route.SELF, channel="", now=now)
    path = replace(
        social(campaign),
        materials={Slot.PORTRAIT: Material(least=1, most=1), Slot.WORK: Material(least=2, most=3)},
    )
    with_photo(stores, files, draft, now=now, slot=Slot.WORK)

    assert missing_photos(stores.attachments.of_draft(draft.id), path) == {
        "portrait": "请上传近照",
        "work": "工作照至少 2 张，还差 1 张",
    }


def test_S26_after_the_closing_a_draft_begun_in_time_has_ten_minutes(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now - timedelta(hours=1))
    closed = with_social(campaign, closes_at=now)

    with pytest.raises(PathClosedError):
        nominate(stores, draft, campaign=closed, now=now + timedelta(minutes=11))
    assert stores.drafts.get(draft.id).answers == typed(campaign)
    assert nominate(stores, draft, campaign=closed, now=now + timedelta(minutes=9)).name == NAME


def test_S26_after_the_closing_an_entry_still_has_its_receipt(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    first = nominate(stores, draft, campaign=campaign, now=now)

    closed = with_social(campaign, closes_at=now)
    assert nominate(stores, draft, campaign=closed, now=now + timedelta(days=1)) == first


def test_what_was_checked_on_another_day_is_checked_again_by_the_campaigns_calendar(stores, files, campaign, now):
    # 16:30 UTC on 31 October is November in Jiaozuo: somebody born in November 2026 is born by then.
    campaign = with_social(campaign, nominee_confirms="declared")
    draft = complete_draft(
        stores, files, campaign, now=now, route=Route.PEER, id_number="", sex="男", birth_month="2026-11"
    )
    october_there = now.replace(month=10, day=31, hour=15, minute=30)

    with pytest.raises(InvalidAnswersError) as told:
        nominate(stores, draft, campaign=campaign, now=october_there)
    assert list(told.value.problems) == ["birth_month"]
    assert nominate(stores, draft, campaign=campaign, now=october_there + timedelta(hours=1)).name == NAME


def test_a_save_between_reading_and_storing_is_not_lost(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    saves = [{"name": "王小明"}]

    def other_page() -> None:
        if saves:
            save(stores, draft, saves.pop(), now=now + timedelta(seconds=1))

    # Photos are looked at after the draft was read and before the entry is stored.
    disturbed = replace(stores, attachments=DisturbedAttachments(stores.attachments, other_page))

    assert nominate(disturbed, draft, campaign=campaign, now=now).name == "王小明"
    assert stores.nominations.by_draft(draft.id).answers["name"] == "王小明"


def test_pages_that_keep_saving_are_told_and_lose_nothing(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    times = count(1)
    disturbed = replace(
        stores,
        attachments=DisturbedAttachments(
            stores.attachments, lambda: save(stores, draft, {}, now=now + timedelta(seconds=next(times)))
        ),
    )

    with pytest.raises(ConflictError) as told:
        nominate(disturbed, draft, campaign=campaign, now=now)

    assert str(told.value) == "这份推荐表正在另一个页面上修改，请稍等再点一次提交"
    assert stores.drafts.get(draft.id).answers == typed(campaign)


def test_a_taken_reference_is_drawn_again(stores, files, campaign, now):
    drawn = [bytes(8), bytes(8), bytes(range(8))]
    first, second = (complete_draft(stores, files, campaign, now=now) for _ in range(2))

    references = [
        nominate(stores, draft, campaign=campaign, now=now, random=lambda _: drawn.pop(0)).reference
        for draft in (first, second)
    ]

    assert references == [reference_from(bytes(8)), reference_from(bytes(range(8)))]
    assert stores.drafts.get(second.id).answers == {}


def test_references_that_stay_taken_leave_the_draft_whole(stores, files, campaign, now):
    first, second = (complete_draft(stores, files, campaign, now=now) for _ in range(2))
    nominate(stores, first, campaign=campaign, now=now, random=bytes)

    with pytest.raises(ConflictError):
        nominate(stores, second, campaign=campaign, now=now, random=bytes)

    assert stores.drafts.get(second.id).answers == typed(campaign)
    assert stores.nominations.count(Search()) == 1


def test_F1_an_entry_whose_letter_cannot_be_queued_is_not_stored(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    stores.rows.write("DROP TABLE outbox")

    with pytest.raises(Exception, match="outbox"):
        nominate(stores, draft, campaign=campaign, now=now)

    assert stores.nominations.by_draft(draft.id) is None
    assert stores.drafts.get(draft.id).answers == typed(campaign)
