"""What a printed code leads to, on both databases."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import pytest

from h5app.domain.channel import Channel, ChannelState, KeptChannel, NewChannel
from h5app.domain.channel_code import is_code
from h5app.domain.errors import ChannelError, ConflictError, NotFoundError, StoreBusyError
from h5app.domain.nomination import Route
from h5app.posters.book import load_poster_book
from h5app.services.channelling import Channels
from h5app.settings import PROJECT

ACTIVE, REDIRECTED, REVOKED = ChannelState
DEPOT = NewChannel(" 中通\n示例站 ", Route.UNIT, "解放区", "快递员")


@pytest.fixture(scope="session")
def book():
    return load_poster_book(PROJECT / "qr" / "posters.toml")


@pytest.fixture
def opened(any_stores, book, campaign):
    """Channels as another process sees them; nothing is remembered for long."""
    return lambda fresh_s=0.0: Channels(any_stores, book, campaign, fresh_s=fresh_s)


@pytest.fixture
def channels(opened):
    return opened()


@pytest.fixture
def add(channels, now):
    return lambda *wanted: channels.add(wanted, who="赵敏", now=now)


@pytest.fixture
def change(channels, now):
    def change(code, *, name="改过的", state=ACTIVE, target="", **more):
        return channels.change(code, to=NewChannel(name), state=state, target=target, who="赵敏", now=now, **more)

    return change


def in_book(book):
    return [KeptChannel(channel, from_book=True) for channel in book.channels]


def test_those_of_the_book_are_there_without_being_stored(channels, book, any_stores):
    assert list(channels.all()) == in_book(book)
    assert channels.find("K7WM") == channels.destination("K7WM") == in_book(book)[0]
    assert any_stores.rows.read("SELECT * FROM channels") == []


def test_added_ones_come_after_the_book_by_name_with_codes_of_their_own(channels, add, book, any_stores):
    second, first = add(DEPOT, NewChannel("阿示例站", code="a3-cm"))

    code = second.channel.code
    assert second == KeptChannel(Channel(code, "中通 示例站", Route.UNIT, "解放区", "快递员"))
    assert first == KeptChannel(Channel("A3CM", "阿示例站"))
    assert is_code(code)
    assert len(code) == 4
    assert list(channels.all()) == [*in_book(book), second, first]
    assert [(entry.who, entry.action, entry.detail) for entry in any_stores.audit.of(code)] == [
        ("赵敏", "添加海报渠道", "中通 示例站")
    ]


def test_a_channel_whose_region_the_campaign_no_longer_has_can_still_be_stopped(any_stores, book, campaign, add, now):
    (kept,) = add(DEPOT)
    later = Channels(any_stores, book, replace(campaign, regions=campaign.regions[1:]))
    words = NewChannel(kept.channel.name, kept.channel.route, kept.channel.region, kept.channel.category)

    stopped = later.change(kept.channel.code, to=words, state=REVOKED, who="赵敏", now=now)

    assert stopped == replace(kept, state=REVOKED)
    with pytest.raises(ChannelError, match="地区“解放区”不在活动文件里"):
        later.change(kept.channel.code, to=replace(words, name="改过的"), who="赵敏", now=now)


def test_a_list_that_is_sent_twice_at_once_is_kept_once(opened, now, any_stores):
    wanted = [NewChannel(f"示例站{number}") for number in range(50)]
    several = [opened() for _ in range(4)]

    def send(channels):
        try:
            return len(channels.add(wanted, who="赵敏", now=now))
        except ChannelError:
            return 0

    with ThreadPoolExecutor(4) as threads:
        kept = sorted(threads.map(send, several))

    assert kept == [0, 0, 0, 50]
    assert any_stores.rows.read("SELECT COUNT(*) AS n FROM channels") == [{"n": 50}]


def test_a_name_is_there_once_in_a_region_however_it_is_typed(add):
    (first,) = add(DEPOT)
    add(replace(DEPOT, region="山阳区"), NewChannel("+"), NewChannel("-"))

    with pytest.raises(ChannelError, match=f"已经有“中通示例站。”了，编码是 {first.channel.code}"):
        add(replace(DEPOT, name="中通示例站。", route=None))


def test_five_hundred_are_drawn_and_stored_for_less_than_a_second_of_a_core(channels, add):
    began = time.thread_time()
    added = add(*(NewChannel(f"示例站{number}") for number in range(500)))
    took_s = time.thread_time() - began

    codes = {kept.channel.code for kept in added}
    assert len(codes) == 500
    assert all(map(is_code, codes))
    assert codes.isdisjoint({"K7WM", "H3NR", "M9TF", "X4GE"})
    assert len(channels.all()) == 504
    assert took_s < 1


def test_no_code_is_given_twice_even_when_its_channel_is_gone(any_stores, add):
    """A code that stood in posters.toml once hangs on walls still."""
    any_stores.rows.write("INSERT INTO counts (code, day, step, count) VALUES ('A3CM', '2026-01-01', 'scan', 1)")

    for code in ("A3CM", "K7WM"):
        with pytest.raises(ChannelError, match=f"编码 {code} 已经有人用了"):
            add(NewChannel("新站", code=code))
    with pytest.raises(ChannelError, match="编码 HHHP 已经有人用了"):
        add(NewChannel("甲", code="HHHP"), NewChannel("乙", code="HHHP"))


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (NewChannel(" \u200b "), "名称还空着，请写上，比如“中通示例站”"),
        (NewChannel("站\ue001"), "名称：有一个字（U+E001）别人的手机显示不出来"),
        (NewChannel("站" * 41), "名称有 41 个字，请缩短到 40 个字以内"),
        (replace(DEPOT, region="火星区"), "地区“火星区”不在活动文件里，请从这些里选：解放区、"),
        (replace(DEPOT, category="宇航员"), "类别“宇航员”不在活动文件里，请从这些里选：货车司机、"),
        (replace(DEPOT, code="K7WX"), "编码 K7WX 的最后一个字符是核对用的，应写成 K7WM"),
        (replace(DEPOT, code="K0WM"), "编码“K0WM”要写成 4 到 6 个字符，只能用"),
        (replace(DEPOT, code="K7"), "编码“K7”要写成 4 到 6 个字符，只能用"),
    ],
)
def test_one_that_cannot_be_keeps_all_of_them_out(channels, add, book, wanted, sentence):
    with pytest.raises(ChannelError) as refused:
        add(NewChannel("好的站"), wanted)

    assert str(refused.value).startswith(sentence)
    assert list(channels.all()) == in_book(book)


def test_a_route_without_words_in_the_book_gets_no_poster(any_stores, book, campaign):
    without = replace(book, texts={name: texts for name, texts in book.texts.items() if name != "unit"})

    with pytest.raises(ChannelError, match="还没有“单位推荐”海报的字"):
        Channels(any_stores, without, campaign).checked(DEPOT)


def test_a_change_keeps_the_code_and_wins_over_the_book(opened, change, book, any_stores):
    changed = change("K7WM", name="火车站的总海报")

    assert changed == KeptChannel(Channel("K7WM", "火车站的总海报"), from_book=True)
    assert opened().all() == (changed, *in_book(book)[1:])
    assert [entry.detail for entry in any_stores.audit.of("K7WM")] == ["名称：总海报 → 火车站的总海报"]


def test_saying_the_same_again_changes_nothing(change, any_stores):
    change("K7WM")
    change("K7WM")

    assert len(any_stores.audit.of("K7WM")) == 1


def test_who_has_seen_something_else_changes_nothing(change, channels):
    seen = channels.find("K7WM")
    change("K7WM", name="先改的")

    with pytest.raises(ConflictError):
        change("K7WM", name="后改的", seen=seen)

    assert channels.find("K7WM").channel.name == "先改的"


def test_an_unknown_channel_cannot_be_changed(change):
    with pytest.raises(NotFoundError):
        change("A3CM")


def test_a_redirected_code_leads_to_the_end_of_the_line(change, channels):
    change("H3NR", state=REDIRECTED, target=" m9-tf ")
    change("M9TF", state=REDIRECTED, target="X4GE")

    assert [channels.destination(code).channel.code for code in ("H3NR", "M9TF", "X4GE")] == ["X4GE"] * 3
    assert channels.find("H3NR").target == "M9TF"

    change("H3NR")
    assert channels.destination("H3NR").channel.code == "H3NR"
    assert channels.find("H3NR").target == ""


def test_a_revoked_code_leads_to_itself_and_says_so(change, channels):
    change("H3NR", state=REVOKED)

    assert channels.destination("H3NR").state is REVOKED
    assert channels.destination("A3CM") is None


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        ("", "还没有写要转到哪个渠道，请填上它的编码"),
        ("A3CM", "没有编码“A3CM”，请核对要转到的编码"),
        ("H3NR", "不能转到自己，请换一个编码"),
        ("M9TF", "M9TF 又会转回 H3NR，请换一个编码"),
        ("X4GE", "X4GE 已停用，请换一个编码，或先把它恢复使用"),
    ],
)
def test_a_redirection_that_leads_nowhere_is_refused(change, channels, target, sentence):
    change("M9TF", state=REDIRECTED, target="H3NR")
    change("X4GE", state=REVOKED)

    with pytest.raises(ChannelError, match=f"^{sentence}$"):
        change("H3NR", state=REDIRECTED, target=target)

    assert channels.destination("H3NR").channel.code == "H3NR"


def test_what_others_lead_to_is_not_revoked_under_them(change, channels):
    change("H3NR", state=REDIRECTED, target="M9TF")

    with pytest.raises(ChannelError, match=r"^H3NR 现在转到这里，请先把它们转到别处，再停用$"):
        change("M9TF", state=REVOKED)

    assert channels.find("M9TF").state is ACTIVE


def test_a_circle_made_by_hand_leads_nowhere_and_ends(channels, any_stores, now):
    a, b = (KeptChannel(Channel(code, code), REDIRECTED, target) for code, target in (("A", "B"), ("B", "A")))
    any_stores.channels.put((a, b), now=now)

    assert channels.destination("A") is None


def test_another_process_follows_a_change_when_its_memory_has_aged(opened, change):
    elsewhere = opened(fresh_s=0.05)
    assert elsewhere.destination("K7WM").state is ACTIVE

    change("K7WM", state=REVOKED)

    assert elsewhere.remembered("K7WM").state is ACTIVE
    time.sleep(0.06)
    assert elsewhere.destination("K7WM").state is REVOKED


class Away:
    """A database that is there at first."""

    def __init__(self) -> None:
        self.answers = iter([(0, ())])
        self.asked = 0

    def since(self, _revision):
        self.asked += 1
        for answer in self.answers:
            return answer
        raise StoreBusyError("暂时连不上数据库，请过几分钟再试一次。")


def test_memory_serves_on_while_the_database_is_away(book, campaign):
    away = Away()
    channels = Channels(SimpleNamespace(channels=away), book, campaign, fresh_s=0.05)

    assert channels.destination("K7WM").state is ACTIVE
    time.sleep(0.06)
    assert [channels.destination("K7WM").state for _ in range(10)] == [ACTIVE] * 10
    assert away.asked == 2
    with pytest.raises(StoreBusyError):
        channels.find("K7WM")


def test_memory_is_not_older_than_two_seconds(any_stores, book, campaign):
    assert Channels(any_stores, book, campaign)._fresh_s <= 2
