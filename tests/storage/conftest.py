import pytest

from h5app.domain.nomination import Route
from tests.people import checked_self


@pytest.fixture
def outbox(any_stores):
    return any_stores.outbox


@pytest.fixture
def digests(any_stores):
    return any_stores.digests


@pytest.fixture
def queue(any_stores, campaign):
    """Queue the letter of a new entry; the entry's id."""

    def queue(now, number=1, *, path="social"):
        entry_id = any_stores.nominations.add(
            draft_id=f"draft{number}",
            reference=f"{number:0>8}",
            path=path,
            route=Route.SELF,
            channel="",
            answers=checked_self(campaign),
            now=now,
        )
        any_stores.outbox.add(entry_id, now=now)
        return entry_id

    return queue
