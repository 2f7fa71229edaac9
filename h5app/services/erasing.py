"""Erasing: an entry ends by somebody's will, and nothing of the person stays but its 受理编号 and that it ended so."""

from datetime import datetime

from h5app.domain.errors import ConflictError
from h5app.domain.letter import LetterKind
from h5app.domain.nomination import Nomination, Status
from h5app.services.drafting import delete_files
from h5app.storage.audit import AuditEntry
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores


def erase_entry(stores: Stores, files: FileStore, entry: Nomination, *, to: Status, who: str, now: datetime) -> None:
    """Delete answers of every revision, photos, begun corrections and waiting letters, and write down by whose will,
    in one transaction.

    Where a letter may have left, another one asks its reader to delete it. The newest revision's emptied draft stays,
    so that the browser that holds it can say what became of it.

    Args:
        entry: as it was when the person was asked.
        to: WITHDRAWN or DECLINED.
        who: by whose will, for the console: 本人 or 推荐人.

    Raises:
        ConflictError: it has changed since.
    """
    with stores.rows.transaction():
        drafts = _drafts(stores, entry)
        letters = stores.outbox.all_of(entry.id)
        messages = stores.outbox.files_about(entry.id)
        photos = [photo for draft_id in drafts for photo in stores.attachments.of_draft(draft_id)]
        if not stores.nominations.erase(entry, to=to, now=now):
            raise ConflictError("这份推荐表刚刚有了变化，请再查一次，看过再决定")
        for photo in photos:
            stores.attachments.remove(photo.id, draft_id=photo.draft_id)
        for draft_id in drafts:
            if draft_id != entry.draft_id:
                stores.drafts.delete(draft_id)
        stores.outbox.drop_unsent(entry.id)
        stores.outbox.empty(entry.id)
        if any(letter.may_have_left for letter in letters):
            stores.outbox.add(entry.id, revision=entry.revision, kind=LetterKind.WITHDRAWAL, now=now)
        stores.audit.add(AuditEntry(now, who, to.label, entry.reference, ""))
    delete_files(files, photos)
    for message in messages:
        files.delete(message)


def _drafts(stores: Stores, entry: Nomination) -> list[str]:
    """Everything that was ever filled in for this entry, submitted or not."""
    past = [revision.draft_id for revision in stores.nominations.history(entry.id)]
    return [*past, entry.draft_id, *stores.drafts.correcting(entry.id)]
