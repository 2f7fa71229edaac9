"""A poster as phones and rulers see it: three decoders, pages as pixels, measures on pixels.

Nothing here knows how posters are made: everything is taken from the finished file.
"""

import io
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

Pixels = NDArray[np.uint8]

MM_PER_INCH = 25.4
MM_PER_POINT = MM_PER_INCH / 72


class Box(NamedTuple):
    """Left, top, right, bottom in pixels; right and bottom lie outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def side(self) -> int:
        return self.right - self.left

    def times(self, factor: int) -> "Box":
        return Box(*(edge * factor for edge in self))

    def grown(self, by: float) -> "Box":
        return Box(round(self.left - by), round(self.top - by), round(self.right + by), round(self.bottom + by))


class Symbol(NamedTuple):
    """A code in a picture, as zxing-cpp found it and its pixels confirm."""

    text: str
    box: Box
    version: int
    level: str

    @property
    def modules(self) -> int:
        return 17 + 4 * self.version

    @property
    def module_px(self) -> float:
        return self.box.side / self.modules


def zxing(picture: Image.Image) -> list[str]:
    """What zxing-cpp reads."""
    return [found.text for found in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]


def zbar(picture: Image.Image) -> list[str]:
    """What the program zbarimg reads, asked for no other kind of code; its marker is `zbar`."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.pgm"
        picture.convert("L").save(path)
        read = subprocess.run(
            ["zbarimg", "--raw", "-q", "--nodbus", "-Sdisable", "-Sqrcode.enable", path],
            capture_output=True,
            text=True,
            check=False,
        )
    return read.stdout.splitlines()


def wechat(picture: Image.Image) -> list[str]:
    """What OpenCV's WeChat decoder reads, without its optional models."""
    texts, _ = cv2.wechat_qrcode.WeChatQRCode().detectAndDecode(np.asarray(picture.convert("L")))
    return list(texts)


def page_pixels(pdf: bytes, *, dpi: int, region: Box | None = None) -> Image.Image:
    """The only page, or a region of it, as poppler draws it in colour; its marker is `poppler`."""
    part = [] if region is None else ["-x", region.left, "-y", region.top]
    part += [] if region is None else ["-W", region.right - region.left, "-H", region.bottom - region.top]
    command = ["pdftoppm", "-r", dpi, *part, "-singlefile", "-"]
    drawn = subprocess.run([str(word) for word in command], input=pdf, capture_output=True, check=True)
    return Image.open(io.BytesIO(drawn.stdout)).convert("RGB")


def shrunk(picture: Image.Image, share: float) -> Image.Image:
    return picture.resize((round(picture.width * share), round(picture.height * share)), Image.Resampling.BILINEAR)


def symbols(picture: Image.Image) -> list[Symbol]:
    """Every code in an upright picture, the largest first, each to the pixel."""
    brightness = picture.convert("L")  # four times as quick as letting zxing-cpp look at colours
    grey = np.asarray(brightness)
    found = zxingcpp.read_barcodes(brightness, formats=zxingcpp.BarcodeFormat.QRCode)
    return sorted((_symbol(grey, code) for code in found), key=lambda symbol: -symbol.box.side)


def _symbol(grey: Pixels, code: Any) -> Symbol:
    """The dark pixels within a module and a half of where zxing-cpp says that the code lies."""
    corners = [getattr(code.position, name) for name in ("top_left", "top_right", "bottom_right", "bottom_left")]
    across, down = [point.x for point in corners], [point.y for point in corners]
    version = int(code.extra["Version"])
    rough = Box(min(across), min(down), max(across), max(down))
    around = rough.grown(1.5 * rough.side / (17 + 4 * version))
    left, top = max(around.left, 0), max(around.top, 0)
    part = grey[top : around.bottom, left : around.right]
    dark = part < (float(part.min()) + float(part.max())) / 2
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    edges = (left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1)
    box = Box(*(int(edge) for edge in edges))
    return Symbol(code.text, box, version, code.extra["ECLevel"])


def luminance(picture: Image.Image) -> NDArray[np.float64]:
    """Relative luminance of every pixel, 0 to 1. Source: WCAG 2.2."""
    level = np.arange(256) / 255
    linear = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    weights = zip((0.2126, 0.7152, 0.0722), picture.convert("RGB").split(), strict=True)
    return sum((weight * linear)[np.asarray(band)] for weight, band in weights)


def contrast(picture: Image.Image, symbol: Symbol) -> float:
    """The darkest light module against the lightest dark one, 1 to 21, taken at the modules' middles.

    Source: WCAG 2.2, contrast ratio.
    """
    light = luminance(picture.crop(symbol.box))
    steps = ((np.arange(symbol.modules) + 0.5) * symbol.module_px).astype(int)
    middles = light[np.ix_(steps, steps)]
    cut = (middles.min() + middles.max()) / 2
    return float((middles[middles > cut].min() + 0.05) / (middles[middles <= cut].max() + 0.05))


def quiet_modules(picture: Image.Image, symbol: Symbol) -> float:
    """How many modules of white lie around the code before anything else, on its narrowest side; at most 8.

    White is a luminance of 0.7 and more: the pale word across a sample is no more than that. The first pixel is not
    looked at: a code's edge that falls between two pixels makes it grey.
    """
    reach = round(8 * symbol.module_px)
    around = symbol.box.grown(reach)
    inside = around.left >= 0 and around.top >= 0 and around.right <= picture.width and around.bottom <= picture.height
    # Beyond the paper nothing is known to be white.
    light = luminance(picture.crop(around)) if inside else _padded(picture, around)
    busy = light < 0.7
    busy[reach - 1 : 1 - reach, reach - 1 : 1 - reach] = False
    rows, columns = np.nonzero(busy)
    last = len(busy) - 1 - reach
    apart = np.maximum.reduce([reach - 1 - rows, rows - last - 1, reach - 1 - columns, columns - last - 1])
    return float(min(apart.min(initial=reach), reach) / symbol.module_px)


def _padded(picture: Image.Image, around: Box) -> NDArray[np.float64]:
    dark = Image.new("RGB", (around.right - around.left, around.bottom - around.top))
    dark.paste(picture, (-around.left, -around.top))
    return luminance(dark)


def whole_pixels(picture: Image.Image, symbol: Symbol) -> bool:
    """Whether every module is the same whole number of pixels and each of them is of its module's colour."""
    if symbol.box.side % symbol.modules or symbol.box.bottom - symbol.box.top != symbol.box.side:
        return False
    dark = np.asarray(picture.convert("L").crop(symbol.box)) < 128
    step = symbol.box.side // symbol.modules
    once = dark[step // 2 :: step, step // 2 :: step]
    return bool((once.repeat(step, axis=0).repeat(step, axis=1) == dark).all())


def unlike_at_the_cut(page: Image.Image, bleed_px: int) -> float:
    """Which part of the pixels at the edge differs from those just inside the cut, where a knife may miss by as much.

    The outermost pixel is left out: a page is a broken number of them wide.
    """
    pixels = np.asarray(page.convert("RGB")).astype(np.int16)
    along, cut = slice(bleed_px, -bleed_px), bleed_px + 1
    edges = [
        (pixels[1, along], pixels[cut, along]),
        (pixels[-2, along], pixels[-1 - cut, along]),
        (pixels[along, 1], pixels[along, cut]),
        (pixels[along, -2], pixels[along, -1 - cut]),
    ]
    unlike = np.concatenate([np.abs(outer - inner).max(axis=1) > 24 for outer, inner in edges])
    return float(unlike.mean())


@dataclass(frozen=True)
class Boxes:
    """Sides in mm, and how far the bleed reaches beyond the trim on each side."""

    trim_mm: tuple[float, float]
    bleed_mm: tuple[float, float, float, float]
    inside_media: bool


def boxes_of(page: PageObject) -> Boxes:
    trim, bleed, media = page.trimbox, page.bleedbox, page.mediabox
    sides = [trim.left - bleed.left, trim.bottom - bleed.bottom, bleed.right - trim.right, bleed.top - trim.top]
    left, bottom, right, top = (round(float(side) * MM_PER_POINT, 1) for side in sides)
    inside = media.left <= bleed.left and media.bottom <= bleed.bottom
    return Boxes(
        (round(float(trim.width) * MM_PER_POINT, 1), round(float(trim.height) * MM_PER_POINT, 1)),
        (left, bottom, right, top),
        inside and media.right >= bleed.right and media.top >= bleed.top,
    )


def only_page(pdf: bytes) -> PageObject:
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return page


def fonts_of(page: PageObject) -> list[DictionaryObject]:
    return [font for resources in _resources(page) for font in _entries(resources, "/Font")]


def fonts_without_file(page: PageObject) -> list[str]:
    """Names of the fonts that the file does not carry."""
    return [str(font["/BaseFont"]) for font in fonts_of(page) if not _carries_its_font(font)]


def _carries_its_font(font: DictionaryObject) -> bool:
    if font["/Subtype"] == "/Type3":  # drawn by the file itself
        return True
    whole = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
    descriptor = whole.get_object().get("/FontDescriptor", DictionaryObject()).get_object()
    return any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))


def has_pictures(page: PageObject) -> bool:
    """Whether anything on the page is made of pixels, at whatever depth or inline."""
    drawn = [thing for resources in _resources(page) for thing in _entries(resources, "/XObject")]
    contents = page.get_contents()
    inline = contents is not None and b"\nBI\n" in contents.get_data()
    return inline or any(thing["/Subtype"] == "/Image" for thing in drawn)


def _resources(thing: DictionaryObject) -> Iterator[DictionaryObject]:
    """The resources of a page and of every form and pattern that it draws."""
    resources = thing.get("/Resources", DictionaryObject()).get_object()
    yield resources
    for kind in ("/XObject", "/Pattern"):
        for inner in _entries(resources, kind):
            yield from _resources(inner)


def _entries(resources: DictionaryObject, kind: str) -> Iterator[DictionaryObject]:
    for entry in resources.get(kind, DictionaryObject()).get_object().values():
        yield entry.get_object()
