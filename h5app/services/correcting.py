"""Correcting: a draft that holds what an entry says, to become its next revision.

Rule: the draft shares nothing with the entry. Photos are copied, so that neither can take one from the other.
"""

import secrets
from dataclasses import replace
from datetime import datetime

from h5app.domain.attachment import Attachment
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.nomination import Draft, Nomination, Route
from h5app.domain.questions import Kind, questions_of
from h5app.services.drafting import begin
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_ID_BYTES = 16
_GONE = "这份推荐表刚刚撤回或谢绝了，资料已经删除，不能再改"


def begin_correction(
    stores: Stores, files: FileStore, entry: Nomination, *, route: Route, now: datetime
) -> tuple[Draft, str]:
    """A draft filled in with the entry's answers and photos, and the token that opens it.

    Nothing is begun of an entry that has changed since it was read: one that is being taken back at this moment would
    leave all that was said of somebody in a draft that no one thinks of.

    Whoever goes on by another route than the entry's is another person: what was agreed to is not his agreement,
    unless he has confirmed it before.

    Args:
        entry: as it is now.
        route: the form that the draft is filled in with; SELF for the nominee.

    Raises:
        NotFoundError: nothing is left of the entry.
        ConflictError: it has changed since it was read.
    """
    agreed = route is entry.route or entry.confirmed_at is not None
    asked = [question for question in questions_of(route) if agreed or question.kind is not Kind.AGREEMENT]
    answers = {question.name: entry.answers[question.name] for question in asked if question.name in entry.answers}
    # Files first: without their rows they are swept, a row without its file would be a hole.
    copies = _copies(stores, files, entry)
    with stores.rows.transaction():
        _check_unchanged(stores, entry)
        draft, token = begin(
            stores, answers, route=route, channel=entry.channel, now=now, corrects=entry, batch=entry.batch
        )
        for copy in copies:
            stores.attachments.add(replace(copy, draft_id=draft.id))
    return draft, token


def _check_unchanged(stores: Stores, entry: Nomination) -> None:
    stored = stores.nominations.get(entry.id)
    if stored is None or stored.status.is_erased:
        raise NotFoundError(_GONE)
    if (stored.status, stored.revision) != (entry.status, entry.revision):
        raise ConflictError("这份推荐表刚刚有了变化，请再打开一次，看过再改")


def _copies(stores: Stores, files: FileStore, entry: Nomination) -> list[Attachment]:
    try:
        return [_copied(files, photo) for photo in stores.attachments.of_draft(entry.draft_id)]
    except NotFoundError:  # taken back between rows and files
        raise NotFoundError(_GONE) from None


def _copied(files: FileStore, photo: Attachment) -> Attachment:
    """The same picture under names of its own; not yet anybody's."""
    copies = {name: files.put(files.get(name)) for name in photo.files}
    return replace(
        photo,
        id=secrets.token_hex(_ID_BYTES),
        press_file=copies[photo.press_file],
        mail_file=copies[photo.mail_file],
        thumb_file=copies.get(photo.thumb_file, ""),
        paper_file=copies.get(photo.paper_file, ""),
        upload_key=None,
    )
