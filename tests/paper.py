"""Plugin: LibreOffice and poppler, for tests that open what we call Word and PDF."""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Office:
    """LibreOffice with a profile of its own, so that tests in parallel do not wait for one another."""

    folder: Path

    def pdfs(self, documents: dict[str, bytes]) -> dict[str, bytes]:
        """Convert Word files by name, all in one run of the program."""
        return self._converted(documents, "pdf", self.folder)

    def saved_again(self, documents: dict[str, bytes]) -> dict[str, bytes]:
        """Word files by name as LibreOffice saves them."""
        return self._converted(documents, "docx:MS Word 2007 XML", self.folder / "again")

    def _converted(self, documents: dict[str, bytes], kind: str, target: Path) -> dict[str, bytes]:
        for name, data in documents.items():
            (self.folder / f"{name}.docx").write_bytes(data)
        sources = [str(self.folder / f"{name}.docx") for name in documents]
        profile = f"-env:UserInstallation=file://{self.folder}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(target), *sources]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        extension = kind.split(":", maxsplit=1)[0]
        return {name: (target / f"{name}.{extension}").read_bytes() for name in documents}


@pytest.fixture(scope="session")
def office(tmp_path_factory) -> Office:
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture
def poppler_text(tmp_path) -> Callable[[bytes], str]:
    """Read a PDF's text as poppler sees it, without white space: where lines break is the font's business."""

    def read(pdf: bytes) -> str:
        path = tmp_path / "read.pdf"
        path.write_bytes(pdf)
        found = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True)
        return "".join(found.stdout.decode().replace("\u200b", "").split())

    return read
