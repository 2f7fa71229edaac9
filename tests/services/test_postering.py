from dataclasses import replace

import pytest

from h5app.domain.errors import PosterError
from h5app.posters.book import load_poster_book
from h5app.services.postering import PosterPress, check_places, why_sample
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


@pytest.mark.parametrize(
    ("place", "sentence"),
    [
        ({"region": "解放"}, "posters.toml 的 channels[2].region“解放”不在活动文件里，请从这些里选：解放区、"),
        ({"category": "骑手"}, "posters.toml 的 channels[2].category“骑手”不在活动文件里，请从这些里选：货车司机、"),
    ],
)
def test_a_channel_of_the_book_names_only_places_of_the_campaign(campaign, book, place, sentence):
    first, second, *_ = book.channels
    check_places(replace(book, channels=(replace(first, region="解放区", category="快递员"), second)), campaign)

    with pytest.raises(PosterError) as refused:
        check_places(replace(book, channels=(first, replace(second, **place))), campaign)

    assert str(refused.value).startswith(sentence)


def test_a_channels_address_is_base_and_code(campaign, book):
    press = PosterPress(campaign, book, "https://zgh.example.org", why_sample="")

    assert [press.url(channel) for channel in book.channels] == [
        f"https://zgh.example.org/t/{channel.code}" for channel in book.channels
    ]


def test_an_address_within_32_characters_needs_no_advice(campaign, book):
    short, long = (
        PosterPress(campaign, book, base, why_sample="")
        for base in ("https://jzgh2.example.org", "https://jzgh22.example.org")
    )

    assert short.advice == ""
    assert long.advice.startswith("海报上的网址有 33 个字符，二维码会密一些。")


def test_a_preview_is_a_sample_where_posters_may_only_be_samples(campaign, book):
    channel, base = book.channels[0], "https://zgh.example.org"
    sample, real = (PosterPress(campaign, book, base, why_sample=why) for why in ("还没有备案号", ""))

    assert sample.preview(channel, product="a4", design="red") != real.preview(channel, product="a4", design="red")


def test_a_poster_is_made_from_the_campaigns_facts(campaign, registered, book, now):
    dated = with_social(registered, closes_at=now)
    channel = book.channels[1]
    undated, closing, sample = (
        PosterPress(each, book, "https://zgh.example.org", why_sample=why).make(
            channel, product="a4", design="red", form="pdf", sample=bool(why)
        )
        for each, why in ((registered, ""), (dated, ""), (campaign, "sample"))
    )

    assert undated.startswith(b"%PDF-")
    assert len({undated, closing, sample}) == 3


def test_what_may_only_be_a_sample_is_refused_unless_asked_for_as_one(campaign, book):
    press = PosterPress(campaign, book, "https://zgh.example.org", why_sample="还没有备案号")

    with pytest.raises(PosterError) as refused:
        press.make(book.channels[0], product="a4", design="red", form="pdf")

    assert str(refused.value) == "还没有备案号"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"product": "a5"}, "没有“a5”这种海报，可以选：a4、a3、rollup、sticker、tearoff、wechat"),
        ({"design": "blue"}, "没有“blue”这种样子，可以选：red、plain、dark"),
        ({"form": "svg"}, "A4 海报没有 svg 文件，可以选：pdf、png"),
        ({"product": "wechat"}, "微信群图片没有 pdf 文件，可以选：png、jpg"),
    ],
)
def test_an_unknown_product_design_or_form_is_refused_with_those_there_are(campaign, book, wrong, sentence):
    press = PosterPress(campaign, book, "https://zgh.example.org", why_sample="")

    with pytest.raises(PosterError) as refused:
        press.make(book.channels[0], **{"product": "a4", "design": "red", "form": "pdf", **wrong})

    assert str(refused.value) == sentence
