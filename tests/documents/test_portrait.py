import pytest

from h5app.documents.portrait import overhang, portrait_size_px
from h5app.domain.errors import UnreadablePhotoError


def test_a_jpeg_tells_its_size(make_jpeg):
    assert portrait_size_px(make_jpeg(295, 413)) == (295, 413)


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", b"<svg/>", b"GIF89a" + bytes(50), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_jpeg_is_refused(data):
    with pytest.raises(UnreadablePhotoError, match="请换一张近照"):
        portrait_size_px(data)


@pytest.mark.parametrize(
    ("size", "cut"),
    [((25, 35), (0.0, 0.0)), ((50, 35), (0.25, 0.0)), ((25, 70), (0.0, 0.25)), ((413, 295), (0.2449, 0.0))],
)
def test_the_longer_side_is_cut_equally_at_both_ends(size, cut):
    assert overhang(size) == pytest.approx(cut, abs=1e-4)
