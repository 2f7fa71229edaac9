"""What posters are made as: sizes in millimetres, the least side of their code, designs. Geometry lives here only."""

from dataclasses import dataclass
from typing import Literal, TypeVar

from h5app.domain.errors import PosterError

T = TypeVar("T")
Form = Literal["pdf", "png", "jpg"]


@dataclass(frozen=True)
class Product:
    """One kind of printed or shown thing.

    Args:
        name: as commands and addresses spell it.
        label: as staff call it.
        template: file under `templates/posters`.
        width_mm, height_mm: of the trimmed page.
        bleed_mm: how far the background runs over the trim on each side of a PDF; 0 for what is only shown.
        symbol_mm: the code's side without its quiet zone is this or up to one pixel a module more.
        png_dpi: resolution of its pictures.
        forms: file types it is made as, the usual one first.
    """

    name: str
    label: str
    template: str
    width_mm: float
    height_mm: float
    bleed_mm: float
    symbol_mm: float
    png_dpi: int
    forms: tuple[Form, ...]


@dataclass(frozen=True)
class Design:
    """One look: its name in commands and templates, and as staff call it."""

    name: str
    label: str


PRODUCTS = (
    Product("a4", "A4 海报", "a4.typ", 210, 297, 3, 60, 300, ("pdf", "png")),
    Product("a3", "A3 海报", "a3.typ", 297, 420, 3, 94, 300, ("pdf", "png")),
    Product("rollup", "易拉宝 80×200 cm", "rollup.typ", 800, 2000, 3, 300, 100, ("pdf", "png")),
    Product("sticker", "不干胶贴 90×54 mm", "sticker.typ", 90, 54, 3, 25, 300, ("pdf", "png")),
    Product("tearoff", "手撕条 A4", "tearoff.typ", 297, 210, 3, 64, 300, ("pdf", "png")),
    # 254 dpi: a tenth of a millimetre a pixel, 1080 × 1920 of them.
    Product("wechat", "微信群图片", "wechat.typ", 108, 192, 0, 46, 254, ("png", "jpg")),
)
DESIGNS = (Design("red", "红色"), Design("plain", "白底省墨"), Design("dark", "深色屏幕用"))


def product_named(name: str) -> Product:
    """Raises PosterError, which lists the names there are."""
    return _named(name, {product.name: product for product in PRODUCTS}, what="种海报")


def design_named(name: str) -> Design:
    """Raises PosterError, which lists the names there are."""
    return _named(name, {design.name: design for design in DESIGNS}, what="种样子")


def form_named(name: str, product: Product) -> Form:
    """Raises PosterError, which lists the file types this product is made as."""
    for form in product.forms:
        if form == name:
            return form
    raise PosterError(f"{product.label}没有 {name} 文件，可以选：{'、'.join(product.forms)}")


def _named(name: str, known: dict[str, T], *, what: str) -> T:
    if name not in known:
        raise PosterError(f"没有“{name}”这{what}，可以选：{'、'.join(known)}")
    return known[name]
