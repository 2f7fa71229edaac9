import io
import logging
import re

import pytest
from flask import redirect, url_for

from h5app.domain.nomination import Route
from h5app.web.admin.doors import local_target
from tests.people import DEEDS, ID_NUMBER, NAME, PHONE, jpeg, typed_on
from tests.web.test_nominate import fill, nominate

HTTPS = {"H5APP_PUBLIC_BASE_URL": "https://zgh.example.org"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)


def at(client, path, host="zgh.example.org"):
    return client.get(path, base_url=f"https://{host}")


# Sizes


def test_S1_a_form_beyond_its_limit_is_refused_however_it_is_encoded(browser):
    browser.open("/apply/self/story")
    data = browser.form().fields | {"deeds": "字" * 100_000}

    urlencoded = browser.client.post("/apply/self/story", data=data)
    multipart = browser.client.post("/apply/self/story", data=data, content_type="multipart/form-data")

    assert (urlencoded.status_code, multipart.status_code) == (413, 413)
    assert "内容太长" in urlencoded.text


def test_S1_a_photo_may_be_as_large_as_the_path_says_and_no_larger(make_service):
    service = make_service(replace_in_campaign={"photo_mb = 12": "photo_mb = 1"})
    browser = service.browser()
    fill(browser, service, Route.SELF)
    most = max(path.limits.photo_mb for path in service.parts.campaign.paths.values()) * 1024 * 1024

    page = browser.upload("/apply/self/photos/portrait", bytes(most + 100_000))

    assert page.status == 413
    assert "这张照片太大（超过 1 MB），请用手机自带的“编辑”缩小后再传，或换一张" in page.text


def test_S1_a_larger_photo_than_the_slot_takes_is_told_as_a_sentence(browser, service):
    fill(browser, service, Route.SELF)

    page = browser.upload("/apply/self/photos/portrait", bytes(12 * 1024 * 1024 + 1))

    assert page.status == 422
    assert "这张照片太大（超过 12 MB）" in page.text


def test_S1_a_form_with_a_thousand_parts_is_refused(browser):
    browser.open("/apply/self/story")
    data = browser.form().fields | {f"part{number}": "x" for number in range(1000)}

    assert browser.client.post("/apply/self/story", data=data, content_type="multipart/form-data").status_code == 413


def test_S1_the_limit_of_photos_holds_for_photos_only(browser, service):
    fill(browser, service, Route.SELF)
    data = {"csrf_token": browser.form().fields["csrf_token"], "photo": (io.BytesIO(bytes(300_000)), "x.jpg")}

    answer = browser.client.post("/apply/self/photos", data=data, content_type="multipart/form-data")

    assert answer.status_code == 413


# Forged requests


@pytest.mark.parametrize(
    "path",
    [
        "/apply/self/check",
        "/apply/self/discard",
        "/apply/self/another",
        "/apply/self/photos",
        "/apply/self/photos/portrait",
        "/apply/self/person/save",
    ],
)
@pytest.mark.parametrize("token", ["", "forged"])
def test_S15_a_request_without_the_pages_token_is_refused(service, path, token):
    client = service.draft_client()

    answer = client.post(path, data={"csrf_token": token})

    assert answer.status_code == 400
    assert service.stores.rows.read("SELECT COUNT(*) AS n FROM drafts") == [{"n": 1}]


def test_S15_no_act_of_an_admin_goes_without_a_token(service):
    entry, client = service.entry(), service.admin_client()

    for act in ("reveal", "decide", "resend"):
        answer = client.post(f"/admin/nominations/{entry.reference}/{act}", data={"was": "submitted", "to": "accepted"})
        assert answer.status_code == 400
    assert client.post("/admin/sign-out").status_code == 400
    assert service.stores.audit.of(entry.reference) == []


def test_S15_an_expired_token_gives_the_page_back_as_it_was_filled(service):
    browser = service.browser()
    browser.open("/apply/self/story")

    page = browser.submit({"csrf_token": "long expired", "deeds": DEEDS, "honours": "两项"})

    assert page.status == 400
    assert "页面停留太久了，您填的都在，请再点一次“下一步”" in page.text
    fields = browser.form().fields
    assert (fields["deeds"].replace("\r\n", "\n"), fields["honours"]) == (DEEDS, "两项")
    assert browser.submit().response.request.path == "/apply/self/photos"


def test_S15_agreements_and_choices_stay_chosen_when_a_token_has_expired(service):
    browser = service.browser()
    for topic in ("eligibility", "consent"):
        browser.open(f"/apply/self/{topic}")
        wanted = typed_on(service.parts.campaign, Route.SELF, topic)
        browser.submit(wanted | {"csrf_token": "expired"})
        assert {name: browser.form().fields.get(name) for name in wanted} == wanted


# Hosts


def test_S17_a_forged_host_is_refused(make_service):
    client = make_service(**HTTPS).client()

    assert at(client, "/").status_code == 200
    for host in ("evil.example.org", "zgh.example.org.evil.org", "zgh.example.org@evil.org", "evil.org:443"):
        answer = at(client, "/", host=host)
        assert answer.status_code == 400
        assert "evil" not in answer.text


@pytest.mark.parametrize("header", ["X-Forwarded-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL"])
def test_S17_no_header_changes_where_links_lead(make_service, header):
    service = make_service(**HTTPS)

    answer = service.client().get("/", base_url="https://zgh.example.org", headers={header: "host=evil.example.org"})

    assert (answer.status_code, "evil" in answer.text) == (200, False)
    assert service.parts.press.url(service.parts.press.book.channels[0]) == "https://zgh.example.org/t/K7WM"


# Where to go after signing in


@pytest.mark.parametrize(
    "target",
    [
        "//evil.org",
        "https://evil.org/admin",
        "http:evil.org",
        "/\\evil.org",
        "\\\\evil.org",
        "/admin\\@evil.org",
        "javascript:alert(1)",
        "evil.org",
        "///evil.org/admin",
        " //evil.org",
        "/apply/self/person",
        "",
        "/admin@evil.org",
        "/adminevil",
        "/admin\r\nSet-Cookie: a=b",
        "/admin\t/x",
        "http://[",
    ],
)
def test_S18_only_the_console_itself_is_led_to(service, target):
    with service.app.test_request_context():
        safe = local_target(target)
        answer = redirect(safe)

    assert safe == "/admin/nominations" or re.fullmatch(r"/admin(?:[/?][\w/?=&%.-]*)?", safe)
    assert len(answer.headers.getlist("Location")) == 1


@pytest.mark.parametrize("target", ["/admin/mail", "/admin/nominations?q=%E5%BC%A0&page=2", "/admin/"])
def test_S18_a_page_of_the_console_is_led_to(service, target):
    with service.app.test_request_context():
        assert local_target(target) == target


def test_S18_the_door_remembers_where_somebody_wanted_to_go(service):
    answer = service.client().get("/admin/mail?state=held")

    with service.app.test_request_context():
        assert answer.headers["Location"] == url_for("admin.sign_in_page", next="/admin/mail?state=held")


# Cookies


def test_S28_over_https_every_cookie_is_secure_httponly_and_of_this_host_only(make_service):
    service = make_service(**HTTPS)
    client = service.client()
    page = at(client, "/apply/self/story")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
    answer = client.post(
        "/apply/self/story",
        data={"csrf_token": token, "deeds": "一"},
        base_url="https://zgh.example.org",
    )

    cookies = page.headers.getlist("Set-Cookie") + answer.headers.getlist("Set-Cookie")
    assert {cookie.split("=")[0] for cookie in cookies} == {"__Host-h5app", "__Host-h5app_self"}
    for cookie in cookies:
        attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= attributes
        assert not any(part.startswith("domain") for part in attributes)


def test_S28_without_tls_cookies_are_httponly_and_plainly_named(browser):
    browser.open("/apply/self/story")
    answer = browser.client.post("/apply/self/story", data=browser.form().fields | {"deeds": "一"})

    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("h5app_self=")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=604800"} <= {part.strip() for part in cookie.split(";")}


def test_S28_a_drafts_cookie_ends_with_the_draft(browser, service):
    nominate(browser, service, Route.SELF)
    browser.submit()

    assert browser.client.get_cookie("h5app_self") is None


def test_S19_a_token_of_one_route_opens_no_other(service):
    client = service.draft_client(Route.SELF)
    token = client.get_cookie("h5app_self").value
    client.set_cookie("h5app_peer", token)

    assert client.get("/apply/self/photos").status_code == 200
    assert client.get("/apply/peer/photos").status_code == 404


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/apply/self/story", "/nothing", "/admin/", "/admin/sign-in", "/healthz", "/t/K7WM"]
)
def test_S14_every_answer_carries_the_policy_and_its_companions(service, path):
    headers = service.client().get(path).headers

    assert {
        name: headers.getlist(name)
        for name in (
            "Content-Security-Policy",
            "X-Content-Type-Options",
            "Referrer-Policy",
            "Cross-Origin-Opener-Policy",
            "Cache-Control",
        )
    } == {
        "Content-Security-Policy": [POLICY],
        "X-Content-Type-Options": ["nosniff"],
        "Referrer-Policy": ["same-origin"],
        "Cross-Origin-Opener-Policy": ["same-origin"],
        "Cache-Control": ["no-store"],
    }
    assert "Strict-Transport-Security" not in headers


def test_over_https_browsers_are_told_to_stay_there(make_service):
    headers = at(make_service(**HTTPS).client(), "/").headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_assets_are_kept_for_a_year_under_their_hash_and_not_without(service):
    client = service.client()
    address = re.search(r'href="(/static/css/app.css\?v=[0-9a-f]{12})"', client.get("/").text)[1]

    assert client.get(address, buffered=True).headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "immutable" not in client.get("/static/css/app.css", buffered=True).headers.get("Cache-Control", "")
    assert client.get("/static/css/gone.css?v=0123456789ab").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "path", ["/static/../h5app/app.py", "/static/%2e%2e/wsgi.py", "/static/....//wsgi.py", "/.env"]
)
def test_S13_nothing_outside_the_static_folder_is_served(service, path):
    assert service.client().get(path).status_code == 404


# What is written down


def test_S27_a_whole_journey_leaves_nothing_personal_in_logs_or_addresses(service, caplog):
    caplog.set_level(logging.DEBUG)
    browser = service.browser()
    nominate(browser, service, Route.PEER)
    browser.open("/nothing")
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", b"no picture")
    admin = service.admin_client()
    reference = service.stores.rows.read("SELECT reference FROM nominations")[0]["reference"]
    assert admin.get(f"/admin/nominations/{reference}").status_code == 200

    for secret in (NAME, ID_NUMBER, PHONE, DEEDS[:8], "王秀英", "13900005678"):
        assert secret not in caplog.text
        assert not [url for url in browser.visited if secret in url]


def test_S5_S19_a_photo_is_shown_to_its_own_browser_as_a_fresh_jpeg(browser, service):
    fill(browser, service, Route.SELF)
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))
    address = re.search(r'src="(/apply/self/photos/[^"]+\.jpg[^"]*)"', browser.page.html)[1]

    answer = browser.client.get(address)

    assert (answer.status_code, answer.mimetype, answer.data[:2]) == (200, "image/jpeg", b"\xff\xd8")
    assert answer.headers["Cache-Control"] == "no-store"
    assert service.client().get(address).status_code == 404
