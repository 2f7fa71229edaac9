"""Picturing: every photo a person chooses is rebuilt and on the server before he is told so.

Rule: files are on the disk before a row mentions them, and decoding happens outside the transaction: an orphan file
is harmless and swept later, and nobody waits for a decoder with the write lock in his hand.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Path
from h5app.domain.errors import PhotoError
from h5app.domain.nomination import Draft
from h5app.domain.portrait import Box, box_of
from h5app.photos import PhotoLimits, cut, render
from h5app.photos.limits import MIB
from h5app.services.drafting import delete_files, later, open_draft
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_ID_BYTES = 16


def attach(
    stores: Stores,
    files: FileStore,
    draft: Draft,
    *,
    slot: Slot,
    data: bytes,
    path: Path,
    now: datetime,
    replaces: str = "",
) -> Attachment:
    """Rebuild a photo from its pixels and store it; a slot for one photo swaps the old one for it.

    An upload that is sent again because its answer was lost finds its photo stored, and changes nothing.

    Args:
        replaces: id of the photo of this slot whose place it takes; one that is gone already is no error.

    Raises:
        PhotoError: not a picture we take, or the slot is full.
        ConflictError: the draft has been submitted in the meantime.
    """
    key = _upload_key(draft, data)
    mine = _photos_in(stores, draft, slot)
    if known := _of_key(mine, key):
        return known
    _check_room(mine, slot, path, replaces)
    photo = _developed(files, draft, slot, data, limits=PhotoLimits(max_bytes=path.limits.photo_mb * MIB))
    with stores.rows.transaction():
        stored = open_draft(stores, draft)
        mine = _photos_in(stores, draft, slot)
        known = _of_key(mine, key)
        leaving = [photo] if known else _leaving(mine, path.material(slot).most, replaces)
        if known is None:
            _check_room(mine, slot, path, replaces)
            photo = replace(photo, upload_key=key, place=_place(mine, leaving), added_at=now)
            for old in leaving:
                stores.attachments.remove(old.id, draft_id=draft.id)
            stores.attachments.add(photo)
            stores.drafts.touch(draft.id, now=later(stored, now))
    delete_files(files, leaving)
    return known or photo


def detach(stores: Stores, files: FileStore, draft: Draft, attachment_id: str, *, now: datetime) -> None:
    """Remove a photo; one that is gone already is no error (a double tap)."""
    with stores.rows.transaction():
        stored = open_draft(stores, draft)
        removed = stores.attachments.remove(attachment_id, draft_id=draft.id)
        stores.drafts.touch(draft.id, now=later(stored, now))
    delete_files(files, [removed] if removed else [])


def move_forward(stores: Stores, draft: Draft, attachment_id: str, *, now: datetime) -> None:
    """Let a photo and the one before it in its slot change places; the first stays where it is."""
    with stores.rows.transaction():
        stored = open_draft(stores, draft)
        photos = stores.attachments.of_draft(draft.id)
        moved = next((photo for photo in photos if photo.id == attachment_id), None)
        if moved is None:
            return
        order = [photo for photo in photos if photo.slot is moved.slot]
        at = order.index(moved)
        if at == 0:
            return
        order[at - 1 : at + 1] = [moved, order[at - 1]]
        for place, photo in enumerate(order, start=1):
            stores.attachments.put_place(photo.id, place)
        stores.drafts.touch(draft.id, now=later(stored, now))


def crop(
    stores: Stores,
    files: FileStore,
    draft: Draft,
    attachment_id: str,
    *,
    left: float,
    top: float,
    width: float,
    now: datetime,
) -> None:
    """Choose the part of a portrait that goes onto paper; a photo that is gone is no error.

    Args:
        left: of the part, as a part of the picture's width.
        top: of the part, as a part of the picture's height.
        width: of the part, as a part of the picture's width.

    Raises:
        PhotoError: not numbers that mean a part, or no decoder is free.
    """
    photos = _photos_in(stores, draft, Slot.PORTRAIT)
    photo = next((each for each in photos if each.id == attachment_id), None)
    if photo is None:
        return
    box = box_of(photo.width_px, photo.height_px, left=left, top=top, width=width)
    cropped = replace(_with_cutting(files, photo, files.get(photo.press_file), box), crop=box)
    with stores.rows.transaction():
        stored = open_draft(stores, draft)
        found = next((each for each in _photos_in(stores, draft, Slot.PORTRAIT) if each.id == photo.id), None)
        if found:
            stores.attachments.put_cutting(cropped)
            stores.drafts.touch(draft.id, now=later(stored, now))
    _delete_cutting(files, found or cropped)


def _developed(files: FileStore, draft: Draft, slot: Slot, data: bytes, *, limits: PhotoLimits) -> Attachment:
    """The photo with its files, without its place among the others."""
    made = render(data, limits=limits)
    photo = Attachment(
        id=secrets.token_hex(_ID_BYTES),
        draft_id=draft.id,
        slot=slot,
        press_file=files.put(made.press),
        mail_file=files.put(made.mail),
        width_px=made.width_px,
        height_px=made.height_px,
        added_at=draft.saved_at,
    )
    if slot is Slot.PORTRAIT:
        return _with_cutting(files, photo, made.press, photo.box)
    return replace(photo, thumb_file=files.put(made.thumb))


def _with_cutting(files: FileStore, photo: Attachment, press: bytes, box: Box) -> Attachment:
    part = cut(press, box)
    return replace(photo, paper_file=files.put(part.paper), thumb_file=files.put(part.thumb), measures=part.measures)


def _delete_cutting(files: FileStore, photo: Attachment) -> None:
    for name in (photo.thumb_file, photo.paper_file):
        if name:
            files.delete(name)


def _upload_key(draft: Draft, data: bytes) -> str:
    """Tells one upload from another; with the draft in it, it says nothing about the same photo elsewhere."""
    return hashlib.sha256(draft.id.encode() + data).hexdigest()


def _photos_in(stores: Stores, draft: Draft, slot: Slot) -> list[Attachment]:
    return [photo for photo in stores.attachments.of_draft(draft.id) if photo.slot is slot]


def _of_key(photos: Sequence[Attachment], key: str) -> Attachment | None:
    return next((photo for photo in photos if photo.upload_key == key), None)


def _leaving(mine: Sequence[Attachment], most: int, replaces: str) -> list[Attachment]:
    return [photo for photo in mine if most == 1 or photo.id == replaces]


def _place(mine: Sequence[Attachment], leaving: Sequence[Attachment]) -> int:
    return leaving[0].place if leaving else 1 + max((photo.place for photo in mine), default=0)


def _check_room(mine: Sequence[Attachment], slot: Slot, path: Path, replaces: str) -> None:
    most = path.material(slot).most
    if most and _leaving(mine, most, replaces):
        return
    if len(mine) >= most:
        raise PhotoError(f"{slot.label}最多 {most} 张，要换的话请先删去一张" if most else f"这里不需要{slot.label}")
