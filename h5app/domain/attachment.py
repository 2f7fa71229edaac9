"""Photos of an entry: which slots the 推荐表 has, how many pictures each takes, and what is known of each."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from h5app.domain.portrait import Box, centre_box


class Slot(StrEnum):
    """Where a photo belongs; also its file name in the package and the word on screen."""

    PORTRAIT = "portrait"
    WORK = "work"
    HONOUR = "honour"

    @property
    def label(self) -> str:
        return {"portrait": "近照", "work": "工作照", "honour": "荣誉或报道"}[self.value]


@dataclass(frozen=True)
class Measures:
    """What was measured of the part of a portrait that goes onto paper.

    Args:
        brightness: how bright its brighter parts are, 0 to 255.
        face_percent: height of the largest patch of skin, in percent of the height.
        unrest: how much the background beside the head changes, 0 (one even wall) to 255.
    """

    brightness: int
    face_percent: int
    unrest: int


@dataclass(frozen=True)
class Attachment:
    """One stored photo: names of its sealed files and the size of its press rendition.

    Args:
        thumb_file: ≤ 480 px for the phone; "" for photos from before there was one.
        paper_file: of a portrait, the part that goes onto paper; "" for others.
        place: order within the slot, lowest first.
        upload_key: says that two uploads are one; None for photos from before there was one.
        crop: the part of a portrait that the person chose; None where nobody has.
        measures: of a portrait.
    """

    id: str
    draft_id: str
    slot: Slot
    press_file: str
    mail_file: str
    width_px: int
    height_px: int
    added_at: datetime
    thumb_file: str = ""
    paper_file: str = ""
    place: int = 0
    upload_key: str | None = None
    crop: Box | None = None
    measures: Measures | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of this photo."""
        return tuple(name for name in (self.press_file, self.mail_file, self.thumb_file, self.paper_file) if name)

    @property
    def box(self) -> Box:
        """The part that goes onto paper, if this is a portrait."""
        return self.crop or centre_box(self.width_px, self.height_px)
