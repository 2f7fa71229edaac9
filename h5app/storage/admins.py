"""Admins: who may sign in, his one-time links and his sessions. Secrets are stored as hashes only."""

from dataclasses import dataclass
from datetime import datetime

from h5app.storage.rows import Rows, from_text, to_text


@dataclass(frozen=True)
class Admin:
    """An account. `locked_until` is set after too many wrong passwords."""

    id: int
    name: str
    password_hash: str
    failures: int
    locked_until: datetime | None


@dataclass(frozen=True)
class Session:
    """A sign-in that is still open."""

    admin_id: int
    admin_name: str
    started_at: datetime
    seen_at: datetime


class Admins:
    """Tables `admins`, `admin_links` and `admin_sessions`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def any(self) -> bool:
        return bool(self._rows.read("SELECT id FROM admins LIMIT 1"))

    def add(self, *, name: str, password_hash: str, now: datetime) -> bool:
        """Add an account; False where the name is taken."""
        sql = """
            INSERT INTO admins (name, password_hash, created_at) VALUES (:name, :password_hash, :now)
            ON CONFLICT DO NOTHING RETURNING id
        """
        return bool(self._rows.write(sql, {"name": name, "password_hash": password_hash, "now": to_text(now)}))

    def by_name(self, name: str) -> Admin | None:
        rows = self._rows.read("SELECT * FROM admins WHERE name = :name", {"name": name})
        if not rows:
            return None
        row = rows[0]
        locked = from_text(row["locked_until"]) if row["locked_until"] else None
        return Admin(row["id"], row["name"], row["password_hash"], row["failures"], locked)

    def set_failures(self, admin_id: int, *, failures: int, locked_until: datetime | None) -> None:
        sql = "UPDATE admins SET failures = :failures, locked_until = :locked_until WHERE id = :id"
        locked = to_text(locked_until) if locked_until else None
        self._rows.write(sql, {"id": admin_id, "failures": failures, "locked_until": locked})

    def add_link(self, token_hash: str, *, expires_at: datetime) -> None:
        """Make a one-time link, ending the ones before it."""
        with self._rows.transaction():
            self._rows.write("DELETE FROM admin_links")
            sql = "INSERT INTO admin_links (token_hash, expires_at) VALUES (:token_hash, :expires_at)"
            self._rows.write(sql, {"token_hash": token_hash, "expires_at": to_text(expires_at)})

    def link_is_good(self, token_hash: str, *, now: datetime) -> bool:
        sql = "SELECT 1 AS good FROM admin_links WHERE token_hash = :h AND used_at IS NULL AND expires_at > :now"
        return bool(self._rows.read(sql, {"h": token_hash, "now": to_text(now)}))

    def use_link(self, token_hash: str, *, now: datetime) -> bool:
        """Spend a link; False where it is spent, over or unknown."""
        sql = """
            UPDATE admin_links SET used_at = :now
            WHERE token_hash = :h AND used_at IS NULL AND expires_at > :now
            RETURNING token_hash
        """
        return bool(self._rows.write(sql, {"h": token_hash, "now": to_text(now)}))

    def open_session(self, token_hash: str, *, admin_id: int, now: datetime) -> None:
        sql = """
            INSERT INTO admin_sessions (token_hash, admin_id, started_at, seen_at)
            VALUES (:token_hash, :admin_id, :now, :now)
        """
        self._rows.write(sql, {"token_hash": token_hash, "admin_id": admin_id, "now": to_text(now)})

    def session(self, token_hash: str) -> Session | None:
        sql = """
            SELECT s.admin_id, a.name, s.started_at, s.seen_at
            FROM admin_sessions AS s JOIN admins AS a ON a.id = s.admin_id
            WHERE s.token_hash = :token_hash
        """
        rows = self._rows.read(sql, {"token_hash": token_hash})
        if not rows:
            return None
        row = rows[0]
        return Session(row["admin_id"], row["name"], from_text(row["started_at"]), from_text(row["seen_at"]))

    def touch_session(self, token_hash: str, *, now: datetime) -> None:
        sql = "UPDATE admin_sessions SET seen_at = :now WHERE token_hash = :token_hash"
        self._rows.write(sql, {"token_hash": token_hash, "now": to_text(now)})

    def close_session(self, token_hash: str) -> None:
        self._rows.write("DELETE FROM admin_sessions WHERE token_hash = :token_hash", {"token_hash": token_hash})
