from datetime import timedelta

import pytest

from h5app.domain.errors import ConflictError
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Status
from h5app.services.delivering import LEASE
from h5app.services.drafting import begin
from h5app.services.erasing import erase_entry
from h5app.services.nominating import nominate
from h5app.storage.letters import Frozen
from tests.people import DEEDS, ID_NUMBER, NAME, PHONE, submitted, typed, with_photo


@pytest.fixture
def entry(any_stores, files, campaign, now):
    return submitted(any_stores, files, campaign, now=now)


@pytest.fixture
def corrected(any_stores, files, campaign, now, entry):
    """The entry in its second revision, with photos of both."""
    answers = typed(campaign, name="李建军")
    draft, _token = begin(any_stores, answers, route=entry.route, channel="", now=now, corrects=entry)
    with_photo(any_stores, files, draft, now=now)
    nominate(any_stores, draft, campaign=campaign, now=now)
    return any_stores.nominations.get(entry.id)


def letters(stores, entry):
    return [(letter.kind, letter.state) for letter in stores.outbox.all_of(entry.id)]


def sent(stores, files, now, state=LetterState.SENT):
    """The letter due now, frozen and marked as a server's answer would leave it."""
    letter = stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    stores.outbox.freeze(letter, [Frozen(1, files.put(b"frozen"), "<1@example.org>", 6)])
    sql = "UPDATE outbox SET state = :state, may_have_left = 1, lease_until = NULL WHERE id = :id"
    stores.rows.write(sql, {"state": state.value, "id": letter.id})


@pytest.mark.parametrize("to", [Status.WITHDRAWN, Status.DECLINED])
def test_nothing_stays_of_an_entry_but_its_number_and_end(any_stores, files, campaign, now, corrected, to):
    begun, _token = begin(any_stores, typed(campaign), route=corrected.route, channel="", now=now, corrects=corrected)
    with_photo(any_stores, files, begun, now=now)

    erase_entry(any_stores, files, corrected, to=to, who="本人", now=now)

    left = any_stores.nominations.by_reference(corrected.reference)
    assert (left.status, left.answers, left.reason) == (to, {}, "")
    assert any_stores.nominations.history(corrected.id) == []
    assert any_stores.attachments.file_names() == set()
    assert any_stores.drafts.get(begun.id) is None
    assert any_stores.drafts.get(corrected.draft_id).answers == {}
    assert any_stores.outbox.all_of(corrected.id) == []
    assert list(files.names()) == []


def test_a_letter_that_nobody_has_seen_is_taken_back_without_another(any_stores, files, now, entry):
    erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    assert any_stores.outbox.all_of(entry.id) == []


@pytest.mark.parametrize(
    ("state", "left"),
    [
        (LetterState.SENT, LetterState.SENT),
        (LetterState.WRITTEN, LetterState.WRITTEN),
        (LetterState.UNKNOWN, LetterState.DROPPED),
        (LetterState.HELD, LetterState.DROPPED),
    ],
)
def test_what_may_have_left_is_followed_by_a_letter_that_takes_it_back(any_stores, files, now, entry, state, left):
    sent(any_stores, files, now, state)

    erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    assert letters(any_stores, entry) == [
        (LetterKind.ENTRY, left),
        (LetterKind.WITHDRAWAL, LetterState.QUEUED),
    ]
    assert list(files.names()) == []


def test_a_letter_that_is_being_handed_over_is_taken_back_too(any_stores, files, now, entry):
    letter = any_stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    any_stores.outbox.freeze(letter, [Frozen(1, files.put(b"frozen"), "<1@example.org>", 6)])
    any_stores.outbox.hand_over(letter, part=1, now=now)

    erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    assert letters(any_stores, entry) == [
        (LetterKind.ENTRY, LetterState.DROPPED),
        (LetterKind.WITHDRAWAL, LetterState.QUEUED),
    ]


def test_what_has_changed_since_it_was_read_is_not_erased(any_stores, files, now, entry):
    any_stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    with pytest.raises(ConflictError):
        erase_entry(any_stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now + timedelta(minutes=1))

    assert any_stores.nominations.get(entry.id).answers == entry.answers
    assert len(any_stores.attachments.of_draft(entry.draft_id)) == 1


def test_no_byte_of_the_database_tells_who_it_was(stores, files, campaign, now, tmp_path):
    """Deleted content is overwritten (secure_delete), and the log is emptied into the file here as it is in time."""
    entry = submitted(stores, files, campaign, now=now)
    stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.RETURNED, reason="照片看不清", now=now)
    answers = typed(campaign, name="李建军")
    draft, _token = begin(stores, answers, route=entry.route, channel="", now=now, corrects=entry)
    nominate_again = stores.nominations.get(entry.id)
    assert NAME.encode() in everything(stores, tmp_path)

    erase_entry(stores, files, nominate_again, to=Status.WITHDRAWN, who="本人", now=now)

    kept = everything(stores, tmp_path)
    secrets = [NAME, "李建军", ID_NUMBER, PHONE, DEEDS[:10], entry.answers["unit_and_post"], "照片看不清"]
    assert [secret for secret in secrets if secret.encode() in kept] == []
    assert entry.reference.encode() in kept
    assert stores.drafts.get(draft.id) is None


def everything(stores, folder):
    stores.rows.read("PRAGMA wal_checkpoint(TRUNCATE)")
    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return b"".join(found)


def test_F1_an_end_that_cannot_be_written_down_leaves_everything(stores, files, campaign, now):
    entry = submitted(stores, files, campaign, now=now)
    kept = set(files.names())
    stores.rows.write("DROP TABLE audit")

    with pytest.raises(Exception, match="audit"):
        erase_entry(stores, files, entry, to=Status.WITHDRAWN, who="本人", now=now)

    assert stores.nominations.get(entry.id) == entry
    assert (set(files.names()), stores.outbox.counts()) == (kept, {LetterState.QUEUED: 1})
