import gzip
import io
import re
from urllib.parse import quote

import docx
import pytest
from PIL import Image
from pypdf import PdfReader

from h5app.domain.sheet import CELLS
from tests.journeys.phone import WECHAT

PICTURE = re.compile(r'<img class="paper" src="([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]+)">')
FILE = re.compile(r'href="(/papers/blank\.(docx|pdf)\?v=[0-9a-f]{12})"')
LARGE = re.compile(r'href="(/papers/blank-1\.png\?v=[0-9a-f]{12})"')
FOR_GOOD = {"public", "max-age=31536000", "immutable"}


def blank_page(service, **headers):
    return service.client().get("/papers/blank", headers=headers).text


def kept(answer):
    return {part.strip() for part in answer.headers["Cache-Control"].split(",")}


def test_the_landing_page_leads_to_the_blank_form(browser):
    browser.open("/")

    assert "/papers/blank" in browser.page.links
    assert browser.open("/papers/blank").status == 200


def test_the_form_is_shown_as_a_picture_with_its_size_and_its_labels_in_words(service):
    ((url, width, height, words),) = PICTURE.findall(blank_page(service))

    picture = service.client().get(url)
    opened = Image.open(io.BytesIO(picture.data))
    assert picture.mimetype == "image/png"
    assert opened.size == (int(width), int(height)) == (720, 1018)
    assert words == f"空白的推荐表，要填的有：{'、'.join(CELLS.values())}"


def test_the_way_into_a_browser_is_shown_inside_wechat_only(service):
    inside, outside = blank_page(service, User_Agent=WECHAT), blank_page(service, User_Agent="Mozilla/5.0 Chrome/120")

    assert ("在浏览器打开" in inside, "微信里不能下载文件" in inside) == (True, True)
    assert ("在浏览器打开" in outside, "微信里不能下载文件" in outside) == (False, False)
    assert FILE.findall(inside) == FILE.findall(outside)
    # WeChat hides “在浏览器打开” on a page that hides its menu.
    assert 'data-share="menu"' in inside


def test_the_picture_is_light_and_a_larger_one_is_a_tap_away(service):
    page = blank_page(service)
    small, large = (service.client().get(url).data for url in (PICTURE.findall(page)[0][0], re.search(LARGE, page)[1]))

    assert Image.open(io.BytesIO(large)).size == (1080, 1527)
    # With the page around it, less than the 12 KB that a page may take after the first.
    assert len(small) + len(gzip.compress(page.encode())) <= 12_000


@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_files_come_under_a_chinese_name_in_both_spellings(service, kind):
    urls = {ending: url for url, ending in FILE.findall(blank_page(service))}

    answer = service.client().get(urls[kind], buffered=True)

    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment; filename=")
    assert f"{quote('推荐表_空白')}.{kind}" in disposition
    assert re.search(rf'filename="?[ -~]+\.{kind}"?;', disposition)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert (
        answer.mimetype
        == {
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "pdf": "application/pdf",
        }[kind]
    )


def test_the_files_are_the_campaigns_own_form(service):
    urls = {ending: url for url, ending in FILE.findall(blank_page(service))}
    title = service.parts.campaign.form_title
    word, pdf = (service.client().get(urls[kind], buffered=True).data for kind in ("docx", "pdf"))

    assert docx.Document(io.BytesIO(word)).paragraphs[0].text == title
    assert "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split()).startswith(title)


@pytest.mark.parametrize("path", ["blank-1.png", "blank-1-small.png", "blank.docx", "blank.pdf"])
def test_what_is_the_same_for_everybody_is_kept_for_good_under_its_own_mark(service, path):
    mark = PICTURE.findall(blank_page(service))[0][0].partition("?v=")[2]
    marked, bare, old = (
        service.client().get(f"/papers/{path}{query}", buffered=True) for query in (f"?v={mark}", "", "?v=000000000000")
    )

    assert kept(marked) == FOR_GOOD
    assert kept(bare) == kept(old) == {"public", "max-age=300"}
    assert marked.data == bare.data == old.data
    for answer in (marked, bare, old):
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")


def test_another_campaign_file_gives_other_addresses(make_service):
    services = [
        make_service(),
        make_service(replace_in_campaign={'form_title = "焦作': 'form_title = "郑州'}),
    ]

    addresses = [PICTURE.findall(blank_page(service))[0][0] for service in services]
    assert addresses[0] != addresses[1]


def test_the_page_itself_is_not_kept(service):
    assert service.client().get("/papers/blank").headers["Cache-Control"] == "no-store"


def test_a_path_that_asks_for_a_seal_has_it_on_its_paper(make_service):
    service = make_service(replace_in_campaign={"stamped = false": "stamped = true"})

    pdf = service.client().get("/papers/blank.pdf", buffered=True).data

    text = "".join(PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    assert ("推荐单位：（盖章）" in text, "无须盖章" in text) == (True, False)


def test_there_is_no_other_page_and_no_other_kind(service):
    for path in ("/papers/blank-2.png", "/papers/blank.doc", "/papers/", "/papers"):
        assert service.client().get(path).status_code == 404
