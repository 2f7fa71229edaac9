"""Revisiting: an entry opens to whoever knows its number and a telephone number given in it, and to nobody else."""

from dataclasses import dataclass
from datetime import datetime

from h5app.domain.campaign import Campaign
from h5app.domain.correcting import check_may_correct
from h5app.domain.errors import InvalidAnswerError, InvalidAnswersError, NotFoundError
from h5app.domain.identity import parse_phone
from h5app.domain.nomination import REFERENCE_LENGTH, Draft, Nomination, read_reference
from h5app.domain.visiting import Rights, Role, rights_of, role_of, route_of_correction
from h5app.services.correcting import begin_correction
from h5app.services.drafting import token_hash
from h5app.services.trying import counted
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_WRONG = "没有查到。请核对受理编号和手机号：推荐时填的是哪个号码，就用哪个号码"


@dataclass(frozen=True)
class Visitor:
    """Somebody who may see an entry, and as whom."""

    entry: Nomination
    role: Role

    @property
    def rights(self) -> Rights:
        return rights_of(self.entry, self.role)


def find(stores: Stores, *, reference: str, phone: str, now: datetime) -> Visitor:
    """The entry of a 受理编号, to whoever gives a telephone number that stands in it.

    Unknown numbers, wrong telephones and erased entries look alike and take the same steps: an entry is opened, or
    something like one, and the wrong guess is written down (S20, S21).

    Args:
        reference, phone: as typed.

    Raises:
        InvalidAnswersError: one of the two cannot be such a number; nothing was looked up.
        NotFoundError: they do not belong together.
        TooManyTriesError: wrong too often for this 受理编号.
    """
    reference, phone = _checked(reference, phone)
    with counted(stores, token_hash(f"status:{reference}"), now=now):
        entry = stores.nominations.guessed(reference)
        role = role_of(entry, phone) if entry else None
        if entry is None or role is None:
            raise NotFoundError(_WRONG)
    return Visitor(entry, role)


def correct(
    stores: Stores, files: FileStore, visitor: Visitor, *, campaign: Campaign, now: datetime
) -> tuple[Draft, str]:
    """A draft that holds all of the entry, to be changed and sent again, and the token that opens it.

    Raises:
        NotFoundError: it is not this visitor's to correct, or nothing is left of it.
        ConflictError, PathClosedError: it may not be corrected any more.
    """
    entry = visitor.entry
    check_may_correct(entry, campaign.home_of(entry.path, entry.route), now=now)
    if not visitor.rights.corrects:
        raise NotFoundError("这份推荐表本人已经确认，由本人自己改。有疑问请打电话问工会")
    route = route_of_correction(entry, visitor.role)
    return begin_correction(stores, files, entry, route=route, now=now)


def _checked(typed_reference: str, typed_phone: str) -> tuple[str, str]:
    problems: dict[str, str] = {}
    reference, phone = read_reference(typed_reference), ""
    if not reference:
        problems["reference"] = "请填写受理编号，提交后的页面上有"
    elif len(reference) != REFERENCE_LENGTH:
        problems["reference"] = f"受理编号是 {REFERENCE_LENGTH} 位，现在是 {len(reference)} 位，请核对"
    try:
        phone = parse_phone(typed_phone)
    except InvalidAnswerError as error:
        problems["phone"] = str(error)
    if problems:
        raise InvalidAnswersError(problems)
    return reference, phone
