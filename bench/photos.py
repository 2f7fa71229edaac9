"""A 12-megapixel photo through the whole pipeline, beside Pillow doing bare the same decode, resize and encode.

The limit is 1.5 times the bare work of the same run: what the child process, its pipes, the fresh pixels, the
thumbnail and the colour check may cost. A portrait is then cut for paper: from the 2048 px that the phone's page sends.
Run as `python -m bench.photos`; prints `name: value unit (limit …)`.
"""

import io
from pathlib import Path

from PIL import Image

from bench.figures import Figure, medians_s, show
from h5app.domain.portrait import centre_box
from h5app.photos import cut, render
from h5app.photos.rebuilding import MAIL_QUALITY, PRESS_QUALITY, REDUCING_GAP
from h5app.photos.rendering import DARKROOM
from h5app.photos.renditions import MAIL_LONG_EDGE_PX, PRESS_LONG_EDGE_PX, fitted

SIZE_PX = (4000, 3000)
ROUNDS = 7
LIMIT_RATIO = 1.5
LIMIT_ZYGOTE_MIB = 40


def main(*, rounds: int = ROUNDS) -> list[Figure]:
    photo = phone_photo()
    bare_s, pipeline_s = medians_s(lambda: bare(photo), lambda: render(photo), rounds=rounds)
    return show(
        Figure("photo, upload of 12 megapixels", len(photo) / 1e6, "MB"),
        Figure("photo, bare Pillow", bare_s * 1000, "ms"),
        Figure("photo, whole pipeline", pipeline_s * 1000, "ms", LIMIT_RATIO * bare_s * 1000),
        Figure("photo, pipeline ÷ bare", pipeline_s / bare_s, "times", LIMIT_RATIO),
        Figure("photo, cut of a portrait", _cut_s(rounds) * 1000, "ms"),
        Figure("photo, zygote at rest", _zygote_mib(), "MiB", LIMIT_ZYGOTE_MIB),
    )


def _cut_s(rounds: int) -> float:
    with Image.open(io.BytesIO(phone_photo())) as picture:
        portrait = _jpeg(picture.resize((1536, 2048)), PRESS_QUALITY)
    (median_s,) = medians_s(lambda: cut(portrait, centre_box(1536, 2048)), rounds=rounds)
    return median_s


def phone_photo() -> bytes:
    """A JPEG of 3 to 5 MB, as a phone writes: smooth areas under the noise of a sensor."""
    upright = Image.linear_gradient("L").resize(SIZE_PX)
    planes = (upright, Image.radial_gradient("L").resize(SIZE_PX), upright.transpose(Image.Transpose.ROTATE_180))
    noise = Image.effect_noise(SIZE_PX, 30)
    out = io.BytesIO()
    Image.merge("RGB", [Image.blend(plane, noise, 0.25) for plane in planes]).save(out, "JPEG", quality=92)
    return out.getvalue()


def bare(photo: bytes) -> tuple[bytes, bytes]:
    """Both renditions by Pillow alone: same sizes, filter and qualities, in a process that is warm."""
    with Image.open(io.BytesIO(photo)) as picture:
        press_size = fitted(picture.size, long_edge_px=PRESS_LONG_EDGE_PX)
        picture.draft("RGB", press_size)
        press = _resized(picture, press_size)
        mail = _resized(press, fitted(press.size, long_edge_px=MAIL_LONG_EDGE_PX))
        return _jpeg(press, PRESS_QUALITY), _jpeg(mail, MAIL_QUALITY)


def _resized(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    if picture.size == size:
        return picture
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=REDUCING_GAP)


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _zygote_mib() -> float:
    status = Path(f"/proc/{DARKROOM.zygote_pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
