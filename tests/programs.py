"""Plugin: tests that need a real program are skipped where it is missing, and fail where CI=true."""

import os
import shutil

import pytest

# Marker → (program, Debian package).
PROGRAMS = {
    "browser": ("chromium", "chromium"),
    "office": ("soffice", "libreoffice-writer-nogui"),
    "poppler": ("pdftoppm", "poppler-utils"),
}


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Ask for each marked program before the test's fixtures start anything."""
    for marker, (program, package) in PROGRAMS.items():
        if item.get_closest_marker(marker) and shutil.which(program) is None:
            sentence = f"{program} is missing: apt-get install {package}"
            if os.environ.get("CI") == "true":
                pytest.fail(sentence)
            pytest.skip(sentence)
