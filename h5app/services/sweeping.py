"""Sweeping: files that no row mentions, left behind where a worker died between file and row."""

from datetime import datetime, timedelta

from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

# Younger files may belong to an upload whose row is about to be written.
_GRACE = timedelta(minutes=10)


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
