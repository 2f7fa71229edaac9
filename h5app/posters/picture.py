"""Pictures for WeChat groups: light enough that every phone in the group loads them at once."""

from io import BytesIO

from PIL import Image

from h5app.domain.errors import PosterError

LARGEST_BYTES = 500_000
# Red letters fray with halved colours, so these come last; below 60 the code's edges begin to ring.
_QUALITIES = ((92, "4:4:4"), (85, "4:4:4"), (78, "4:4:4"), (85, "4:2:0"), (72, "4:2:0"), (60, "4:2:0"))
_COLOURS = (256, 64)


def light_jpeg(png: bytes, *, dpi: int) -> bytes:
    """The picture as JPEG, as good as `LARGEST_BYTES` allow.

    Raises:
        PosterError: it is too large at every quality that still scans.
    """
    with Image.open(BytesIO(png), formats=["PNG"]) as picture:
        pixels = picture.convert("RGB")
    for quality, sampling in _QUALITIES:
        buffer = BytesIO()
        pixels.save(buffer, "JPEG", quality=quality, subsampling=sampling, dpi=(dpi, dpi))
        if buffer.tell() <= LARGEST_BYTES:
            return buffer.getvalue()
    raise _too_large()


def light_png(png: bytes, *, dpi: int) -> bytes:
    """The picture itself where it is light enough, otherwise with a palette; flat areas keep their colours to a hair.

    Raises:
        PosterError: it is too large even with few colours.
    """
    if len(png) <= LARGEST_BYTES:
        return png
    with Image.open(BytesIO(png), formats=["PNG"]) as picture:
        pixels = picture.convert("RGB")
    for colours in _COLOURS:
        buffer = BytesIO()
        few = pixels.quantize(colours, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
        few.save(buffer, "PNG", optimize=True, dpi=(dpi, dpi))
        if buffer.tell() <= LARGEST_BYTES:
            return buffer.getvalue()
    raise _too_large()


def _too_large() -> PosterError:
    return PosterError("微信群图片超过 500 KB。请把 qr/posters.toml 里的标志 emblem 换成简单一些的图")
