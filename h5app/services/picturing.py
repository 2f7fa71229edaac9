"""Picturing: every photo a person chooses is rebuilt and on the server before he is told so."""

import secrets
from datetime import datetime

from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Path
from h5app.domain.errors import PhotoError
from h5app.domain.nomination import Draft
from h5app.photos import PhotoLimits, render
from h5app.photos.limits import MIB
from h5app.services.drafting import delete_files, later, open_draft
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_ID_BYTES = 16


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
        stored = open_draft(stores, draft)
        if most == 1:
            replaced = [old for old in stores.attachments.of_draft(draft.id) if old.slot is slot]
        else:
            _check_room(stores, draft, slot, most)
        for old in replaced:
            stores.attachments.remove(old.id, draft_id=draft.id)
        stores.attachments.add(attachment)
        stores.drafts.touch(draft.id, now=later(stored, now))
    delete_files(files, replaced)
    return attachment


def detach(stores: Stores, files: FileStore, draft: Draft, attachment_id: str, *, now: datetime) -> None:
    """Remove a photo; one that is gone already is no error (a double tap)."""
    with stores.rows.transaction():
        stored = open_draft(stores, draft)
        removed = stores.attachments.remove(attachment_id, draft_id=draft.id)
        stores.drafts.touch(draft.id, now=later(stored, now))
    delete_files(files, [removed] if removed else [])


def _check_room(stores: Stores, draft: Draft, slot: Slot, most: int) -> None:
    taken = sum(photo.slot is slot for photo in stores.attachments.of_draft(draft.id))
    if taken >= most:
        raise PhotoError(f"{slot.label}最多 {most} 张，要换的话请先删去一张" if most else f"这里不需要{slot.label}")
