"""Fixtures: a service of its own for each test: real SQLite, real files, the shipped templates."""

import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache

from h5app.app import create_app
from h5app.domain.nomination import Nomination, Route
from h5app.services.drafting import begin, token_hash
from h5app.settings import PROJECT, Settings
from h5app.storage.migrations import migrate
from h5app.storage.stores import Stores
from h5app.wiring import Parts, wire
from tests.people import submitted
from tests.web.browsing import Browser

ADMIN_TOKEN = "an-open-session"
# A telephone in WeChat that opens a page; whoever does not look like one is no scan.
PHONE_HEADERS = {
    "HTTP_ACCEPT": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "HTTP_USER_AGENT": (
        "Mozilla/5.0 (Linux; Android 10; V1936A Build/QP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
        "Chrome/78.0.3904.62 XWEB/2693 MMWEBSDK/201201 Mobile Safari/537.36 MicroMessenger/8.0.37.2380(0x2800255B) "
        "WeChat/arm64 Weixin NetType/3G Language/zh_CN ABI/arm64"
    ),
}


def listens(address: Path) -> bool:
    """Whether somebody takes connections at a Unix socket; its file is there a moment earlier."""
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(address)) == 0


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all the services of a run: compiling takes longer than a test."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = CompiledTemplates()


@dataclass(frozen=True)
class Service:
    """A running application and what stands behind it."""

    app: Flask
    parts: Parts

    @property
    def stores(self) -> Stores:
        return self.parts.stores

    def client(self, **environ: str) -> FlaskClient:
        """A browser's cookies, empty."""
        client = self.app.test_client()
        client.environ_base.update(PHONE_HEADERS | environ)
        return client

    def browser(self) -> Browser:
        return Browser(self.client())

    def entry(self, **changes: object) -> Nomination:
        """A submitted entry with a portrait."""
        now = datetime.now(UTC)
        return submitted(self.stores, self.parts.files, self.parts.campaign, now=now, **changes)

    def admin_client(self, name: str = "赵敏") -> FlaskClient:
        """A browser that is signed in, without the cost of a password."""
        now = datetime.now(UTC)
        self.stores.admins.add(name=name, password_hash="none", now=now)
        admin = self.stores.admins.by_name(name)
        token = f"{ADMIN_TOKEN}-{admin.id}"
        self.stores.admins.open_session(token_hash(token), admin_id=admin.id, now=now)
        client = self.client()
        client.set_cookie(self.cookie("h5app_admin"), token)
        return client

    def draft_client(self, route: Route = Route.SELF) -> FlaskClient:
        """A browser with an empty draft of that route."""
        _draft, token = begin(self.stores, route=route, channel="", now=datetime.now(UTC))
        client = self.client()
        client.set_cookie(self.cookie(f"h5app_{route.value}"), token)
        return client

    def cookie(self, name: str) -> str:
        return f"__Host-{name}" if self.parts.settings.is_https else name


@pytest.fixture
def make_service(tmp_path: Path) -> Iterator[Callable[..., Service]]:
    """Start a service; `replace_in_campaign` maps text of the campaign file to other text, the rest is environment."""
    made: list[Service] = []

    def make(*, replace_in_campaign: dict[str, str] | None = None, **env: str) -> Service:
        home = tmp_path / f"service{len(made)}"
        home.mkdir()
        if replace_in_campaign:
            env["H5APP_CAMPAIGN"] = str(home / "campaign.toml")
            _write_campaign(home / "campaign.toml", replace_in_campaign)
        paths = {"H5APP_DATA_DIR": str(home / "data"), "H5APP_KEYS_DIR": str(home / "keys")}
        settings = Settings.from_env(paths | env)
        parts = wire(settings)
        migrate(parts.stores.rows)
        app = create_app(settings, parts=parts)
        app.jinja_env.bytecode_cache = COMPILED
        made.append(Service(app, parts))
        return made[-1]

    yield make
    for service in made:
        with closing(service.stores.rows), closing(service.parts.counts):
            pass


@pytest.fixture
def service(make_service: Callable[..., Service]) -> Service:
    return make_service()


@pytest.fixture
def browser(service: Service) -> Browser:
    return service.browser()


def _write_campaign(path: Path, changes: dict[str, str]) -> None:
    text = (PROJECT / "campaign.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
