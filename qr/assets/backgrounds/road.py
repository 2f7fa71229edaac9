# ruff: noqa: INP001 (a script beside what it draws, not a package)
"""Draws road.svg, the road behind the code on the posters; run it after changing a figure here.

    python qr/assets/backgrounds/road.py

Drawn once and kept, because computing it anew in every poster cost 27 ms of a 40 ms page.
"""

import math
from pathlib import Path

WIDTH_MM, HEIGHT_MM = 210, 212
# Control points of a cubic Bézier: from the lower left corner, behind the card, to the upper right corner.
CURVE = ((-70.0, 214.0), (262.0, 236.0), (118.0, 108.0), (198.0, -6.0))
NEAR_MM, FAR_MM = 84.0, 5.0
# Where the centre line begins on the curve: so that one whole dash lies between the card and the field's edge.
FIRST_DASH = 0.03
SURFACE, LINE = "#AE0D27", "#FFFFFF"

Point = tuple[float, float]


def road_width(t: float) -> float:
    """Width of the road in mm at t, 0 near and 1 far."""
    return FAR_MM + (NEAR_MM - FAR_MM) * (1 - t) ** 1.6


def beside(t: float, offset: float) -> Point:
    """The point at t, moved sideways by `offset` half road widths (-1 is one edge, 1 the other)."""
    u = 1 - t
    blend = (u**3, 3 * u * u * t, 3 * u * t * t, t**3)
    slope = (-3 * u * u, 3 * u * u - 6 * u * t, 6 * u * t - 3 * t * t, 3 * t * t)
    x, y = (sum(w * point[axis] for w, point in zip(blend, CURVE, strict=True)) for axis in (0, 1))
    dx, dy = (sum(w * point[axis] for w, point in zip(slope, CURVE, strict=True)) for axis in (0, 1))
    reach = offset * road_width(t) / 2 / math.hypot(dx, dy)
    return x - dy * reach, y + dx * reach


def strip(left: float, right: float, *, start: float, end: float, steps: int) -> str:
    """Path data of the closed strip between two offsets."""
    samples = [start + (end - start) * i / steps for i in range(steps + 1)]
    edge = [beside(t, left) for t in samples] + [beside(t, right) for t in reversed(samples)]
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in edge) + "Z"


def dashes() -> str:
    """The centre line: dashes shorten with the road's width, as they do for a driver."""
    parts, t = [], FIRST_DASH
    while t < 0.97:
        pitch = 0.018 + 0.075 * road_width(t) / NEAR_MM
        parts.append(strip(-0.05, 0.05, start=t, end=min(t + pitch * 0.55, 1.0), steps=5))
        t += pitch
    return "".join(parts)


def drawing() -> str:
    """The whole SVG, one path a colour."""
    surface = strip(-1, 1, start=0, end=1, steps=64)
    edges = strip(-0.92, -0.86, start=0, end=1, steps=64) + strip(0.86, 0.92, start=0, end=1, steps=64)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH_MM}mm" height="{HEIGHT_MM}mm"'
        f' viewBox="0 0 {WIDTH_MM} {HEIGHT_MM}">\n'
        f'<path fill="{SURFACE}" d="{surface}"/>\n<path fill="{LINE}" d="{edges}{dashes()}"/>\n</svg>\n'
    )


if __name__ == "__main__":
    Path(__file__).with_suffix(".svg").write_text(drawing(), encoding="ascii")
