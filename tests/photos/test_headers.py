import io
import struct
from dataclasses import astuple

import pytest
from PIL import Image

from h5app.domain.errors import PhotoTooLargeError, UnreadablePhotoError
from h5app.photos.headers import CEILINGS, read_header
from tests.photos.pictures import corners_picture, jpeg, png_header, saved

MOST = 110_000_000


@pytest.mark.parametrize(
    ("kind", "how", "expected"),
    [
        ("JPEG", {}, ("JPEG", 96, 64)),
        ("JPEG", {"progressive": True}, ("JPEG", 96, 64)),
        ("JPEG", {"comment": b"x" * 60000}, ("JPEG", 96, 64)),
        ("PNG", {}, ("PNG", 96, 64)),
        ("WEBP", {}, ("WEBP", 96, 64)),
        ("WEBP", {"lossless": True}, ("WEBP", 96, 64)),
        ("WEBP", {"xmp": b"<x/>"}, ("WEBP", 96, 64)),
        ("HEIF", {}, ("HEIF", 96, 64)),
    ],
)
def test_the_header_tells_format_and_size(kind, how, expected):
    header = read_header(saved(corners_picture(), kind, **how), max_pixels=MOST)

    assert astuple(header) == expected


def test_fill_bytes_before_a_jpeg_marker_are_no_damage():
    data = jpeg()

    assert astuple(read_header(data[:2] + b"\xff" * 8 + data[2:], max_pixels=MOST)) == ("JPEG", 96, 64)


def test_a_heic_counts_its_largest_picture():
    picture = corners_picture((640, 480))
    data = saved(picture, "HEIF", append_images=[corners_picture((64, 48))], save_all=True)

    assert astuple(read_header(data, max_pixels=MOST)) == ("HEIF", 640, 480)


def claim(kind, side):
    """A file that claims side × side pixels and holds next to nothing."""
    if kind == "PNG":
        return png_header(side, side)
    if kind == "JPEG":
        return jpeg().replace(struct.pack(">HH", 64, 96), struct.pack(">HH", side, side), 1)
    if kind == "WEBP":
        canvas = struct.pack("<I", side - 1)[:3] * 2
        return b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<II", 10, 0) + canvas
    data = saved(corners_picture(), "HEIF")
    return data.replace(struct.pack(">II", 96, 64), struct.pack(">II", side, side))


@pytest.mark.parametrize("kind", sorted(CEILINGS))
def test_S2_a_claim_of_too_many_pixels_is_refused_by_the_header(kind):
    with pytest.raises(PhotoTooLargeError) as refusal:
        read_header(claim(kind, 60000), max_pixels=MOST)

    assert str(refusal.value) == "这张照片尺寸太大，请用手机自带的“编辑”裁小后再传，或换一张"


@pytest.mark.parametrize(("kind", "ceiling"), sorted(CEILINGS.items()))
def test_S2_each_format_is_refused_just_above_what_its_decoder_can_hold(kind, ceiling):
    side = int(ceiling**0.5)

    assert astuple(read_header(claim(kind, side), max_pixels=MOST)) == (kind, side, side)
    with pytest.raises(PhotoTooLargeError):
        read_header(claim(kind, side + 1), max_pixels=MOST)


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        b"<!doctype html><script>alert(1)</script>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
        saved(corners_picture(), "GIF"),
        saved(corners_picture(), "BMP"),
        saved(corners_picture(), "TIFF"),
        saved(corners_picture(), "AVIF"),
        b"PK\x03\x04" + bytes(60),
        b"%PDF-1.7\n" + bytes(60),
        b"\0" * 64,
        b"x",
    ],
    ids=["svg", "html", "eps", "gif", "bmp", "tiff", "avif", "zip", "pdf", "zeros", "one byte"],
)
def test_S3_other_kinds_of_files_are_told_apart_by_their_bytes(data):
    with pytest.raises(UnreadablePhotoError) as refusal:
        read_header(data, max_pixels=MOST)

    assert str(refusal.value) == "这里只收照片（JPG、PNG、WebP、HEIC），请换一张"


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff",
        b"\xff\xd8\xff" + b"\xff" * 100_000,
        b"\xff\xd8" + b"\xff\xfe\x00\x02" * 100_000,
        b"\xff\xd8\xff\xda\x00\x02" + jpeg()[2:],
        jpeg()[:40],
        png_header(9, 9)[:20],
        png_header(0, 64),
        b"RIFF\0\0\0\0WEBPVP8?" + bytes(40),
        b"\0\0\0\x18ftypheic" + bytes(12),
        b"\0\0\0\x18ftypheic" + bytes(12) + struct.pack(">I4s", 1 << 31, b"meta"),
        b"\0\0\0\x18ftypheic" + bytes(12) + struct.pack(">I4s", 8, b"free") * 100_000,
    ],
    ids=[
        "jpeg of three bytes",
        "jpeg of fill bytes",
        "jpeg of comments",
        "jpeg with a scan before its frame",
        "jpeg cut short",
        "png cut short",
        "png without width",
        "webp of unknown kind",
        "heic without boxes",
        "heic with a box beyond its end",
        "heic of empty boxes",
    ],
)
def test_S4_a_damaged_header_is_an_unreadable_photo(data):
    with pytest.raises(UnreadablePhotoError) as refusal:
        read_header(data, max_pixels=MOST)

    assert str(refusal.value) == "照片无法读取，请换一张"


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (64, 200), (1023, 17)])
def test_the_size_read_is_the_size_pillow_sees(size):
    for kind in ("JPEG", "PNG", "WEBP"):
        data = saved(corners_picture(size), kind)
        header = read_header(data, max_pixels=MOST)

        assert (header.width_px, header.height_px) == Image.open(io.BytesIO(data)).size == size


def test_a_heic_counts_the_pixels_that_are_coded_not_only_those_shown():
    data = saved(corners_picture((3, 2)), "HEIF")

    assert Image.open(io.BytesIO(data)).size == (3, 2)
    assert astuple(read_header(data, max_pixels=MOST)) == ("HEIF", 64, 64)
