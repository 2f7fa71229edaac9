"""One nomination, from draft to decision: its routes, its states and the moves between them."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

# Digits and capitals that cannot be taken for one another when read over the telephone.
_REFERENCE_ALPHABET = "2346789ACDEFGHJKMNPQRTUVWXY"
REFERENCE_LENGTH = 8
# After the last save, as the consent's notice promises; a browser holds its token as long.
DRAFT_LIFE = timedelta(days=7)


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


class Origin(StrEnum):
    """How an entry came to us."""

    FORM = "form"  # filled in on our pages
    MAIL = "mail"  # a Word form that somebody sent, read by staff

    @property
    def label(self) -> str:
        return {"form": "扫码填写", "mail": "邮件"}[self.value]


class Status(StrEnum):
    """Where a nomination stands: with the nominee, with the office, or ended by somebody's will."""

    WAITING = "waiting"  # for the nominee, whom somebody else has named
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"  # by the nominee

    @property
    def label(self) -> str:
        return _STATUS_LABELS[self]

    @property
    def is_erased(self) -> bool:
        """Whether nothing is left of the entry but its 受理编号 and that it ended so."""
        return self in {Status.WITHDRAWN, Status.DECLINED}


_STATUS_LABELS: Mapping[Status, str] = {
    Status.WAITING: "待本人确认",
    Status.SUBMITTED: "待审核",
    Status.RETURNED: "退回补正",
    Status.ACCEPTED: "已通过",
    Status.REJECTED: "不符合条件",
    Status.WITHDRAWN: "已撤回",
    Status.DECLINED: "本人谢绝",
}

# What staff may do. Returned entries come back by a new revision of the person's.
MOVES: Mapping[Status, tuple[Status, ...]] = {
    Status.WAITING: (),
    Status.SUBMITTED: (Status.ACCEPTED, Status.RETURNED, Status.REJECTED),
    Status.RETURNED: (Status.SUBMITTED,),
    Status.ACCEPTED: (Status.SUBMITTED,),
    Status.REJECTED: (Status.SUBMITTED,),
    Status.WITHDRAWN: (),
    Status.DECLINED: (),
}


@dataclass(frozen=True)
class Draft:
    """Answers as typed so far, not yet checked. `answers` maps question name to text.

    Args:
        corrects: id of the nomination whose next revision this is to become, or None for a new one.
        revision: the revision it is to become.
        batch: entries that one unit makes one after another share it; "" for all others.
        resume_code: opens the draft on another phone, together with the end of a telephone number.
        writers: topic → the page (a random id) that saved it last, and that save's turn: a page's turns count upwards.
    """

    id: str
    route: Route
    channel: str
    answers: Mapping[str, str]
    started_at: datetime
    saved_at: datetime
    corrects: int | None = None
    revision: int = 1
    batch: str = ""
    resume_code: str = ""
    writers: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    origin: Origin = Origin.FORM


@dataclass(frozen=True)
class Nomination:
    """A submitted entry in its newest revision. `answers` maps question name to its checked text.

    Args:
        revision: 1 for what was submitted first; past ones are kept in `Nominations.history`.
        submitted_at: when this revision was.
        changed_at: when the status last changed.
        reason: what staff wrote to the person with the last change.
        confirmed_at: when the nominee himself first said yes, where somebody else had named him.
    """

    id: int
    draft_id: str
    reference: str
    path: str
    route: Route
    status: Status
    channel: str
    answers: Mapping[str, str]
    submitted_at: datetime
    changed_at: datetime
    revision: int = 1
    reason: str = ""
    confirmed_at: datetime | None = None
    batch: str = ""
    origin: Origin = Origin.FORM


def reference_from(random: bytes) -> str:
    """A 受理编号 from eight random bytes.

    >>> reference_from(bytes(range(8)))
    '2346789A'
    """
    if len(random) != REFERENCE_LENGTH:
        raise ValueError(f"{REFERENCE_LENGTH} bytes are needed")
    return "".join(_REFERENCE_ALPHABET[byte % len(_REFERENCE_ALPHABET)] for byte in random)


def read_reference(typed: str) -> str:
    """A 受理编号 or 续填码 in its one spelling: small and full-width letters, spaces and dashes are fine.

    >>> read_reference(" 7k2m-9qxa ")
    '7K2M9QXA'
    """
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", typed)).upper()
