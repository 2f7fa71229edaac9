from dataclasses import replace

import pytest

from h5app.posters.book import load_poster_book
from h5app.services.postering import PosterPress, why_sample
from h5app.settings import PROJECT
from tests.people import with_social

RECORD = "豫ICP备00000000号"


@pytest.fixture(scope="module")
def book():
    return load_poster_book(PROJECT / "qr" / "posters.toml")


@pytest.fixture
def registered(campaign):
    return replace(campaign, organiser=replace(campaign.organiser, icp_record=RECORD))


def test_posters_are_samples_until_phones_can_reach_them_and_the_record_is_there(campaign, registered):
    assert why_sample(campaign, is_public=False).startswith("还没有设置对外网址")
    assert why_sample(registered, is_public=False).startswith("还没有设置对外网址")
    assert why_sample(campaign, is_public=True) == "活动文件里还没有填网站备案号（organiser.icp_record）"
    assert why_sample(registered, is_public=True) == ""


def test_a_channels_address_is_base_and_code(campaign, book):
    press = PosterPress(campaign, book, "https://zgh.example.org", why_sample="")

    assert [press.url(channel) for channel in book.channels] == [
        f"https://zgh.example.org/t/{channel.code}" for channel in book.channels
    ]


def test_a_poster_is_made_from_the_campaigns_facts(campaign, registered, book, now):
    dated = with_social(registered, closes_at=now)
    channel = book.channels[1]
    undated, closing, sample = (
        PosterPress(each, book, "https://zgh.example.org", why_sample=why).pdf(channel)
        for each, why in ((registered, ""), (dated, ""), (campaign, "sample"))
    )

    assert undated.startswith(b"%PDF-")
    assert len({undated, closing, sample}) == 3
