import hashlib
import html
import io
import re
import runpy
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PIL import Image

from h5app.services.sharing import refresh_ticket
from h5app.settings import PROJECT
from h5app.wechat.server import WechatServer
from h5app.wechat.signing import signature
from tests.wechat.wechat_server import TOKEN, LoopbackWechat

SITE = "https://zgh.example.org"
APP = "wx0123456789abcdef"
ENV = {
    "H5APP_PUBLIC_BASE_URL": SITE,
    "H5APP_WECHAT_APP_ID": APP,
    "H5APP_WECHAT_APP_SECRET": "0f1e2d3c4b5a69788796a5b4c3d2e1f0",
}


def refreshed(service, answers=None):
    """Whether a worker got a ticket from a server that answers so."""
    with LoopbackWechat(answers or {}) as wechat:
        server = WechatServer(APP, "secret", address=wechat.address)
        return refresh_ticket(replace(service.parts.share_desk, api=server), now=datetime.now(UTC))


def landing(service, path="/", *, site=SITE):
    answer = service.client().get(path, base_url=site)
    assert answer.status_code == 200
    return answer.text


def card_on(page):
    """The attributes of the card's script, None where the page has none."""
    found = re.search(r'<script src="/static/js/share\.js[^>]*>', page)
    if found is None:
        return None
    return {name: html.unescape(value) for name, value in re.findall(r'data-(\w+)="([^"]*)"', found[0])}


def kept_picture(name):
    return Image.open(io.BytesIO((PROJECT / "static/img" / name).read_bytes()))


def signed(url, card):
    return signature("ticket-1", nonce=card["nonce"], timestamp=int(card["timestamp"]), url=url)


def test_the_landing_page_carries_its_card(make_service):
    service = make_service(**ENV)
    assert refreshed(service)

    card = card_on(landing(service))

    picture = hashlib.sha256((PROJECT / "static/img/share.png").read_bytes()).hexdigest()[:12]
    assert card == {
        "app": APP,
        "timestamp": card["timestamp"],
        "nonce": card["nonce"],
        "signature": signed(f"{SITE}/", card),
        "title": "焦作“最美新就业形态劳动者”推荐",
        "desc": service.parts.campaign.summary,
        "link": f"{SITE}/",
        "picture": f"{SITE}/static/img/share.png?v={picture}",
    }
    assert abs(int(card["timestamp"]) - datetime.now(UTC).timestamp()) < 60


@pytest.mark.parametrize("query", ["from=singlemessage&isappinstalled=0", "a=%E5%BC%A0%2B+&b", "<script>"])
def test_the_query_is_signed_as_it_was_sent(make_service, query):
    service = make_service(**ENV)
    refreshed(service)

    sent = query.replace("<", "%3C").replace(">", "%3E")
    card = card_on(landing(service, f"/?{sent}"))

    assert card["signature"] == signed(f"{SITE}/?{sent}", card)
    assert card["link"] == f"{SITE}/"


def test_S17_a_forged_host_is_refused_and_one_of_ours_is_not_signed(make_service):
    service = make_service(**ENV)
    refreshed(service)

    assert service.client().get("/", base_url="https://evil.example.org").status_code == 400
    card = card_on(landing(service, site="http://127.0.0.1"))
    assert card["signature"] == signed(f"{SITE}/", card)
    assert "127.0.0.1" not in "".join(card.values())


@pytest.mark.parametrize(
    "answers",
    [{TOKEN: 502}, {TOKEN: {"errcode": 40164, "errmsg": "not in whitelist"}}, {TOKEN: b"<html>"}],
    ids=["server down", "IP not whitelisted", "no answer"],
)
def test_where_wechat_gives_no_ticket_the_page_works_without(make_service, answers):
    service = make_service(**ENV)

    assert refreshed(service, answers) is False

    page = landing(service)
    assert card_on(page) is None
    assert 'href="/apply/self/eligibility"' in page


def test_without_an_app_id_no_page_loads_the_sdk(service):
    assert service.parts.share_desk is None
    assert "share.js" not in service.client().get("/").text


def test_only_the_landing_page_loads_the_sdk_and_may_be_passed_on(make_service):
    service = make_service(**ENV)
    refreshed(service)
    paths = ["/apply/self/eligibility", "/apply/self/person", "/nothing"]

    assert 'data-share="card"' in landing(service)
    pages = [service.client().get(path, base_url=SITE).text for path in paths]
    assert [page.count('data-share="hide"') for page in pages] == [1, 1, 1]
    assert [page for page in pages if "share.js" in page] == []


def test_S27_neither_secret_nor_ticket_stands_on_a_page(make_service):
    service = make_service(**ENV)
    refreshed(service)

    page = landing(service)

    assert not [secret for secret in (ENV["H5APP_WECHAT_APP_SECRET"], "ticket-1", "access-1") if secret in page]


def test_wechat_finds_the_file_that_proves_the_domain(make_service):
    client = make_service(H5APP_WECHAT_VERIFY="MP_verify_abc123.txt:abc123,MP_verify_Xy9.txt:Q7").client()

    answers = [client.get(f"/MP_verify_{name}.txt") for name in ("abc123", "Xy9")]

    assert [(answer.status_code, answer.mimetype, answer.text) for answer in answers] == [
        (200, "text/plain", "abc123"),
        (200, "text/plain", "Q7"),
    ]


@pytest.mark.parametrize(
    "path",
    ["/MP_verify_other.txt", "/MP_verify_abc123.txt/", "/MP_verify_.txt", "/MP_verify_..%2Fabc123.txt", "/x.txt"],
)
def test_no_other_file_is_there(make_service, path):
    client = make_service(H5APP_WECHAT_VERIFY="MP_verify_abc123.txt:abc123").client()

    assert client.get(path).status_code == 404


def test_without_configuration_there_is_no_such_file(service):
    assert service.client().get("/MP_verify_abc123.txt").status_code == 404


def test_the_icon_is_there_for_whoever_asks_by_habit(service):
    answer = service.client().get("/favicon.ico", buffered=True)

    assert (answer.status_code, answer.mimetype) == (200, "image/x-icon")
    assert answer.headers["Cache-Control"] == "public, max-age=86400"
    assert Image.open(io.BytesIO(answer.data)).ico.sizes() == {(16, 16), (32, 32), (48, 48)}


def test_every_phone_page_names_the_icon_of_the_home_screen(service):
    address = re.search(r'<link rel="apple-touch-icon" href="([^"]+)"', service.client().get("/").text)[1]

    picture = Image.open(io.BytesIO(service.client().get(address, buffered=True).data))
    assert (picture.size, picture.format) == ((180, 180), "PNG")


def test_the_kept_pictures_are_what_their_script_draws():
    drawn = runpy.run_path(str(PROJECT / "static/build/pictures.py"))["pictures"]()

    kept = {name: kept_picture(name) for name in drawn}
    assert {name: (picture.size, picture.convert("RGBA").tobytes()) for name, picture in kept.items()} == {
        name: (picture.size, picture.convert("RGBA").tobytes()) for name, picture in drawn.items()
    }


def test_the_cards_picture_is_large_and_light_enough_for_wechat():
    width_px, height_px = kept_picture("share.png").size

    assert (min(width_px, height_px) >= 300, width_px == height_px) == (True, True)
    assert (PROJECT / "static/img/share.png").stat().st_size <= 32 * 1024


def test_the_built_sdk_opens_no_boxes_and_calls_nobody():
    script = (PROJECT / "static/js/share.js").read_text(encoding="utf-8")

    forbidden = r"alert\(|https?://|eval\(|new Function|XMLHttpRequest|fetch\(|localStorage|pushState|new Image"
    assert re.findall(forbidden, script) == []
