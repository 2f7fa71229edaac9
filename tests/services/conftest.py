"""A post office: everything needed to deliver, with a mailer that answers as told and a clock that stands still."""

from datetime import datetime

import pytest

from h5app.domain.campaign import Campaign
from h5app.services.delivering import Post
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores
from tests.fakes import FakeClock, FakeMailer
from tests.people import with_social

MAILBOX, SENDER = "office@example.org", "sender@example.org"


@pytest.fixture
def post(stores: Stores, files: FileStore, campaign: Campaign, now: datetime) -> Post:
    return Post(
        stores=stores,
        files=files,
        campaign=with_social(campaign, mailbox=MAILBOX),
        mailer=FakeMailer(),
        sender=SENDER,
        needs_mailbox=True,
        clock=FakeClock(now),
        base_url="https://zgh.example.org",
    )
