"""Attachments: the photos of an entry, keyed by its draft's id before and after it is submitted."""

from h5app.domain.attachment import Attachment, Measures, Slot
from h5app.domain.portrait import Box
from h5app.storage.rows import Row, Rows, from_text, to_text


class Attachments:
    """Table `attachments`. A row is written only after all of its files are on the disk."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, attachment: Attachment) -> None:
        """Raises whatever the database raises for a second upload of one key into one slot."""
        sql = """
            INSERT INTO attachments (id, draft_id, slot, press_file, mail_file, thumb_file, paper_file, width_px,
                                     height_px, added_at, place, upload_key, crop_left_px, crop_top_px,
                                     crop_width_px, crop_height_px, brightness, face_percent, unrest)
            VALUES (:id, :draft_id, :slot, :press_file, :mail_file, :thumb_file, :paper_file, :width_px,
                    :height_px, :added_at, :place, :upload_key, :crop_left_px, :crop_top_px,
                    :crop_width_px, :crop_height_px, :brightness, :face_percent, :unrest)
        """
        self._rows.write(
            sql,
            {
                "draft_id": attachment.draft_id,
                "slot": attachment.slot.value,
                "press_file": attachment.press_file,
                "mail_file": attachment.mail_file,
                "width_px": attachment.width_px,
                "height_px": attachment.height_px,
                "added_at": to_text(attachment.added_at),
                "place": attachment.place,
                "upload_key": attachment.upload_key,
                **_cutting(attachment),
            },
        )

    def of_draft(self, draft_id: str) -> tuple[Attachment, ...]:
        """Portrait, work photos, then honours; each in the person's order, which is at first that of coming."""
        sql = "SELECT * FROM attachments WHERE draft_id = :draft_id ORDER BY place, added_at, id"
        found = [_attachment(row) for row in self._rows.read(sql, {"draft_id": draft_id})]
        return tuple(photo for slot in Slot for photo in found if photo.slot is slot)

    def put_cutting(self, attachment: Attachment) -> None:
        """Replace crop, measures, and the files made of them."""
        sql = """
            UPDATE attachments
            SET thumb_file = :thumb_file, paper_file = :paper_file, crop_left_px = :crop_left_px,
                crop_top_px = :crop_top_px, crop_width_px = :crop_width_px, crop_height_px = :crop_height_px,
                brightness = :brightness, face_percent = :face_percent, unrest = :unrest
            WHERE id = :id
        """
        self._rows.write(sql, _cutting(attachment))

    def put_place(self, attachment_id: str, place: int) -> None:
        self._rows.write("UPDATE attachments SET place = :place WHERE id = :id", {"id": attachment_id, "place": place})

    def remove(self, attachment_id: str, *, draft_id: str) -> Attachment | None:
        """Delete the row and return it, or None where this draft has none of that id."""
        sql = "DELETE FROM attachments WHERE id = :id AND draft_id = :draft_id RETURNING *"
        removed = self._rows.write(sql, {"id": attachment_id, "draft_id": draft_id})
        return _attachment(removed[0]) if removed else None

    def file_names(self) -> set[str]:
        """Every file some row mentions."""
        rows = self._rows.read("SELECT press_file, mail_file, thumb_file, paper_file FROM attachments")
        return {name for row in rows for name in row.values() if name}


def _cutting(attachment: Attachment) -> dict[str, str | int | None]:
    crop, measures = attachment.crop, attachment.measures
    return {
        "id": attachment.id,
        "thumb_file": attachment.thumb_file,
        "paper_file": attachment.paper_file,
        "crop_left_px": crop.left_px if crop else None,
        "crop_top_px": crop.top_px if crop else None,
        "crop_width_px": crop.width_px if crop else None,
        "crop_height_px": crop.height_px if crop else None,
        "brightness": measures.brightness if measures else None,
        "face_percent": measures.face_percent if measures else None,
        "unrest": measures.unrest if measures else None,
    }


def _attachment(row: Row) -> Attachment:
    return Attachment(
        id=row["id"],
        draft_id=row["draft_id"],
        slot=Slot(row["slot"]),
        press_file=row["press_file"],
        mail_file=row["mail_file"],
        width_px=row["width_px"],
        height_px=row["height_px"],
        added_at=from_text(row["added_at"]),
        thumb_file=row["thumb_file"],
        paper_file=row["paper_file"],
        place=row["place"],
        upload_key=row["upload_key"],
        crop=_crop(row),
        measures=_measures(row),
    )


def _crop(row: Row) -> Box | None:
    if row["crop_width_px"] is None:
        return None
    return Box(row["crop_left_px"], row["crop_top_px"], row["crop_width_px"], row["crop_height_px"])


def _measures(row: Row) -> Measures | None:
    if row["brightness"] is None:
        return None
    return Measures(row["brightness"], row["face_percent"], row["unrest"])
