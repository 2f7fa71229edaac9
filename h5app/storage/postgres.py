"""Rows in PostgreSQL: the same promises as the SQLite ones. A module of its own, for psycopg takes 20 MB a process."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row

from h5app.domain.errors import SettingsError, StoreBusyError, StoreFullError
from h5app.storage.kept import PerThread
from h5app.storage.line import BUSY
from h5app.storage.rows import FULL, NO_PARAMS, Nesting, Params, Row, must_read

# Any number, as long as every process takes the same one: writers stand in line behind it.
_WRITERS = 7_105_420
_BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({_WRITERS})"

# A dead network is noticed within a minute; what the address itself says comes first.
_PATIENCE = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}

# Quoted text, quoted names, comments and casts are no parameters, whatever colons they hold.
_PARAMETER = re.compile(
    r"""
      '(?:[^']|'')*' | "[^"]*" | \$(?P<tag>\w*)\$ .*? \$(?P=tag)\$
    | --[^\n]* | /\*.*?\*/
    | :: | :(?P<name>[A-Za-z_]\w*) | %
    """,
    re.VERBOSE | re.DOTALL,
)

# Somebody else is at work, or the server is going, coming or full of guests: trying again is right.
_BUSY_STATES = re.compile("55P03|57014|57P0[1-5]|53300|40001|40P01|08...|25006")


@dataclass
class _Session:
    """One thread's connection."""

    connection: psycopg.Connection[Row]
    nesting: Nesting


class PostgresRows:
    """Rows in a PostgreSQL database.

    Writing transactions take one advisory lock first, so they run one at a time as on SQLite: read-then-write is
    safe without retries. A lost connection is replaced before the next statement.

    Args:
        url: `postgresql://user:password@host/database`.
        lock_wait_s: longest wait for a lock, in seconds.

    Raises:
        SettingsError: `url` is malformed, or (on first use) the database does not store UTF-8.
    """

    def __init__(self, url: str, *, lock_wait_s: float = 10.0) -> None:
        try:
            self._conninfo: dict[str, Any] = _PATIENCE | conninfo_to_dict(url)
        except psycopg.ProgrammingError:
            # The address holds a password: neither it nor libpq's words about it may reach a log.
            raise SettingsError("数据库地址写错了，应当像 postgresql://用户:密码@主机/库名。") from None
        self._lock_wait_s = lock_wait_s
        self._sessions = PerThread(self._open, close=_close, busy=lambda session: session.nesting.open)

    def read(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        must_read(sql)
        session = self._sessions.get()
        if session.nesting.open:
            return _run(session, sql, params)
        try:
            return _run(session, sql, params)
        except StoreBusyError:
            if not session.connection.closed:
                raise
            return _run(self._reopened(), sql, params)

    def write(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        with self.transaction():
            return _run(self._sessions.get(), sql, params)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        session = self._sessions.get()
        if session.nesting.open:
            with session.nesting.joined():
                yield
            return
        session = self._begun(session)
        try:
            with session.nesting.outermost():
                yield
            _run(session, "COMMIT")
        except BaseException:
            _roll_back(session.connection)
            raise

    def close(self) -> None:
        self._sessions.close()

    def _begun(self, session: _Session) -> _Session:
        """A session inside a new transaction, its connection replaced when it was lost meanwhile."""
        try:
            _run(session, _BEGIN, None)
        except StoreBusyError:
            if not session.connection.closed:
                _roll_back(session.connection)
                raise
            session = self._reopened()
            _run(session, _BEGIN, None)
        return session

    def _reopened(self) -> _Session:
        self._sessions.drop()
        return self._sessions.get()

    def _open(self) -> _Session:
        try:
            connection = psycopg.connect(
                **self._conninfo,
                autocommit=True,
                client_encoding="utf8",
                # A kept plan would fail after a migration under it, and behind a pool of connections.
                prepare_threshold=None,
                row_factory=dict_row,
            )
        except psycopg.OperationalError as error:
            raise StoreBusyError("暂时连不上数据库，请过几分钟再试一次。") from error
        session = _Session(connection, Nesting())
        if connection.info.parameter_status("server_encoding") != "UTF8":
            connection.close()
            raise SettingsError("PostgreSQL 数据库的编码必须是 UTF8，请用 createdb -E UTF8 重建。")
        _run(session, f"SET lock_timeout = {max(1, round(self._lock_wait_s * 1000))}")
        # An acknowledged commit is on the disk, whatever the server's default.
        _run(
            session,
            "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'",
        )
        return session


@lru_cache(maxsize=1024)
def to_psycopg(sql: str) -> str:
    """`:name` as psycopg writes it; every other percent sign doubled.

    >>> to_psycopg("SELECT ':a' AS x, b::text FROM t WHERE c = :c AND d LIKE '%1'")
    "SELECT ':a' AS x, b::text FROM t WHERE c = %(c)s AND d LIKE '%%1'"
    """

    def translated(match: re.Match[str]) -> str:
        name = match["name"]
        return f"%({name})s" if name else match[0].replace("%", "%%")

    return _PARAMETER.sub(translated, sql)


def _run(session: _Session, sql: str, params: Params | None = NO_PARAMS) -> list[Row]:
    """Run one statement; `params=None` sends the text as it is, several statements in it included."""
    try:
        if params is None:
            session.connection.execute(sql.encode())
            return []
        cursor = session.connection.execute(to_psycopg(sql).encode(), _sendable(params))
        return cursor.fetchall() if cursor.description else []
    except psycopg.Error as error:
        session.nesting.fail()
        raise _told(error) from error


def _sendable(params: Params) -> dict[str, str | int | float | bytes | None]:
    """The parameters without U+0000, which PostgreSQL refuses: what is stored never has it, addresses may (`/%00`)."""
    return {name: value.replace("\0", "\ufffd") if isinstance(value, str) else value for name, value in params.items()}


def _roll_back(connection: psycopg.Connection[Row]) -> None:
    if not connection.closed:
        try:
            connection.rollback()
        except psycopg.OperationalError:
            # The connection is gone and the transaction with it; what went wrong before is being raised.
            connection.close()


def _close(session: _Session) -> None:
    session.connection.close()


def _told(error: psycopg.Error) -> Exception:
    """The driver's error in our words where a person can do something about it, else as it is."""
    if isinstance(error, psycopg.errors.DiskFull):
        return StoreFullError(FULL)
    lost = isinstance(error, psycopg.OperationalError) and error.sqlstate is None
    if lost or _BUSY_STATES.fullmatch(error.sqlstate or ""):
        return StoreBusyError(BUSY)
    return error
