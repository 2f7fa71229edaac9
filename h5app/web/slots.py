"""Photo slots as the photo page and the check page show them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import url_for

from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Material
from h5app.domain.nomination import Draft
from h5app.domain.picture_hints import hints_of
from h5app.web.context import campaign, parts, terms


def slots_of(draft: Draft, problems: Mapping[str, str], *, seat: str = "") -> list[dict[str, Any]]:
    """Every slot of the path with its photos, what it may still take, and what is wrong with it.

    Args:
        seat: whose addresses the photos have, if not those of the draft's route; see `own.seated_draft`.
    """
    seat = seat or draft.route
    path = campaign().path_of(draft.route)
    photos = parts().stores.attachments.of_draft(draft.id)
    slots = []
    for slot in Slot:
        material = _asked(path.material(slot), draft)
        mine = [photo for photo in photos if photo.slot is slot]
        if material.most or mine:
            slots.append(
                {
                    "slot": slot,
                    "material": material,
                    "photos": [_shown(seat, photo) for photo in mine],
                    "upload_url": url_for("photos.upload", route=seat, slot=slot),
                    "free": max(0, material.most - len(mine)),
                    "error": problems.get(slot.value, ""),
                }
            )
    return slots


def _asked(material: Material, draft: Draft) -> Material:
    """Where the nominee completes it, nobody else must have his photos."""
    return replace(material, least=0) if terms(draft.route).nominee_completes else material


def _shown(seat: str, photo: Attachment) -> dict[str, Any]:
    own: dict[str, Any] = {"route": seat, "attachment_id": photo.id}
    box = photo.box
    is_portrait = photo.slot is Slot.PORTRAIT
    return {
        "id": photo.id,
        # Of a portrait the part that goes onto paper.
        "width_px": box.width_px if is_portrait else photo.width_px,
        "height_px": box.height_px if is_portrait else photo.height_px,
        # A new crop is a new address, or the old picture would stay on the screen.
        "thumb_url": url_for("photos.picture", **own, size="thumb", v=photo.thumb_file[:8] or None),
        "hints": hints_of(photo),
        "delete_url": url_for("photos.remove", **own),
        "forward_url": url_for("photos.forward", **own),
        "crop_url": url_for("photos.choose_part", **own),
        "whole_url": url_for("photos.picture", **own, size="mail"),
        "part": " ".join(
            f"{part:.5f}"
            for part in (
                box.left_px / photo.width_px,
                box.top_px / photo.height_px,
                box.width_px / photo.width_px,
                box.width_px,
            )
        ),
    }
