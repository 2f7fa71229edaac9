"""The receipt as its owner keeps it. That it is reached, and by whom: test_nominate.py, test_routes.py."""

import io
from datetime import UTC, datetime

import pytest
from PIL import Image

from h5app.domain.nomination import Status
from h5app.services.drafting import save
from h5app.services.nominating import nominate
from tests.people import NAME, typed, with_photo
from tests.web.browsing import Browser

RECEIPT = "/apply/self/receipt"


@pytest.fixture
def sent(make_service):
    """A service, and a browser that has just submitted its 个人自荐."""

    def send(**changes):
        service = make_service(replace_in_campaign=changes)
        client, now = service.draft_client(), datetime.now(UTC)
        draft = service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])
        draft = save(service.stores, draft, typed(service.parts.campaign), now=now)
        with_photo(service.stores, service.parts.files, draft, now=now)
        nominate(service.stores, draft, campaign=service.parts.campaign, now=now)
        return service, Browser(client), service.stores.nominations.by_draft(draft.id)

    return send


def test_it_says_the_number_in_two_halves_what_happens_next_and_when_the_path_closes(sent):
    service, browser, entry = sent(
        **{"# closes_at = 2026-03-26T18:00:00+08:00": "closes_at = 2099-03-26T18:00:00+08:00"}
    )

    said = browser.open(RECEIPT).text.split("\n")

    at = said.index("受理编号")
    assert said[at + 1 : at + 3] == [entry.reference[:4], entry.reference[4:]]
    assert NAME in said
    begins = said.index("接下来") + 1
    assert said[begins : begins + 4] == [*service.parts.campaign.after, "推荐到 2099年3月26日 18:00 截止，之后评审"]


def test_its_picture_is_its_owners(sent):
    service, browser, _entry = sent()

    picture = browser.client.get(f"{RECEIPT}.png")

    assert picture.mimetype == "image/png"
    assert Image.open(io.BytesIO(picture.data)).width == 750
    assert (picture.headers["Cache-Control"], service.client().get(f"{RECEIPT}.png").status_code) == ("no-store", 404)


def test_a_bookmark_of_it_shows_later_what_has_become_of_the_entry(sent):
    service, browser, entry = sent()
    now = datetime.now(UTC)

    assert "工会已收到，正在初审" in browser.open(RECEIPT).text
    service.stores.nominations.move(entry.id, was=Status.SUBMITTED, to=Status.ACCEPTED, reason="", now=now)

    page = browser.open(RECEIPT)
    assert ("初审已通过" in page.text, page.status) == (True, 200)


def test_an_entry_whose_path_the_file_no_longer_names_is_still_shown(sent):
    service, browser, entry = sent()
    service.stores.rows.write("UPDATE nominations SET path = 'renamed'")

    assert entry.reference[:4] in browser.open(RECEIPT).text.split("\n")
    assert browser.client.get(f"{RECEIPT}.png").status_code == 200
