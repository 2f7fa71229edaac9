"""Photo slots as the photo page and the check page show them."""

from collections.abc import Mapping
from typing import Any

from flask import url_for

from h5app.domain.attachment import Slot
from h5app.domain.nomination import Draft
from h5app.web.context import campaign, parts


def slots_of(draft: Draft, problems: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every slot of the path with its photos, what it may still take, and what is wrong with it."""
    path = campaign().path_of(draft.route)
    photos = parts().stores.attachments.of_draft(draft.id)
    slots = []
    for slot in Slot:
        material = path.material(slot)
        mine = [photo for photo in photos if photo.slot is slot]
        if material.most or mine:
            slots.append(
                {
                    "slot": slot,
                    "material": material,
                    "photos": [
                        {
                            "id": photo.id,
                            "width_px": photo.width_px,
                            "height_px": photo.height_px,
                            "thumb_url": url_for("photos.picture", route=draft.route, attachment_id=photo.id),
                            "delete_url": url_for("photos.remove", route=draft.route, attachment_id=photo.id),
                        }
                        for photo in mine
                    ],
                    "upload_url": url_for("photos.upload", route=draft.route, slot=slot),
                    "free": max(0, material.most - len(mine)),
                    "error": problems.get(slot.value, ""),
                }
            )
    return slots
