import io
import zipfile
from datetime import datetime

import pytest

from h5app.domain.channel import Channel, ChannelState, KeptChannel
from h5app.domain.errors import PosterError
from h5app.domain.nomination import Route
from h5app.posters.book import load_poster_book
from h5app.posters.product import DESIGNS, PRODUCTS
from h5app.services.postering import PosterPress
from h5app.services.printing import Order, PosterFile, Print, costs, made, order, posters_zip
from h5app.settings import PROJECT

TOWN = KeptChannel(Channel("K7WM", "总海报"), from_book=True)
DEPOT = KeptChannel(Channel("434Q", "中通示例站", Route.SELF, "高新区（示范区）", "快递员"))
GONE = KeptChannel(Channel("H3NR", "旧站点"), ChannelState.REVOKED)
AT = datetime(2026, 11, 22, 15, 30)  # noqa: DTZ001 -- a clock on the wall


@pytest.fixture
def press(campaign):
    book = load_poster_book(PROJECT / "qr" / "posters.toml")
    return PosterPress(campaign, book, "https://zm.example.org", why_sample="")


class RefusingPress:
    """A press whose words do not fit on one channel's posters; it makes the rest of paper."""

    why_sample = ""

    def __init__(self, refused):
        self.refused = refused

    def make(self, channel, *, product, design, form, sample):
        if channel == self.refused.channel:
            raise PosterError("名称太长，海报上放不下。请改短一些")
        return f"{channel.code} {product} {design} {form} {sample}".encode()

    def url(self, channel):
        return f"https://zm.example.org/t/{channel.code}"


def two(press, *channels, **others):
    return order(press, channels, prints=[("a4", "pdf"), ("wechat", "jpg")], designs=["red"], **others)


def test_an_order_is_made_channel_by_channel_in_its_order(press):
    wanted = order(press, [DEPOT, TOWN], prints=[("sticker", "pdf"), ("sticker", "png")], designs=["plain", "red"])

    posters = list(made(press, wanted))

    assert wanted.count == 8
    assert [f"{each.folder}/{each.name}" for each in posters[:5]] == [
        "高新区（示范区）/中通示例站_不干胶贴_白底_434Q.pdf",
        "高新区（示范区）/中通示例站_不干胶贴_红色_434Q.pdf",
        "高新区（示范区）/中通示例站_不干胶贴_白底_434Q.png",
        "高新区（示范区）/中通示例站_不干胶贴_红色_434Q.png",
        "不分地区/总海报_不干胶贴_白底_K7WM.pdf",
    ]
    assert [each.data[:4] for each in posters[:3]] == [b"%PDF", b"%PDF", b"\x89PNG"]


@pytest.mark.parametrize("name", ["长" * 40, "CON", "a/b:c*?", "．．", "甲 ", "名\u202e称", "𰻞" * 40])
@pytest.mark.parametrize("region", ["", "城乡一体化示范区经济技术开发区", "NUL", "../x"])
def test_every_name_is_taken_by_every_system_and_unlike_every_other(name, region):
    posters = [
        PosterFile(Channel(code, name, region=region), Print(product, form), design, sample=sample)
        for code in ("K7WM", "434Q")
        for sample in (False, True)
        for product in PRODUCTS
        for form in product.forms
        for design in DESIGNS
    ]

    paths = [f"{each.folder}/{each.name}" for each in posters]

    assert len({path.casefold() for path in paths}) == len(posters)
    assert all(len(path.encode()) <= 80 and path.count("/") == 1 for path in paths)
    assert not any(set('\\:*?"<>|\u202e') & set(path) or path.startswith((".", "CON", "NUL")) for path in paths)


def test_what_cannot_be_made_is_told_and_ends_nothing():
    press = RefusingPress(DEPOT)
    wanted = two(press, TOWN, DEPOT, GONE, sample=True)

    pieces = b"".join(posters_zip(press, wanted, made(press, wanted), modified_at=AT))

    with zipfile.ZipFile(io.BytesIO(pieces)) as archive:
        assert archive.namelist() == [
            "不分地区/总海报_A4海报_红色_样张_K7WM.pdf",
            "不分地区/总海报_微信群图片_红色_样张_K7WM.jpg",
            "说明.txt",
        ]
        assert archive.read(archive.namelist()[0]) == b"K7WM a4 red pdf True"
        assert archive.read("说明.txt").decode("utf-8-sig").split("\r\n") == [
            "海报：2 个文件",
            "这些都是样张，只能看样子，请不要印出来张贴。",
            "PDF 用来印刷，四周各多 3 毫米出血，印刷店会裁掉；PNG 和 JPG 用来发微信群、放在屏幕上。",
            "",
            "有 4 个没有做成：",
            "中通示例站（434Q）的A4 海报，红色：名称太长，海报上放不下。请改短一些",
            "中通示例站（434Q）的微信群图片，红色：名称太长，海报上放不下。请改短一些",
            "旧站点（H3NR）的A4 海报，红色：这个渠道已停用，没有做。还要用就先在它的页面里恢复使用",
            "旧站点（H3NR）的微信群图片，红色：这个渠道已停用，没有做。还要用就先在它的页面里恢复使用",
            "",
            "编码\t名称\t推荐方式\t地区\t类别\t扫码打开的网址",
            "K7WM\t总海报\t不限\t不限\t不限\thttps://zm.example.org/t/K7WM",
            "434Q\t中通示例站\t个人自荐\t高新区（示范区）\t快递员\thttps://zm.example.org/t/434Q",
            "H3NR\t旧站点\t不限\t不限\t不限\thttps://zm.example.org/t/H3NR",
            "",
        ]


def test_files_are_made_while_they_leave():
    press = RefusingPress(GONE)
    wanted = two(press, TOWN, DEPOT)
    begun = []

    def watched():
        for poster in made(press, wanted):
            begun.append(poster.name)
            yield poster

    stream = posters_zip(press, wanted, watched(), modified_at=AT)
    next(stream)

    assert begun == ["总海报_A4海报_红色_K7WM.pdf"]


def test_an_order_is_refused_before_anything_is_made(press):
    samples = PosterPress(press.campaign, press.book, "http://127.0.0.1", why_sample="还没有对外网址")

    with pytest.raises(PosterError, match="还没有对外网址。现在只能做样张"):
        two(samples, TOWN)
    assert two(samples, TOWN, sample=True).count == 2
    with pytest.raises(PosterError, match="至少选一个渠道"):
        two(press)
    with pytest.raises(PosterError, match="没有“a5”"):
        order(press, [TOWN], prints=[("a5", "pdf")], designs=["red"])
    with pytest.raises(PosterError, match="没有 pdf 文件"):
        order(press, [TOWN], prints=[("wechat", "pdf")], designs=["red"])
    with pytest.raises(PosterError, match="没有“blue”"):
        order(press, [TOWN], prints=[("a4", "pdf")], designs=["blue"])


def test_what_an_order_costs_is_foreseen_for_every_product(press):
    every = [(product.name, form) for product in PRODUCTS for form in product.forms]
    wanted = order(press, [TOWN], prints=every, designs=["red"])

    assert isinstance(wanted, Order)
    for made_as in wanted.prints:
        one = Order((TOWN,), (made_as,), wanted.designs, sample=False)
        (poster,) = made(press, one)
        assert costs(one).size_mb / 3 < len(poster.data) / 1_000_000 < costs(one).size_mb * 3, made_as
    assert costs(two(press, TOWN, DEPOT)).size_mb == 2 * costs(two(press, TOWN)).size_mb
