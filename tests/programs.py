"""Plugin: tests that need a real program are skipped where it is missing, and fail where CI=true."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

# Marker → what must be there (a program, or a file by its path) and the Debian package that brings it.
PROGRAMS: Mapping[str, Mapping[str, str]] = {
    "browser": {"chromium": "chromium"},
    "mailtools": {
        "7zz": "7zip",
        "ripmime": "ripmime",
        "munpack": "mpack",
        "/usr/share/perl5/MIME/Parser.pm": "libmime-tools-perl",
    },
    "mta": {"postfix": "postfix"},
    "office": {"soffice": "libreoffice-writer-nogui"},
    "poppler": {"pdftoppm": "poppler-utils"},
    "zbar": {"zbarimg": "zbar-tools"},
}
# Programs that only root can run.
_FOR_ROOT = {"mta"}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for each marked program before the test's fixtures start anything."""
    for marker, packages in PROGRAMS.items():
        if item.get_closest_marker(marker):
            for program, package in packages.items():
                if shutil.which(program) is None and not Path(program).is_file():
                    _do_without(f"{program} is missing: apt-get install {package}")
            if marker in _FOR_ROOT and os.geteuid() != 0:
                _do_without(f"{', '.join(packages)} can only be run by root")


def _do_without(sentence: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)
