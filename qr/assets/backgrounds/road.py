# ruff: noqa: INP001 (a script beside what it draws, not a package)
"""Draws the roads of the posters, one a size; run it after changing a figure here.

    python qr/assets/backgrounds/road.py

Drawn once and kept, because computing one anew in every poster cost 27 ms of a 40 ms page. Their two colours are
those of the red design; `templates/posters/parts.typ` puts in those of the others.
"""

import math
from dataclasses import dataclass
from pathlib import Path

BLEED_MM = 3
SURFACE, LINE = "#AE0D27", "#FFFFFF"

Point = tuple[float, float]


@dataclass(frozen=True)
class Road:
    """A road on a field of `width` × `height` mm, and beyond it by the bleed at the left, the right and the top.

    Args:
        curve: control points of a cubic Bézier in mm, from near to far.
        near, far: its width in mm at either end.
        first_dash: where on the curve its centre line begins, 0 to 1.
    """

    width: float
    height: float
    curve: tuple[Point, Point, Point, Point]
    near: float
    far: float
    first_dash: float


# a4: behind the card, from which the centre line comes out. a3: up past the steps, which stop on it
# (a3.typ knows its curve), and out under the title. rollup: behind the card and out under the title.
ROADS = {
    "road-a4": Road(210, 212, ((-70, 214), (262, 236), (118, 108), (198, -9)), near=84, far=5, first_dash=0.32),
    "road-a3": Road(297, 345, ((155, 352), (155, 240), (146, 181), (312, 176)), near=24, far=11, first_dash=0),
    "road-rollup": Road(
        800, 1215, ((-60, 1210), (700, 1290), (470, 730), (840, 640)), near=230, far=46, first_dash=0.3
    ),
}


def road_width(road: Road, t: float) -> float:
    """Width of the road in mm at t, 0 near and 1 far."""
    return road.far + (road.near - road.far) * (1 - t) ** 1.6


def beside(road: Road, t: float, offset: float) -> Point:
    """The point at t, moved sideways by `offset` half road widths (-1 is one edge, 1 the other)."""
    u = 1 - t
    blend = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    slope = (-3 * u * u, 3 * u * u - 6 * u * t, 6 * u * t - 3 * t * t, 3 * t * t)
    x, y = (sum(w * point[axis] for w, point in zip(blend, road.curve, strict=True)) for axis in (0, 1))
    dx, dy = (sum(w * point[axis] for w, point in zip(slope, road.curve, strict=True)) for axis in (0, 1))
    reach = offset * road_width(road, t) / 2 / math.hypot(dx, dy)
    return x - dy * reach, y + dx * reach


def strip(road: Road, left: float, right: float, *, start: float, end: float, steps: int) -> str:
    """Path data of the closed strip between two offsets."""
    samples = [start + (end - start) * i / steps for i in range(steps + 1)]
    edge = [beside(road, t, left) for t in samples] + [beside(road, t, right) for t in reversed(samples)]
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in edge) + "Z"


def dashes(road: Road) -> str:
    """The centre line: dashes shorten with the road's width, as they do for a driver."""
    parts, t = [], road.first_dash
    while t < 0.97:
        pitch = 0.018 + 0.075 * road_width(road, t) / road.near
        parts.append(strip(road, -0.05, 0.05, start=t, end=min(t + pitch * 0.55, 1.0), steps=5))
        t += pitch
    return "".join(parts)


def drawing(name: str) -> str:
    """The whole SVG, one path a colour."""
    road = ROADS[name]
    width, height = road.width + 2 * BLEED_MM, road.height + BLEED_MM
    surface = strip(road, -1, 1, start=0, end=1, steps=64)
    edges = [strip(road, side * 0.92, side * 0.86, start=0, end=1, steps=64) for side in (-1, 1)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm"'
        f' viewBox="{-BLEED_MM} {-BLEED_MM} {width} {height}">\n'
        f'<path fill="{SURFACE}" d="{surface}"/>\n<path fill="{LINE}" d="{"".join(edges)}{dashes(road)}"/>\n</svg>\n'
    )


if __name__ == "__main__":
    for name in ROADS:
        Path(__file__).with_name(f"{name}.svg").write_text(drawing(name), encoding="ascii")
