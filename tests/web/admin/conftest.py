"""A signed-in admin and an entry to look at."""

import pytest

from tests.web.browsing import Browser


@pytest.fixture
def admin(service):
    """A signed-in admin's browser, on a page of the console."""
    browser = Browser(service.admin_client())
    browser.open("/admin/posters")
    return browser


@pytest.fixture
def entry(service):
    return service.entry()
