"""Resuming: a draft opens on another phone by its code and the end of the telephone number given in it."""

import hmac
from collections.abc import Mapping
from datetime import datetime

from h5app.domain.errors import NotFoundError
from h5app.domain.identity import phone_end
from h5app.domain.nomination import Draft, Route, read_reference
from h5app.services.drafting import new_token, token_hash
from h5app.services.trying import counted
from h5app.storage.stores import Stores

# Whose phone it is: that of the person who fills in.
_OWN_PHONE = {Route.SELF: "phone", Route.PEER: "nominator_phone", Route.UNIT: "unit_phone"}
_WRONG = "续填码或手机号对不上，请核对后再试。也可以从首页重新填一份"


def resume_code(draft: Draft) -> str:
    """The code as people copy it, “ABCD-EFGH”; "" while no telephone number is known that would open it."""
    phone = draft.answers.get(_OWN_PHONE[draft.route], "")
    if not draft.resume_code or not phone_end(phone):
        return ""
    return f"{draft.resume_code[:4]}-{draft.resume_code[4:]}"


def find(stores: Stores, *, code: str, digits: str, now: datetime) -> Draft:
    """The draft that a code and four digits open; submitted ones too, as long as something is left of the entry.

    Args:
        code: as typed: small or full-width letters, spaces and dashes are fine.
        digits: the last four of the telephone number, as typed.

    Raises:
        NotFoundError: no such code, or other digits: the two look alike.
        TooManyTriesError: wrong too often.
    """
    code = read_reference(code)
    with counted(stores, token_hash(f"resume:{code}"), now=now):
        draft = stores.drafts.by_resume_code(code)
        known = phone_end(_answers(stores, draft).get(_OWN_PHONE[draft.route], "")) if draft else ""
        if draft is None or not known or not hmac.compare_digest(known, phone_end(digits)):
            raise NotFoundError(_WRONG)
    return draft


def rotate(stores: Stores, draft: Draft) -> str:
    """A new token for the draft; whoever holds the old one opens it no more."""
    token = new_token()
    stores.drafts.put_token(draft.id, token_hash=token_hash(token))
    return token


def _answers(stores: Stores, draft: Draft) -> Mapping[str, str]:
    if draft.answers:
        return draft.answers
    entry = stores.nominations.by_draft(draft.id)
    return entry.answers if entry else {}
