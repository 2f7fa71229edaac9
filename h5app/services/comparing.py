"""Comparing: what a correction has changed since the letter that its reader may have."""

import hashlib
from collections.abc import Iterable

from h5app.domain.attachment import Attachment
from h5app.domain.letter import LetterKind
from h5app.domain.nomination import Nomination
from h5app.domain.questions import QUESTIONS, Kind
from h5app.services.desk import Desk
from h5app.services.packaging import Entry
from h5app.storage.files import FileStore
from h5app.storage.nominations import Revision
from h5app.storage.stores import Stores


def mailed_before(stores: Stores, nomination: Nomination) -> Revision | None:
    """The newest past revision whose letter somebody may have; a correction of anything older needs no telling."""
    letters = stores.outbox.all_of(nomination.id)
    left = {letter.revision for letter in letters if letter.kind is LetterKind.ENTRY and letter.may_have_left}
    past = [revision for revision in stores.nominations.history(nomination.id) if revision.revision in left]
    return past[-1] if past else None


def changed_labels(desk: Desk, entry: Entry, before: Revision) -> list[str]:
    """Labels of what differs, never the answers themselves: ID number and telephone are among them."""
    asked = [question for question in QUESTIONS if question.kind is not Kind.AGREEMENT]
    was, now = before.answers, entry.nomination.answers
    changed = [each.office_label for each in asked if was.get(each.name, "") != now.get(each.name, "")]
    photos = desk.stores.attachments.of_draft(before.draft_id)
    return [*changed, "照片"] if _looks(desk.files, photos) != _looks(desk.files, entry.photos) else changed


def _looks(files: FileStore, photos: Iterable[Attachment]) -> list[tuple[str, bytes]]:
    """What is to be seen on each photo: a correction's copies are sealed anew, so their names say nothing."""
    return [
        (photo.slot.value, hashlib.sha256(files.get(name)).digest())
        for photo in photos
        for name in (photo.mail_file, photo.paper_file)
        if name
    ]
