"""The office's emblem, drawn on every poster. One that cannot be drawn is refused when it is read."""

from base64 import b64encode
from functools import lru_cache
from pathlib import Path

from PIL import Image

from h5app.domain.errors import PosterError
from h5app.posters.typesetting import can_be_drawn

PICTURES = {".svg": "SVG", ".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
LARGEST_KB = 300
"""It is in every file that is made."""


@lru_cache(maxsize=4)
def emblem_svg(path: Path) -> str:
    """The picture as SVG: its own, or one around its pixels, since a template is given text only.

    Raises:
        PosterError: no such file, no picture, or too large a one.
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
    if not can_be_drawn(svg):
        raise PosterError(f"标志图片 {path.name} 打不开，请重新导出一份")
    return svg


def _around(path: Path, kind: str) -> str:
    with Image.open(path, formats=[kind]) as picture:
        width, height = picture.size
        picture.load()
    data = b64encode(path.read_bytes()).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        f'<image width="{width}" height="{height}" href="data:image/{kind.lower()};base64,{data}"/></svg>'
    )
