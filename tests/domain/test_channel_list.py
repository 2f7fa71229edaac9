import pytest

from h5app.domain.channel import Channel, NewChannel
from h5app.domain.channel_list import ChannelList, Listed, Mistake, missing_of, read_channel_list, rows_of
from h5app.domain.errors import UnreadableListError
from h5app.domain.nomination import Route
from h5app.domain.rows import Row

THERE = (Channel("K7WM", "总海报"), Channel("H3NR", "个人自荐", route=Route.SELF))


def rows(text):
    """Rows of a table whose cells stand between bars, numbered from 1."""
    lines = [tuple(cell.strip() for cell in line.split("|")) for line in text.strip().splitlines()]
    return [Row(number, cells) for number, cells in enumerate(lines, start=1)]


@pytest.fixture
def read(campaign):
    return lambda text, there=THERE: read_channel_list(rows(text), campaign, there)


def test_columns_stand_in_any_order_below_a_title_and_words_are_taken_as_people_write_them(read):
    found = read(
        """
        海报名单
        行业（必填）|备注|县/市/区|站点名称|推荐方式*
        快递||焦作市解放区|中通示例站|自荐
        外卖配送员||修武|甲站|个人自荐
        不限||示范区|乙站|单位
        |||丙站|不限
        """
    )

    assert found == ChannelList(
        new=(
            Listed(3, NewChannel("中通示例站", Route.SELF, "解放区", "快递员")),
            Listed(4, NewChannel("甲站", Route.SELF, "修武县", "外卖配送员")),
            Listed(5, NewChannel("乙站", Route.UNIT, "高新区（示范区）", "")),
            Listed(6, NewChannel("丙站")),
        ),
        unread=("备注",),
    )


def test_a_name_that_is_there_in_its_region_is_told_with_its_code_and_not_added(read):
    found = read("名称|地区\n 总 海报 |不限\n总海报|解放区")

    assert found.known == ((Listed(2, NewChannel("总 海报")), "K7WM"),)
    assert found.new == (Listed(3, NewChannel("总海报", region="解放区")),)


@pytest.mark.parametrize(
    ("line", "cure"),
    [
        ("|自荐||||", "名称还空着"),
        (f"{'长' * 41}|||||", "名称有 41 个字，请缩短到 40 个字以内"),
        ("甲|啥||||", "推荐方式“啥”认不出来，请写个人自荐"),
        ("甲||火星|||", "县（市、区）“火星”认不出来，请写解放区、"),
        ("甲|||司机||", "类别“司机”认不出来，请写货车司机、网约车司机，或者不限"),
        ("甲||||K7WA|", "编码 K7WA 的最后一个字符是核对用的，应写成 K7WM"),
        ("甲||||K70M|", "编码“K70M”要写成 4 到 6 个字符，只能用 3467"),
        ("甲||||K7|", "编码“K7”要写成 4 到 6 个字符"),
        ("甲||||k7wm|", "编码 K7WM 已经有了，请换一个"),
        ("名\ue000||||", "名称：有一个字"),
    ],
)
def test_a_mistake_is_told_with_its_row_and_what_to_do(read, line, cure):
    found = read(f"名称|推荐方式|地区|类别|编码|备注\n{line}")

    ((row, sentence),) = [(mistake.row, mistake.sentence) for mistake in found.mistakes]
    assert (row, found.new) == (2, ())
    assert cure in sentence


def test_the_same_row_or_code_twice_is_a_mistake_of_the_later_one(read):
    found = read("名称|编码\n甲|434Q\n甲 |\n乙|434Q", there=())

    assert found.mistakes == (
        Mistake(3, "和第 2 行的名称、地区一样，请删掉一行，或者把名称写得不一样"),
        Mistake(4, "编码 434Q 和第 2 行一样，请换一个，或者空着，由系统给一个"),
    )


def test_empty_rows_are_passed_over(read):
    assert read("名称|推荐方式\n|\n甲|\n|").new == (Listed(3, NewChannel("甲")),)


def test_a_table_without_names_says_what_is_missing(read):
    with pytest.raises(UnreadableListError, match="没有找到“名称”这一列"):
        read("甲|乙\n丙|丁")


def test_what_is_written_as_a_list_reads_as_the_same_channels(campaign):
    wanted = (NewChannel("甲", Route.PEER, "温县", "快递员", "434Q"), NewChannel("乙"))

    assert read_channel_list(rows_of(wanted), campaign, ()).channels == wanted


def test_a_list_for_each_region_trade_or_route_leaves_out_what_is_there(campaign):
    there = (*THERE, Channel("434Q", "温县", region="温县"), Channel("M9TF", "快递", category="快递员"))

    assert [each.name for each in missing_of(campaign, there, by="route")] == ["他人举荐", "单位推荐"]
    assert [each.region for each in missing_of(campaign, there, by="region")] == [
        region for region in campaign.regions if region != "温县"
    ]
    assert len(missing_of(campaign, there, by="category")) == len(campaign.categories) - 1
    both = missing_of(campaign, there, by="region-category")
    assert both[0] == NewChannel("解放区 货车司机", None, "解放区", "货车司机")
    assert len(both) == len(campaign.regions) * len(campaign.categories)
