"""The office's emblem, drawn on every poster. One that cannot be drawn is refused when it is read."""

import re
from base64 import b64encode
from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageOps

from h5app.domain.errors import PosterError
from h5app.posters.typesetting import drawing

PICTURES = {".svg": "SVG", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
LARGEST_KB = 300
"""It is in every file that is made."""
# typst draws none of it, for it does not have the letters.
_WRITTEN = re.compile(r"<(?:\w+:)?text[\s>]")


@lru_cache(maxsize=4)
def emblem_svg(path: Path) -> str:
    """The picture as SVG: its own, or one around its pixels, since a template is given text only.

    Raises:
        PosterError: no such file, no picture, too large a one, or one of which something would be missing.
    """
    kind = PICTURES.get(path.suffix.lower())
    if kind is None:
        raise PosterError(f"标志要用 .svg、.png 或 .jpg 图片，{path.name} 不是")
    if not path.is_file():
        raise PosterError(f"找不到标志图片 {path.name}。请把它放到 qr/assets 里")
    if path.stat().st_size > LARGEST_KB * 1024:
        raise PosterError(f"标志图片 {path.name} 太大，请换成 {LARGEST_KB} KB 以内的，最好是 .svg")
    try:
        svg = path.read_text(encoding="utf-8") if kind == "SVG" else _around(path, kind)
    except (OSError, UnicodeDecodeError, Image.DecompressionBombError):
        svg = ""
    if _WRITTEN.search(svg):
        raise PosterError(f"标志图片 {path.name} 里有文字，印不出来。请在画图软件里把文字转成曲线（轮廓），再导出一份")
    if not _shows_something(drawing(svg)):
        raise PosterError(f"标志图片 {path.name} 打不开，请重新导出一份")
    return svg


def _shows_something(png: bytes) -> bool:
    if not png:
        return False
    with Image.open(BytesIO(png), formats=["PNG"]) as picture:
        return picture.convert("RGBA").getchannel("A").getbbox() is not None


def _around(path: Path, kind: str) -> str:
    with Image.open(path, formats=[kind]) as picture:
        pixels = _upright(picture, path.read_bytes(), kind)
    with Image.open(BytesIO(pixels), formats=[kind]) as picture:
        width, height = picture.size
        picture.load()
    data = b64encode(pixels).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind.lower()};base64,{data}"/></svg>'
    )


def _upright(picture: Image.Image, data: bytes, kind: str) -> bytes:
    """The same file, or another where an SVG would show it lying, or in print shops' colours not at all."""
    if picture.mode != "CMYK" and picture.getexif().get(ExifTags.Base.Orientation, 1) == 1:
        return data
    upright = ImageOps.exif_transpose(picture)
    buffer = BytesIO()
    (upright.convert("RGB") if upright.mode == "CMYK" else upright).save(buffer, kind, quality=95)
    return buffer.getvalue()
