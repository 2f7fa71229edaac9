"""Sweeping: what nobody needs any more goes: files that no row mentions, drafts that nobody came back to."""

from datetime import datetime, timedelta

from h5app.domain.nomination import DRAFT_LIFE
from h5app.services.drafting import discard
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

# Younger files may belong to an upload whose row is about to be written.
_GRACE = timedelta(minutes=10)
# A clock that ran ahead makes every draft look old. It is put right within a day, and then nothing has been lost: so
# what is left is noted a day before its life is over.
_SURE_AFTER = timedelta(days=1)
_AT_ONCE = 50
_TRIES_LIFE = timedelta(days=1)


def sweep(stores: Stores, files: FileStore, *, now: datetime) -> int:
    """Delete orphaned files older than ten minutes; how many.

    Names are listed before rows are read: a file that gets its row in between is not taken for an orphan.
    """
    files.discard_unfinished(before=now - _GRACE)
    candidates = [name for name in files.names() if files.added_at(name) < now - _GRACE]
    if not candidates:
        return 0
    kept = stores.attachments.file_names() | stores.outbox.file_names()
    orphans = [name for name in candidates if name not in kept]
    for name in orphans:
        files.delete(name)
    return len(orphans)


def forget_left_drafts(stores: Stores, files: FileStore, *, now: datetime) -> int:
    """Delete drafts, with their photos, that nobody has saved for a week, and that were seen to be left a day ago.

    At most fifty at a time: the line of writers is for people.

    Returns:
        How many were due; one that somebody comes back to at this very moment stays.
    """
    stores.tries.forget_before(now - _TRIES_LIFE)
    stores.drafts.note_left(saved_before=now - (DRAFT_LIFE - _SURE_AFTER), now=now)
    left = stores.drafts.left(since=now - _SURE_AFTER, limit=_AT_ONCE)
    for draft in left:
        discard(stores, files, draft, was_saved_at=draft.saved_at)
    return len(left)
