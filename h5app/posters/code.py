"""The code on a poster: its link, its modules and their printed size. A short link beats error correction."""

from dataclasses import dataclass
from math import ceil
from typing import Literal

import qrcode
from qrcode.constants import ERROR_CORRECT_M, ERROR_CORRECT_Q

from h5app.domain.errors import PosterError

MM_PER_INCH = 25.4
POSTER_VERSION = 4
"""The densest code on a poster: 33 modules, which an old phone reads at ten times the code's side."""
SHORT_LINK = 32
"""Characters that still go into version 3 at level M, and at level Q."""
# Version 1 would hold only 14 characters at level M, and nobody's link is that short.
_SMALLEST_VERSION = 2
# 41 modules: on a screen, which is held close.
_LARGEST_VERSION = 6

Level = Literal["M", "Q"]
_LEVELS = {"M": ERROR_CORRECT_M, "Q": ERROR_CORRECT_Q}


@dataclass(frozen=True)
class Code:
    """A QR code without its quiet zone.

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


def code_for(url: str, *, level: Level = "M", largest: int = _LARGEST_VERSION) -> Code:
    """The code that says `url`, in the smallest version from 2 to `largest` that holds it.

    Args:
        level: how much of it may be lost: "M" 15 %, "Q" 25 % (with a logo on it).

    Raises:
        PosterError: the link is not a plain web address, or so long that the code would be too dense to scan.
    """
    if not (url.isascii() and url.isprintable() and url.startswith(("https://", "http://"))):
        raise PosterError(f"海报上的网址“{url}”不能用。请把 H5APP_PUBLIC_BASE_URL 改成以 https:// 开头的网址")
    code = qrcode.QRCode(version=_SMALLEST_VERSION, error_correction=_LEVELS[level], border=0)
    code.add_data(url)
    if code.best_fit(start=_SMALLEST_VERSION) > largest:
        raise PosterError(
            f"海报上的网址有 {len(url)} 个字符，二维码太密，手机扫不清。"
            f"请换一个短的域名（H5APP_PUBLIC_BASE_URL），整个网址最好不超过 {SHORT_LINK} 个字符"
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


def qr_module_px(symbol_mm: float, *, dpi: int, modules: int) -> int:
    """Side of one QR module on the printed poster, in whole pixels.

    Whole, because a module that straddles two pixels prints grey and scans badly;
    rounded up, so the code never falls short of its least size.

    Args:
        symbol_mm: least side of the code without its quiet zone, in millimetres.
        dpi: printer resolution in dots per inch.
        modules: modules per side without the quiet zone, 21 (version 1) to 177 (version 40).

    Source: module counts, `17 + 4 * version`, ISO/IEC 18004.

    >>> qr_module_px(60, dpi=300, modules=29)
    25
    """
    return ceil(symbol_mm / MM_PER_INCH * dpi / modules)
