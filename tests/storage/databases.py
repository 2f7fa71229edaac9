"""Fixtures: a fresh database per test, SQLite and PostgreSQL alike.

Load with `pytest_plugins = ["tests.storage.databases"]` in tests/conftest.py. `rows` has the schema, `bare_rows` is
empty, `sqlite_rows` has the schema on SQLite only, `database` opens further ones on the same data.
"""

import multiprocessing
import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from h5app.storage.migrations import migrate
from h5app.storage.postgres import PostgresRows
from h5app.storage.rows import Rows, SqliteRows

_FORK = multiprocessing.get_context("fork")
_POSTGRES = pytest.param("postgres", marks=pytest.mark.postgres)
# As quick as a server gets; `synchronous_commit = off` also shows that our sessions switch it on.
_SERVER = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
    " -c max_connections=40 -c shared_buffers=16MB -c unix_socket_directories="
)


@dataclass(frozen=True)
class TestDatabase:
    """One empty database; `open` as often as needed, each is another client."""

    __test__ = False

    kind: str
    address: str

    def open(self, *, lock_wait_s: float = 10.0) -> SqliteRows | PostgresRows:
        if self.kind == "sqlite":
            return SqliteRows(Path(self.address), lock_wait_s=lock_wait_s)
        return PostgresRows(self.address, lock_wait_s=lock_wait_s)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a server of our own on a unix socket, stopped and removed at the end."""
    programs = _postgres_programs()
    folder = Path(tempfile.mkdtemp(prefix="h5app-postgres-"))
    data = folder / "data"
    as_server = _as_server(folder)
    try:
        _run(*as_server, programs / "initdb", "-D", data, "-U", "h5app", "-A", "trust", "-E", "UTF8", "--no-sync",
             "--locale=C.UTF-8")  # fmt: skip
        _run(
            *as_server, programs / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", f"{_SERVER}{folder}"
        )
        yield f"postgresql://h5app@/postgres?host={folder}"
    finally:
        if (data / "postmaster.pid").exists():
            _run(*as_server, programs / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty schema of its own: made in a millisecond, a database would take fifty."""
    schema = f"test_{secrets.token_hex(8)}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    yield f"{postgres_server}&options=-csearch_path%3D{schema}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture(params=["sqlite", _POSTGRES])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> TestDatabase:
    if request.param == "sqlite":
        return TestDatabase("sqlite", str(tmp_path / "h5app.db"))
    return TestDatabase("postgres", request.getfixturevalue("postgres_url"))


@pytest.fixture
def bare_rows(database: TestDatabase) -> Iterator[Rows]:
    rows = database.open()
    yield rows
    rows.close()


@pytest.fixture
def rows(bare_rows: Rows) -> Rows:
    migrate(bare_rows)
    return bare_rows


@pytest.fixture
def sqlite_rows(tmp_path: Path) -> Iterator[SqliteRows]:
    rows = SqliteRows(tmp_path / "h5app.db")
    migrate(rows)
    yield rows
    rows.close()


def in_processes(*jobs: Callable[[], None]) -> list[int | None]:
    """Run each job in a forked process of its own, all at once; their exit codes (−9: killed)."""
    processes = [_FORK.Process(target=job) for job in jobs]
    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)
    return [process.exitcode for process in processes]


def _postgres_programs() -> Path:
    """Folder of initdb and pg_ctl, the newest; without one the tests are skipped, and fail on CI."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = folders[-1] if folders else shutil.which("initdb")
    if found is None:
        sentence = "PostgreSQL's programs are missing: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    return Path(found).parent


def _as_server(folder: Path) -> tuple[str, ...]:
    """PostgreSQL refuses to run as root: hand the folder to its own user."""
    if os.geteuid() != 0:
        return ()
    shutil.chown(folder, "postgres", "postgres")
    return ("runuser", "-u", "postgres", "--")


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr
