"""Photos of an entry: which slots the 推荐表 has and how many pictures each takes."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Slot(StrEnum):
    """Where a photo belongs; also its file name in the package and the word on screen."""

    PORTRAIT = "portrait"
    WORK = "work"
    HONOUR = "honour"

    @property
    def label(self) -> str:
        return {"portrait": "近照", "work": "工作照", "honour": "荣誉或报道"}[self.value]


@dataclass(frozen=True)
class Attachment:
    """One stored photo: names of its sealed files and the size of its press rendition."""

    id: str
    draft_id: str
    slot: Slot
    press_file: str
    mail_file: str
    width_px: int
    height_px: int
    added_at: datetime
