"""Nominations: submitted entries. What lists search by stands beside the sealed answers, written with them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from h5app.domain.letter import LetterState
from h5app.domain.nomination import Nomination, Origin, Route, Status
from h5app.storage.rows import Params, Row, Rows, from_text, to_text
from h5app.storage.vault import Vault

_BATCH = 500
# As long as answers are, to be opened where there are none.
_DECOY, _DECOY_LENGTH = "nobody", 400


@dataclass(frozen=True)
class Search:
    """What a list is narrowed to; "" leaves a column alone. `words` is a part of the name or a 受理编号."""

    words: str = ""
    route: str = ""
    category: str = ""
    region: str = ""
    status: str = ""
    mail: str = ""


@dataclass(frozen=True)
class Listed:
    """One line of a list; nothing sealed is opened for it. `mail_state` is its newest letter's, None without any."""

    reference: str
    name: str
    route: Route
    category: str
    region: str
    unit: str
    status: Status
    mail_state: LetterState | None
    submitted_at: datetime


@dataclass(frozen=True)
class Revision:
    """What an entry once was."""

    revision: int
    draft_id: str
    answers: Mapping[str, str]
    submitted_at: datetime


class Nominations:
    """Tables `nominations` and `revisions`."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault
        self._decoy = vault.seal(_DECOY * _DECOY_LENGTH, context=_DECOY)

    def add(
        self,
        *,
        draft_id: str,
        reference: str,
        path: str,
        route: Route,
        channel: str,
        answers: Mapping[str, str],
        now: datetime,
        status: Status = Status.SUBMITTED,
        batch: str = "",
        origin: Origin = Origin.FORM,
    ) -> int | None:
        """Store an entry and return its id; None where this draft has one, or the reference is taken."""
        sql = """
            INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region,
                                     unit, answers, id_number_index, phone_index, submitted_at, changed_at, batch,
                                     origin)
            VALUES (:draft_id, :reference, :path, :route, :status, :channel, :name, :category, :region,
                    :unit, :answers, :id_number_index, :phone_index, :now, :now, :batch, :origin)
            ON CONFLICT DO NOTHING
            RETURNING id
        """
        added = self._rows.write(
            sql,
            {
                "draft_id": draft_id,
                "reference": reference,
                "path": path,
                "route": route.value,
                "status": status.value,
                "channel": channel,
                "batch": batch,
                "origin": origin.value,
                "now": to_text(now),
                **self._columns(draft_id, answers),
            },
        )
        return int(added[0]["id"]) if added else None

    def revise(
        self,
        entry: Nomination,
        *,
        draft_id: str,
        answers: Mapping[str, str],
        now: datetime,
        status: Status,
        confirmed_at: datetime | None,
    ) -> bool:
        """Make `answers` the entry's next revision and keep what it was; False where it is no longer as read.

        Two statements: belongs into the transaction that queues the letter.
        """
        keep = """
            INSERT INTO revisions (nomination_id, revision, draft_id, answers, submitted_at)
            SELECT id, revision, draft_id, answers, submitted_at FROM nominations
            WHERE id = :id AND revision = :was AND status = :status
            ON CONFLICT DO NOTHING
            RETURNING revision
        """
        was: Params = {"id": entry.id, "was": entry.revision, "status": entry.status.value}
        if not self._rows.write(keep, was):
            return False
        sql = """
            UPDATE nominations
            SET draft_id = :draft_id, revision = revision + 1, status = :to, reason = '', name = :name,
                category = :category, region = :region, unit = :unit, answers = :answers,
                id_number_index = :id_number_index, phone_index = :phone_index,
                submitted_at = :now, changed_at = :now, confirmed_at = :confirmed_at
            WHERE id = :id
        """
        self._rows.write(
            sql,
            {
                "id": entry.id,
                "draft_id": draft_id,
                "to": status.value,
                "now": to_text(now),
                "confirmed_at": to_text(confirmed_at) if confirmed_at else None,
                **self._columns(draft_id, answers),
            },
        )
        return True

    def erase(self, entry: Nomination, *, to: Status, now: datetime) -> bool:
        """Forget everything about the person, past revisions too; 受理编号, route and end stay. False where it is
        no longer as read. Belongs into the transaction that removes photos, drafts and letters."""
        sql = """
            UPDATE nominations
            SET status = :to, changed_at = :now, reason = '', name = '', unit = '', answers = :answers,
                id_number_index = '', phone_index = '', confirmed_at = NULL
            WHERE id = :id AND revision = :was AND status = :status
            RETURNING id
        """
        sealed = self._vault.seal(_dump({}), context=_context(entry.draft_id))
        was: Params = {"id": entry.id, "was": entry.revision, "status": entry.status.value}
        if not self._rows.write(sql, {**was, "to": to.value, "now": to_text(now), "answers": sealed}):
            return False
        self._rows.write("DELETE FROM revisions WHERE nomination_id = :id", {"id": entry.id})
        return True

    def history(self, nomination_id: int) -> list[Revision]:
        """Past revisions, oldest first; the newest is the entry itself."""
        sql = "SELECT * FROM revisions WHERE nomination_id = :id ORDER BY revision"
        return [
            Revision(row["revision"], row["draft_id"], self._answers(row), from_text(row["submitted_at"]))
            for row in self._rows.read(sql, {"id": nomination_id})
        ]

    def of_batch(self, batch: str) -> list[Nomination]:
        """What one unit has submitted one after another, oldest first."""
        rows = self._rows.read("SELECT * FROM nominations WHERE batch = :batch ORDER BY id", {"batch": batch})
        return [self._nomination(row) for row in rows]

    def waiting_since(self, moment: datetime, *, limit: int, offset: int) -> list[Nomination]:
        """What has waited for its nominee since `moment` or longer, the longest first."""
        sql = f"SELECT * {_WAITING} ORDER BY submitted_at, id LIMIT :limit OFFSET :offset"
        rows = self._rows.read(sql, {**_waiting(moment), "limit": limit, "offset": offset})
        return [self._nomination(row) for row in rows]

    def count_waiting_since(self, moment: datetime) -> int:
        return int(self._rows.read(f"SELECT COUNT(*) AS n {_WAITING}", _waiting(moment))[0]["n"])

    def by_draft(self, draft_id: str) -> Nomination | None:
        """The entry that a draft became, or a revision of which it became."""
        sql = """
            SELECT * FROM nominations
            WHERE draft_id = :key OR id = (SELECT nomination_id FROM revisions WHERE draft_id = :key)
        """
        return self._one(sql, draft_id)

    def by_reference(self, reference: str) -> Nomination | None:
        return self._one("SELECT * FROM nominations WHERE reference = :key", reference)

    def guessed(self, reference: str) -> Nomination | None:
        """As `by_reference`, for somebody who may be guessing: where there is none, a seal is opened all the same."""
        found = self.by_reference(reference)
        if found is None:
            self._vault.open(self._decoy, context=_DECOY)
        return found

    def alike(self, *, id_number: str, phone: str) -> list[Nomination]:
        """Entries with this ID number or this telephone of the nominee's, oldest first; "" finds nothing."""
        sql = """
            SELECT * FROM nominations
            WHERE (:id_number_index <> '' AND id_number_index = :id_number_index)
               OR (:phone_index <> '' AND phone_index = :phone_index)
            ORDER BY id
        """
        values = {"id_number": id_number, "phone": phone}
        indexes: Params = {f"{name}_index": self._index(values, name) for name in values}
        return [self._nomination(row) for row in self._rows.read(sql, indexes)]

    def get(self, nomination_id: int) -> Nomination | None:
        return self._one("SELECT * FROM nominations WHERE id = :key", nomination_id)

    def move(
        self, nomination_id: int, *, was: Status, to: Status, reason: str, now: datetime, revision: int | None = None
    ) -> bool:
        """Change the status if it still is `was`, and the revision that one; False where somebody was quicker.

        Args:
            revision: the one that was looked at; None for whichever there is.
        """
        sql = """
            UPDATE nominations SET status = :to, reason = :reason, changed_at = :now
            WHERE id = :id AND status = :was AND (CAST(:revision AS INTEGER) IS NULL OR revision = :revision)
            RETURNING id
        """
        values: Params = {"was": was.value, "to": to.value, "reason": reason, "now": to_text(now), "revision": revision}
        return bool(self._rows.write(sql, {"id": nomination_id, **values}))

    def count(self, search: Search) -> int:
        return int(self._rows.read(f"SELECT COUNT(*) AS n {_FROM}", _params(search))[0]["n"])

    def page(self, search: Search, *, limit: int, offset: int) -> list[Listed]:
        """Newest first, by id: a clock that was wrong for an hour does not shuffle the list."""
        sql = f"""
            SELECT n.reference, n.name, n.route, n.category, n.region, n.unit, n.status, n.submitted_at,
                   o.state AS mail_state
            {_FROM}
            ORDER BY n.id DESC
            LIMIT :limit OFFSET :offset
        """
        return [_listed(row) for row in self._rows.read(sql, {**_params(search), "limit": limit, "offset": offset})]

    def every(self, search: Search) -> Iterator[Nomination]:
        """All entries of a search, oldest first, opened in batches so that memory stays flat."""
        after = 0
        while True:
            sql = f"SELECT n.* {_FROM} AND n.id > :after ORDER BY n.id LIMIT {_BATCH}"
            rows = self._rows.read(sql, {**_params(search), "after": after})
            yield from map(self._nomination, rows)
            if len(rows) < _BATCH:
                return
            after = rows[-1]["id"]

    def _one(self, sql: str, key: str | int) -> Nomination | None:
        found = self._rows.read(sql, {"key": key})
        return self._nomination(found[0]) if found else None

    def _index(self, answers: Mapping[str, str], name: str) -> str:
        value = answers.get(name, "")
        return self._vault.blind_index(value, purpose=name) if value else ""

    def _nomination(self, row: Row) -> Nomination:
        return Nomination(
            id=row["id"],
            draft_id=row["draft_id"],
            reference=row["reference"],
            path=row["path"],
            route=Route(row["route"]),
            status=Status(row["status"]),
            channel=row["channel"],
            answers=self._answers(row),
            submitted_at=from_text(row["submitted_at"]),
            changed_at=from_text(row["changed_at"]),
            revision=row["revision"],
            reason=row["reason"],
            confirmed_at=from_text(row["confirmed_at"]) if row["confirmed_at"] else None,
            batch=row["batch"],
            origin=Origin(row["origin"]),
        )

    def _answers(self, row: Row) -> Mapping[str, str]:
        answers: Mapping[str, str] = json.loads(self._vault.open(row["answers"], context=_context(row["draft_id"])))
        return answers

    def _columns(self, draft_id: str, answers: Mapping[str, str]) -> Params:
        """What of the answers stands in columns: a few words in clear for lists, the rest sealed."""
        return {
            "name": answers["name"],
            "category": answers["category"],
            "region": answers["region"],
            "unit": answers["unit_and_post"],
            "answers": self._vault.seal(_dump(answers), context=_context(draft_id)),
            "id_number_index": self._index(answers, "id_number"),
            "phone_index": self._index(answers, "phone"),
        }


_FROM = """
    FROM nominations AS n
    LEFT JOIN outbox AS o ON o.id = (SELECT MAX(id) FROM outbox WHERE nomination_id = n.id)
    WHERE (:route = '' OR n.route = :route)
      AND (:category = '' OR n.category = :category)
      AND (:region = '' OR n.region = :region)
      AND (:status = '' OR n.status = :status)
      AND (:mail = '' OR o.state = :mail)
      AND (:words = '' OR n.reference = UPPER(:words) OR n.name LIKE :like ESCAPE '!')
"""


_WAITING = "FROM nominations WHERE status = :waiting AND submitted_at <= :moment"


def _waiting(moment: datetime) -> Params:
    return {"waiting": Status.WAITING.value, "moment": to_text(moment)}


def _params(search: Search) -> Params:
    words = search.words.strip()
    escaped = words.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return {
        "words": words,
        "like": f"%{escaped}%",
        "route": search.route,
        "category": search.category,
        "region": search.region,
        "status": search.status,
        "mail": search.mail,
    }


def _listed(row: Row) -> Listed:
    return Listed(
        reference=row["reference"],
        name=row["name"],
        route=Route(row["route"]),
        category=row["category"],
        region=row["region"],
        unit=row["unit"],
        status=Status(row["status"]),
        mail_state=LetterState(row["mail_state"]) if row["mail_state"] else None,
        submitted_at=from_text(row["submitted_at"]),
    )


def _dump(answers: Mapping[str, str]) -> str:
    return json.dumps(dict(answers), ensure_ascii=False)


def _context(draft_id: str) -> str:
    return f"nominations.answers:{draft_id}"
