"""What every test may ask for: the shipped campaign, a database with its tables, files on the disk."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from h5app.domain.campaign import Campaign, parse_campaign
from h5app.settings import PROJECT
from h5app.storage.files import DiskFiles, FileStore, SealedFiles
from h5app.storage.rows import Rows, SqliteRows
from h5app.storage.stores import Stores, open_stores
from h5app.storage.vault import Vault
from tests.people import with_social

pytest_plugins = ["tests.paper", "tests.programs", "tests.serving", "tests.mail.smtp_server", "tests.storage.databases"]


@pytest.fixture(scope="session")
def campaign_text() -> str:
    """The shipped campaign file."""
    return (PROJECT / "campaign.toml").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def campaign(campaign_text: str) -> Campaign:
    return parse_campaign(campaign_text, source="campaign.toml")


@pytest.fixture(scope="session")
def declared(campaign: Campaign) -> Campaign:
    """The campaign, but a nominator's word that the nominee agrees is enough."""
    return with_social(campaign, nominee_confirms="declared")


@pytest.fixture
def now() -> datetime:
    """An afternoon in Jiaozuo."""
    return datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@pytest.fixture
def vault() -> Vault:
    return Vault(bytes(range(32)))


@pytest.fixture
def stores(sqlite_rows: SqliteRows, vault: Vault) -> Stores:
    """All tables on SQLite, empty."""
    return open_stores(sqlite_rows, vault)


@pytest.fixture
def any_stores(rows: Rows, vault: Vault) -> Stores:
    """All tables, empty; the test runs on SQLite and on PostgreSQL."""
    return open_stores(rows, vault)


@pytest.fixture
def files(tmp_path: Path, vault: Vault) -> FileStore:
    return SealedFiles(DiskFiles(tmp_path / "files", reserve_bytes=0), vault)
