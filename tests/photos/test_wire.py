import pytest

from h5app.photos.renditions import Renditions
from h5app.photos.wire import BadAnswerError, Order, packed, unpacked

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
RENDITIONS = Renditions(press=JPEG + JPEG, mail=JPEG, width_px=4000, height_px=3000)


def test_an_order_arrives_as_it_was_given():
    order = Order(length=5, max_pixels=110_000_000, memory_bytes=1 << 33, cpu_s=10, wall_s=0.5)

    assert Order.unpacked(order.packed()) == order


def test_renditions_arrive_as_they_were_sent():
    assert unpacked(packed(RENDITIONS)) == RENDITIONS


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"U",
        packed(RENDITIONS)[:-1],
        packed(RENDITIONS) + b"x",
        b"X" + packed(RENDITIONS)[1:],
        packed(Renditions(press=JPEG, mail=JPEG, width_px=4097, height_px=1)),
        packed(Renditions(press=JPEG, mail=JPEG, width_px=1, height_px=0)),
        packed(Renditions(press=b"<script></script>", mail=JPEG, width_px=1, height_px=1)),
        packed(Renditions(press=JPEG, mail=JPEG + b"PK", width_px=1, height_px=1)),
    ],
)
def test_anything_but_two_jpegs_of_possible_size_is_no_answer(answer):
    with pytest.raises(BadAnswerError):
        unpacked(answer)
