"""Any opaque picture to sRGB, so that the profile can be left behind. Runs in the child only."""

import io
import itertools

from PIL import Image, ImageChops, ImageCms

_SRGB = ImageCms.createProfile("sRGB")
_MODES = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}
# Six levels of each channel with each of the others.
_PROBE = Image.frombytes(
    "RGB", (36, 6), bytes(itertools.chain.from_iterable(itertools.product(range(0, 256, 51), repeat=3)))
)
# Two levels of 255: what is left between the many files that all call themselves sRGB.
_SAME_LEVELS = 2


def to_srgb(picture: Image.Image, profile: bytes | None) -> Image.Image:
    """The picture in mode RGB; its colours follow the embedded ICC profile where that one is sound.

    Args:
        picture: mode L, RGB or CMYK (255 is full ink).
        profile: the ICC profile of the file, if it has one; a broken one, or one for another kind of picture, is as
            good as none.
    """
    transform = _transform(picture, profile) if profile else None
    if transform is None:
        return picture if picture.mode == "RGB" else picture.convert("RGB")
    if picture.mode != "RGB":
        return _applied(picture, transform)
    return picture if _changes_nothing(transform) else _applied(picture, transform)


def _transform(picture: Image.Image, profile: bytes) -> ImageCms.ImageCmsTransform | None:
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if _MODES.get(source.profile.xcolor_space.strip()) != picture.mode:
            return None
        return ImageCms.buildTransform(source, _SRGB, picture.mode, "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def _applied(picture: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    result = ImageCms.applyTransform(picture, transform)
    if result is None:
        raise ValueError("a transform that is not in place returns a picture")
    return result


def _changes_nothing(transform: ImageCms.ImageCmsTransform) -> bool:
    """Whether an RGB profile is sRGB by its effect: names lie, and 12 megapixels through lcms take 130 ms."""
    difference = ImageChops.difference(_PROBE, _applied(_PROBE, transform))
    return max(difference.tobytes()) <= _SAME_LEVELS
