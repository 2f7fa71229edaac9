import re
from datetime import UTC, datetime

import pytest

from h5app.domain.channel import Channel, ChannelState, KeptChannel, NewChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Route
from tests.web.browsing import Browser


@pytest.fixture
def depot(service):
    wanted = NewChannel("中通示例站", Route.SELF, "解放区", "快递员")
    (kept,) = service.parts.channels.add([wanted], who="赵敏", now=datetime.now(UTC))
    return kept.channel


@pytest.fixture
def address(depot):
    return f"/admin/channels/{depot.code}"


def scan(service, code):
    return service.client().get(f"/t/{code}")


def acts(service, code):
    return [(act.who, act.action, act.detail) for act in service.stores.audit.of(code)]


def test_the_page_says_what_the_channel_is_and_shows_its_posters(admin, depot, address):
    page = admin.open(address)

    assert page.status == 200
    for words in ("中通示例站", "使用中", depot.code, f"/t/{depot.code}", "个人自荐", "解放区", "快递员", "后台添加"):
        assert words in page.text
    assert "还没有人扫这张海报的码" in page.text
    assert f"/admin/posters/{depot.code}/a4-red.png" in page.html
    assert f"/admin/posters/make?code={depot.code}" in page.links


def test_a_code_in_small_letters_is_found_and_an_unknown_one_is_not(admin):
    assert admin.open("/admin/channels/k7wm").status == 200
    assert admin.open("/admin/channels/7777").status == 404


def test_the_page_has_the_channels_own_funnel_and_days(admin, service, depot, address):
    for code, times in ((depot.code, 8), ("K7WM", 90)):
        service.stores.counts.add(code, FunnelStep.SCAN, day=datetime(2026, 11, 3, tzinfo=UTC).date(), by=times)
        service.stores.counts.add(code, FunnelStep.SUBMITTED, day=datetime(2026, 11, 4, tzinfo=UTC).date(), by=2)

    page = admin.open(address)

    assert re.findall(r'class="funnel-count">([\d,]+)<', page.html) == ["8", "0", "0", "2"]
    assert re.findall(r'data-value="(\d+)"', page.html) == ["8", "0", "0", "0", "0", "0", "0", "2"]


def test_words_are_changed_without_a_reprint_and_written_down(admin, service, depot, address):
    admin.open(address)
    page = admin.submit({"name": "顺丰示例站", "route": "", "region": "温县", "category": ""}, action=address)

    assert "改好了" in page.text
    changed = service.parts.channels.find(depot.code)
    assert changed == KeptChannel(Channel(depot.code, "顺丰示例站", None, "温县", ""))
    assert scan(service, depot.code).status_code == 303
    who, action, detail = acts(service, depot.code)[0]
    assert (who, action) == ("赵敏", "修改海报渠道")
    assert "名称：中通示例站 → 顺丰示例站" in detail
    assert "中通示例站 → 顺丰示例站" in page.text


def test_words_that_cannot_be_come_back_with_what_was_typed(admin, service, depot, address):
    admin.open(address)
    page = admin.submit({"name": "示例" * 25, "region": "温县"}, action=address)

    assert page.status == 422
    assert "请缩短到 40 个字以内" in page.text
    form = next(form for form in page.forms if "name" in form.fields)
    assert (form.fields["name"], form.fields["region"]) == ("示例" * 25, "温县")
    assert service.parts.channels.find(depot.code).channel == depot


def test_a_stopped_code_shows_its_scanners_a_page_and_works_again_when_wanted(admin, service, depot, address):
    page = admin.open(address)
    assert f"印着 {depot.code} 的海报都不再有用：扫码的人只看到一页说明和首页的链接。以后可以恢复。" in page.text

    page = admin.submit({"to": "revoked"}, action=f"{address}/state")
    assert "已停用" in page.text
    assert scan(service, depot.code).status_code == 410
    assert f"{depot.code}/a4-red.png" not in page.html

    page = admin.submit({"to": "active"}, action=f"{address}/state")
    assert "已恢复使用" in page.text
    assert scan(service, depot.code).status_code == 303


@pytest.mark.parametrize("typed", ["K7WM", " k7-wm "])
def test_a_code_leads_to_another_channel_which_says_so(admin, service, depot, address, typed):
    admin.open(address)
    page = admin.submit({"to": "redirected", "target": typed}, action=f"{address}/state")

    assert service.parts.channels.find(depot.code) == KeptChannel(depot, ChannelState.REDIRECTED, "K7WM")
    assert "总海报（K7WM）" in page.text
    assert "中通示例站" in admin.open("/admin/channels/K7WM").text


@pytest.mark.parametrize(
    ("target", "sentence"),
    [("", "还没有写要转到哪个渠道"), ("H3NN", "没有编码“H3NN”"), ("itself", "不能转到自己")],
)
def test_a_code_that_can_lead_nowhere_is_refused_in_a_sentence(admin, service, depot, address, target, sentence):
    admin.open(address)
    target = depot.code if target == "itself" else target

    page = admin.submit({"to": "redirected", "target": target}, action=f"{address}/state")

    assert sentence in page.text
    assert service.parts.channels.find(depot.code).state is ChannelState.ACTIVE


@pytest.mark.parametrize(
    ("where", "answers"),
    [("", {"name": "乙改的名称"}), ("/state", {"to": "revoked"}), ("/state", {"to": "redirected", "target": "K7WM"})],
)
def test_of_two_who_change_at_once_the_second_is_told(admin, service, depot, address, where, answers):
    admin.open(address)
    other = Browser(service.admin_client("钱进"))
    other.open(address)
    other.submit({"name": "甲改的名称"}, action=address)

    page = admin.submit(answers, action=address + where)

    assert "刚刚有同事改过" in page.text
    assert "甲改的名称" in page.text
    assert service.parts.channels.find(depot.code) == KeptChannel(
        Channel(depot.code, "甲改的名称", Route.SELF, "解放区", "快递员")
    )
    assert [who for who, *_act in acts(service, depot.code)] == ["钱进", "赵敏"]


def test_a_state_that_no_button_asks_for_changes_nothing(admin, service, depot, address):
    admin.open(address)

    page = admin.submit({"to": "deleted"}, action=f"{address}/state")

    assert page.status == 404
    assert service.parts.channels.find(depot.code).state is ChannelState.ACTIVE


@pytest.mark.parametrize("where", ["", "/state"])
def test_S15_a_change_without_the_pages_token_is_refused(admin, service, depot, address, where):
    page = admin.post(address + where, {"to": "revoked", "name": "别的"})

    assert page.status == 400
    assert service.parts.channels.find(depot.code) == KeptChannel(depot)


def test_S14_a_name_is_never_markup(admin, service, address, depot):
    admin.open(address)
    page = admin.submit({"name": '<b onclick="x">站</b>'}, action=address)

    assert "<b onclick" not in page.html
    assert '<b onclick="x">站</b>' in service.parts.channels.find(depot.code).channel.name
