"""New channels in the console: one by a form, many by a list, or one for each region, trade or route."""

import io

import openpyxl
import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from h5app.documents.reading.sheet import FILE_MOST_MIB
from h5app.domain.channel import Channel, NewChannel
from h5app.domain.channel_list import EXAMPLE, HEADINGS
from h5app.domain.channel_naming import NAME_MOST
from h5app.domain.nomination import Route

LIST, NEW, SAVE = "/admin/posters/list", "/admin/posters/new", "/admin/posters/list/save"


@pytest.fixture
def upload(admin):
    """Choose a list and press the button; the page that follows."""

    def upload(data, name="名单.csv"):
        admin.open(LIST)
        data = data if isinstance(data, bytes) else data.encode()
        file = FileStorage(io.BytesIO(data), filename=name, content_type="text/csv")
        boundary, body = encode_multipart({"csrf_token": admin.token, "list": file})
        kind = f"multipart/form-data; boundary={boundary}"
        return admin._see(admin.client.post(LIST, data=body, content_type=kind, follow_redirects=True))

    return upload


@pytest.fixture
def added(service):
    """Channels beside those of the book."""
    return lambda: [kept.channel for kept in service.parts.channels.all() if not kept.from_book]


def save(admin, **changes):
    """Keep what the page shows, as its own form does."""
    form = admin.form(SAVE)
    boundary, body = encode_multipart(form.fields | changes)
    kind = f"multipart/form-data; boundary={boundary}"
    return admin._see(admin.client.post(SAVE, data=body, content_type=kind, follow_redirects=True))


def test_one_channel_is_added_by_its_form_and_leads_to_its_posters(admin, service, added):
    admin.open(NEW)

    page = admin.submit({"name": " 中通示例站 ", "route": "self", "region": "解放区", "category": "快递员"})

    (channel,) = added()
    assert channel == Channel(channel.code, "中通示例站", Route.SELF, "解放区", "快递员")
    assert page.response.request.full_path == f"/admin/posters/make?code={channel.code}"
    assert f"编码 {channel.code}" in page.text
    assert [(act.who, act.action) for act in service.stores.audit.of(channel.code)] == [("赵敏", "添加海报渠道")]


def test_a_code_that_is_printed_already_may_be_given(admin, added):
    admin.open(NEW)

    admin.submit({"name": "中通示例站", "code": " 434q "})

    assert added() == [Channel("434Q", "中通示例站")]


@pytest.mark.parametrize(
    ("answers", "sentence"),
    [
        ({"name": ""}, "名称还空着"),
        ({"name": "甲", "code": "K7WM"}, "编码 K7WM 已经有人用了"),
        ({"name": "甲", "code": "K7MW"}, "最后一个字符是核对用的"),
        ({"name": "甲", "region": "火星"}, "地区“火星”不在活动文件里"),
    ],
)
def test_what_cannot_be_is_told_and_what_was_typed_stays(admin, added, answers, sentence):
    admin.open(NEW)

    page = admin.submit({"category": "快递员", **answers})

    assert (page.status, added()) == (422, [])
    assert sentence in page.text
    assert {name: page.forms[-1].fields[name] for name in ("name", "category")} == {
        "name": answers["name"],
        "category": "快递员",
    }


def test_a_list_is_looked_at_before_anything_is_kept(admin, upload, added):
    page = upload("名称,地区,备注\n中通示例站,焦作市解放区,x\n总海报,,\n")

    assert (page.status, added()) == (200, [])
    assert "新的 1 个\n已经有的 1 个" in page.text
    assert "这几列没有用到：备注" in page.text
    assert "/admin/channels/K7WM" in page.links

    page = save(admin)

    # The known row is not in what the page carries.
    assert "已添加 1 个渠道" in page.text
    assert [(channel.name, channel.region) for channel in added()] == [("中通示例站", "解放区")]


def test_rows_with_mistakes_are_named_with_their_cure_and_nothing_can_be_kept(upload, added):
    page = upload("名称,地区\n中通示例站,解放区\n甲,火星\n,温县\n")

    assert "有 2 行要改，还没有添加" in page.text
    assert "第 3 行\n县（市、区）“火星”认不出来，请写解放区、" in page.text
    assert "第 4 行\n名称还空着" in page.text
    assert SAVE not in page.html
    assert added() == []


def test_five_hundred_rows_are_kept_in_one_go(admin, service, upload, added):
    lines = "\n".join(f"第{n:03d}号站点{'长' * (NAME_MOST - 7)},温县,快递员" for n in range(500))

    page = upload(f"名称,地区,类别\n{lines}")
    assert "还有 300 个，没有都列在这里" in page.text
    page = save(admin)

    assert "已添加 500 个渠道" in page.text
    assert len({channel.code for channel in added()}) == 500
    assert len(service.stores.audit.of(added()[0].code)) == 1


def test_a_list_that_is_no_longer_so_is_shown_once_more_and_nothing_of_it_kept(admin, service, upload, added):
    upload("名称,编码\n甲站,434Q\n乙站,\n")
    kept = service.parts.channels.add([NewChannel("乙站")], who="王强", now=service.parts.post.clock())

    page = save(admin)

    assert page.status == 422
    assert "名单和刚才看到的不一样了" in page.text
    assert added() == [kept[0].channel]


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ("名称\n", "名单和刚才看到的不一样了"),
        ("名称,地区\n甲,火星\n", "名单和刚才看到的不一样了"),
        ("名称,编码\n甲,K7WM\n", "名单和刚才看到的不一样了"),
        ("", "没有字"),
        ("甲\n乙", "没有找到“名称”这一列"),
    ],
)
def test_whatever_a_crafted_page_carries_is_judged_anew(admin, upload, added, rows, sentence):
    upload("名称\n甲站\n")

    page = save(admin, rows=rows)

    assert (page.status, sentence in page.text, added()) == (422, True, [])


def test_a_page_carries_a_forged_list_that_is_right_and_only_that_is_added(admin, upload, added):
    upload("名称\n甲站\n")

    save(admin, rows="名称\n<script>alert(1)</script>\n=1+1\n")

    assert [channel.name for channel in added()] == ["<script>alert(1)</script>", "=1+1"]
    assert "<script>alert" not in admin.open("/admin/posters").html


def test_what_is_no_list_is_told_what_to_do(upload):
    assert "请先选择名单文件" in upload(b"", name="").text
    assert "不是表格" in upload(b"%PDF-1.7", name="a.pdf").text
    assert "没有找到“名称”这一列" in upload("甲,乙\n").text
    too_large = upload(b"x" * (FILE_MOST_MIB * 1024 * 1024 + 500_000))
    assert (too_large.status, f"超过 {FILE_MOST_MIB} MB" in too_large.text) == (413, True)


def test_a_list_that_is_too_large_is_taken_to_its_end_so_that_a_browser_shows_the_answer(admin, service):
    whole = 2 * FILE_MOST_MIB * 1024 * 1024
    kind = "multipart/form-data; boundary=b"
    mine, others = io.BytesIO(b"x" * whole), io.BytesIO(b"x" * whole)

    statuses = [
        client.post(LIST, input_stream=body, content_type=kind, content_length=whole).status_code
        for client, body in ((admin.client, mine), (service.client(), others))
    ]

    assert (statuses, mine.tell(), others.tell()) == ([413, 413], whole, 0)


@pytest.mark.parametrize(("by", "count"), [("region", 11), ("category", 5), ("route", 0), ("region-category", 55)])
def test_one_for_each_region_trade_or_route_is_offered_and_only_what_is_missing(admin, campaign, added, by, count):
    page = admin.open(LIST)
    assert (f"补 {count} 个" in page.text, "已经齐了" in page.text) == (bool(count), True)
    if not count:
        return

    page = admin.post(LIST, {"csrf_token": admin.token, "by": by})
    assert f"添加 {count} 个渠道" in page.text
    save(admin)

    assert len(added()) == count
    assert {channel.region for channel in added()} == ({""} if by == "category" else set(campaign.regions))
    page = admin.open(LIST)
    assert page.text.count("已经齐了") == 2


def test_a_set_that_is_none_is_a_404(admin):
    admin.open(LIST)

    assert admin.post(LIST, {"csrf_token": admin.token, "by": "planet"}).status == 404


def test_the_patterns_read_as_a_list_without_channels(admin, upload, added):
    xlsx = admin.client.get(f"{LIST}.xlsx").data
    csv = admin.client.get(f"{LIST}.csv").data

    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).worksheets[0]
    assert tuple(cell.value for cell in sheet[1]) == HEADINGS
    assert sheet["A2"].value.startswith(EXAMPLE)
    assert [rule.formula1 for rule in sheet.data_validations.dataValidation] == [
        "'可以填的字'!$B$2:$B$5",
        "'可以填的字'!$C$2:$C$13",
        "'可以填的字'!$D$2:$D$7",
    ]
    for data, name in ((xlsx, "a.xlsx"), (csv, "a.csv")):
        assert "没有要添加的" in upload(data, name).text
    sheet["A4"], sheet["C4"] = "中通示例站", "解放区"
    target = io.BytesIO()
    sheet.parent.save(target)
    upload(target.getvalue(), "a.xlsx")
    save(admin)
    assert [(channel.name, channel.region) for channel in added()] == [("中通示例站", "解放区")]
