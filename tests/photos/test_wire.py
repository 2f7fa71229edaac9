from dataclasses import replace

import pytest

from h5app.domain.attachment import Measures
from h5app.domain.portrait import Box
from h5app.photos.renditions import Cutting, Renditions
from h5app.photos.wire import BadAnswerError, Order, cutting_in, packed, renditions_in, smaller_in

JPEG = b"\xff\xd8\xff\xe0 picture \xff\xd9"
RENDITIONS = Renditions(press=JPEG * 3, mail=JPEG * 2, thumb=JPEG, width_px=4000, height_px=3000)
CUTTING = Cutting(paper=JPEG * 2, thumb=JPEG, measures=Measures(brightness=200, face_percent=45, unrest=12))


@pytest.mark.parametrize("box", [None, Box(left_px=71, top_px=0, width_px=2857, height_px=4000)])
def test_an_order_arrives_as_it_was_given(box):
    order = Order(length=5, max_pixels=110_000_000, memory_bytes=1 << 33, cpu_s=10, wall_s=0.5, cut=box)

    assert Order.unpacked(order.packed()) == order
    assert Order.unpacked(replace(order, long_edge_px=1280).packed()) == replace(order, long_edge_px=1280)


def test_what_was_made_arrives_as_it_was_sent():
    assert renditions_in(packed(RENDITIONS)) == RENDITIONS
    assert cutting_in(packed(CUTTING)) == CUTTING
    assert smaller_in(packed(JPEG)) == JPEG


def said(**changes):
    return packed(replace(RENDITIONS, **changes))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"U",
        packed(RENDITIONS)[:-1],
        packed(RENDITIONS) + b"x",
        b"X" + packed(RENDITIONS)[1:],
        packed(CUTTING),
        said(width_px=4097, height_px=1),
        said(width_px=1, height_px=0),
        said(press=b"<script></script>"),
        said(mail=JPEG + b"PK"),
        said(thumb=b""),
    ],
)
def test_anything_but_three_jpegs_of_possible_size_is_no_answer(answer):
    with pytest.raises(BadAnswerError):
        renditions_in(answer)


@pytest.mark.parametrize(
    "answer",
    [b"", packed(CUTTING)[:-1], packed(CUTTING) + b"x", packed(RENDITIONS), packed(replace(CUTTING, thumb=b"GIF89a"))],
)
def test_anything_but_two_jpegs_is_no_cutting(answer):
    with pytest.raises(BadAnswerError):
        cutting_in(answer)


@pytest.mark.parametrize("answer", [b"", packed(JPEG)[:-1], packed(JPEG) + b"x", packed(CUTTING), packed(b"GIF89a")])
def test_anything_but_one_jpeg_is_nothing_smaller(answer):
    with pytest.raises(BadAnswerError):
        smaller_in(answer)
