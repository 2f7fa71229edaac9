import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from h5app.domain.errors import UnreadablePhotoError
from h5app.photos import stamp
from tests.photos.pictures import limits, opened, saved, segments
from tests.photos.test_rendering import BARE

WHITE, VELVET = (250, 246, 235), (150, 20, 30)


@pytest.fixture
def mark() -> bytes:
    """A grey stroke across a transparent tile."""
    tile = Image.new("RGBA", (300, 150), (0, 0, 0, 0))
    ImageDraw.Draw(tile).line((20, 130, 280, 20), fill=(70, 70, 70, 120), width=10)
    return saved(tile, "PNG")


@pytest.fixture
def stamped(tmp_path, mark):
    return lambda picture: stamp(picture, mark, limits=limits(tmp_path))


@pytest.mark.parametrize("size", [(1600, 1130), (900, 1600), (40, 30)])
@pytest.mark.parametrize("colour", [WHITE, VELVET], ids=["paper", "velvet"])
def test_the_mark_lies_over_every_part_of_a_picture_and_hides_none(stamped, size, colour):
    plain = Image.new("RGB", size, colour)
    made = opened(stamped(saved(plain, "JPEG", quality=95)))

    assert made.size == size
    difference = ImageChops.difference(made, plain)
    quarters = [(x * size[0] // 2, y * size[1] // 2) for x in (0, 1) for y in (0, 1)]
    parts = [difference.crop((x, y, x + size[0] // 2, y + size[1] // 2)) for x, y in quarters]
    assert [max(ImageStat.Stat(part).mean) > 0.3 for part in parts] == [True] * 4
    assert max(ImageStat.Stat(difference).mean) < 20


def test_what_comes_out_is_a_plain_jpeg(stamped):
    assert segments(stamped(saved(Image.new("RGB", (400, 300), WHITE), "JPEG"))) == (BARE, b"")


def test_what_is_no_picture_is_refused(stamped):
    with pytest.raises(UnreadablePhotoError):
        stamped(b"no picture")
