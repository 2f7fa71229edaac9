"""Drafts: what somebody has typed so far, sealed, found again only by the hash of his token."""

import json
from collections.abc import Mapping
from datetime import datetime

from h5app.domain.nomination import Draft, Origin, Route
from h5app.storage.rows import Row, Rows, from_text, to_text
from h5app.storage.vault import Vault

_UNSUBMITTED = """
    FROM drafts
    WHERE NOT EXISTS (SELECT 1 FROM nominations WHERE draft_id = drafts.id)
      AND NOT EXISTS (SELECT 1 FROM revisions WHERE draft_id = drafts.id)
"""


class Drafts:
    """Table `drafts`."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault

    def add(self, draft: Draft, *, token_hash: str) -> None:
        """Begin a draft."""
        sql = """
            INSERT INTO drafts (id, token_hash, route, channel, answers, created_at, saved_at,
                                resume_code, writers, corrects, revision, batch, origin)
            VALUES (:id, :token_hash, :route, :channel, :answers, :started_at, :saved_at,
                    :resume_code, :writers, :corrects, :revision, :batch, :origin)
        """
        self._rows.write(
            sql,
            {
                "id": draft.id,
                "token_hash": token_hash,
                "route": draft.route.value,
                "channel": draft.channel,
                "answers": self._sealed(draft.id, draft.answers),
                "started_at": to_text(draft.started_at),
                "saved_at": to_text(draft.saved_at),
                "resume_code": draft.resume_code,
                "writers": json.dumps(draft.writers),
                "corrects": draft.corrects,
                "revision": draft.revision,
                "batch": draft.batch,
                "origin": draft.origin.value,
            },
        )

    def by_token(self, token_hash: str) -> Draft | None:
        found = self._rows.read("SELECT * FROM drafts WHERE token_hash = :token_hash", {"token_hash": token_hash})
        return self._draft(found[0]) if found else None

    def get(self, draft_id: str) -> Draft | None:
        found = self._rows.read("SELECT * FROM drafts WHERE id = :id", {"id": draft_id})
        return self._draft(found[0]) if found else None

    def by_resume_code(self, code: str) -> Draft | None:
        sql = "SELECT * FROM drafts WHERE resume_code = :code AND resume_code <> ''"
        found = self._rows.read(sql, {"code": code})
        return self._draft(found[0]) if found else None

    def put_token(self, draft_id: str, *, token_hash: str) -> None:
        """Let another token open the draft, and the old one no more."""
        sql = "UPDATE drafts SET token_hash = :token_hash WHERE id = :id"
        self._rows.write(sql, {"id": draft_id, "token_hash": token_hash})

    def put_answers(self, draft: Draft, *, was_saved_at: datetime) -> bool:
        """Replace all answers; False if the draft was saved since `was_saved_at`, submitted or deleted."""
        sql = """
            UPDATE drafts
            SET answers = :answers, writers = :writers, resume_code = :resume_code, saved_at = :saved_at
            WHERE id = :id AND saved_at = :was
              AND NOT EXISTS (SELECT 1 FROM nominations WHERE draft_id = :id)
              AND NOT EXISTS (SELECT 1 FROM revisions WHERE draft_id = :id)
            RETURNING id
        """
        values = {
            "id": draft.id,
            "answers": self._sealed(draft.id, draft.answers),
            "writers": json.dumps(draft.writers),
            "resume_code": draft.resume_code,
        }
        times = {"was": to_text(was_saved_at), "saved_at": to_text(draft.saved_at)}
        return bool(self._rows.write(sql, {**values, **times}))

    def touch(self, draft_id: str, *, now: datetime) -> None:
        """A photo came or went: whoever has read the draft before must read it again."""
        self._rows.write("UPDATE drafts SET saved_at = :now WHERE id = :id", {"id": draft_id, "now": to_text(now)})

    def empty(self, draft_id: str, *, was_saved_at: datetime) -> bool:
        """Forget the answers of a draft that is being submitted; False if it was saved since it was read."""
        sql = "UPDATE drafts SET answers = :answers WHERE id = :id AND saved_at = :was RETURNING id"
        values = {"id": draft_id, "answers": self._sealed(draft_id, {}), "was": to_text(was_saved_at)}
        return bool(self._rows.write(sql, values))

    def mailed(self, batch: str) -> list[Draft]:
        """Drafts of one batch of forms that came by mail, oldest first; submitted ones are among them."""
        sql = "SELECT * FROM drafts WHERE origin = :origin AND batch = :batch ORDER BY created_at, id"
        return [self._draft(row) for row in self._rows.read(sql, {"origin": Origin.MAIL.value, "batch": batch})]

    def mailed_unsaved(self) -> list[Draft]:
        """Unsubmitted drafts of forms that came by mail, newest first."""
        sql = f"SELECT * {_UNSUBMITTED} AND origin = :origin ORDER BY created_at DESC, id"
        return [self._draft(row) for row in self._rows.read(sql, {"origin": Origin.MAIL.value})]

    def put_route(self, draft_id: str, *, route: Route) -> None:
        """Staff found out who nominates."""
        self._rows.write("UPDATE drafts SET route = :route WHERE id = :id", {"id": draft_id, "route": route.value})

    def correcting(self, nomination_id: int) -> list[str]:
        """Ids of drafts begun to correct an entry and not submitted."""
        sql = f"SELECT id {_UNSUBMITTED} AND corrects = :nomination_id"
        return [row["id"] for row in self._rows.read(sql, {"nomination_id": nomination_id})]

    def note_left(self, *, saved_before: datetime, now: datetime) -> None:
        """Note which drafts nobody has saved since, and take the note off those that somebody has."""
        times = {"before": to_text(saved_before), "now": to_text(now)}
        back = "UPDATE drafts SET left_since = NULL WHERE left_since IS NOT NULL AND saved_at >= :before"
        self._rows.write(back, times)
        self._rows.write("UPDATE drafts SET left_since = :now WHERE left_since IS NULL AND saved_at < :before", times)

    def left(self, *, since: datetime, limit: int) -> list[Draft]:
        """Unsubmitted drafts that have been noted as left at `since` or before, longest first."""
        sql = f"SELECT * {_UNSUBMITTED} AND left_since <= :since ORDER BY left_since, id LIMIT :limit"
        return [self._draft(row) for row in self._rows.read(sql, {"since": to_text(since), "limit": limit})]

    def delete(self, draft_id: str) -> None:
        self._rows.write("DELETE FROM drafts WHERE id = :id", {"id": draft_id})

    def _draft(self, row: Row) -> Draft:
        return Draft(
            id=row["id"],
            route=Route(row["route"]),
            channel=row["channel"],
            answers=json.loads(self._vault.open(row["answers"], context=_context(row["id"]))),
            started_at=from_text(row["created_at"]),
            saved_at=from_text(row["saved_at"]),
            corrects=row["corrects"],
            revision=row["revision"],
            batch=row["batch"],
            resume_code=row["resume_code"],
            writers={topic: (page, count) for topic, (page, count) in json.loads(row["writers"]).items()},
            origin=Origin(row["origin"]),
        )

    def _sealed(self, draft_id: str, answers: Mapping[str, str]) -> str:
        return self._vault.seal(json.dumps(dict(answers), ensure_ascii=False), context=_context(draft_id))


def _context(draft_id: str) -> str:
    return f"drafts.answers:{draft_id}"
