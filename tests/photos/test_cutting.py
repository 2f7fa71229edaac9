import pytest
from PIL import Image, ImageDraw

from h5app.domain.errors import UnreadablePhotoError
from h5app.domain.portrait import Box
from h5app.photos import cut
from h5app.photos.cutting import measures_of
from tests.photos.pictures import corners, corners_picture, jpeg, limits, opened, saved, segments
from tests.photos.test_rendering import BARE

SHADES = {"light": (236, 205, 180), "tanned": (198, 145, 110), "dark": (120, 78, 56)}
WALL, JACKET, HAIR = (232, 233, 230), (45, 52, 70), (40, 36, 34)


def portrait(*, skin=SHADES["light"], wall=WALL, face=0.5, size=(750, 1050), light=1.0):
    """A head on shoulders before a wall.

    Args:
        face: height of the face, as a part of the picture's.
        light: 1 is day, 0 is night.
    """
    picture = Image.new("RGB", size, wall)
    pen = ImageDraw.Draw(picture)
    middle, chin, tall = size[0] / 2, size[1] * (0.25 + face * 0.75), size[1] * face
    pen.ellipse((middle - tall * 0.75, chin, middle + tall * 0.75, chin + tall * 2), fill=JACKET)
    pen.ellipse((middle - tall * 0.4, chin - tall * 1.12, middle + tall * 0.4, chin - tall * 0.2), fill=HAIR)
    pen.ellipse((middle - tall * 0.36, chin - tall, middle + tall * 0.36, chin), fill=skin)
    noise = Image.merge("RGB", [Image.effect_noise(size, 14)] * 3)
    return Image.blend(picture, noise, 0.1).point(lambda level: level * light)


def street(size=(750, 1050)):
    """Signs and windows in many colours, side by side."""
    picture = Image.new("RGB", size)
    pen = ImageDraw.Draw(picture)
    colours = [(240, 240, 235), (30, 60, 140), (180, 30, 40), (40, 120, 60), (20, 20, 25), (235, 190, 60)]
    for number, left in enumerate(range(0, size[0], 47)):
        for top in range(0, size[1], 61):
            pen.rectangle((left, top, left + 46, top + 60), fill=colours[(number * 5 + top // 61 * 3) % len(colours)])
    return picture


@pytest.fixture
def cutting(tmp_path):
    return lambda press, box: cut(press, box, limits=limits(tmp_path))


def test_the_part_comes_out_as_plain_jpegs_for_paper_and_phone(cutting):
    press = saved(corners_picture((3000, 4000)), "JPEG", quality=95)

    made = cutting(press, Box(left_px=200, top_px=300, width_px=2600, height_px=3640))

    assert (opened(made.paper).size, opened(made.thumb).size) == ((600, 840), (343, 480))
    assert corners(made.paper) == corners(made.thumb) == ("red", "green", "blue", "yellow")
    assert segments(made.paper) == segments(made.thumb) == (BARE, b"")


@pytest.mark.parametrize(
    ("left", "top", "colour"), [(0, 0, "red"), (1700, 0, "green"), (0, 2300, "blue"), (1700, 2300, "yellow")]
)
def test_what_is_cut_is_where_the_box_lies_to_the_pixel(cutting, left, top, colour):
    press = saved(corners_picture((3000, 4000)), "JPEG", quality=95, subsampling=0)

    made = cutting(press, Box(left_px=left, top_px=top, width_px=1200, height_px=1680))

    assert set(corners(made.paper)) == {colour}


def test_a_small_part_is_not_blown_up(cutting):
    made = cutting(saved(corners_picture((500, 700)), "JPEG"), Box(left_px=0, top_px=0, width_px=100, height_px=140))

    assert (opened(made.paper).size, opened(made.thumb).size) == ((100, 140), (100, 140))


def test_the_smallest_part_has_a_pixel(cutting):
    assert opened(cutting(saved(Image.new("RGB", (1, 1)), "JPEG"), Box(0, 0, 1, 1)).paper).size == (1, 1)


def test_what_is_no_press_rendition_is_unreadable(cutting):
    for wrong in (b"", b"GIF89a", jpeg()[:200], saved(corners_picture(), "PNG")):
        with pytest.raises(UnreadablePhotoError):
            cutting(wrong, Box(0, 0, 5, 7))


def test_measured_is_the_part_alone(cutting):
    wide = Image.new("RGB", (2100, 1050), "black")
    wide.paste(portrait(), (1200, 0))
    press = saved(wide, "JPEG")

    seen, missed = cutting(press, Box(1200, 0, 750, 1050)).measures, cutting(press, Box(0, 0, 750, 1050)).measures

    assert (seen.face_percent > 35, missed.face_percent) == (True, 0)
    assert (seen.brightness > 150, missed.brightness < 20) == (True, True)


@pytest.mark.parametrize("skin", SHADES.values(), ids=SHADES)
def test_a_face_of_every_shade_is_found_and_as_tall_as_it_is(skin):
    large, small = (measures_of(portrait(skin=skin, face=face)).face_percent for face in (0.5, 0.1))

    assert (40 <= large <= 56, 5 <= small <= 14) == (True, True)


def test_a_wall_is_calm_in_any_colour_and_a_street_is_not():
    calm = [measures_of(portrait(wall=wall)).unrest for wall in (WALL, (190, 30, 40), (70, 120, 190), (90, 90, 90))]
    lit_from_one_side = Image.composite(
        portrait(), portrait(light=0.75), Image.linear_gradient("L").resize((750, 1050))
    )

    assert max(calm) < 30
    assert measures_of(lit_from_one_side).unrest < 48
    assert measures_of(street()).unrest > 60


def test_night_is_dark_and_a_dark_jacket_is_not():
    assert measures_of(portrait()).brightness > 150
    assert measures_of(portrait(light=0.2)).brightness < 75
    assert measures_of(portrait(wall=(120, 130, 140))).brightness > 75


def test_a_picture_without_anybody_has_no_face():
    assert measures_of(street()).face_percent < 18
    assert measures_of(Image.new("RGB", (10, 14), "white")).face_percent == 0
