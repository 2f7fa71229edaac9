"""A telephone held before a poster: its preview, simulated, and what zxing-cpp reads from it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.posters.scanning import Pixels, Symbol, symbols, zxing

# The camera: a main lens as most phones have it (26 mm on 35 mm film: 36 mm of width are 69.4 degrees) fills the
# 1280 pixels of a 720p preview, so that something 10 of its own sides away is 92 pixels wide: 3.2 pixels a module
# of version 3 (29 modules), 2.8 of version 4 (33 modules).
PREVIEW_PX = 1280
_LENS_MM, _FILM_MM = 26, 36
_FOCAL_PX = PREVIEW_PX * _LENS_MM / _FILM_MM
DISTANCE = 10
SYMBOL_PX = _FOCAL_PX / DISTANCE
# The part of the preview that is kept: 3.9 symbols a side, more than an A4 poster is wide.
WINDOW_PX = 360
_FINER = 3  # a camera's pixel adds up what falls on it: drawn finer, then averaged


@dataclass(frozen=True)
class Pinned:
    """A poster on a grey wall, its code in the middle: brightness, and how many symbols one pixel of it is wide."""

    brightness: Pixels
    pixel: float


def pinned(picture: Image.Image, symbol: Symbol) -> Pinned:
    """As much of it as a preview shows, at three times a preview's pixels."""
    around = symbol.box.grown(2.2 * symbol.box.side)
    wall = Image.new("L", (around.right - around.left, around.bottom - around.top), 150)
    wall.paste(picture, (-around.left, -around.top))
    symbols_wide = wall.width / symbol.box.side
    side = round(_FINER * SYMBOL_PX * symbols_wide)
    brightness = cv2.resize(np.asarray(wall), (side, side), interpolation=cv2.INTER_AREA)
    return Pinned(brightness.astype(np.uint8), symbols_wide / side)


def phone_preview(poster: Pinned, *, seed: int) -> Image.Image:
    """What a phone shows of the code from ten times its side away, held by hand in a stairwell.

    Tilted up to 20 degrees about both axes and 15 in its plane; out of focus (a Gaussian of 0.5 to 1 pixels) and
    moved by up to 2; lit from one side (the dark edge gets half of the light) and underexposed; noise of 4 to 8
    levels that grows with the light; a JPEG of quality 50 to 80. The same seed gives the same picture. Of 100 trials
    zxing-cpp reads 100 of a version 3, 98 of a version 4, 93 of a version 5 and 67 of a version 6 of the same size.
    """
    dice = np.random.default_rng(seed)
    frame = _before_the_camera(poster, dice)
    frame = cv2.GaussianBlur(frame, (0, 0), dice.uniform(0.5, 1.0))
    frame = cv2.filter2D(frame, -1, _moved(dice))
    frame = frame * _light(dice)
    frame += dice.normal(size=frame.shape) * dice.uniform(4, 8) * np.sqrt(0.4 + 0.6 * frame / 255)
    quality = int(dice.integers(50, 81))
    _, jpeg = cv2.imencode(".jpg", np.clip(frame, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return Image.fromarray(cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE))


def _before_the_camera(poster: Pinned, dice: np.random.Generator) -> NDArray[np.float32]:
    """The part of the preview around the code, in perspective, brightness 0 to 255."""
    pitch, yaw, roll = np.radians(dice.uniform([-20, -20, -15], [20, 20, 15]))
    turned = _turn(0, pitch) @ _turn(1, yaw) @ _turn(2, roll)
    shift = dice.uniform(-0.3, 0.3, 2)  # of a symbol: nobody aims at the very middle
    corner = -poster.pixel * len(poster.brightness) / 2
    from_poster = np.array([[poster.pixel, 0, corner], [0, poster.pixel, corner], [0, 0, 1]])
    to_camera = np.column_stack([turned[:, 0], turned[:, 1], [*shift, DISTANCE]])
    focal, middle = _FOCAL_PX * _FINER, WINDOW_PX * _FINER / 2
    lens = np.array([[focal, 0, middle], [0, focal, middle], [0, 0, 1]])
    size = (WINDOW_PX * _FINER, WINDOW_PX * _FINER)
    way = lens @ to_camera @ from_poster
    fine = cv2.warpPerspective(poster.brightness, way, size, borderMode=cv2.BORDER_REPLICATE)
    return cv2.resize(fine, (WINDOW_PX, WINDOW_PX), interpolation=cv2.INTER_AREA).astype(np.float32)


def _turn(axis: int, angle: float) -> NDArray[np.float64]:
    one, other = (number for number in range(3) if number != axis)
    matrix = np.eye(3)
    matrix[one, one] = matrix[other, other] = np.cos(angle)
    matrix[one, other], matrix[other, one] = -np.sin(angle), np.sin(angle)
    return matrix


def _moved(dice: np.random.Generator) -> NDArray[np.float32]:
    """A hand's shake: a short line in any direction."""
    length, angle = dice.uniform(0, 2), dice.uniform(0, np.pi)
    kernel = np.zeros((5, 5), np.float32)
    for part in np.linspace(-0.5, 0.5, 21):
        x, y = 2 + part * length * np.cos(angle), 2 + part * length * np.sin(angle)
        kernel[round(y), round(x)] += 1
    return cv2.GaussianBlur(kernel / kernel.sum(), (3, 3), 0.3)


def _light(dice: np.random.Generator) -> NDArray[np.float32]:
    """From one side, falling to half, and 0.6 to 1 of the whole."""
    angle, exposure = dice.uniform(0, 2 * np.pi), dice.uniform(0.5, 0.9)
    across = np.linspace(-1, 1, WINDOW_PX, dtype=np.float32)
    ramp = across[None, :] * np.cos(angle) + across[:, None] * np.sin(angle)
    return (exposure * (0.75 + 0.25 * np.clip(ramp, -1, 1))).astype(np.float32)


def phone_reads(picture: Image.Image, url: str, *, trials: int = 20) -> int:
    """In how many seeded trials zxing-cpp reads the largest code of `picture`, and no other, from a phone's preview."""
    poster = pinned(picture, symbols(picture)[0])
    return sum(set(zxing(phone_preview(poster, seed=seed))) == {url} for seed in range(trials))
