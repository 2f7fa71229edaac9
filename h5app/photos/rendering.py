"""One upload to its renditions, a rendition to a part or a smaller one: in line for a decoder, decoded in a child."""

from h5app.domain.errors import PhotoTooLargeError, UnreadablePhotoError
from h5app.domain.portrait import Box
from h5app.photos.darkroom import Darkroom
from h5app.photos.headers import read_header
from h5app.photos.limits import DEFAULT_LIMITS, MIB, PhotoLimits, size_refusal
from h5app.photos.renditions import Cutting, Renditions
from h5app.photos.slots import slot

NOTHING_ARRIVED = "照片没有传上来，请重新选一次"

DARKROOM = Darkroom()


def render(data: bytes, *, limits: PhotoLimits = DEFAULT_LIMITS, darkroom: Darkroom = DARKROOM) -> Renditions:
    """Clean renditions of one uploaded photo.

    Blocks the thread: for 12 megapixels 0.2 s of JPEG, 0.4 s of progressive or wide-gamut JPEG, 0.8 s of HEIC, and
    at worst `wait_s` and `wall_s` of the limits with a little on top.

    Args:
        data: the upload as it came; JPEG, PNG, WebP or HEIC, whatever its name says.
        limits: what the photo may cost.
        darkroom: where it is decoded; this process's own.

    Raises:
        PhotoTooLargeError: more bytes or pixels than a photo may have.
        UnreadablePhotoError: not a photo, damaged, or one that its decoder could not get done within the limits.
        PhotosBusyError: no decoder became free in time.
    """
    if not data:
        raise UnreadablePhotoError(NOTHING_ARRIVED)
    if len(data) > limits.max_bytes:
        raise PhotoTooLargeError(size_refusal(limits.max_bytes // MIB))
    read_header(data, max_pixels=limits.max_pixels)
    with slot(limits.slots_dir, count=limits.children, wait_s=limits.wait_s):
        return darkroom.develop(data, limits=limits)


def cut(press: bytes, box: Box, *, limits: PhotoLimits = DEFAULT_LIMITS, darkroom: Darkroom = DARKROOM) -> Cutting:
    """The part of a portrait that goes onto paper.

    In a child although the picture is ours: nobody vouches for what another child made of a hostile upload.

    Args:
        press: the press rendition.
        box: the part, in its pixels.
        limits: what it may cost.
        darkroom: where it is decoded; this process's own.

    Raises:
        UnreadablePhotoError, PhotosBusyError: as for `render`.
    """
    with slot(limits.slots_dir, count=limits.children, wait_s=limits.wait_s):
        return darkroom.cut(press, box, limits=limits)


def shrink(
    rendition: bytes, *, long_edge_px: int, limits: PhotoLimits = DEFAULT_LIMITS, darkroom: Darkroom = DARKROOM
) -> bytes:
    """A rendition made smaller, never larger, as a JPEG.

    Args:
        rendition: one of ours, press or mail.
        long_edge_px: how long its longer side may be.
        limits: what it may cost.
        darkroom: where it is decoded; this process's own.

    Raises:
        UnreadablePhotoError, PhotosBusyError: as for `render`.
    """
    with slot(limits.slots_dir, count=limits.children, wait_s=limits.wait_s):
        return darkroom.shrink(rendition, long_edge_px=long_edge_px, limits=limits)


def stamp(
    rendition: bytes, mark: bytes, *, limits: PhotoLimits = DEFAULT_LIMITS, darkroom: Darkroom = DARKROOM
) -> bytes:
    """A rendition with a mark repeated over it, as a JPEG: 50 ms at 1600 pixels, 300 ms at 4096.

    Args:
        rendition: one of ours, press or mail.
        mark: a PNG with its own transparency.
        limits: what it may cost.
        darkroom: where it is decoded; this process's own.

    Raises:
        UnreadablePhotoError, PhotosBusyError: as for `render`.
    """
    with slot(limits.slots_dir, count=limits.children, wait_s=limits.wait_s):
        return darkroom.stamp(rendition, mark, limits=limits)
