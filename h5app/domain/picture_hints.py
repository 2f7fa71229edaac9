"""What is kindly said about a stored photo. Hints, never refusals: the person decides, and the staff can ask."""

from h5app.domain.attachment import Attachment, Measures, Slot

# 25 × 35 mm at 300 dpi, as the notice's form prints.
_PAPER_PX = (295, 413)
# Half a newspaper page across.
_PRESS_LONG_EDGE_PX = 2000
# Set with drawn portraits (tests/photos/test_cutting.py), on the quiet side: a false alarm costs more than a missed
# one.
_DARK = 75
_SMALL_FACE_PERCENT = 18
_RESTLESS = 48
_MOST_AT_ONCE = 2

TOO_SMALL = "这张有点小，印出来会不清楚。有原图的话，请点“换一张”传原图"
TOO_DARK = "照片有点暗。站到窗前或灯下，脸朝着光再拍一张会更好"
LYING = "这张是横着的。请点“调整”，把脸放大、放正；竖着再拍一张也行"
FACE_SMALL = "请看看脸是不是太小、太偏。点“调整”可以把脸放大、放正"
RESTLESS = "背后好像有点杂。站在一面白墙前拍，印出来更好看"
NOT_FOR_PRESS = "可以用；要登报的话，用手机原图更清楚"


def hints_of(photo: Attachment) -> tuple[str, ...]:
    """At most two sentences, the more important first; none for a photo that will do well."""
    if photo.slot is Slot.PORTRAIT:
        return tuple(_of_portrait(photo))[:_MOST_AT_ONCE]
    small = photo.slot is Slot.WORK and max(photo.width_px, photo.height_px) < _PRESS_LONG_EDGE_PX
    return (NOT_FOR_PRESS,) if small else ()


def _of_portrait(photo: Attachment) -> list[str]:
    box, measures = photo.box, photo.measures
    lying = photo.crop is None and photo.width_px > photo.height_px
    said = [
        (TOO_SMALL, box.width_px < _PAPER_PX[0] or box.height_px < _PAPER_PX[1]),
        (TOO_DARK, measures is not None and measures.brightness < _DARK),
        (LYING, lying),
        # A face is hard to find in the dark, and small in what lies.
        (FACE_SMALL, measures is not None and not lying and measures.brightness >= _DARK and _no_face(measures)),
        (RESTLESS, measures is not None and measures.unrest > _RESTLESS),
    ]
    return [sentence for sentence, holds in said if holds]


def _no_face(measures: Measures) -> bool:
    return measures.face_percent < _SMALL_FACE_PERCENT
