"""Notices: something to say of a page as a whole, above everything else on it; see components/summary.html."""

from dataclasses import dataclass

_KEPT = "您填的都已保存，但不能再提交"


@dataclass(frozen=True)
class Notice:
    """What has happened, and what to do. `lost` offers the way back by a resume code."""

    heading: str
    words: str = ""
    lost: bool = False


def late_notice(why: str) -> Notice | None:
    """That a form cannot be submitted any more, and why; None where `why` is ""."""
    return Notice(why, _KEPT) if why else None
