import io
import struct
import zipfile

import pytest
from PIL import Image, ImageCms, PngImagePlugin

from h5app.domain.errors import PhotoTooLargeError, UnreadablePhotoError
from h5app.photos import render
from tests.photos.pictures import (
    NAMED,
    UPRIGHT,
    colour_name,
    corners,
    corners_picture,
    exif,
    icc_inks,
    icc_matrix,
    jpeg,
    limits,
    middle,
    opened,
    png_header,
    saved,
    segments,
)

# All that a plain JPEG needs: JFIF, tables, frame. No APP1 (EXIF, XMP), APP2 (ICC, MPO), COM.
BARE = ["E0", "DB", "C0", "C4"]
SECRET = "N35.2400E113.2300"
# Source: colorants of Display P3 in Apple's profile, adapted to D50.
DISPLAY_P3 = icc_matrix(((0.5151, 0.2412, -0.0011), (0.2920, 0.6922, 0.0419), (0.1571, 0.0666, 0.7841)), 2.2)


@pytest.fixture
def rendered(tmp_path):
    return lambda data, **changes: render(data, limits=limits(tmp_path, **changes))


def near(pixel, expected, *, levels=6):
    return max(abs(a - b) for a, b in zip(pixel, expected, strict=True)) <= levels


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_every_accepted_format_becomes_three_plain_jpegs(rendered, kind):
    made = rendered(saved(corners_picture(), kind))

    three = (made.press, made.mail, made.thumb)
    assert (made.width_px, made.height_px) == (96, 64)
    assert [opened(jpeg).size for jpeg in three] == [(96, 64)] * 3
    assert [corners(jpeg) for jpeg in three] == [UPRIGHT] * 3
    assert [segments(jpeg) for jpeg in three] == [(BARE, b"")] * 3


def test_long_edges_are_at_most_4096_1600_and_480_px(rendered):
    made = rendered(saved(Image.new("RGB", (2500, 5000), "red"), "JPEG"))

    assert (made.width_px, made.height_px) == opened(made.press).size == (2048, 4096)
    assert (opened(made.mail).size, opened(made.thumb).size) == ((800, 1600), (240, 480))


def test_a_picture_between_the_two_edges_keeps_its_size_for_the_press(rendered):
    made = rendered(saved(Image.new("RGB", (2000, 1500), "red"), "PNG"))

    assert (opened(made.press).size, opened(made.mail).size) == ((2000, 1500), (1600, 1200))


def test_a_jpeg_of_a_108_megapixel_camera_is_taken(rendered):
    data = saved(corners_picture((12032, 9024)), "JPEG", quality=30)

    made = rendered(data)

    assert (opened(made.press).size, corners(made.press)) == ((4096, 3072), UPRIGHT)


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (5000, 1)])
def test_the_thinnest_pictures_keep_a_pixel(rendered, size):
    made = rendered(saved(Image.new("RGB", size, NAMED["blue"]), "PNG"))

    assert opened(made.press).size == (min(size[0], 4096), size[1])
    assert colour_name(opened(made.mail).getpixel((0, 0))) == "blue"


def test_the_same_upload_gives_the_same_bytes(rendered):
    assert rendered(jpeg()) == rendered(jpeg())


# Where the four corners of the upright picture lie in the stored one. Source: EXIF 2.32, 4.6.4.
STORED = {
    1: ("red", "green", "blue", "yellow"),
    2: ("green", "red", "yellow", "blue"),
    3: ("yellow", "blue", "green", "red"),
    4: ("blue", "yellow", "red", "green"),
    5: ("red", "blue", "green", "yellow"),
    6: ("green", "yellow", "red", "blue"),
    7: ("yellow", "green", "blue", "red"),
    8: ("blue", "red", "yellow", "green"),
}


def as_stored(orientation):
    size = (96, 64) if orientation < 5 else (64, 96)
    picture = Image.new("RGB", size)
    for index, name in enumerate(STORED[orientation]):
        left, top = (index % 2) * size[0] // 2, (index // 2) * size[1] // 2
        picture.paste(NAMED[name], (left, top, left + size[0] // 2, top + size[1] // 2))
    return picture


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(rendered, kind, orientation):
    made = rendered(saved(as_stored(orientation), kind, exif=exif(orientation)))

    assert ((made.width_px, made.height_px), corners(made.press), corners(made.mail)) == ((96, 64), UPRIGHT, UPRIGHT)


def test_a_turned_picture_is_measured_upright(rendered):
    made = rendered(saved(corners_picture((3000, 5000)), "JPEG", exif=exif(6)))

    assert (made.width_px, made.height_px) == opened(made.press).size == (4096, 2458)


@pytest.mark.parametrize("notes", [exif(9), exif(0), b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0rubbish"])
def test_an_orientation_nobody_can_read_leaves_the_picture_as_it_is(rendered, notes):
    assert corners(rendered(jpeg(exif=notes)).press) == UPRIGHT


def with_text_chunks():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", SECRET)
    notes.add_itxt("XML:com.adobe.xmp", SECRET)
    return notes


ICC = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
TOLD = {"exif": exif(1, SECRET), "xmp": SECRET.encode(), "icc_profile": icc_matrix(((1, 0, 0),) * 3, 2.2, SECRET)}


@pytest.mark.parametrize(
    "data",
    [
        jpeg(comment=SECRET, **TOLD),
        saved(corners_picture(), "PNG", pnginfo=with_text_chunks(), exif=exif(1, SECRET)),
        saved(corners_picture(), "WEBP", **TOLD),
        saved(corners_picture(), "HEIF", **TOLD),
        saved(corners_picture(), "MPO", save_all=True, append_images=[corners_picture()], **TOLD) + SECRET.encode(),
        jpeg() + b"\0\0\0\x18ftypmp42" + SECRET.encode() * 1000,
        jpeg(quality=99, **TOLD) + jpeg(comment=SECRET),
    ],
    ids=["jpeg", "png", "webp", "heic", "mpo", "motion photo", "two jpegs"],
)
def test_S5_no_note_place_profile_or_film_survives(rendered, data):
    assert SECRET.encode() in data

    made = rendered(data)

    assert (segments(made.press), segments(made.mail)) == ((BARE, b""), (BARE, b""))
    assert SECRET.encode() not in made.press + made.mail


def archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("run.js", "alert(1)")
    return out.getvalue()


@pytest.mark.parametrize(
    "tail", [archive(), b"<script>alert(1)</script>", b"%PDF-1.7\n%%EOF"], ids=["zip", "html", "pdf"]
)
def test_S3_a_file_that_is_also_something_else_is_rebuilt_as_a_picture_only(rendered, tail):
    made = rendered(jpeg(comment=tail[:200]) + tail)

    assert (corners(made.press), segments(made.press), segments(made.mail)) == (UPRIGHT, (BARE, b""), (BARE, b""))
    assert not zipfile.is_zipfile(io.BytesIO(made.press))


def test_S3_a_script_named_jpg_never_reaches_a_decoder(rendered):
    with pytest.raises(UnreadablePhotoError) as refusal:
        rendered(b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")

    assert str(refusal.value) == "这里只收照片（JPG、PNG、WebP、HEIC），请换一张"


def test_S2_a_pixel_bomb_is_refused_with_what_to_do(rendered):
    with pytest.raises(PhotoTooLargeError) as refusal:
        rendered(png_header(60000, 60000))

    assert str(refusal.value) == "这张照片尺寸太大，请用手机自带的“编辑”裁小后再传，或换一张"


def test_S2_pixels_that_the_header_hid_are_refused_by_the_decoder(rendered):
    """The size before the scan is small; a second frame header is what libjpeg and Pillow go by."""
    honest = jpeg()
    frame = honest.index(b"\xff\xc0")
    length = 2 + struct.unpack_from(">H", honest, frame + 2)[0]
    small = honest[frame : frame + length].replace(struct.pack(">HH", 64, 96), struct.pack(">HH", 1, 1))
    data = honest[:frame] + small + honest[frame:]

    with pytest.raises(PhotoTooLargeError):
        rendered(data, max_pixels=1000)


def test_an_upload_above_the_limit_is_refused_with_what_to_do(rendered):
    with pytest.raises(PhotoTooLargeError) as refusal:
        rendered(jpeg() + bytes(12 * 1024 * 1024))

    assert str(refusal.value) == "这张照片太大（超过 12 MB），请用手机自带的“编辑”缩小后再传，或换一张"


def test_an_upload_of_exactly_the_limit_is_taken(rendered):
    data = jpeg()

    assert corners(rendered(data + bytes(12 * 1024 * 1024 - len(data))).press) == UPRIGHT


def test_an_empty_upload_says_that_nothing_came(rendered):
    with pytest.raises(UnreadablePhotoError) as refusal:
        rendered(b"")

    assert str(refusal.value) == "照片没有传上来，请重新选一次"


def test_a_wide_gamut_picture_keeps_its_colours(rendered):
    """color(display-p3 0.784 0.392 0.392) is rgb(217 93 97) in sRGB; without the profile it would pale."""
    data = saved(Image.new("RGB", (64, 64), (200, 100, 100)), "PNG", icc_profile=DISPLAY_P3)

    assert near(middle(rendered(data).press), (213, 94, 97))


@pytest.mark.parametrize("kind", ["JPEG", "WEBP", "HEIF"])
def test_a_profile_is_honoured_in_every_format(rendered, kind):
    """Red and green change places in this profile."""
    swapped = icc_matrix(((0.3851, 0.7169, 0.0971), (0.4361, 0.2225, 0.0139), (0.1431, 0.0606, 0.7139)), 2.2)
    data = saved(Image.new("RGB", (64, 64), NAMED["red"]), kind, icc_profile=swapped)

    assert colour_name(middle(rendered(data).mail)) == "green"


@pytest.mark.parametrize("profile", [ICC, b"rubbish", icc_inks(lambda *_inks: (50, 0, 0))], ids=["srgb", "bad", "cmyk"])
def test_a_profile_that_says_nothing_new_changes_nothing(rendered, profile):
    plain, told = rendered(jpeg()), rendered(jpeg(icc_profile=profile))

    assert told == plain


def test_inks_without_a_profile_become_the_colours_they_mean(rendered):
    made = rendered(saved(corners_picture().convert("CMYK"), "JPEG", quality=95))

    assert (corners(made.press), opened(made.press).mode) == (UPRIGHT, "RGB")


def test_inks_with_a_profile_become_the_colours_it_measured(rendered):
    """Process cyan is Lab 55 -37 -50: rgb(0 151 218), far from the 0 255 255 of a bare conversion."""

    def measured(cyan, magenta, yellow, black):
        if black or (cyan and magenta and yellow):
            return 0, 0, 0
        return (55, -37, -50) if cyan else (95, 0, 0)

    data = saved(Image.new("CMYK", (64, 64), (255, 0, 0, 0)), "JPEG", quality=95, icc_profile=icc_inks(measured))

    assert near(middle(rendered(data).press), (0, 151, 218))


def test_grey_stays_grey(rendered):
    made = rendered(saved(Image.new("L", (64, 64), 90), "JPEG"))

    assert near(middle(made.press), (90, 90, 90), levels=1)


def test_sixteen_bits_become_eight_without_clipping(rendered):
    grey = Image.frombytes("I;16", (64, 64), struct.pack("<H", 257 * 90) * 64 * 64)

    assert near(middle(rendered(saved(grey, "PNG")).press), (90, 90, 90), levels=1)


def test_sixteen_bits_larger_than_the_press_edge_shrink_too(rendered):
    grey = Image.frombytes("I;16", (5000, 10), struct.pack("<H", 257 * 90) * 50000)
    made = rendered(saved(grey, "PNG"))

    assert ((made.width_px, made.height_px), near(middle(made.press), (90,) * 3, levels=1)) == ((4096, 8), True)


def half_clear(mode):
    picture = corners_picture().convert(mode)
    if mode == "P":
        picture.info["transparency"] = picture.getpixel((2, 2))
        return picture
    picture.putalpha(Image.new("L", picture.size, 255))
    picture.paste((0,) * len(picture.getbands()), (0, 0, 48, 32))
    return picture


@pytest.mark.parametrize(("mode", "kind"), [("P", "PNG"), ("RGB", "PNG"), ("RGB", "WEBP"), ("RGB", "HEIF")])
def test_what_shines_through_is_white(rendered, mode, kind):
    made = rendered(saved(half_clear(mode), kind))

    assert corners(made.press) == corners(made.mail) == ("white", "green", "blue", "yellow")


def test_a_clear_grey_is_white_and_the_rest_stays(rendered):
    made = rendered(saved(half_clear("L"), "PNG"))

    assert colour_name(opened(made.press).getpixel((10, 10))) == "white"
    assert near(middle(made.press), (158, 158, 158), levels=60)


def test_a_shrunk_clear_picture_has_no_dark_seam(rendered):
    picture = Image.new("RGBA", (5000, 500), (0, 0, 0, 0))
    picture.paste((255, 255, 255, 255), (0, 0, 2501, 500))

    assert min(opened(rendered(saved(picture, "PNG")).press).convert("L").tobytes()) >= 254


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_png_is_taken(rendered, mode):
    made = rendered(saved(Image.new(mode, (40, 30)), "PNG"))

    assert (opened(made.press).mode, opened(made.press).size) == ("RGB", (40, 30))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_S4_a_cut_picture_is_unreadable(rendered, kind, share):
    data = saved(Image.effect_noise((200, 150), 90).convert("RGB"), kind)

    with pytest.raises(UnreadablePhotoError) as refusal:
        rendered(data[: int(len(data) * share)])

    assert str(refusal.value) == "照片无法读取，请换一张"
