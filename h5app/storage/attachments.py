"""Attachments: the photos of an entry, keyed by its draft's id before and after it is submitted."""

from h5app.domain.attachment import Attachment, Slot
from h5app.storage.rows import Row, Rows, from_text, to_text


class Attachments:
    """Table `attachments`. A row is written only after both of its files are on the disk."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, attachment: Attachment) -> None:
        sql = """
            INSERT INTO attachments (id, draft_id, slot, press_file, mail_file, width_px, height_px, added_at)
            VALUES (:id, :draft_id, :slot, :press_file, :mail_file, :width_px, :height_px, :added_at)
        """
        self._rows.write(
            sql,
            {
                "id": attachment.id,
                "draft_id": attachment.draft_id,
                "slot": attachment.slot.value,
                "press_file": attachment.press_file,
                "mail_file": attachment.mail_file,
                "width_px": attachment.width_px,
                "height_px": attachment.height_px,
                "added_at": to_text(attachment.added_at),
            },
        )

    def of_draft(self, draft_id: str) -> tuple[Attachment, ...]:
        """Portrait, work photos, then honours; each in the order in which they came."""
        sql = "SELECT * FROM attachments WHERE draft_id = :draft_id ORDER BY added_at, id"
        found = [_attachment(row) for row in self._rows.read(sql, {"draft_id": draft_id})]
        return tuple(photo for slot in Slot for photo in found if photo.slot is slot)

    def remove(self, attachment_id: str, *, draft_id: str) -> Attachment | None:
        """Delete the row and return it, or None where this draft has none of that id."""
        sql = "DELETE FROM attachments WHERE id = :id AND draft_id = :draft_id RETURNING *"
        removed = self._rows.write(sql, {"id": attachment_id, "draft_id": draft_id})
        return _attachment(removed[0]) if removed else None

    def file_names(self) -> set[str]:
        """Every file some row mentions."""
        rows = self._rows.read("SELECT press_file, mail_file FROM attachments")
        return {name for row in rows for name in (row["press_file"], row["mail_file"])}


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
    )
