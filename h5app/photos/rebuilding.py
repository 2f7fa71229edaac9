"""One picture from untrusted bytes to clean renditions: the work of the child, and of nobody else.

Rule: what leaves here is new pixels in a new file. EXIF, GPS, comments, profiles, XMP and whatever hangs behind the
picture stay behind (saving the opened image again would keep the comment and the profile).
"""

import io
import struct
from collections.abc import Mapping
from types import MappingProxyType

import pillow_heif

# The plugins are named although nothing here uses them: Pillow would import them late, and the child opens no file.
from PIL import (
    Image,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from h5app.domain.errors import PhotoTooLargeError
from h5app.photos.colour import to_srgb
from h5app.photos.headers import CEILINGS, TOO_MANY_PIXELS
from h5app.photos.renditions import MAIL_LONG_EDGE_PX, PRESS_LONG_EDGE_PX, THUMB_LONG_EDGE_PX, Renditions, fitted

# Press: no loss that an eye finds at print size, about the size the phone wrote. Mail: nine of them stay far below
# the 20 MB of a mailbox. Thumb: some 20 KB, a tenth of a second on 3G.
PRESS_QUALITY = 90
MAIL_QUALITY = 82
THUMB_QUALITY = 72
# Halve by averaging first where the picture is more than this much too large: 48 instead of 113 ms for 12 megapixels.
REDUCING_GAP = 1.1

_ORIENTATION = 0x0112
# EXIF orientation → what stands the picture upright. Source: EXIF 2.32, 4.6.4.
_TURNS: Mapping[int, Image.Transpose] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)

# One thread: each would reserve address space for a stack and an allocator arena, and two children fill two cores.
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
Image.preinit()


def rebuild(data: bytes, max_pixels: int) -> Renditions:
    """Decode one upload and make its renditions.

    Raises:
        PhotoTooLargeError: the decoder sees more pixels than the header admitted to.
        Exception: whatever the decoder makes of damaged bytes; the caller is a process that may end.
    """
    with Image.open(io.BytesIO(data), formats=tuple(CEILINGS)) as picture:
        if picture.width * picture.height > max_pixels:
            raise PhotoTooLargeError(TOO_MANY_PIXELS)
        # With the picture's own proportions: a square box would find nothing to skip in a landscape one.
        picture.draft("RGB", fitted(picture.size, long_edge_px=PRESS_LONG_EDGE_PX))
        picture.load()
        # HEIC arrives upright: libheif turns it, and the plugin resets the tag.
        turn = _TURNS.get(_orientation(picture))
        small = _shrunk(picture, fitted(picture.size, long_edge_px=PRESS_LONG_EDGE_PX))
        pixels = to_srgb(_opaque(small), picture.info.get("icc_profile"))
    press = Image.new("RGB", pixels.size)
    press.paste(pixels)
    if turn is not None:
        press = press.transpose(turn)
    mail = _shrunk(press, fitted(press.size, long_edge_px=MAIL_LONG_EDGE_PX))
    thumb = _shrunk(mail, fitted(mail.size, long_edge_px=THUMB_LONG_EDGE_PX))
    return Renditions(
        press=jpeg_of(press, PRESS_QUALITY),
        mail=jpeg_of(mail, MAIL_QUALITY),
        thumb=jpeg_of(thumb, THUMB_QUALITY),
        width_px=press.width,
        height_px=press.height,
    )


def shrink(rendition: bytes, long_edge_px: int) -> bytes:
    """Make one of our own renditions smaller, for a mailbox that takes little."""
    with Image.open(io.BytesIO(rendition), formats=("JPEG",)) as picture:
        picture.draft("RGB", fitted(picture.size, long_edge_px=long_edge_px))
        picture.load()
        return jpeg_of(_shrunk(picture, fitted(picture.size, long_edge_px=long_edge_px)), MAIL_QUALITY)


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    return _resizable(picture).resize(size, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _resizable(picture: Image.Image) -> Image.Image:
    """In a mode whose neighbours can be averaged, unlike a palette's; the picture itself where it can be.

    A copy of 50 megapixels is 200 MB, and one too many for the child.
    """
    if picture.mode.startswith("I;16"):
        return _eight_bit(picture)
    if picture.mode in {"RGBA", "LA"}:
        return picture
    if picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in {"L", "RGB", "CMYK"} else picture.convert("RGB")


def _opaque(picture: Image.Image) -> Image.Image:
    """In mode L, RGB or CMYK; what shone through is white, as on paper."""
    picture = _resizable(picture)
    if picture.mode not in {"RGBA", "LA"}:
        return picture
    paper = Image.new(picture.mode.removesuffix("A"), picture.size, "white")
    paper.paste(picture.convert(paper.mode), mask=picture.getchannel("A"))
    return paper


def _eight_bit(picture: Image.Image) -> Image.Image:
    return picture.convert("I").point(lambda level: level * (1 / 257)).convert("L")


def _orientation(picture: Image.Image) -> int:
    """The EXIF orientation, 1 to 8; 1 where there is none or it cannot be read (a picture is more than its notes)."""
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except (OSError, ValueError, SyntaxError, LookupError, TypeError, ArithmeticError, struct.error):
        return 1
    return value if isinstance(value, int) else 1


def jpeg_of(picture: Image.Image, quality: int) -> bytes:
    """A plain JPEG."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()
