"""Real talks over HTTP on loopback: what is asked, what is made of the answers, and that no secret is repeated."""

import socket

import pytest

from h5app.domain.errors import WechatError
from h5app.wechat.api import Granted
from h5app.wechat.server import WechatServer
from tests.wechat.wechat_server import GRANTED, HANG, TICKET, TOKEN, LoopbackWechat

APP_ID, SECRET = "wx0123456789abcdef", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def told(answer, *, path=TOKEN, timeout_s=5.0):
    """What is said of this answer."""
    with LoopbackWechat({path: answer}) as wechat:
        server = WechatServer(APP_ID, SECRET, address=wechat.address, timeout_s=timeout_s)
        with pytest.raises(WechatError) as error:
            server.access_token() if path == TOKEN else server.jsapi_ticket("access-1")
    assert not [secret for secret in (SECRET, "access-1") if secret in str(error.value)]
    assert error.value.__cause__ is None
    return str(error.value), error.value.code


def test_token_and_ticket_are_asked_for_as_documented():
    with LoopbackWechat() as wechat:
        server = WechatServer(APP_ID, SECRET, address=wechat.address)

        granted = server.access_token(), server.jsapi_ticket("access/1")

    assert granted == (Granted("access-1", 7200), Granted("ticket-1", 7200))
    asked = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
    assert wechat.asked == [("POST", TOKEN, asked), ("GET", TICKET, "access_token=access%2F1&type=jsapi")]


def test_nothing_is_believed_to_last_longer_than_two_hours():
    with LoopbackWechat({TOKEN: {"access_token": "a", "expires_in": 10**9}}) as wechat:
        assert WechatServer(APP_ID, SECRET, address=wechat.address).access_token() == Granted("a", 7200)


@pytest.mark.parametrize(
    ("errcode", "errmsg", "sentence"),
    [
        (
            40164,
            "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 1",
            "服务器的 IP 203.0.113.7 不在白名单里，请在微信公众平台的“IP 白名单”里加上（微信的答复 40164）",
        ),
        (
            40164,
            "not in whitelist",
            "服务器的 IP 不在白名单里，请在微信公众平台的“IP 白名单”里加上（微信的答复 40164）",
        ),
        (40125, "invalid appsecret", "H5APP_WECHAT_APP_SECRET 不对，请到微信公众平台核对或重置（微信的答复 40125）"),
        (40013, "invalid appid", "H5APP_WECHAT_APP_ID 不对，请到微信公众平台核对（微信的答复 40013）"),
        (45009, "reach max api daily quota limit", "今天的次数用完了，第二天会恢复（微信的答复 45009）"),
        (-1, "system error", "微信的服务器忙（微信的答复 -1）"),
        (99999, f"no idea, {SECRET}", "微信没有同意（微信的答复 99999）"),
    ],
)
def test_a_refusal_is_told_in_our_words_with_what_to_do(errcode, errmsg, sentence):
    assert told({"errcode": errcode, "errmsg": errmsg}) == (sentence, errcode)


def test_a_token_that_has_ended_is_told_by_its_number():
    assert told({"errcode": 42001, "errmsg": "access_token expired"}, path=TICKET)[1] == 42001


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"",
        {"access_token": "", "expires_in": 7200},
        {"access_token": 7, "expires_in": 7200},
        {"access_token": "access-1"},
        {"access_token": "access-1", "expires_in": 0},
        {"access_token": "access-1", "expires_in": "7200"},
    ],
)
def test_what_is_no_answer_is_not_understood(answer):
    assert told(answer) == ("听不懂微信服务器的答复", 0)


def test_a_failing_server_is_told_by_its_status():
    assert told(502) == ("微信的服务器答复 HTTP 502", 0)


def test_a_hanging_server_is_given_up():
    assert told(HANG, timeout_s=0.2) == ("连不上微信的服务器（没有等到答复）", 0)


def test_the_secret_is_not_carried_to_another_server():
    with LoopbackWechat() as elsewhere:
        assert told(f"{elsewhere.address}{TOKEN}") == ("微信的服务器答复 HTTP 302", 0)

    assert elsewhere.asked == []


def test_no_server_at_all_is_told():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    server = WechatServer(APP_ID, SECRET, address=address)

    with pytest.raises(WechatError, match=r"^连不上微信的服务器（ConnectionRefusedError）$"):
        server.access_token()


def test_the_double_grants_what_the_server_does():
    assert set(GRANTED) == {TOKEN, TICKET}
