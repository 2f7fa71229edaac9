"""Rows in and out of the database: what every table class stands on, and the SQLite behind it.

An acknowledged write survives a power cut, and transactions run one at a time, so what one reads stays true
until it commits. SQL is the dialect that SQLite and PostgreSQL read alike: `:name` parameters, ON CONFLICT,
RETURNING, `CAST(:x AS TEXT) IS NULL`, `CAST(SUM(x) AS BIGINT)` (PostgreSQL's own sum is a Decimal), times as text.
"""

import errno
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from sqlite_utils import Database
from sqlite_utils.utils import sqlite3  # type: ignore[attr-defined]  # pysqlite3, where it is installed

from h5app.domain.errors import H5appError, SettingsError, StoreBusyError, StoreFullError
from h5app.storage.kept import PerThread
from h5app.storage.line import BUSY, WriterLine

Params = Mapping[str, str | int | float | bytes | None]
Row = dict[str, Any]

NO_PARAMS: Params = MappingProxyType({})
FULL = "存放数据的磁盘满了，暂时存不了新内容。请打电话告诉工作人员，稍后再试。"

# Older ones can lose acknowledged commits when a checkpoint races a commit: https://sqlite.org/wal.html#walreset
_OLDEST_SQLITE = (3, 51, 3)
_SQLITE_IOERR_SHMSIZE = 4874  # no room for the -shm file; pysqlite3 does not name it


class Rows(Protocol):
    """A database, as table classes see it; safe to share between threads.

    Raises (every method):
        StoreBusyError: somebody else held the write lock for too long, or the database is away; try again.
        StoreFullError: no room on the disk.
    """

    def read(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        """The rows of one SELECT."""

    def write(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        """Run one INSERT, UPDATE or DELETE; its RETURNING rows. Outside a transaction it is one of its own."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, one at a time; a nested one joins the outer one.

        A statement or inner block that failed cannot be swallowed: leaving the outer block then rolls back
        and raises `SwallowedError` (PostgreSQL would forget everything in silence, SQLite keep half).
        """

    def close(self) -> None:
        """Close every thread's connection, when no thread is using one; the next use opens a new one."""


class SwallowedError(RuntimeError):
    """A transaction wanted to commit although something inside it had failed: a bug in the caller."""


def to_text(moment: datetime) -> str:
    """An instant as stored: UTC, fixed width, so the order of texts is the order of times.

    >>> to_text(datetime(2026, 3, 26, 10, tzinfo=UTC))
    '2026-03-26T10:00:00.000000Z'

    Raises:
        ValueError: `moment` has no time zone.
    """
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} has no time zone")
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """The instant that `to_text` wrote, in UTC.

    Raises:
        ValueError: not in that form.
    """
    moment = datetime.fromisoformat(text)
    if to_text(moment) != text:
        raise ValueError(f"{text!r} is not a stored time")
    return moment


class Nesting:
    """Whether a thread is inside a transaction, and whether that may still commit."""

    def __init__(self) -> None:
        self.open = False
        self._failed = False

    def fail(self) -> None:
        self._failed = True

    @contextmanager
    def outermost(self) -> Iterator[None]:
        self.open, self._failed = True, False
        try:
            yield
            if self._failed:
                raise SwallowedError("something inside this transaction failed and was swallowed")
        finally:
            self.open = False

    @contextmanager
    def joined(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.fail()
            raise


@dataclass(frozen=True)
class _Session:
    """One thread's connection."""

    db: Database
    nesting: Nesting


class SqliteRows:
    """Rows in one SQLite file.

    WAL with synchronous=FULL (an acknowledged commit is on the disk), deleted content is overwritten, foreign
    keys are enforced. Writing transactions stand in line, then BEGIN IMMEDIATE: a deferred one that
    reads first cannot become a writer once another has written, whatever the timeout.

    Args:
        path: the database file, made (mode 0600) when missing; its folder must exist.
        lock_wait_s: longest wait in the line, in seconds; and again for whoever writes without standing in it.

    Raises:
        SettingsError: SQLite is too old, or (on first use) the file cannot be opened.
    """

    def __init__(self, path: Path, *, lock_wait_s: float = 10.0) -> None:
        refuse_old_sqlite(sqlite3.sqlite_version_info)
        self._path = path
        self._lock_wait_s = lock_wait_s
        self._line = WriterLine(path)
        self._sessions = PerThread(self._open, close=_close, busy=lambda session: session.nesting.open)

    def database(self) -> Database:
        """This thread's sqlite-utils database, for what only SQLite has: migrations, backup, checks."""
        return self._session().db

    def read(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        must_read(sql)
        return self._run(self._session(), sql, params)

    def write(self, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        session = self._session()
        if session.nesting.open:
            return self._run(session, sql, params)
        # One statement takes and commits the write lock by itself: BEGIN and COMMIT around it would give the
        # interpreter's lock away twice more while everybody waits for this turn.
        with self._line.turn(time.monotonic() + self._lock_wait_s):
            return self._run(session, sql, params)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        session = self._session()
        if session.nesting.open:
            with session.nesting.joined():
                yield
            return
        with self._line.turn(time.monotonic() + self._lock_wait_s):
            self._run(session, "BEGIN IMMEDIATE")
            try:
                with session.nesting.outermost():
                    yield
                self._run(session, "COMMIT")
            except BaseException:
                session.db.rollback()
                raise

    def close(self) -> None:
        self._sessions.close()

    def _session(self) -> _Session:
        if self._sessions.inherited:
            # SQLite in this process believes it holds the parent's locks: another process may then delete
            # the log that we are writing. Seen: 5 of 7 committed rows gone.
            raise RuntimeError("this process was forked while other threads had the database open")
        return self._sessions.get()

    def _run(self, session: _Session, sql: str, params: Params = NO_PARAMS) -> list[Row]:
        try:
            cursor = session.db.execute(sql, dict(params))
            if cursor.description is None:
                return []
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        except sqlite3.Error as error:
            session.nesting.fail()
            raise _told(error) from error

    def _open(self) -> _Session:
        try:
            _create(self._path)
            # Any thread may close it (`close`); each is used by one.
            connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
            session = _Session(Database(connection, execute_plugins=False), Nesting())
            self._configure(session.db)
        except (OSError, sqlite3.Error) as error:
            told = _told(error)
            if isinstance(told, H5appError):
                raise told from error
            raise SettingsError(f"数据库文件 {self._path} 打不开，请检查它和所在目录的权限：{error}") from error
        return session

    def _configure(self, db: Database) -> None:
        db.execute(f"PRAGMA busy_timeout = {round(self._lock_wait_s * 1000)}")
        if _pragma(db, "journal_mode") != "wal":
            # Two processes that start at once: SQLite's timeout does not cover this change.
            with self._line.turn(time.monotonic() + self._lock_wait_s):
                if _pragma(db, "journal_mode = WAL") != "wal":
                    raise SettingsError(f"数据库文件 {self._path} 所在的磁盘不支持 WAL，请改放到本机磁盘上。")
        for setting in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            db.execute(f"PRAGMA {setting}")


def refuse_old_sqlite(version: tuple[int, ...]) -> None:
    """Stop the start under an SQLite that can lose acknowledged commits.

    Raises:
        SettingsError: `version` is below 3.51.3.
    """
    if version < _OLDEST_SQLITE:
        found = ".".join(map(str, version))
        raise SettingsError(
            f"SQLite {found} 太旧，断电时可能丢失已提交的数据。请安装 3.51.3 以上版本：pip install pysqlite3"
        )


def must_read(sql: str) -> None:
    """Keep writes out of `read`, where they would pass the line.

    Raises:
        ValueError: the statement does not begin like a query.
    """
    if sql.split(maxsplit=1)[0].upper() not in {"SELECT", "WITH", "EXPLAIN", "PRAGMA"}:
        raise ValueError(f"read() is for SELECT: {sql.strip()[:40]!r}")


def _create(path: Path) -> None:
    """An empty file that only we may read, its name on the disk; SQLite gives its log the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    except FileExistsError:
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _close(session: _Session) -> None:
    session.db.close()


def _pragma(db: Database, text: str) -> object:
    return db.execute(f"PRAGMA {text}").fetchone()[0]


def _told(error: Exception) -> Exception:
    """The driver's error in our words where a person can do something about it, else as it is."""
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_BUSY:
        return StoreBusyError(BUSY)
    full = code == _SQLITE_IOERR_SHMSIZE or code & 0xFF == sqlite3.SQLITE_FULL
    return StoreFullError(FULL) if full or getattr(error, "errno", None) == errno.ENOSPC else error
