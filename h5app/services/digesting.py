"""Digesting: where a path's mailbox wants one letter a day, its entries wait for it and go together.

What was withdrawn meanwhile is not in it; a withdrawal itself never waits for it, since somebody wants to be forgotten.
A correction waits: the row says that it is one, and its reader gets one letter a day as he has asked. What has been
built once goes on by itself, so that nothing that may have left is said in other words.
"""

from datetime import datetime

from h5app.domain.campaign import Path
from h5app.domain.days import is_overdue, last_moment
from h5app.domain.letter import LetterKind, LetterState, Verdict
from h5app.services.desk import Desk, subject_of
from h5app.storage.letters import QueuedLetter


def set_aside(desk: Desk, queued: QueuedLetter, *, now: datetime) -> Verdict | None:
    """What becomes of a letter that goes with its path's digest; None where it goes by itself."""
    if queued.kind is not LetterKind.ENTRY or queued.state is not LetterState.QUEUED:
        return None
    path = desk.campaign.paths[subject_of(desk.stores, queued).path]
    if path.mail.digest_at is None or desk.stores.outbox.messages(queued.id):
        return None
    # Since when it waits is when it was due: a digest that is made after its hour must not leave it for the next.
    since = min(queued.due_at, now)
    return Verdict(LetterState.COLLECTED, since, alarm=False, pause_until=None, note=_note(path))


def queue_digests(desk: Desk, *, now: datetime) -> None:
    """Collect what waits, and queue the digest of every path whose hour has passed since the oldest of it came.

    A service that was off at that hour catches up. What was collected for a path that has no digest any more goes out
    by itself.
    """
    digests = desk.stores.digests
    digested = {path.key: path for path in desk.campaign.paths.values() if path.mail.digest_at is not None}
    for key in digests.paths_collected():
        if key not in digested:
            digests.release_collected(key, now=now)
    for path in digested.values():
        _queue_digest(desk, path, now=now)


def _queue_digest(desk: Desk, path: Path, *, now: datetime) -> None:
    at, digests = path.mail.digest_at, desk.stores.digests
    if at is None:
        return
    last = last_moment(at, zone=desk.campaign.zone, now=now)
    with desk.stores.rows.transaction():
        digests.collect(path.key, note=_note(path), now=now)
        since = digests.oldest_collected(path.key)
        if since and is_overdue(since, last=last, now=now):
            digests.add(path=path.key, day=last.date().isoformat(), now=now)


def _note(path: Path) -> str:
    return f"随每天 {path.mail.digest_at:%H:%M} 的汇总寄出"
