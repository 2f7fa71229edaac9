import csv
import io
import re
from datetime import UTC, date, datetime

import pytest

from h5app.domain.channel import NewChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Route

FIRST, SECOND = date(2026, 11, 1), date(2026, 11, 3)


@pytest.fixture
def depot(service):
    """A channel of a depot, with people on two days, and people who came without a poster."""
    wanted = NewChannel("=中通示例站", Route.SELF, "解放区", "快递员")
    (kept,) = service.parts.channels.add([wanted], who="赵敏", now=datetime.now(UTC))
    counted(service, kept.channel.code, FIRST, (1200, 30, 9, 3))
    counted(service, kept.channel.code, SECOND, (4, 2))
    counted(service, "K7WM", SECOND, (40, 30, 20, 10))
    counted(service, "", SECOND, (0, 70, 9, 1))
    return kept.channel


def counted(service, code, day, numbers):
    for step, times in zip(FunnelStep, numbers, strict=False):
        if times:
            service.stores.counts.add(code, step, day=day, by=times)


def rows_of(page, kind="table-brought"):
    """The words of each row of a table."""
    table = re.search(rf'<table class="[^"]*{kind}.*?</table>', page.html, re.DOTALL)[0]
    return [
        re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
        for row in re.findall("<tr.*?</tr>", table, re.DOTALL)[1:]
    ]


def read_csv(answer):
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_nobody_has_scanned_yet_and_the_page_says_what_will_be_there(admin):
    page = admin.open("/admin/scans")

    assert page.status == 200
    assert "还没有人扫码" in page.text
    assert "/admin/posters" in page.links


def test_a_row_a_channel_then_the_sum_then_who_came_without_a_poster(admin, depot):
    page = admin.open("/admin/scans")

    numbers = {row.split(" ")[0]: row for row in rows_of(page)}
    assert numbers["=中通示例站"] == (
        f"=中通示例站 {depot.code} 解放区 · 快递员 个人自荐 扫码 1,204 打开首页 32 开始填写 9 提交 3 提交/扫码 0.2%"
    )
    assert numbers["总海报"] == "总海报 K7WM 不限方式 扫码 40 打开首页 30 开始填写 20 提交 10 提交/扫码 25.0%"
    assert numbers["海报合计"] == "海报合计 5 个渠道 扫码 1,244 打开首页 62 开始填写 29 提交 13 提交/扫码 1.0%"
    assert numbers["直接打开"].endswith("扫码 0 打开首页 70 开始填写 9 提交 1 提交/扫码 —")
    assert f"/admin/channels/{depot.code}" in page.links


@pytest.mark.parametrize(
    ("sort", "first"), [("", "总海报"), ("scan", "=中通示例站"), ("rate", "总海报"), ("drop table", "总海报")]
)
@pytest.mark.usefixtures("depot")
def test_the_table_is_sorted_by_link(admin, sort, first):
    page = admin.open(f"/admin/scans?sort={sort}")

    assert rows_of(page)[0].split(" ")[0] == first
    assert page.html.count('aria-sort="descending"') == (sort in {"scan", "rate"})


@pytest.mark.parametrize(
    ("conditions", "names", "sum_of_scans"),
    [
        ("region=解放区", ["=中通示例站"], "1,204"),
        ("route=none", ["总海报"], "40"),
        ("since=2026-11-02&category=快递员", ["=中通示例站"], "4"),
        ("until=2026-11-01&category=快递员", ["=中通示例站"], "1,200"),
        ("until=2026-10-01&since=2026-11-01&category=快递员", ["=中通示例站"], "1,200"),
        ("region=解放区&since=昨天", ["=中通示例站"], "1,204"),
        ("region=没有这个县&route=none", ["总海报"], "40"),
    ],
)
@pytest.mark.usefixtures("depot")
def test_counts_are_narrowed_by_days_place_trade_and_route(admin, conditions, names, sum_of_scans):
    page = admin.open(f"/admin/scans?{conditions}")

    rows = rows_of(page)
    assert [row.split(" ")[0] for row in rows] == [*names, "海报合计"]
    assert f"扫码 {sum_of_scans} " in rows[-1]


@pytest.mark.usefixtures("depot")
def test_a_search_that_finds_no_channel_says_so(admin):
    assert "没有符合条件的渠道" in admin.open("/admin/scans?region=温县").text


@pytest.mark.usefixtures("depot")
def test_the_chart_reads_a_table_that_has_every_day(admin):
    page = admin.open("/admin/scans")

    assert [row.split(" ") for row in rows_of(page, "table-days")] == [
        ["2026年11月1日", "1,200", "30", "9", "3"],
        ["2026年11月2日", "0", "0", "0", "0"],
        ["2026年11月3日", "44", "32", "20", "10"],
    ]
    assert 'data-chart="days"' in page.html
    assert re.findall(r'<script[^>]*src="([^"?]*)', page.html) == ["/static/js/chart.js"]


@pytest.mark.usefixtures("depot")
def test_the_funnel_says_how_many_of_those_before_came_on(admin):
    funnel = re.search('<ol class="funnel".*?</ol>', admin.open("/admin/scans?route=none").html, re.DOTALL)[0]

    assert re.findall(r'class="funnel-fill" width="([\d.]+)%"', funnel) == ["100.00", "75.00", "50.00", "25.00"]
    assert re.findall(r"<span>(.*?)</span>", funnel) == [
        "扫码的 75.0%",
        "扫码的 50.0%",
        "打开首页的 66.7%",
        "扫码的 25.0%",
        "开始填写的 50.0%",
    ]


def test_S10_totals_as_csv_are_what_the_page_shows_and_no_formula(admin, depot):
    answer = admin.client.get("/admin/scans/totals.csv?sort=scan")

    rows = read_csv(answer)
    assert rows[0] == [
        "渠道",
        "编码",
        "县（市、区）",
        "类别",
        "推荐方式",
        "现状",
        "扫码",
        "打开首页",
        "开始填写",
        "提交",
        "提交/扫码",
    ]
    assert [
        "'=中通示例站",
        depot.code,
        "解放区",
        "快递员",
        "个人自荐",
        "使用中",
        "1204",
        "32",
        "9",
        "3",
        "0.2%",
    ] in rows
    assert rows[-1] == ["直接打开", "", "", "", "", "", "0", "70", "9", "1", "—"]
    assert answer.mimetype == "text/csv"


def test_days_as_csv_have_a_row_a_channel_and_day(admin, depot):
    rows = read_csv(admin.client.get("/admin/scans/days.csv?category=快递员"))

    place = ["'=中通示例站", depot.code, "解放区", "快递员", "个人自荐", "使用中"]
    assert rows[1:] == [
        ["2026-11-01", *place, "1200", "30", "9", "3"],
        ["2026-11-03", *place, "4", "2", "0", "0"],
    ]


@pytest.mark.usefixtures("depot")
def test_counts_of_a_code_that_no_list_has_any_more_are_kept_in_the_sum(admin, service):
    counted(service, "X9KP", FIRST, (6,))

    rows = rows_of(admin.open("/admin/scans"))

    assert "已不在名单里 X9KP 扫码 6 打开首页 0 开始填写 0 提交 0 提交/扫码 0.0%" in rows
    assert "扫码 1,250 " in next(row for row in rows if row.startswith("海报合计"))


@pytest.mark.usefixtures("depot")
def test_more_channels_than_a_page_holds_are_turned_and_added_up_all(admin, service):
    many = [NewChannel(f"示例站{number:03}") for number in range(100)]
    service.parts.channels.add(many, who="赵敏", now=datetime.now(UTC))

    page = admin.open("/admin/scans?page=2&sort=scan")

    assert len(rows_of(page)) == 5 + 2
    assert "海报合计 105 个渠道 扫码 1,244" in rows_of(page)[-2]
    assert "/admin/scans?page=1&sort=scan" in page.html.replace("&amp;", "&")
