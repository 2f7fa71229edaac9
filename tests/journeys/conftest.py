"""A browser, a running service with a real SMTP server, and pictures to upload."""

from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.pages import People
from tests.journeys.service import Service
from tests.mail.smtp_server import SmtpServer


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield browser
        browser.close()


@pytest.fixture
def service(tmp_path: Path, smtp_server: SmtpServer) -> Iterator[Service]:
    with Service(tmp_path, smtp_server.url) as running:
        yield running


@pytest.fixture(scope="session")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Slot → a real photo: a portrait JPEG, a sideways work photo as HEIC, an honour as PNG."""
    pillow_heif.register_heif_opener()
    folder = tmp_path_factory.mktemp("pictures")
    kinds = {"portrait": ("jpg", (750, 1050)), "work": ("heic", (2400, 1600)), "honour": ("png", (900, 640))}
    paths = {}
    for slot, (ending, size) in kinds.items():
        paths[slot] = folder / f"{slot}.{ending}"
        # Coarse grain: fine grain takes HEIC seconds.
        grain = Image.effect_noise((size[0] // 4, size[1] // 4), 40).convert("RGB")
        grain.resize(size).save(paths[slot])
    return paths


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """Everybody that pages are looked at with, at one service for a whole run."""
    with Service(tmp_path_factory.mktemp("people"), smtp_url="") as running:
        yield People(running)
