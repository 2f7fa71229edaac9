import pytest

from h5app.domain.errors import PosterError
from h5app.posters.code import POSTER_VERSION, Code, code_for, qr_module_px, scan_url


def modules_of(version: int) -> int:
    return 17 + 4 * version


def dark_in(code: Code) -> set[tuple[int, int]]:
    return {(x + i, y) for x, y, length in code.runs for i in range(length)}


@pytest.mark.parametrize("base", ["https://zm.example.org", "https://zm.example.org/", "https://zm.example.org//"])
def test_link_has_one_slash_before_the_code(base):
    assert scan_url(base, "K7WM") == "https://zm.example.org/t/K7WM"


@pytest.mark.parametrize(
    ("length", "version"), [(26, 2), (27, 3), (32, 3), (42, 3), (43, 4), (62, 4), (63, 5), (84, 5), (85, 6), (106, 6)]
)
def test_code_takes_the_smallest_version_that_holds_the_link(length, version):
    url = "https://zm.example.org/".ljust(length, "a")

    assert code_for(url).modules == modules_of(version)


def test_link_too_long_for_version_6_is_refused_with_the_way_out():
    url = "https://zm.example.org/".ljust(107, "a")

    with pytest.raises(PosterError) as refused:
        code_for(url)

    assert str(refused.value) == (
        "海报上的网址有 107 个字符，二维码太密，手机扫不清。"
        "请换一个短的域名（H5APP_PUBLIC_BASE_URL），整个网址最好不超过 32 个字符"
    )


@pytest.mark.parametrize(
    "url", ["zm.example.org/t/K7WM", "https://最美.example.org/t/K7WM", "javascript:x", "https://a\n"]
)
def test_link_that_is_no_plain_web_address_is_refused(url):
    with pytest.raises(PosterError, match="请把 H5APP_PUBLIC_BASE_URL 改成以 https:// 开头的网址"):
        code_for(url)


def test_runs_are_whole_and_stand_apart():
    code = code_for("https://zm.example.org/t/K7WM")

    assert len(dark_in(code)) == sum(length for _, _, length in code.runs)
    assert [(x + length, y) for x, y, length in code.runs if (x + length, y) in dark_in(code)] == []
    assert code.runs[0] == (0, 0, 7)


@pytest.mark.parametrize("corner", [(0, 0), (22, 0), (0, 22)])
def test_finder_patterns_stand_in_three_corners(corner):
    left, top = corner
    dark = dark_in(code_for("https://zm.example.org/t/K7WM"))
    ring = {(x, y) for x in range(7) for y in range(7) if x in {0, 6} or y in {0, 6}}
    eye = {(x, y) for x in range(2, 5) for y in range(2, 5)}

    found = {(x - left, y - top) for x, y in dark if left <= x < left + 7 and top <= y < top + 7}

    assert found == ring | eye


@pytest.mark.parametrize(("symbol_mm", "pixels"), [(60, 25), (61.383, 25), (61.384, 26), (26, 11)])
def test_module_is_rounded_up_to_whole_pixels(symbol_mm, pixels):
    assert qr_module_px(symbol_mm, dpi=300, modules=29) == pixels


@pytest.mark.parametrize(("length", "level", "version"), [(32, "Q", 3), (33, "Q", 4), (46, "Q", 4), (62, "M", 4)])
def test_posters_link_takes_version_4_at_most(length, level, version):
    url = "https://zm.example.org/".ljust(length, "a")

    assert code_for(url, level=level, largest=POSTER_VERSION).modules == modules_of(version)


@pytest.mark.parametrize(("length", "level"), [(63, "M"), (47, "Q")])
def test_posters_link_that_needs_a_denser_code_is_refused(length, level):
    url = "https://zm.example.org/".ljust(length, "a")

    with pytest.raises(PosterError, match=rf"海报上的网址有 {length} 个字符，二维码太密"):
        code_for(url, level=level, largest=POSTER_VERSION)
