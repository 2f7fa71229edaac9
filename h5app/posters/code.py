"""The code on a poster: its link, its modules and their printed size. A short link beats error correction."""

from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from h5app.domain.errors import PosterError

MM_PER_INCH = 25.4
# Modules of white on each side. Source: ISO/IEC 18004.
QUIET_ZONE = 4
# Version 1 would hold only 14 characters at level M, and nobody's link is that short.
_SMALLEST_VERSION = 2
# 41 modules: 1.7 mm each on A4, still read at arm's length by an old phone.
_LARGEST_VERSION = 6


class PosterTooSmallError(PosterError):
    """The place for the code holds less than one pixel per module."""


@dataclass(frozen=True)
class Code:
    """A QR code at level M, without its quiet zone.

    Args:
        modules: modules per side, `17 + 4 * version`.
        runs: dark modules as (x, y, length), left to right, top to bottom, in modules from the top left corner.
    """

    modules: int
    runs: tuple[tuple[int, int, int], ...]


def scan_url(base_url: str, code: str) -> str:
    """The link a poster carries.

    >>> scan_url("https://zm.example.org/", "K7WM")
    'https://zm.example.org/t/K7WM'
    """
    return f"{base_url.rstrip('/')}/t/{code}"


def code_for(url: str) -> Code:
    """The code that says `url`, in the smallest version from 2 to 6 that holds it.

    Raises:
        PosterError: the link is not a plain web address, or so long that the code would be too dense to scan.
    """
    if not (url.isascii() and url.isprintable() and url.startswith(("https://", "http://"))):
        raise PosterError(f"海报上的网址“{url}”不能用。请把 H5APP_PUBLIC_BASE_URL 改成以 https:// 开头的网址")
    code = qrcode.QRCode(version=_SMALLEST_VERSION, error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(url)
    if code.best_fit(start=_SMALLEST_VERSION) > _LARGEST_VERSION:
        raise PosterError(
            f"海报上的网址有 {len(url)} 个字符，二维码太密，手机扫不清。"
            "请换一个短的域名（H5APP_PUBLIC_BASE_URL），整个网址最好不超过 32 个字符"
        )
    rows = code.get_matrix()
    return Code(len(rows), tuple(run for y, row in enumerate(rows) for run in _runs(row, y)))


def _runs(row: list[bool], y: int) -> list[tuple[int, int, int]]:
    runs: list[tuple[int, int, int]] = []
    for x, dark in enumerate(row):
        if not dark:
            continue
        if x and row[x - 1]:
            start, _, length = runs.pop()
            runs.append((start, y, length + 1))
        else:
            runs.append((x, y, 1))
    return runs


def qr_module_px(poster_width_mm: float, *, dpi: int, share: float, modules: int) -> int:
    """Side of one QR module on the printed poster, in whole pixels.

    Whole, because a module that straddles two pixels prints grey and scans badly;
    rounded down, so the code never outgrows its share of the poster.

    Args:
        poster_width_mm: printed width in millimetres (A3 portrait: 297).
        dpi: printer resolution in dots per inch.
        share: part of the width given to the code and its quiet zone, 0 < share <= 1.
        modules: modules per side without the quiet zone, 21 (version 1) to 177 (version 40).

    Raises:
        PosterTooSmallError: the share holds less than one pixel per module.

    Source: quiet zone of 4 modules, ISO/IEC 18004; module counts, `17 + 4 * version`.

    >>> qr_module_px(297, dpi=300, share=0.5, modules=33)
    42
    """
    pixels = int(poster_width_mm / MM_PER_INCH * dpi * share / (modules + 2 * QUIET_ZONE))
    if pixels < 1:
        raise PosterTooSmallError("海报太小，放不下二维码。请选大一号的纸，或把精度调高")
    return pixels
