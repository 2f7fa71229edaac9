"""Nominations: submitted entries. What lists search by stands beside the sealed answers, written with them."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from h5app.domain.letter import LetterState
from h5app.domain.nomination import Nomination, Route, Status
from h5app.storage.rows import Params, Row, Rows, from_text, to_text
from h5app.storage.vault import Vault

_BATCH = 500


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
    """One line of a list; nothing sealed is opened for it."""

    reference: str
    name: str
    route: Route
    category: str
    region: str
    unit: str
    status: Status
    mail_state: LetterState
    submitted_at: datetime


class Nominations:
    """Table `nominations`."""

    def __init__(self, rows: Rows, vault: Vault) -> None:
        self._rows = rows
        self._vault = vault

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
    ) -> int | None:
        """Store an entry and return its id; None where this draft has one, or the reference is taken."""
        sql = """
            INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region,
                                     unit, answers, id_number_index, phone_index, submitted_at)
            VALUES (:draft_id, :reference, :path, :route, :status, :channel, :name, :category, :region,
                    :unit, :answers, :id_number_index, :phone_index, :now)
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
                "status": Status.SUBMITTED.value,
                "channel": channel,
                "name": answers["name"],
                "category": answers["category"],
                "region": answers["region"],
                "unit": answers["unit_and_post"],
                "answers": self._vault.seal(_dump(answers), context=_context(draft_id)),
                "id_number_index": self._index(answers, "id_number"),
                "phone_index": self._index(answers, "phone"),
                "now": to_text(now),
            },
        )
        return int(added[0]["id"]) if added else None

    def by_draft(self, draft_id: str) -> Nomination | None:
        return self._one("SELECT * FROM nominations WHERE draft_id = :key", draft_id)

    def by_reference(self, reference: str) -> Nomination | None:
        return self._one("SELECT * FROM nominations WHERE reference = :key", reference)

    def get(self, nomination_id: int) -> Nomination | None:
        return self._one("SELECT * FROM nominations WHERE id = :key", nomination_id)

    def move(self, nomination_id: int, *, was: Status, to: Status) -> bool:
        """Change the status if it still is `was`; False where somebody was quicker."""
        sql = "UPDATE nominations SET status = :to WHERE id = :id AND status = :was RETURNING id"
        return bool(self._rows.write(sql, {"id": nomination_id, "was": was.value, "to": to.value}))

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
            answers=json.loads(self._vault.open(row["answers"], context=_context(row["draft_id"]))),
            submitted_at=from_text(row["submitted_at"]),
        )


_FROM = """
    FROM nominations AS n
    JOIN outbox AS o ON o.nomination_id = n.id
    WHERE (:route = '' OR n.route = :route)
      AND (:category = '' OR n.category = :category)
      AND (:region = '' OR n.region = :region)
      AND (:status = '' OR n.status = :status)
      AND (:mail = '' OR o.state = :mail)
      AND (:words = '' OR n.reference = UPPER(:words) OR n.name LIKE :like ESCAPE '!')
"""


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
        mail_state=LetterState(row["mail_state"]),
        submitted_at=from_text(row["submitted_at"]),
    )


def _dump(answers: Mapping[str, str]) -> str:
    return json.dumps(dict(answers), ensure_ascii=False)


def _context(draft_id: str) -> str:
    return f"nominations.answers:{draft_id}"
