"""Pictures for the tests: four coloured corners in every format, profiles, and what a JPEG is made of."""

import io
import itertools
import struct
import zlib

import pillow_heif
from PIL import Image

from h5app.photos.limits import PhotoLimits

pillow_heif.register_heif_opener()

NAMED = {
    "red": (220, 30, 30),
    "green": (30, 170, 30),
    "blue": (30, 30, 220),
    "yellow": (240, 220, 30),
    "white": (255, 255, 255),
    "black": (0, 0, 0),
}
UPRIGHT = ("red", "green", "blue", "yellow")


def limits(folder, **changes):
    """The shipped limits, with slots of the test's own."""
    return PhotoLimits(slots_dir=folder / "slots", **changes)


def corners_picture(size=(96, 64)):
    """Red and green on top, blue and yellow below."""
    width, height = size
    picture = Image.new("RGB", size)
    for index, name in enumerate(UPRIGHT):
        left, top = (index % 2) * width // 2, (index // 2) * height // 2
        picture.paste(NAMED[name], (left, top, left + width // 2, top + height // 2))
    return picture


def saved(picture, kind, **how):
    out = io.BytesIO()
    picture.save(out, kind, **how)
    return out.getvalue()


def jpeg(**how):
    return saved(corners_picture(), "JPEG", **({"quality": 95, "subsampling": 0} | how))


def exif(orientation=1, secret=""):
    notes = Image.Exif()
    notes[0x0112] = orientation
    if secret:
        notes[0x010E] = secret
        notes.get_ifd(0x8825).update({1: "N", 2: (35.0, 14.0, 24.0), 29: secret})
    return notes.tobytes()


def opened(data):
    picture = Image.open(io.BytesIO(data))
    picture.load()
    return picture


def colour_name(pixel):
    return min(NAMED, key=lambda name: sum(abs(a - b) for a, b in zip(NAMED[name], pixel, strict=True)))


def corners(data):
    """Names of the colours in the middle of the four quarters, top left first."""
    picture = opened(data)
    xs, ys = (picture.width // 4, 3 * picture.width // 4), (picture.height // 4, 3 * picture.height // 4)
    return tuple(colour_name(picture.getpixel((x, y))) for y in ys for x in xs)


def middle(data):
    picture = opened(data)
    return picture.getpixel((picture.width // 2, picture.height // 2))


def segments(data):
    """The markers of a JPEG in order, once each, and the bytes behind its end."""
    at, markers = 2, []
    while (marker := data[at + 1]) != 0xDA:
        markers.append(f"{marker:02X}")
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    return list(dict.fromkeys(markers)), data[data.index(b"\xff\xd9", at) + 2 :]


def png_header(width, height):
    """A PNG that is nothing but its claim to a size."""
    content = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + content + struct.pack(">I", zlib.crc32(content))


def icc_matrix(colorants, gamma, name="made for a test"):
    """An RGB display profile. Source: ICC.1:2001-04, 6.3.1.2.

    Args:
        colorants: XYZ of red, green and blue, adapted to D50.
        gamma: of all three curves.
    """
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(gamma * 256)) + bytes(2)
    tags = {tag: _xyz(value) for tag, value in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True)}
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _icc(b"mntr", b"RGB ", b"XYZ ", tags, name)


def icc_inks(lab_of_inks, name="made for a test"):
    """A CMYK printer profile with two grid points an ink. Source: ICC.1:2001-04, 6.5.7 (lut8Type).

    Args:
        lab_of_inks: function of four inks, 0 or 1 each, to L (0 to 100), a and b.
    """
    grid = b"".join(
        bytes((round(light * 2.55), round(a) + 128, round(b) + 128))
        for light, a, b in itertools.starmap(lab_of_inks, itertools.product((0, 1), repeat=4))
    )
    unity = struct.pack(">9i", 65536, 0, 0, 0, 65536, 0, 0, 0, 65536)
    straight = bytes(range(256))
    lut = b"mft1" + bytes(4) + bytes((4, 3, 2, 0)) + unity + straight * 4 + grid + straight * 3
    return _icc(b"prtr", b"CMYK", b"Lab ", {b"A2B0": lut}, name)


def _xyz(value):
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(part * 65536) for part in value))


def _icc(kind, space, connection, tags, name):
    text = name.encode() + b"\0"
    described = b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78)
    white = _xyz((0.9642, 1.0, 0.8249))
    tags = {b"desc": described, b"cprt": b"text" + bytes(4) + b"none\0", b"wtpt": white} | tags
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for tag, content in tags.items():
        padded = content + bytes(-len(content) % 4)
        table += struct.pack(">4sII", tag, at, len(content))
        body, at = body + padded, at + len(padded)
    date = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    header = struct.pack(">I4sI4s4s4s", at, b"test", 0x02400000, kind, space, connection) + date + b"acsp"
    illuminant = struct.pack(">3i", 0xF6D6, 0x10000, 0xD32D)
    return (header + bytes(28) + illuminant).ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
