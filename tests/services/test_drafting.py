from datetime import timedelta

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.nomination import Draft, Route
from h5app.services.drafting import begin, discard, save, token_hash
from h5app.services.nominating import nominate
from h5app.services.picturing import attach, detach
from tests.people import complete_draft, jpeg, social
from tests.threads import at_once


@pytest.fixture
def draft(stores, now):
    draft, _token = begin(stores, route=Route.SELF, channel="K7WM", now=now)
    return draft


@pytest.fixture
def gone(now):
    """A draft that another page has discarded."""
    return Draft("f" * 32, Route.SELF, "", answers={}, started_at=now, saved_at=now)


def test_a_draft_is_opened_by_its_token_of_which_only_the_hash_is_stored(stores, now):
    draft, token = begin(stores, route=Route.PEER, channel="", now=now)

    row = stores.rows.read("SELECT * FROM drafts")[0]
    assert stores.drafts.by_token(token_hash(token)) == draft
    assert token not in str(row)
    assert len(token) >= 22  # 128 bits


def test_every_draft_has_an_id_and_a_token_of_its_own(stores, now):
    begun = [begin(stores, route=Route.SELF, channel="", now=now) for _ in range(5)]

    assert len({draft.id for draft, _ in begun}) == len({token for _, token in begun}) == 5


def test_saving_merges_pages(stores, draft, now):
    later = now + timedelta(minutes=1)
    save(stores, draft, {"name": "张三", "phone": "1"}, now=now)
    saved = save(stores, draft, {"phone": "2", "deeds": "一"}, now=later)

    assert saved == stores.drafts.get(draft.id)
    assert (saved.answers, saved.saved_at) == ({"name": "张三", "phone": "2", "deeds": "一"}, later)


def test_two_pages_that_save_at_once_lose_nothing(any_stores, now):
    draft, _ = begin(any_stores, route=Route.SELF, channel="", now=now)
    pages = iter([{"name": "张三"}, {"phone": "2"}, {"deeds": "一"}, {"honours": "无"}])

    at_once(lambda: save(any_stores, draft, next(pages), now=now), 4)

    assert any_stores.drafts.get(draft.id).answers == {"name": "张三", "phone": "2", "deeds": "一", "honours": "无"}


def test_after_submitting_nothing_can_be_changed(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    nominate(stores, draft, campaign=campaign, now=now)
    photos = stores.attachments.of_draft(draft.id)

    for change in (
        lambda: save(stores, draft, {"name": "王五"}, now=now),
        lambda: attach(stores, files, draft, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now),
        lambda: detach(stores, files, draft, photos[0].id, now=now),
    ):
        with pytest.raises(ConflictError) as told:
            change()
        assert str(told.value) == "这份推荐表已经提交，不用再填了"

    discard(stores, files, draft)
    assert stores.attachments.of_draft(draft.id) == photos
    assert files.get(photos[0].press_file)


def test_a_discarded_draft_takes_nothing_more(stores, files, campaign, gone, now):
    for change in (
        lambda: save(stores, gone, {"name": "王五"}, now=now),
        lambda: attach(stores, files, gone, slot=Slot.WORK, data=jpeg(), path=social(campaign), now=now),
        lambda: detach(stores, files, gone, "x", now=now),
        lambda: nominate(stores, gone, campaign=campaign, now=now),
    ):
        with pytest.raises(NotFoundError) as told:
            change()
        assert str(told.value) == "这份草稿已经删除，请从首页重新开始"


def test_a_discarded_draft_leaves_neither_rows_nor_files(stores, files, campaign, now):
    draft = complete_draft(stores, files, campaign, now=now)
    kept = complete_draft(stores, files, campaign, now=now)

    discard(stores, files, draft)
    discard(stores, files, draft)

    assert (stores.drafts.get(draft.id), stores.attachments.of_draft(draft.id)) == (None, ())
    assert set(files.names()) == stores.attachments.file_names()
    assert stores.drafts.get(kept.id) is not None
