"""One nomination, from draft to decision: its routes, its states and the moves between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# Digits and capitals that cannot be taken for one another when read over the telephone.
_REFERENCE_ALPHABET = "2346789ACDEFGHJKMNPQRTUVWXY"
_REFERENCE_LENGTH = 8


class Route(StrEnum):
    """Who nominates: the worker, somebody else, or his unit."""

    SELF = "self"
    PEER = "peer"
    UNIT = "unit"

    @property
    def label(self) -> str:
        return {"self": "个人自荐", "peer": "他人举荐", "unit": "单位推荐"}[self.value]

    @property
    def tag(self) -> str:
        """The word in a mail's subject."""
        return {"self": "自荐", "peer": "举荐", "unit": "单位推荐"}[self.value]


class Status(StrEnum):
    """What the office made of a nomination."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"

    @property
    def label(self) -> str:
        return {"submitted": "待审核", "accepted": "已通过", "rejected": "不符合条件"}[self.value]


MOVES: Mapping[Status, tuple[Status, ...]] = {
    Status.SUBMITTED: (Status.ACCEPTED, Status.REJECTED),
    Status.ACCEPTED: (Status.SUBMITTED,),
    Status.REJECTED: (Status.SUBMITTED,),
}


@dataclass(frozen=True)
class Draft:
    """Answers as typed so far, not yet checked. `answers` maps question name to text."""

    id: str
    route: Route
    channel: str
    answers: Mapping[str, str]
    started_at: datetime
    saved_at: datetime


@dataclass(frozen=True)
class Nomination:
    """A submitted entry. `answers` maps question name to its checked text."""

    id: int
    draft_id: str
    reference: str
    path: str
    route: Route
    status: Status
    channel: str
    answers: Mapping[str, str]
    submitted_at: datetime


def reference_from(random: bytes) -> str:
    """A 受理编号 from eight random bytes.

    >>> reference_from(bytes(range(8)))
    '2346789A'
    """
    if len(random) != _REFERENCE_LENGTH:
        raise ValueError(f"{_REFERENCE_LENGTH} bytes are needed")
    return "".join(_REFERENCE_ALPHABET[byte % len(_REFERENCE_ALPHABET)] for byte in random)
