"""Drafting: everything a person types or uploads is on the server before he is told so."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Path
from h5app.domain.errors import ConflictError, NotFoundError, PhotoError
from h5app.domain.nomination import Draft, Route
from h5app.photos import PhotoLimits, render
from h5app.photos.limits import MIB
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_TOKEN_BYTES = 16
_ID_BYTES = 16
# Another tab saved between our read and our write: read again and merge into that.
_TRIES = 5
NO_ANSWERS: Mapping[str, str] = MappingProxyType({})


def begin(
    stores: Stores, answers: Mapping[str, str] = NO_ANSWERS, *, route: Route, channel: str, now: datetime
) -> tuple[Draft, str]:
    """A new draft with its first answers, and the token that opens it: only its hash is stored."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    draft = Draft(secrets.token_hex(_ID_BYTES), route, channel, dict(answers), started_at=now, saved_at=now)
    stores.drafts.add(draft, token_hash=token_hash(token))
    return draft, token


def token_hash(token: str) -> str:
    """What is stored of a token; tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def save(stores: Stores, draft: Draft, answers: Mapping[str, str], *, now: datetime) -> Draft:
    """Merge answers as typed into the draft and return it as stored.

    Raises:
        ConflictError: the draft has been submitted in the meantime, or is being saved without end elsewhere.
    """
    for _ in range(_TRIES):
        saved = replace(draft, answers={**draft.answers, **answers}, saved_at=_later(draft, now))
        if stores.drafts.put_answers(saved, was_saved_at=draft.saved_at):
            return saved
        draft = _open_draft(stores, draft)
    raise ConflictError("这份推荐表正在另一个页面上修改，请稍等再点一次")


def attach(
    stores: Stores, files: FileStore, draft: Draft, *, slot: Slot, data: bytes, path: Path, now: datetime
) -> Attachment:
    """Rebuild a photo from its pixels and store it; a slot for one photo swaps the old one for it.

    The files are on the disk before a row mentions them: an orphan file is harmless and swept later.

    Raises:
        PhotoError: not a picture we take, or the slot is full.
        ConflictError: the draft has been submitted in the meantime.
    """
    most = path.material(slot).most
    if most != 1:
        _check_room(stores, draft, slot, most)
    limits = PhotoLimits(max_bytes=path.limits.photo_mb * MIB)
    photo = render(data, limits=limits)
    attachment = Attachment(
        id=secrets.token_hex(_ID_BYTES),
        draft_id=draft.id,
        slot=slot,
        press_file=files.put(photo.press),
        mail_file=files.put(photo.mail),
        width_px=photo.width_px,
        height_px=photo.height_px,
        added_at=now,
    )
    replaced: list[Attachment] = []
    with stores.rows.transaction():
        stored = _open_draft(stores, draft)
        if most == 1:
            replaced = [old for old in stores.attachments.of_draft(draft.id) if old.slot is slot]
        else:
            _check_room(stores, draft, slot, most)
        for old in replaced:
            stores.attachments.remove(old.id, draft_id=draft.id)
        stores.attachments.add(attachment)
        stores.drafts.touch(draft.id, now=_later(stored, now))
    delete_files(files, replaced)
    return attachment


def detach(stores: Stores, files: FileStore, draft: Draft, attachment_id: str, *, now: datetime) -> None:
    """Remove a photo; one that is gone already is no error (a double tap)."""
    with stores.rows.transaction():
        stored = _open_draft(stores, draft)
        removed = stores.attachments.remove(attachment_id, draft_id=draft.id)
        stores.drafts.touch(draft.id, now=_later(stored, now))
    delete_files(files, [removed] if removed else [])


def discard(stores: Stores, files: FileStore, draft: Draft) -> None:
    """Forget an unsubmitted draft with its photos; what has been submitted stays."""
    with stores.rows.transaction():
        if stores.nominations.by_draft(draft.id):
            return
        photos = stores.attachments.of_draft(draft.id)
        for photo in photos:
            stores.attachments.remove(photo.id, draft_id=draft.id)
        stores.drafts.delete(draft.id)
    delete_files(files, photos)


def delete_files(files: FileStore, photos: "list[Attachment] | tuple[Attachment, ...]") -> None:
    for photo in photos:
        files.delete(photo.press_file)
        files.delete(photo.mail_file)


def _open_draft(stores: Stores, draft: Draft) -> Draft:
    """The draft as it is now, if it may still be changed; inside a transaction that stays so."""
    stored = stores.drafts.get(draft.id)
    if stored is None:
        raise NotFoundError("这份草稿已经删除，请从首页重新开始")
    if stores.nominations.by_draft(draft.id):
        raise ConflictError("这份推荐表已经提交，不用再填了")
    return stored


def _later(draft: Draft, now: datetime) -> datetime:
    """The time of a save: always after the one before, whatever the clock does, since it tells versions apart."""
    return max(now, draft.saved_at + timedelta(microseconds=1))


def _check_room(stores: Stores, draft: Draft, slot: Slot, most: int) -> None:
    taken = sum(photo.slot is slot for photo in stores.attachments.of_draft(draft.id))
    if taken >= most:
        raise PhotoError(f"{slot.label}最多 {most} 张，要换的话请先删去一张" if most else f"这里不需要{slot.label}")
