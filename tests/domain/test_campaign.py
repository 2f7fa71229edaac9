from datetime import UTC, datetime, timedelta, timezone

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Material, Paper, line_of, local_time, parse_campaign
from h5app.domain.errors import CampaignError, PathClosedError
from h5app.domain.nomination import DRAFT_LIFE, Route
from tests.people import social, with_social

BEIJING = timezone(timedelta(hours=8))
OPENS, CLOSES = datetime(2026, 11, 1, 8, tzinfo=BEIJING), datetime(2026, 11, 22, 18, tzinfo=BEIJING)


@pytest.fixture
def dated(campaign):
    return social(with_social(campaign, opens_at=OPENS, closes_at=CLOSES))


def told(text):
    with pytest.raises(CampaignError) as error:
        parse_campaign(text, source="campaign.toml")
    return str(error.value)


def line(text, beginning):
    return next(number for number, row in enumerate(text.splitlines(), start=1) if row.startswith(beginning))


def test_the_shipped_file_is_this_notices_campaign_with_empty_mailboxes(campaign):
    assert {key: path.routes for key, path in campaign.paths.items()} == {
        "social": (Route.SELF, Route.PEER, Route.UNIT),
        "organisation": (),
    }
    assert {path.mailbox for path in campaign.paths.values()} == {""}
    assert {key: path.stamped for key, path in campaign.paths.items()} == {"social": False, "organisation": True}
    assert campaign.min_years == 2
    assert len(campaign.regions) == 11
    assert social(campaign).materials == {
        Slot.PORTRAIT: Material(least=1, most=1),
        Slot.WORK: Material(least=0, most=3),
        Slot.HONOUR: Material(least=0, most=5),
    }
    assert social(campaign).id_number_required == (Route.SELF,)


def test_the_notice_promises_what_becomes_of_left_drafts(campaign):
    assert f"没有提交的，{DRAFT_LIFE.days} 天后删除" in campaign.consents.retention


@pytest.mark.parametrize("route", Route)
def test_every_route_has_its_path(campaign, route):
    assert campaign.path_of(route) is campaign.paths["social"]


def test_a_slot_that_a_path_does_not_name_takes_nothing(campaign):
    path = social(with_social(campaign, materials={}))

    assert path.material(Slot.WORK) == Material(least=0, most=0)


# Wrong files: each is one sentence with file, line and key.

TIME = "应是时间，如 2026-03-26T18:00:00+08:00，不加引号"
ONE_HOME = "单位推荐（unit）应当写在一个、也只写在一个 routes 里"
MAILBOX = "paths.social.mailbox 应是一个邮箱地址，或留空"
WRONG = [
    ('title = "', 'title = ""\n# "', "title", "title 不能空着"),
    ("min_years = 2", 'min_years = "2"', "min_years", "min_years 应是整数，不加引号"),
    ("min_years = 2", "min_years = -1", "min_years", "min_years 太小，至少 0"),
    ("min_years = 2", "min_years = 51", "min_years", "min_years 太大，至多 50"),
    ('zone = "Asia/Shanghai"', 'zone = "Asia/Peking"', "zone", "zone 应是时区的名字，如 Asia/Shanghai"),
    ('telephone = "3999920"', "telephone = 3999920", "telephone", "organiser.telephone 应是加引号的文字"),
    ("stamped = false", 'stamped = "no"', "stamped", "paths.social.stamped 应是 true 或 false"),
    ('mailbox = "" ', 'mailbox = "zgh" ', "mailbox", MAILBOX),
    ('mailbox = "" ', 'mailbox = "a@b.org\\r\\nBcc: x@y.org" ', "mailbox", MAILBOX),
    (
        "# opens_at = ",
        "opens_at = 2026-03-01T08:00:00 # ",
        "opens_at",
        "paths.social.opens_at 要写明时区，如 2026-03-26T18:00:00+08:00",
    ),
    ("# opens_at = ", 'opens_at = "三月一日" # ', "opens_at", f"paths.social.opens_at {TIME}"),
    ("photo_mb = 12", "photo_mb = 500", "photo_mb", "paths.social.limits.photo_mb 太大，至多 50"),
    ("photo_mb = 12", "foto_mb = 12", "foto_mb", "不认识 paths.social.limits.foto_mb，请删去或改成正确的名字"),
    ("work = { least = 0, most = 3 }", "work = { least = 4, most = 3 }", "work", "工作照的 most 不能小于 least"),
    ("deeds_max_chars = 800", "deeds_max_chars = 400", "deeds_max_chars", "deeds_max_chars 不能小于 deeds_chars"),
    ('routes = ["self", "peer", "unit"]', 'routes = ["self", "peer"]', "[paths.social]", ONE_HOME),
    ("routes = []", 'routes = ["unit"]', 'routes = ["unit"]', ONE_HOME),
    ('rights = "', '# rights = "', "[consents]", "缺少 consents.rights，请补上"),
    ('publication = "', 'publication = ""  # "', "publication", "consents.publication 不能空着"),
    ("join_union = [", "join_union = []\nafterwards = [", "join_union", "join_union 至少要有 1 项"),
    (', begin = "从业以来，" }', " }", "prompts", "缺少 writing.prompts.0.begin，请补上"),
    ('categories = ["货车司机", ', 'categories = "货车司机" # [', "categories", "categories 应是方括号里的一列"),
]


@pytest.mark.parametrize(("old", "new", "at", "sentence"), WRONG, ids=[new[:30] for _, new, _, _ in WRONG])
def test_a_wrong_file_is_one_sentence_with_line_and_key(campaign_text, old, new, at, sentence):
    assert old in campaign_text
    text = campaign_text.replace(old, new, 1)

    assert told(text) == f"campaign.toml 第 {line(text, at)} 行：{sentence}。改好后再启动"


def test_a_missing_key_is_told_with_its_table(campaign_text):
    text = "\n".join(row for row in campaign_text.splitlines() if not row.startswith("telephone"))

    assert (
        told(text) == f"campaign.toml 第 {line(text, '[organiser]')} 行：缺少 organiser.telephone，请补上。改好后再启动"
    )


def test_an_unknown_route_is_told_with_those_there_are(campaign_text):
    text = campaign_text.replace('routes = ["self", ', 'routes = ["own", ', 1)

    sentence = told(text)
    assert sentence.startswith(f"campaign.toml 第 {line(text, 'routes')} 行：paths.social.routes.0 只能是 ")
    assert "'self'" in sentence


def test_dates_in_the_wrong_order_are_told(campaign_text):
    text = campaign_text.replace("# opens_at = 2026-03-01T08", "opens_at = 2026-03-27T08").replace(
        "# closes_at", "closes_at"
    )

    assert told(text) == (
        f"campaign.toml 第 {line(text, 'closes_at')} 行：paths.social 的截止时间应晚于开始时间。改好后再启动"
    )


@pytest.mark.parametrize("text", ["title = ", "a = 1\na = 2", "[paths", "zone = 'x\x00'"])
def test_what_is_no_toml_is_told_in_one_sentence(text):
    sentence = told(text)

    assert sentence.startswith("campaign.toml 写法有误：")
    assert sentence.endswith("。请改正后再启动")
    assert len(sentence.splitlines()) == 1


@pytest.mark.parametrize("text", ["", "paths = 3", "paths = []", "[paths]\nsocial = 1"])
def test_an_empty_or_odd_file_is_one_sentence_too(text):
    sentence = told(text)

    assert sentence.startswith("campaign.toml 第 1 行：")
    assert len(sentence.splitlines()) == 1


def test_the_line_of_a_key_is_where_it_stands():
    text = '# a\n[one]\nkey = 1\n\n[two]\nkey = [\n  1,\n  2,\n]\nlast = "x"\n'

    assert [
        line_of(text, keys) for keys in (["one"], ["one", "key"], ["two", "key"], ["two", "key", "1"], ["two", "last"])
    ] == [2, 3, 6, 6, 10]
    assert line_of(text, ["two", "missing"]) == 5
    assert line_of(text, ["missing"]) == 1


# Opening and closing


def test_S26_a_path_without_dates_is_always_open(campaign, now):
    assert social(campaign).check_open(now) is None


def test_S26_before_the_opening_the_day_is_told(dated):
    with pytest.raises(PathClosedError) as error:
        dated.check_open(OPENS - timedelta(seconds=1))

    assert str(error.value) == "推荐从 2026年11月1日 08:00 开始，请到时候再来"
    assert dated.check_open(OPENS) is None


def test_S26_a_path_is_open_until_its_last_second(dated):
    assert dated.check_open(CLOSES) is None
    with pytest.raises(PathClosedError) as error:
        dated.check_open(CLOSES + timedelta(seconds=1))

    assert str(error.value) == "推荐已于 2026年11月22日 18:00 截止。有疑问请打电话问工会"


def test_S26_a_draft_begun_in_time_has_ten_minutes_more(dated):
    begun = CLOSES - timedelta(days=3)

    assert dated.check_open(CLOSES + timedelta(minutes=10), started_at=begun) is None
    assert dated.check_open(CLOSES + timedelta(minutes=10), started_at=CLOSES) is None
    with pytest.raises(PathClosedError):
        dated.check_open(CLOSES + timedelta(minutes=10, seconds=1), started_at=begun)
    with pytest.raises(PathClosedError):
        dated.check_open(CLOSES + timedelta(minutes=1), started_at=CLOSES + timedelta(seconds=1))


def test_times_are_told_by_the_campaigns_clocks(campaign):
    assert local_time(campaign.local(datetime(2026, 3, 26, 10, 5, tzinfo=UTC))) == "2026年3月26日 18:05"


def test_a_deadline_written_in_utc_is_told_by_the_campaigns_clocks(campaign_text):
    text = campaign_text.replace("# closes_at = 2026-03-26T18:00:00+08:00", "closes_at = 2026-03-26T10:00:00Z")

    path = social(parse_campaign(text, source="campaign.toml"))

    assert local_time(path.closes_at) == "2026年3月26日 18:00"
    with pytest.raises(PathClosedError, match="2026年3月26日 18:00"):
        path.check_open(datetime(2026, 3, 27, tzinfo=UTC))


def test_a_file_from_before_there_was_anything_to_print_besides_prints_nothing_besides(campaign_text):
    old = parse_campaign(campaign_text[: campaign_text.index("[paper]")], source="campaign.toml")

    assert old.paper == Paper(code=False, watermark="")
