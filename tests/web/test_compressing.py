"""What goes over the line is small, and its length tells nothing."""

import gzip

import pytest

from h5app.settings import PROJECT
from h5app.web.compressing import packed

GZIP = {"Accept-Encoding": "gzip, deflate, br"}
TEXT = "<p>推荐表</p>".encode() * 100


@pytest.mark.parametrize("path", ["/", "/apply/self/person", "/no-such-page"])
def test_a_page_arrives_whole_and_small(service, path):
    plain = service.client().get(path)
    small = service.client().get(path, headers=GZIP)

    assert (small.status_code, small.headers["Content-Encoding"]) == (plain.status_code, "gzip")
    assert small.content_length == len(small.data) < len(plain.data) * 0.6 + 64  # of them up to 64 by chance
    assert len(gzip.decompress(small.data)) == pytest.approx(len(plain.data), abs=10)
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(("name", "kind"), [("css/app.css", "text/css"), ("js/app.js", "text/javascript")])
def test_sheets_and_scripts_are_packed_as_small_as_can_be(service, name, kind):
    answers = [service.client().get(f"/static/{name}?v=1", headers=GZIP) for _ in range(2)]

    for answer in answers:
        assert gzip.decompress(answer.data) == (PROJECT / "static" / name).read_bytes()
        assert len(answer.data) == len(gzip.compress((PROJECT / "static" / name).read_bytes(), 9))
        assert answer.mimetype == kind
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.content_length == len(answer.data)


def test_a_sheet_that_has_not_changed_is_not_sent_again(service):
    client = service.client()
    tag = client.get("/static/css/app.css", headers=GZIP).headers["ETag"]
    plain = client.get("/static/css/app.css", buffered=True).headers["ETag"]

    assert tag != plain
    again = client.get("/static/css/app.css", headers=GZIP | {"If-None-Match": plain}, buffered=True)
    assert again.status_code == 304


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0, br"])
def test_who_cannot_read_gzip_gets_plain_text(service, accepted):
    answer = service.client().get("/static/css/app.css", headers={"Accept-Encoding": accepted}, buffered=True)

    assert "Content-Encoding" not in answer.headers
    assert answer.data == (PROJECT / "static/css/app.css").read_bytes()


@pytest.mark.parametrize("path", ["/healthz", "/static/img/icon.svg"])
def test_what_is_short_stays_as_it_is(service, path):
    assert "Content-Encoding" not in service.client().get(path, headers=GZIP, buffered=True).headers


def test_a_head_says_what_a_get_would_send(service):
    answer = service.client().head("/static/css/app.css", headers=GZIP)

    assert (answer.status_code, answer.headers["Content-Encoding"], answer.data) == (200, "gzip", b"")


def test_the_length_of_a_page_differs_by_chance():
    sizes = {len(packed(TEXT)) for _ in range(200)}

    assert len(sizes) > 20
    assert {gzip.decompress(packed(TEXT)) for _ in range(20)} == {TEXT}


@pytest.mark.parametrize("path", ["/?x=QQQQ", "/apply/self/person?back=QQQQ", "/QQQQ", "/apply/self/QQQQ", "/t/QQQQ"])
def test_no_page_repeats_what_somebody_put_into_its_address(service, path):
    page = service.client().get(path, follow_redirects=True).text

    assert "csrf_token" in page
    assert "QQQQ" not in page
