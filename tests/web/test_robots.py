"""Who is counted: telephones that open a page; nobody else, as far as headers tell."""

import pytest

from h5app.web.robots import is_prefetch, is_robot
from tests.serving import PHONE_HEADERS

WECHAT = PHONE_HEADERS["HTTP_USER_AGENT"]
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 "
    "MicroMessenger/8.0.2(0x18000239) NetType/WIFI Language/zh_CN"
)
SAFARI = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 "
    "Mobile/15E148 Safari/604.1"
)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
ALIPAY = (
    "Mozilla/5.0 (Linux; U; Android 11; zh-CN; M2101K9C) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 "
    "Chrome/69.0.3497.100 UWS/3.22.2.43 Mobile Safari/537.36 UCBS/3.22 AlipayDefined(nt:WIFI) AliApp(AP/10.2.51) "
    "AlipayClient/10.2.51 Language/zh-Hans"
)
QQ = (
    "Mozilla/5.0 (Linux; Android 10; V1990A) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/77.0.3865.120 "
    "MQQBrowser/6.2 TBS/045714 Mobile Safari/537.36 V1_AND_SQ_8.8.0 QQ/8.8.0.6075 NetType/4G WebP/0.3.0"
)
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0.0.0 Safari/537.36 "
    "NetType/WIFI MicroMessenger/7.0.20.1781(0x6700143B) WindowsWechat(0x6309092b) XWEB/9105 Flue"
)
SCANNER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 7_0_2 like Mac OS X) AppleWebKit/537.51.1 (KHTML, like Gecko) "
    "CriOS/30.0.1599.12 Mobile/11A501 Safari/8536.25 MicroMessenger/6.1.0"
)
OLD_ANDROID = (
    "Mozilla/5.0 (Linux; U; Android 5.1; zh-cn; OPPO R9m Build/LMY47I) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Version/4.0 Chrome/53.0.2785.134 Mobile Safari/537.36 OppoBrowser/4.6.5.3"
)


def asked(**changes):
    return {"REQUEST_METHOD": "GET", **PHONE_HEADERS, **changes}


@pytest.mark.parametrize("name", [WECHAT, IPHONE, SAFARI, CHROME, ALIPAY, QQ, WINDOWS, OLD_ANDROID])
def test_a_persons_browser_is_no_robot(name):
    assert not is_robot(asked(HTTP_USER_AGENT=name))


@pytest.mark.parametrize(
    "changes",
    [
        {"REQUEST_METHOD": "HEAD"},
        {"HTTP_ACCEPT": "*/*"},
        {"HTTP_ACCEPT": ""},
        {"HTTP_SEC_FETCH_DEST": "image"},
        {"HTTP_USER_AGENT": ""},
        {"HTTP_USER_AGENT": "curl/8.5.0"},
        {"HTTP_USER_AGENT": "python-requests/2.32"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)"},
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Bytespider; https://zhanzhang.toutiao.com/)"},
        {"HTTP_USER_AGENT": "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)"},
        {"HTTP_USER_AGENT": f"{CHROME} Googlebot/2.1"},
        # WeChat's own, and what calls itself so
        {"HTTP_USER_AGENT": SCANNER},
        {"HTTP_USER_AGENT": f"{IPHONE} mpcrawler"},
        {"HTTP_USER_AGENT": "MicroMessenger Client"},
    ],
)
def test_whoever_opens_no_page_or_says_so_is_a_robot(changes):
    assert is_robot(asked(**changes))


@pytest.mark.parametrize(
    "header",
    [
        {"HTTP_SEC_PURPOSE": "prefetch;anonymous-client-ip"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
        {"HTTP_PURPOSE": "prefetch"},
        {"HTTP_X_PURPOSE": "preview"},
        {"HTTP_X_MOZ": "Prefetch"},
    ],
)
def test_what_is_asked_beforehand_is_no_visit_yet(header):
    assert is_prefetch(asked(**header))


def test_who_opens_a_page_asks_for_nothing_beforehand():
    assert not is_prefetch(asked())
    assert not is_prefetch(asked(HTTP_PURPOSE=""))
