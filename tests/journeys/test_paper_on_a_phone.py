"""The blank 推荐表 on a phone: seen inside WeChat without a download, taken along from a browser."""

import docx
import pytest

from tests.journeys.phone import open_phone

pytestmark = pytest.mark.browser

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"
)
DRAWN = "picture => picture.complete && [picture.naturalWidth, picture.clientWidth]"


@pytest.mark.parametrize("javascript", [True, False], ids=["with script", "without script"])
def test_inside_wechat_the_form_is_seen_and_the_way_to_the_files_is_shown(browser, service, javascript):
    with open_phone(browser, javascript=javascript) as phone:
        page = phone.new_page()
        page.goto(service.base_url)
        page.get_by_text("先看看推荐表长什么样").click()
        page.wait_for_load_state("networkidle")

        assert page.locator("img.paper").evaluate(DRAWN) == [720, 326]
        assert page.get_by_text("点右上角").is_visible()
        assert page.locator(".elsewhere-scene").is_visible()
        page.get_by_text("单独看大图").click()
        page.wait_for_load_state()
        assert page.locator("img").evaluate("picture => picture.naturalWidth") == 1080
        page.go_back()
        page.get_by_role("link", name="在手机上填").click()
        assert page.url == f"{service.base_url}/"


def test_a_browser_saves_the_word_file_under_its_chinese_name(browser, service, tmp_path):
    with browser.new_context(user_agent=CHROME, accept_downloads=True) as other:
        page = other.new_page()
        page.goto(f"{service.base_url}/papers/blank")
        assert not page.get_by_text("点右上角").is_visible()
        with page.expect_download() as saved:
            page.get_by_text("Word 文件").click()
        saved.value.save_as(tmp_path / "blank.docx")

    title = "焦作“最美新就业形态劳动者”推荐表"
    assert saved.value.suggested_filename == f"{title}_空白.docx"
    assert docx.Document(tmp_path / "blank.docx").paragraphs[0].text == title
