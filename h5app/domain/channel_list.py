"""A list of channels as staff write it → what would be added, what is there already, and what must be mended.

Rule: columns stand in any order and words are taken as people write them (自荐, 不限, 焦作市解放区); what could
mean two things is a mistake with its row and its cure, never a guess.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from h5app.domain.campaign import Campaign
from h5app.domain.channel import ANY, Channel, NewChannel, whom
from h5app.domain.channel_naming import bare, channel_code, channel_name, identity, in_short
from h5app.domain.errors import ChannelError, UnreadableListError
from h5app.domain.nomination import Route
from h5app.domain.rows import Row

HEADINGS = ("名称", "推荐方式", "县（市、区）", "类别", "编码")
"""The columns of the list that staff can take as a pattern, in its order; only the first is needed."""
EXAMPLE = "示例："
"""How names of examples begin; whoever leaves them in adds nothing by it."""
_COLUMNS = {
    "name": "名称 渠道 渠道名称 海报名称 站点 站点名称 网点 网点名称 点位名称 单位 单位名称 企业 企业名称 车队 name",
    "route": "推荐方式 方式 推荐途径 途径 route",
    "region": "县 县市区 县区 区县 地区 区域 所在地区 所在地 工作所在地 所属地区 region",
    "category": "类别 行业 工种 职业 所属类别 所属行业 人员类别 category",
    "code": "编码 代码 海报编码 二维码编码 渠道编码 code",
}
_COLUMN_OF = {word: column for column, words in _COLUMNS.items() for word in words.split()}
_HEADINGS_WITHIN = 10
_ANY = frozenset({"", ANY, "都可以", "全部", "所有", "任意", "通用", "无", "全市", "不分"})
_ROUTES = {
    Route.SELF: frozenset({"自荐", "个人自荐", "个人", "本人", "self"}),
    Route.PEER: frozenset({"举荐", "他人举荐", "他人", "他人推荐", "peer"}),
    Route.UNIT: frozenset({"单位", "单位推荐", "单位举荐", "unit"}),
}
_NO_HEADINGS = "没有找到“名称”这一列。请在名单上面写一行列名，或者下载模板照着填"


@dataclass(frozen=True)
class Listed:
    """One row as it was understood."""

    row: int
    channel: NewChannel


@dataclass(frozen=True)
class Mistake:
    """What must be mended in a row, with what to do."""

    row: int
    sentence: str


@dataclass(frozen=True)
class ChannelList:
    """A whole list, read.

    Args:
        new: rows that would become channels, in their order.
        known: rows whose name and region a channel has already, with that channel's code.
        unread: headings of columns that nothing was read from.
    """

    new: tuple[Listed, ...] = ()
    known: tuple[tuple[Listed, str], ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def channels(self) -> tuple[NewChannel, ...]:
        return tuple(each.channel for each in self.new)


def read_channel_list(rows: Sequence[Row], campaign: Campaign, there: Iterable[Channel]) -> ChannelList:
    """What a list says, beside the channels that are `there`.

    Raises:
        UnreadableListError: no row has a heading for names.
    """
    head = _headings(rows)
    columns = _columns_of(head)
    reader = _Reader(campaign, tuple(there))
    for row in rows[rows.index(head) + 1 :]:
        reader.take(row.number, _named(row, columns))
    unread = tuple(cell for cell in map(_plain, head.cells) if cell and cell.lower() not in _COLUMN_OF)
    return ChannelList(tuple(reader.new), tuple(reader.known), tuple(reader.mistakes), unread)


def rows_of(channels: Iterable[NewChannel]) -> tuple[Row, ...]:
    """The same channels as a list that says so, headings first."""
    lines = [HEADINGS, *map(_line, channels)]
    return tuple(Row(number, line) for number, line in enumerate(lines, start=1))


def examples(campaign: Campaign) -> tuple[tuple[str, ...], ...]:
    """Rows of the pattern."""
    region, category = campaign.regions[0], campaign.categories[0]
    wanted = (
        NewChannel(f"{EXAMPLE}一号站点", Route.SELF, region, category),
        NewChannel(f"{EXAMPLE}第一车队"),
    )
    return tuple(map(_line, wanted))


def missing_of(campaign: Campaign, there: Iterable[Channel], *, by: str) -> tuple[NewChannel, ...]:
    """A channel for each region, category or route of the campaign, or each region and category, that has none yet.

    Args:
        by: "region", "category", "route" or "region-category".
    """
    regions, categories = campaign.regions, campaign.categories
    wanted: Mapping[str, list[NewChannel]] = {
        "region": [NewChannel(region, region=region) for region in regions],
        "category": [NewChannel(category, category=category) for category in categories],
        "route": [NewChannel(route.label, route=route) for route in Route],
        "region-category": [
            NewChannel(f"{region} {category}", region=region, category=category)
            for region, category in product(regions, categories)
        ],
    }
    channels = tuple(there)
    kinds = {(channel.route, channel.region, channel.category) for channel in channels}
    names = {identity(channel.name, channel.region) for channel in channels}
    return tuple(
        each
        for each in wanted[by]
        if (each.route, each.region, each.category) not in kinds and identity(each.name, each.region) not in names
    )


class _Reader:
    """Takes row after row, each judged beside those before it."""

    def __init__(self, campaign: Campaign, there: Sequence[Channel]) -> None:
        self._campaign = campaign
        self._there = {identity(channel.name, channel.region): channel.code for channel in there}
        self._codes = {channel.code: "已经有了" for channel in there}
        self._seen: dict[tuple[str, str], int] = {}
        self.new: list[Listed] = []
        self.known: list[tuple[Listed, str]] = []
        self.mistakes: list[Mistake] = []

    def take(self, row: int, cells: Mapping[str, str]) -> None:
        if not any(cells.values()) or cells.get("name", "").startswith(EXAMPLE):
            return
        problems: list[str] = []
        channel = self._read(cells, problems)
        named = identity(channel.name, channel.region)
        if not problems and named in self._seen:
            problems.append(f"和第 {self._seen[named]} 行的名称、地区一样，请删掉一行，或者把名称写得不一样")
        if problems:
            self.mistakes += [Mistake(row, sentence) for sentence in problems]
            return
        self._seen[named] = row
        listed = Listed(row, channel)
        if named in self._there:
            self.known.append((listed, self._there[named]))
            return
        if taken := self._codes.get(channel.code):
            self.mistakes.append(Mistake(row, f"编码 {channel.code} {taken}，请换一个，或者空着，由系统给一个"))
            return
        if channel.code:
            self._codes[channel.code] = f"和第 {row} 行一样"
        self.new.append(listed)

    def _read(self, cells: Mapping[str, str], problems: list[str]) -> NewChannel:
        regions, categories = self._campaign.regions, self._campaign.categories
        return NewChannel(
            name=_said(channel_name, cells.get("name", ""), problems),
            route=_route(cells.get("route", ""), problems),
            region=_choice(cells.get("region", ""), regions, HEADINGS[2], problems),
            category=_choice(cells.get("category", ""), categories, HEADINGS[3], problems),
            code=_said(channel_code, cells.get("code", ""), problems),
        )


def _headings(rows: Sequence[Row]) -> Row:
    for row in rows[:_HEADINGS_WITHIN]:
        if "name" in _columns_of(row).values():
            return row
    raise UnreadableListError(_NO_HEADINGS)


def _columns_of(head: Row) -> Mapping[int, str]:
    """Place of a cell → what stands in its column; of two columns for one thing the first counts."""
    columns: dict[int, str] = {}
    for place, cell in enumerate(head.cells):
        column = _COLUMN_OF.get(_plain(cell).lower(), "")
        if column and column not in columns.values():
            columns[place] = column
    return columns


def _named(row: Row, columns: Mapping[int, str]) -> Mapping[str, str]:
    return {column: row.cells[place] for place, column in columns.items() if place < len(row.cells)}


def _plain(text: str) -> str:
    """Without spaces, marks and what stands in brackets: 名称（必填）, 县（市、区） and 县/市/区 lose them all."""
    text = unicodedata.normalize("NFKC", text)
    text = text if text.startswith(("县(", "县（")) else re.sub(r"[(\[【].*?[)\]】]", "", text)
    return "".join(re.findall(r"\w+", text)).replace("_", "")


def _said(read: Callable[[str], str], text: str, problems: list[str]) -> str:
    try:
        return read(text)
    except ChannelError as error:
        problems.append(str(error))
        return ""


def _route(text: str, problems: list[str]) -> Route | None:
    word = bare(text).lower()
    found = next((route for route, words in _ROUTES.items() if word in words), None)
    if found is None and word not in _ANY:
        problems.append(f"推荐方式“{in_short(text)}”认不出来，请写个人自荐、他人举荐、单位推荐，或者不限")
    return found


def _choice(text: str, offered: Sequence[str], what: str, problems: list[str]) -> str:
    """The one of the campaign's own words that is meant; "" for any."""
    word = bare(text)
    if word in _ANY:
        return ""
    shorts = {bare(each): each for each in offered}
    if word in shorts:
        return shorts[word]
    alike = [each for short, each in shorts.items() if short in word or (len(word) > 1 and word in short)]
    if len(alike) == 1:
        return alike[0]
    problems.append(f"{what}“{in_short(text)}”认不出来，请写{'、'.join(alike or offered)}，或者不限")
    return ""


def _line(channel: NewChannel) -> tuple[str, ...]:
    return channel.name, *whom(channel), channel.code
