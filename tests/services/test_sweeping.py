from datetime import UTC, datetime, timedelta

from h5app.domain.nomination import Route
from h5app.services.drafting import begin
from h5app.services.sweeping import sweep
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
    letter = stores.outbox.of_nomination(entry.id)
    stores.outbox.freeze(letter.id, message_file=files.put(b"frozen"), message_id="<1@example.org>")
    kept = set(files.names())
    files.put(b"orphan")

    assert sweep(stores, files, now=datetime.now(UTC) + timedelta(days=400)) == 1
    assert set(files.names()) == kept
