import logging
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from h5app.domain.errors import WechatError
from h5app.services.sharing import ShareDesk, SignedPage, refresh_ticket, sign_page
from h5app.wechat.api import Granted
from h5app.wechat.server import WechatServer
from h5app.wechat.signing import signature
from tests.threads import at_once
from tests.wechat.wechat_server import TICKET, TOKEN, LoopbackWechat

APP, SECRET = "wx0123456789abcdef", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
URL = "https://zgh.example.org/?from=singlemessage"
MINUTE = timedelta(minutes=1)


@dataclass
class FakeApi:
    """Grants numbered tokens and tickets; errors in `refusals` are raised first, the token's before the ticket's."""

    lasts_s: int = 7200
    token_refusals: list[WechatError] = field(default_factory=list)
    ticket_refusals: list[WechatError] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    gate: threading.Barrier | None = None

    def access_token(self):
        self.calls.append("token")
        self.asked.set()
        if self.gate:
            self.gate.wait(timeout=10)
        if self.token_refusals:
            raise self.token_refusals.pop(0)
        return Granted(f"access-{self.calls.count('token')}", self.lasts_s)

    def jsapi_ticket(self, access_token):
        self.calls.append(f"ticket for {access_token}")
        if self.ticket_refusals:
            raise self.ticket_refusals.pop(0)
        return Granted(f"ticket-{len([call for call in self.calls if call.startswith('ticket')])}", self.lasts_s)


@pytest.fixture
def desk(stores):
    return ShareDesk(APP, stores.wechat_tokens, FakeApi())


def ticket_at(desk, now):
    """The ticket a page of this moment is signed with, recognised by its signature; None where it goes without."""
    page = sign_page(desk, URL, now=now)
    if page is None:
        return None
    return next(
        ticket
        for ticket in (f"ticket-{number}" for number in range(1, 99))
        if signature(ticket, nonce=page.nonce, timestamp=page.timestamp, url=URL) == page.signature
    )


def minutes_of_tries(desk, now, *, until):
    """The minutes at which a worker that looks every minute asks WeChat."""
    tried = []
    for minute in range(until):
        before = len(desk.api.calls)
        refresh_ticket(desk, now=now + minute * MINUTE)
        if len(desk.api.calls) > before:
            tried.append(minute)
    return tried


def test_a_page_is_signed_with_the_ticket_of_the_refresher(desk, now):
    assert sign_page(desk, URL, now=now) is None

    assert refresh_ticket(desk, now=now)

    page = sign_page(desk, URL, now=now)
    assert page == SignedPage(
        app_id=APP,
        timestamp=int(now.timestamp()),
        nonce=page.nonce,
        signature=signature("ticket-1", nonce=page.nonce, timestamp=int(now.timestamp()), url=URL),
    )
    assert sign_page(desk, URL, now=now).nonce != page.nonce


def test_a_ticket_is_fetched_anew_before_it_ends_and_no_page_is_without(desk, now):
    used = []
    for minute in range(230):
        refresh_ticket(desk, now=now + minute * MINUTE)
        used.append(ticket_at(desk, now + minute * MINUTE))

    assert used == ["ticket-1"] * 110 + ["ticket-2"] * 110 + ["ticket-3"] * 10
    assert ticket_at(desk, now + 339 * MINUTE) == "ticket-3"
    assert ticket_at(desk, now + 340 * MINUTE) is None


def test_a_ticket_with_little_time_left_is_asked_for_again_and_again_but_not_in_a_rush(desk, now):
    desk.api.lasts_s = 240

    assert minutes_of_tries(desk, now, until=9) == [0, 2, 4, 6, 8]
    desk.api.lasts_s = 1
    assert minutes_of_tries(desk, now + 10 * MINUTE, until=4) == [0, 1, 2, 3]


def test_two_workers_at_once_fetch_once(desk, now):
    came = at_once(lambda: refresh_ticket(desk, now=now), 2)

    assert sorted(came) == [False, True]
    assert desk.api.calls == ["token", "ticket for access-1"]


def test_a_worker_that_comes_while_another_waits_for_wechat_does_not_wait_too(desk, now):
    desk.api.gate = threading.Barrier(2)
    first = threading.Thread(target=refresh_ticket, args=[desk], kwargs={"now": now})
    first.start()
    assert desk.api.asked.wait(timeout=10)

    assert refresh_ticket(desk, now=now + MINUTE) is False
    assert sign_page(desk, URL, now=now) is None
    desk.api.gate.wait(timeout=10)
    first.join(timeout=10)
    assert ticket_at(desk, now) == "ticket-1"


def test_a_worker_killed_while_it_fetches_holds_the_others_up_for_two_minutes(desk, now):
    desk.tokens.lease(APP, now=now, lease_until=now + 2 * MINUTE, horizon=now + 120 * MINUTE)

    assert minutes_of_tries(desk, now, until=5) == [2]


def test_a_refusal_puts_the_next_try_off_longer_each_time(desk, now):
    desk.api.token_refusals = [WechatError("IP", code=40164) for _ in range(7)]

    assert minutes_of_tries(desk, now, until=150) == [0, 1, 3, 8, 18, 48, 78, 108]
    assert ticket_at(desk, now + 108 * MINUTE) == "ticket-1"


def test_after_a_success_patience_is_fresh(desk, now):
    desk.api.token_refusals = [WechatError("busy", code=-1)] * 3
    minutes_of_tries(desk, now, until=9)
    desk.api.token_refusals = [WechatError("busy", code=-1)]

    assert minutes_of_tries(desk, now + 130 * MINUTE, until=5) == [0, 1]


def test_the_old_ticket_serves_while_wechat_is_in_trouble(desk, now):
    refresh_ticket(desk, now=now)
    desk.api.ticket_refusals = [WechatError("quota", code=45009)] * 9

    minutes_of_tries(desk, now, until=119)

    assert ticket_at(desk, now + 119 * MINUTE) == "ticket-1"
    assert ticket_at(desk, now + 120 * MINUTE) is None


def test_a_token_that_still_lasts_is_not_asked_for_twice(desk, now):
    desk.api.ticket_refusals = [WechatError("busy", code=-1)]

    minutes_of_tries(desk, now, until=2)

    assert desk.api.calls == ["token", "ticket for access-1", "ticket for access-1"]


@pytest.mark.parametrize("code", [40001, 40014, 42001])
def test_a_token_that_was_ended_from_outside_is_replaced(desk, now, code):
    desk.api.ticket_refusals = [WechatError("ended", code=code)]

    minutes_of_tries(desk, now, until=2)

    assert desk.api.calls == ["token", "ticket for access-1", "token", "ticket for access-2"]


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1), timedelta(days=-20000), timedelta(days=4000)])
def test_F7_after_a_jump_of_the_clock_a_new_ticket_comes_at_once_and_no_old_one_is_used(desk, now, jump):
    refresh_ticket(desk, now=now)

    assert ticket_at(desk, now + jump) is None
    assert refresh_ticket(desk, now=now + jump)
    assert ticket_at(desk, now + jump) == "ticket-2"


def test_S27_trouble_is_one_line_without_secrets(stores, now, caplog):
    refusal = {"errcode": 40164, "errmsg": f"invalid ip 203.0.113.7, not in whitelist {SECRET}"}
    with LoopbackWechat({TICKET: refusal}) as wechat, caplog.at_level(logging.DEBUG):
        desk = ShareDesk(APP, stores.wechat_tokens, WechatServer(APP, SECRET, address=wechat.address))
        assert refresh_ticket(desk, now=now) is False

    line = (
        "微信分享卡片暂时用不了，网页不受影响：服务器的 IP 203.0.113.7 不在白名单里，"
        "请在微信公众平台的“IP 白名单”里加上（微信的答复 40164）。1 分钟后再试"
    )
    assert caplog.messages == [line]


def test_against_a_real_server_the_ticket_comes_through(stores, now):
    with LoopbackWechat() as wechat:
        desk = ShareDesk(APP, stores.wechat_tokens, WechatServer(APP, SECRET, address=wechat.address))
        assert refresh_ticket(desk, now=now)

    assert ticket_at(desk, now) == "ticket-1"
    assert [path for _method, path, _asked in wechat.asked] == [TOKEN, TICKET]
