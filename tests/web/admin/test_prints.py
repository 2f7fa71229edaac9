"""Posters in the console: the list, the choice, the files."""

import io
import zipfile
from datetime import UTC, datetime
from urllib.parse import unquote, urlencode

import pytest
from PIL import Image

from h5app.domain.channel import ChannelState, NewChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Route
from tests.posters.scanning import zxing

NOW = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)
MAKE, FILE = "/admin/posters/make", "/admin/posters/file"


@pytest.fixture
def depots(service):
    """Channels of two regions beside those of the book."""
    wanted = [
        NewChannel("中通示例站", Route.SELF, "解放区", "快递员"),
        NewChannel("第一车队", None, "温县", "货车司机"),
        NewChannel("旧站点", None, "温县", "快递员"),
    ]
    return service.parts.channels.add(wanted, who="赵敏", now=NOW)


@pytest.fixture
def revoked(service, depots):
    old = depots[2].channel
    to = NewChannel(old.name, old.route, old.region, old.category)
    return service.parts.channels.change(old.code, to=to, state=ChannelState.REVOKED, who="赵敏", now=NOW)


@pytest.fixture
def public(make_service):
    """A service whose posters may be printed for good."""
    return make_service(
        replace_in_campaign={'icp_record = ""': 'icp_record = "豫ICP备2024000001号"'},
        H5APP_PUBLIC_BASE_URL="https://zm.example.org",
    )


def codes(page):
    return page.forms[-1].offered.get("code", [])


def asked(path, *pairs):
    return f"{path}?{urlencode(pairs)}"


def got(client, query, **headers):
    """An answer read to its end and closed, as a server does."""
    return client.get(query, headers=headers, buffered=True)


def in_zip(answer):
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_the_list_shows_every_channel_with_what_it_is_for_and_its_scans(admin, service, depots):
    service.parts.counts.count(depots[0].channel.code, FunnelStep.SCAN, day=NOW.date())
    service.parts.counts.flush()

    page = admin.open("/admin/posters")

    assert codes(page)[:4] == ["K7WM", "H3NR", "M9TF", "X4GE"]
    line = page.text.split("选中通示例站")[1].split("：中通示例站")[0].split()
    assert line == [
        *("中通示例站", depots[0].channel.code, "推荐方式", "个人自荐", "县（市、区）", "解放区", "类别", "快递员"),
        *("使用中", "扫码", "1", "做海报"),
    ]
    assert f"/admin/channels/{depots[0].channel.code}" in page.links


@pytest.mark.parametrize(
    ("conditions", "found"),
    [
        ({"region": "温县"}, ["第一车队", "旧站点"]),
        ({"region": "温县", "category": "快递员"}, ["旧站点"]),
        ({"route": "self", "category": "快递员"}, ["中通示例站"]),
        ({"words": "车队 第"}, ["第一车队"]),
        ({"words": "车队 旧"}, []),
        ({"state": "redirected"}, []),
        ({"route": "none", "region": "none"}, ["总海报"]),
    ],
)
def test_conditions_narrow_the_list(admin, service, depots, conditions, found):
    page = admin.open(f"/admin/posters?{urlencode(conditions)}")

    names = {kept.channel.code: kept.channel.name for kept in service.parts.channels.all()}
    assert sorted(names[code] for code in codes(page)) == sorted(found)
    assert ("没有符合条件的渠道" in page.text) is (not found)
    assert depots


def test_five_hundred_channels_are_turned_by_pages_and_chosen_at_once(admin, service):
    wanted = [NewChannel(f"站点 {n:03d}", region="温县" if n >= 400 else "") for n in range(500)]
    service.parts.channels.add(wanted, who="赵敏", now=NOW)

    page = admin.open("/admin/posters?page=6")
    making = admin.open(asked(MAKE, ("every", "1"), ("region", "温县")))

    assert [len(codes(page)), page.forms[-1].offered["every"]] == [4, ["1"]]
    assert "第 501—504 个，共 504 个" in page.text
    assert "100 个渠道：站点 400" in making.text
    assert "100 个文件" in making.text
    assert making.forms[-1].fields["every"] == "1"
    assert making.forms[-1].fields["region"] == "温县"


def test_a_revoked_channel_is_neither_offered_nor_among_all(admin, revoked):
    page = admin.open("/admin/posters?region=温县")
    making = admin.open(asked(MAKE, ("every", "1"), ("region", "温县")))

    assert revoked.channel.code not in codes(page)
    assert "已停用" in page.text
    assert (revoked.channel.name in making.text, "第一车队" in making.text) == (False, True)


def test_without_a_tick_it_is_said_and_the_conditions_stay(admin):
    page = admin.open(f"{MAKE}?region=温县")

    assert "还没有选" in page.text
    assert page.response.request.args["region"] == "温县"


def test_the_choice_begins_with_a_usual_one_and_says_what_it_comes_to(admin, depots):
    page = admin.open(asked(MAKE, *[("code", kept.channel.code) for kept in depots]))
    again = admin.open(asked(
        MAKE, ("code", "K7WM"), ("print", "a4.pdf"), ("print", "wechat.jpg"), ("design", "red"), ("design", "dark"),
    ))  # fmt: skip

    assert page.forms[-1].fields == {
        "code": depots[2].channel.code, "sample": "1", "print": "a4.pdf", "design": "red",
    }  # fmt: skip
    assert "3 个文件" in page.text
    assert "4 个文件" in again.text
    assert "总海报，编码" in again.text


@pytest.mark.parametrize("wrong", [("print", "a5.pdf"), ("print", "wechat.pdf"), ("design", "green"), ("print", "")])
def test_what_does_not_exist_is_told_on_the_page_and_makes_no_file(admin, wrong):
    chosen = [("code", "K7WM"), ("sample", "1"), ("print", "a4.png"), ("design", "red"), wrong]

    page = admin.open(asked(MAKE, *chosen))
    answer = got(admin.client, asked(FILE, *chosen))

    assert (page.status, page.text.count("可以选：")) == (200, 1)
    assert (answer.status_code, "可以选：" in answer.text) == (422, True)


def test_one_poster_is_a_file_and_several_a_zip_with_readable_names(admin, depots):
    code = depots[0].channel.code
    one = got(admin.client, asked(FILE, ("code", code), ("sample", "1"), ("print", "sticker.pdf"), ("design", "plain")))
    several = got(
        admin.client, asked(
            FILE, ("code", code), ("code", "K7WM"), ("sample", "1"),
            ("print", "a4.pdf"), ("print", "wechat.jpg"), ("design", "red"),
        )
    )  # fmt: skip

    assert one.data.startswith(b"%PDF-")
    assert unquote(one.headers["Content-Disposition"]).endswith(f"UTF-8''中通示例站_不干胶贴_白底_样张_{code}.pdf")
    with in_zip(several) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [
            "不分地区/总海报_A4海报_红色_样张_K7WM.pdf",
            "不分地区/总海报_微信群图片_红色_样张_K7WM.jpg",
            f"解放区/中通示例站_A4海报_红色_样张_{code}.pdf",
            f"解放区/中通示例站_微信群图片_红色_样张_{code}.jpg",
            "说明.txt",
        ]
        assert archive.read("不分地区/总海报_微信群图片_红色_样张_K7WM.jpg").startswith(b"\xff\xd8\xff")
        assert "这些都是样张" in archive.read("说明.txt").decode("utf-8-sig")


def test_nothing_but_samples_leaves_before_the_address_is_public(admin, public):
    chosen = [("code", "K7WM"), ("print", "a4.pdf"), ("design", "red")]
    page = admin.open(asked(MAKE, *chosen, ("sample", "1")))
    crafted = got(admin.client, asked(FILE, *chosen))
    client = public.admin_client()
    allowed = got(client, asked(FILE, *chosen))
    making = got(client, asked(MAKE, *chosen)).text

    assert "下载样张" in page.text
    assert "现在只能下载样张" in admin.open("/admin/posters").text
    assert (crafted.status_code, "H5APP_PUBLIC_BASE_URL" in crafted.text) == (422, True)
    assert (allowed.status_code, allowed.data[:5]) == (200, b"%PDF-")
    assert ("下载海报" in making, "样张" in making) == (True, False)


def test_a_forged_host_prints_nothing_but_the_address_that_was_set(public):
    client = public.admin_client()
    query = asked(FILE, ("code", "K7WM"), ("print", "a4.png"), ("print", "a4.pdf"), ("design", "red"))

    forged = {"X-Forwarded-Host": "evil.example.net"}
    answer = got(client, query, Host="evil.example.net", **forged)
    good = got(client, query, **forged)

    assert answer.status_code == 400
    with in_zip(good) as archive, Image.open(archive.open("不分地区/总海报_A4海报_红色_K7WM.png")) as poster:
        assert zxing(poster) == ["https://zm.example.org/t/K7WM"]
        assert "https://zm.example.org/t/K7WM" in archive.read("说明.txt").decode("utf-8-sig")
        assert "evil" not in archive.read("说明.txt").decode("utf-8-sig")


def test_a_preview_is_a_small_picture_of_any_product_in_any_design(admin):
    answer = admin.client.get("/admin/posters/K7WM/sticker-dark.png")

    assert (answer.status_code, answer.mimetype, answer.data[:4]) == (200, "image/png", b"\x89PNG")
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert admin.client.get("/admin/posters/XXXX/a4-red.png").status_code == 404
    assert admin.client.get("/admin/posters/K7WM/a5-red.png").status_code == 422


def test_too_many_files_for_one_stream_are_refused_with_what_to_do(admin, service):
    service.parts.channels.add([NewChannel(f"站点 {n:03d}") for n in range(420)], who="赵敏", now=NOW)
    every = [("print", f"{name}.{form}") for name in ("a4", "a3", "rollup", "tearoff") for form in ("pdf", "png")]
    query = [("every", "1"), ("sample", "1"), *every, ("design", "red"), ("design", "dark")]

    page = admin.open(asked(MAKE, *query))
    answer = got(admin.client, asked(FILE, *query))

    assert "一次最多做 5,000 个文件" in page.text
    assert (answer.status_code, "一次最多做 5,000 个文件" in answer.text) == (422, True)


def test_a_second_stream_waits_for_the_first(admin):
    query = asked(
        FILE, ("code", "K7WM"), ("code", "H3NR"), ("sample", "1"), ("print", "sticker.pdf"), ("design", "red")
    )

    with admin.client.get(query):  # still open
        page = admin.open(query)
        assert "同事正在下载海报" in page.text
    assert got(admin.client, query).data.startswith(b"PK")
