"""The audit log: who did what to which entry, or which poster. Rows are only added, and hold no personal data."""

from dataclasses import dataclass
from datetime import datetime

from h5app.storage.rows import Rows, from_text, to_text


@dataclass(frozen=True)
class AuditEntry:
    """One act. `object` is a 受理编号, the code of a channel, or "" for what concerns neither."""

    at: datetime
    who: str
    action: str
    object: str
    detail: str


class Audit:
    """Table `audit`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def add(self, entry: AuditEntry) -> None:
        sql = "INSERT INTO audit (at, who, action, object, detail) VALUES (:at, :who, :action, :object, :detail)"
        self._rows.write(
            sql,
            {
                "at": to_text(entry.at),
                "who": entry.who,
                "action": entry.action,
                "object": entry.object,
                "detail": entry.detail,
            },
        )

    def of(self, reference: str) -> list[AuditEntry]:
        """What was done to one entry or channel, newest first."""
        sql = "SELECT at, who, action, object, detail FROM audit WHERE object = :object ORDER BY id DESC"
        return [
            AuditEntry(from_text(row["at"]), row["who"], row["action"], row["object"], row["detail"])
            for row in self._rows.read(sql, {"object": reference})
        ]
