import random
from collections import Counter

import pytest
from PIL import Image

from h5app.domain.errors import PhotoError
from h5app.photos import Renditions, render
from tests.photos.pictures import corners_picture, exif, limits, saved, segments

TIMES = 60


def mutated(data, chance):
    """Some bytes changed, a piece lost, doubled, or swapped: what transmission and malice do."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 3, 20))):
        changed[chance.randrange(len(changed))] = chance.choice((0, 0x7F, 0xFF, chance.randrange(256)))
    start = chance.randrange(len(changed))
    end = min(len(changed), start + chance.randrange(1, 200))
    match chance.randrange(4):
        case 0:
            del changed[start:end]
        case 1:
            changed[start:start] = changed[start:end]
        case 2:
            del changed[max(16, start) :]
    return bytes(changed)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_S4_mutated_pictures_are_rebuilt_or_refused_and_nothing_else(tmp_path, kind):
    noise = Image.blend(corners_picture(), Image.effect_noise((96, 64), 60).convert("RGB"), 0.3)
    sound = saved(noise, kind, exif=exif(6))
    chance = random.Random(f"photos {kind}")
    outcomes = Counter()

    for _ in range(TIMES):
        try:
            made = render(mutated(sound, chance), limits=limits(tmp_path, wall_s=5.0))
        except PhotoError as error:
            outcomes["refused" if str(error).endswith(("换一张", "重新选一次")) else "refused without advice"] += 1
        else:
            assert isinstance(made, Renditions)
            assert segments(made.press) == segments(made.mail) == (["E0", "DB", "C0", "C4"], b"")
            outcomes["rebuilt"] += 1

    # Every byte of a PNG is under a checksum, so none of these gets through.
    assert outcomes["refused"] >= 1
    assert outcomes["rebuilt"] == (0 if kind == "PNG" else TIMES - outcomes["refused"])
