"""Draws the pictures that cannot be drawings: favicon.ico, touch.png (home screen) and share.png (WeChat's card).

    .venv/bin/python static/build/pictures.py

The icon is that of icon.svg, by the same figures. On the card WeChat shows a thumbnail of some 50 points, so it has
no words: the road to the Taihang mountains from the landing page, on union red, its sun in the upper third.
"""

from pathlib import Path

from PIL import Image, ImageDraw

IMG = Path(__file__).resolve().parent.parent / "img"
RED, FAR, NEAR, ROAD, SUN, WHITE = "#c8102e", "#b10d28", "#8f0a20", "#6f0818", "#e8a33d", "#ffffff"
# Drawn so many times as large and scaled down: Pillow draws hard edges.
FINER = 8

Point = tuple[float, float]


class Canvas:
    """A square picture drawn in units of its own, whatever its size in pixels."""

    def __init__(self, side_px: int, *, units: int, corner: float = 0, ground: str = RED) -> None:
        self._side_px, self._scale = side_px, side_px * FINER / units
        self._picture = Image.new("RGBA", (side_px * FINER, side_px * FINER))
        self._draw = ImageDraw.Draw(self._picture)
        edge = side_px * FINER - 1
        self._draw.rounded_rectangle((0, 0, edge, edge), radius=corner * self._scale, fill=ground)

    def area(self, colour: str, *corners: Point) -> None:
        self._draw.polygon([(x * self._scale, y * self._scale) for x, y in corners], fill=colour)

    def disc(self, colour: str, middle: Point, radius: float) -> None:
        self._draw.circle([part * self._scale for part in middle], radius * self._scale, fill=colour)

    def picture(self) -> Image.Image:
        return self._picture.resize((self._side_px, self._side_px), Image.Resampling.LANCZOS)


def icon(side_px: int, *, corner: float) -> Image.Image:
    """The road of icon.svg, in its 32 units."""
    canvas = Canvas(side_px, units=32, corner=corner)
    canvas.area(WHITE, (8, 27), (14, 6), (18, 6), (24, 27))
    for top, bottom in ((8, 11), (14, 18), (21, 26)):
        canvas.area(RED, (15.1, top), (16.9, top), (16.9, bottom), (15.1, bottom))
    return canvas.picture()


def share(side_px: int) -> Image.Image:
    """The card's picture, in 100 units."""
    canvas = Canvas(side_px, units=100)
    canvas.disc(SUN, (66, 27), 11)
    canvas.area(FAR, (0, 58), (14, 40), (24, 47), (42, 25), (56, 43), (66, 35), (84, 52), (100, 42), (100, 70), (0, 70))
    canvas.area(NEAR, (0, 66), (20, 54), (38, 61), (58, 50), (78, 61), (100, 54), (100, 100), (0, 100))
    canvas.area(ROAD, (0, 100), (0, 80), (46.5, 58), (53.5, 58), (100, 80), (100, 100))
    canvas.area(WHITE, (14, 100), (47.5, 58), (52.5, 58), (86, 100))
    for top, bottom in ((61, 65), (69, 76), (82, 94)):
        near, far = _half_line(bottom), _half_line(top)
        canvas.area(RED, (50 - far, top), (50 + far, top), (50 + near, bottom), (50 - near, bottom))
    return canvas.picture()


def _half_line(y: float) -> float:
    """Half the width of the centre line at a height, as the road's own narrows."""
    return 0.35 + (y - 58) / 42 * 3.4


def pictures() -> dict[str, Image.Image]:
    """File name → picture; the favicon in its largest size."""
    return {
        "favicon.ico": icon(48, corner=7),
        "touch.png": icon(180, corner=0).convert("RGB").quantize(32),
        "share.png": share(500).convert("RGB").quantize(64),
    }


if __name__ == "__main__":
    drawn = pictures()
    small = [icon(side_px, corner=7) for side_px in (16, 32)]
    drawn["favicon.ico"].save(IMG / "favicon.ico", sizes=[(16, 16), (32, 32), (48, 48)], append_images=small)
    for name in ("touch.png", "share.png"):
        drawn[name].save(IMG / name, optimize=True)
