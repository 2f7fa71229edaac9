"""WeChat's own server over HTTPS. No secret leaves this module but to it: not in a message, not in a log."""

import json
import re
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from h5app.domain.errors import WechatError
from h5app.wechat.api import LONGEST_S, Granted

ADDRESS = "https://api.weixin.qq.com"
_MOST_BYTES = 64 * 1024
_UNCLEAR = "听不懂微信服务器的答复"
_WRONG_SECRET = "H5APP_WECHAT_APP_SECRET 不对，请到微信公众平台核对或重置"  # noqa: S105 -- words about one
# Source: 全局返回码, developers.weixin.qq.com; what staff can do about each.
_CAUSES = {
    -1: "微信的服务器忙",
    40001: _WRONG_SECRET,
    40013: "H5APP_WECHAT_APP_ID 不对，请到微信公众平台核对",
    40125: _WRONG_SECRET,
    40164: "服务器的 IP{address} 不在白名单里，请在微信公众平台的“IP 白名单”里加上",
    45009: "今天的次数用完了，第二天会恢复",
    45011: "次数太密",
    48001: "这个公众号没有 JS-SDK 的权限，请核对它是否已认证",
    50007: "这个公众号已被冻结，请到微信公众平台查看",
}


class WechatServer:
    """Asks WeChat's server for one app.

    Args:
        app_id, app_secret: of the union's official account.
        address: where the server is, without a slash at its end.
        timeout_s: seconds for connecting, and for each answer.
    """

    def __init__(self, app_id: str, app_secret: str, *, address: str = ADDRESS, timeout_s: float = 5.0) -> None:
        self._app_id = app_id
        self._app_secret = app_secret
        self._address = address
        self._timeout_s = timeout_s
        self._opener = build_opener(_NoRedirects)

    def access_token(self) -> Granted:
        """See `WechatApi`.

        The stable token: the union's other programs that use the same account keep theirs, where the older way
        would end it with every call. Its secret travels in the body, not in an address that proxies write down.
        """
        asked = {"grant_type": "client_credential", "appid": self._app_id, "secret": self._app_secret}
        body = json.dumps(asked).encode()
        request = Request(  # noqa: S310 -- the address is ours
            f"{self._address}/cgi-bin/stable_token", data=body, headers={"Content-Type": "application/json"}
        )
        return _granted(self._ask(request), "access_token")

    def jsapi_ticket(self, access_token: str) -> Granted:
        """See `WechatApi`."""
        query = urlencode({"access_token": access_token, "type": "jsapi"})
        request = Request(f"{self._address}/cgi-bin/ticket/getticket?{query}")  # noqa: S310 -- the address is ours
        return _granted(self._ask(request), "ticket")

    def _ask(self, request: Request) -> Mapping[str, Any]:
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                found = json.loads(answer.read(_MOST_BYTES))
        except HTTPError as error:
            error.close()
            raise WechatError(f"微信的服务器答复 HTTP {error.code}") from None
        except OSError as error:
            raise WechatError(f"连不上微信的服务器（{_why(error)}）") from None
        except (ValueError, HTTPException):
            raise WechatError(_UNCLEAR) from None
        if not isinstance(found, dict):
            raise WechatError(_UNCLEAR)
        if found.get("errcode"):
            raise _refusal(found)
        return found


class _NoRedirects(HTTPRedirectHandler):
    """The secret goes to WeChat's server and nowhere else."""

    def redirect_request(self, *_asked: object) -> None:
        return None


def _granted(answer: Mapping[str, Any], name: str) -> Granted:
    text, lasts_s = answer.get(name), answer.get("expires_in")
    if not isinstance(text, str) or not text or not isinstance(lasts_s, int) or lasts_s <= 0:
        raise WechatError(_UNCLEAR)
    return Granted(text, min(lasts_s, LONGEST_S))


def _refusal(answer: Mapping[str, Any]) -> WechatError:
    """Our words for its number. Its own words are left out but for the address that a whitelist needs."""
    code = answer["errcode"] if isinstance(answer["errcode"], int) else 0
    address = re.search(r"invalid ip ([0-9a-fA-F.:]{3,45})", str(answer.get("errmsg", "")))
    cause = _CAUSES.get(code, "微信没有同意").format(address=f" {address[1]}" if address else "")
    return WechatError(f"{cause}（微信的答复 {code}）", code=code)


def _why(error: OSError) -> str:
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return "没有等到答复"
    return type(reason).__name__
