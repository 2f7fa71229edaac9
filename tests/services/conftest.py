"""A post office: everything needed to deliver, with a mailer that answers as told and a clock that stands still."""

from datetime import datetime

import pytest

from h5app.domain.campaign import Campaign
from h5app.services.delivering import Post
from h5app.services.drafting import begin
from h5app.services.nominating import nominate
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores
from tests.fakes import FakeClock, FakeMailer
from tests.people import typed, with_photo, with_social

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


@pytest.fixture
def correct(post):
    """Submit a correction of an entry; what it is then."""

    def make(entry, **changes):
        answers = typed(post.campaign, entry.route, **changes)
        now = post.clock()
        draft, _token = begin(post.stores, answers, route=entry.route, channel="", now=now, corrects=entry)
        with_photo(post.stores, post.files, draft, now=now)
        nominate(post.stores, draft, campaign=post.campaign, now=now)
        return post.stores.nominations.get(entry.id)

    return make
