"""What the console says of the address in the codes, before anything is printed."""

import pytest

from tests.web.browsing import Browser


@pytest.fixture
def said_of(make_service):
    """The page 海报 of a service at this address, ready to print."""

    def open_page(base_url: str) -> str:
        record = {'icp_record = ""': 'icp_record = "豫ICP备2024000001号"'}
        service = make_service(replace_in_campaign=record, H5APP_PUBLIC_BASE_URL=base_url)
        browser = Browser(service.admin_client())
        return browser.open("/admin/posters").text

    return open_page


def test_a_short_address_needs_no_advice(said_of):
    assert "网址有点长" not in said_of("https://jzgh2.example.org")


def test_a_long_address_is_told_with_its_length_and_what_to_change(said_of):
    page = said_of("https://jzgh22.example.org")

    assert "网址有点长" in page
    assert "海报上的网址有 33 个字符" in page
    assert "换一个短的域名（H5APP_PUBLIC_BASE_URL）" in page
