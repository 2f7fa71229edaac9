from datetime import UTC, datetime, timedelta

from h5app.domain.nomination import Route
from h5app.services.drafting import begin, discard, save
from h5app.services.sweeping import forget_left_drafts, sweep
from h5app.storage.letters import Frozen
from tests.people import jpeg, submitted, with_photo


def test_F1_a_young_orphan_is_kept_and_an_old_one_is_gone(stores, files):
    put_at = datetime.now(UTC)
    orphan = files.put(jpeg())

    assert sweep(stores, files, now=put_at + timedelta(minutes=9)) == 0
    assert list(files.names()) == [orphan]
    assert sweep(stores, files, now=put_at + timedelta(minutes=11)) == 1
    assert list(files.names()) == []
    assert sweep(stores, files, now=put_at + timedelta(minutes=12)) == 0


def test_what_a_row_mentions_is_kept_for_ever(stores, files, campaign, now):
    draft, _ = begin(stores, route=Route.SELF, channel="", now=now)
    with_photo(stores, files, draft, now=now)
    entry = submitted(stores, files, campaign, now=now)
    letter = stores.outbox.claim_next(now=entry.submitted_at, lease_until=entry.submitted_at + timedelta(minutes=10))
    stores.outbox.freeze(letter, [Frozen(1, files.put(b"frozen"), "<1@example.org>", 6)])
    kept = set(files.names())
    files.put(b"orphan")

    assert sweep(stores, files, now=datetime.now(UTC) + timedelta(days=400)) == 1
    assert set(files.names()) == kept


def test_a_draft_left_for_a_week_is_forgotten_with_its_photos_and_was_noticed_a_day_before(any_stores, files, now):
    draft, _ = begin(any_stores, {"name": "李建国"}, route=Route.SELF, channel="", now=now)
    with_photo(any_stores, files, draft, now=now)
    noticed_at = now + timedelta(days=6, seconds=1)

    assert forget_left_drafts(any_stores, files, now=noticed_at) == 0
    assert forget_left_drafts(any_stores, files, now=noticed_at + timedelta(hours=23)) == 0
    assert any_stores.drafts.get(draft.id) == draft
    assert forget_left_drafts(any_stores, files, now=now + timedelta(days=7, seconds=1)) == 1

    assert any_stores.drafts.get(draft.id) is None
    assert list(files.names()) == []


def test_a_draft_that_somebody_comes_back_to_is_kept(any_stores, files, now):
    draft, _ = begin(any_stores, {"name": "李建国"}, route=Route.SELF, channel="", now=now)
    week_later = now + timedelta(days=8)
    forget_left_drafts(any_stores, files, now=week_later)

    save(any_stores, draft, {"name": "李建军"}, now=week_later + timedelta(hours=1))

    assert forget_left_drafts(any_stores, files, now=week_later + timedelta(days=2)) == 0
    assert any_stores.drafts.get(draft.id).answers == {"name": "李建军"}


def test_a_draft_saved_at_the_moment_of_forgetting_stays(any_stores, files, now):
    left, _ = begin(any_stores, {"name": "李建国"}, route=Route.SELF, channel="", now=now)
    saved = save(any_stores, left, {"name": "李建军"}, now=now + timedelta(days=8))

    discard(any_stores, files, left, was_saved_at=left.saved_at)

    assert any_stores.drafts.get(left.id) == saved


def test_F7_a_clock_that_runs_years_ahead_for_hours_deletes_no_draft(any_stores, files, now):
    draft, _ = begin(any_stores, {"name": "李建国"}, route=Route.SELF, channel="", now=now)
    ahead = now + timedelta(days=4000)

    assert forget_left_drafts(any_stores, files, now=ahead) == 0
    assert forget_left_drafts(any_stores, files, now=ahead + timedelta(hours=20)) == 0
    assert forget_left_drafts(any_stores, files, now=now + timedelta(hours=21)) == 0

    assert forget_left_drafts(any_stores, files, now=ahead + timedelta(hours=30)) == 0
    assert any_stores.drafts.get(draft.id) == draft


def test_what_was_submitted_is_no_left_draft(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)

    for days in (8, 10, 400):
        assert forget_left_drafts(any_stores, files, now=now + timedelta(days=days)) == 0

    assert any_stores.drafts.get(entry.draft_id) is not None
