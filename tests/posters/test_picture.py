from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from h5app.domain.errors import PosterError
from h5app.posters.picture import LARGEST_BYTES, light_jpeg, light_png

RED, BLACK, WHITE = (200, 16, 46), (0, 0, 0), (255, 255, 255)


def png_of(pixels) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def speckled():
    """A red picture with a black and a white half, and speckles that no PNG packs into 500 KB."""
    pixels = np.full((1000, 600, 3), RED)
    pixels[:300], pixels[300:600] = BLACK, WHITE
    pixels[600:] = np.random.default_rng(5).integers(0, 256, (400, 600, 3))
    return png_of(pixels)


def noise(height: int, width: int) -> bytes:
    return png_of(np.random.default_rng(5).integers(0, 256, (height, width, 3)))


def test_light_picture_is_left_as_it_is():
    png = png_of(np.full((40, 30, 3), RED))

    assert light_png(png, dpi=254) == png


def test_heavy_picture_gets_a_palette_in_which_flat_areas_keep_their_colours(speckled):
    made = light_png(speckled, dpi=254)
    picture = Image.open(BytesIO(made))

    assert (len(speckled) > LARGEST_BYTES >= len(made), picture.mode, picture.size) == (True, "P", (600, 1000))
    shown = [picture.convert("RGB").getpixel((300, y)) for y in (100, 400)]
    assert np.abs(np.subtract(shown, [BLACK, WHITE])).max() <= 2
    assert [round(dpi) for dpi in picture.info["dpi"]] == [254, 254]


def test_jpeg_is_as_good_as_500_kb_allow(speckled):
    plain, heavy = light_jpeg(png_of(np.full((40, 30, 3), RED)), dpi=254), light_jpeg(noise(1100, 900), dpi=254)

    tables = [sum(Image.open(BytesIO(jpeg)).quantization[0]) for jpeg in (plain, light_jpeg(speckled, dpi=254), heavy)]

    assert tables == sorted(tables)
    assert tables[0] < tables[-1]
    assert len(heavy) <= LARGEST_BYTES


@pytest.mark.parametrize("make", [light_png, light_jpeg])
def test_picture_that_stays_too_heavy_is_refused_with_the_cure(make):
    with pytest.raises(PosterError) as refused:
        make(noise(1920, 1080), dpi=254)

    assert str(refused.value) == "微信群图片超过 500 KB。请把 qr/posters.toml 里的标志 emblem 换成简单一些的图"
