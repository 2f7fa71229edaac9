from dataclasses import replace

import pytest

from h5app.domain.channel import NewChannel
from h5app.domain.channel_list import Listed, Mistake
from h5app.domain.nomination import Route
from h5app.posters.book import load_poster_book
from h5app.services.channelling import Channels
from h5app.services.listing_channels import as_text, listed_missing, pattern, read_list
from h5app.settings import PROJECT


@pytest.fixture
def book():
    return load_poster_book(PROJECT / "qr" / "posters.toml")


@pytest.fixture
def channels(stores, book, campaign):
    return Channels(stores, book, campaign)


def test_a_list_is_read_beside_the_channels_there_are_and_nothing_is_kept(channels, campaign):
    found = read_list("名称,地区\n总海报,\n甲站,温县\n".encode(), channels, campaign)

    assert found.new == (Listed(3, NewChannel("甲站", region="温县")),)
    assert found.known == ((Listed(2, NewChannel("总海报")), "K7WM"),)
    assert len(channels.all()) == 4


def test_what_could_not_be_kept_is_a_mistake_of_its_row_in_the_order_of_the_rows(stores, book, campaign):
    texts = {name: words for name, words in book.texts.items() if name != "unit"}
    channels = Channels(stores, replace(book, texts=texts), campaign)

    found = read_list("名称,推荐方式,地区\n甲,自荐,\n乙,单位,\n丙,,火星\n".encode(), channels, campaign)

    assert [listed.row for listed in found.new] == [2]
    assert [mistake.row for mistake in found.mistakes] == [3, 4]
    assert found.mistakes[0] == Mistake(3, "qr/posters.toml 里还没有“单位推荐”海报的字，请先补上，或换一种推荐方式")


def test_what_a_page_carries_reads_as_the_very_same_list(channels, campaign):
    wanted = (NewChannel('甲,"乙"', Route.PEER, "温县", "快递员", "434Q"), NewChannel("=1+1"), NewChannel("丙；丁"))

    assert read_list(as_text(wanted).encode(), channels, campaign).channels == wanted


def test_what_is_missing_is_a_list_that_can_be_kept_and_then_nothing_is(channels, campaign, now):
    missing = listed_missing(channels, campaign, by="region-category")

    channels.add(missing.channels, who="赵敏", now=now)

    assert len(missing.new) == len(campaign.regions) * len(campaign.categories)
    assert listed_missing(channels, campaign, by="region-category").new == ()


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_pattern_reads_as_a_list_of_nothing(channels, campaign, kind):
    found = read_list(pattern(campaign, kind), channels, campaign)

    assert (found.new, found.known, found.mistakes, found.unread) == ((), (), (), ())
