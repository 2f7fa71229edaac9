"""Linking: addresses that open one entry or one draft to one person, without an account.

Rule: an address that is not right is not found, whatever is wrong with it.
"""

from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import Draft, Nomination, Route
from h5app.storage.stores import Stores

_NOMINEE, _WORKER = "nominee", "worker"
_HANDED_IN = "您的单位已经把推荐表交上去了，这个链接用完了。想看进度、想改，请用受理编号和您的手机号查"
_WRONG = "这个链接打不开。请让发给您的人再发一次，或者打电话问工会"


class HandedInError(NotFoundError):
    """A worker's link has done its work: its draft has become an entry."""

    def __init__(self, entry: Nomination) -> None:
        super().__init__(_HANDED_IN)
        self.entry = entry


def nominee_token(stores: Stores, entry: Nomination) -> str:
    """What leads the nominee to what somebody else has said of him: 受理编号, dash, mark."""
    return f"{entry.reference}-{stores.links.mark(entry.reference, purpose=_NOMINEE)}"


def linked_entry(stores: Stores, token: str) -> Nomination:
    """The entry that a nominee's token leads to, in whatever state it is.

    Raises:
        NotFoundError: a wrong token, an unknown entry, or none that somebody else has made.
    """
    reference, _, mark = token.upper().partition("-")
    # The mark first: it is made for unknown numbers too, so that both take their time.
    is_right = stores.links.is_mark(mark, reference, purpose=_NOMINEE)
    entry = stores.nominations.by_reference(reference)
    if entry is None or not is_right or entry.route is not Route.PEER:
        raise NotFoundError(_WRONG)
    return entry


def worker_token(stores: Stores, draft: Draft) -> str:
    """What lets a worker add photos and consent to the draft that his unit fills in: the draft's id, dash, mark.

    Not its resume code: with that and the unit's telephone number he would open the whole of it.
    """
    return f"{draft.id}-{stores.links.mark(draft.id, purpose=_WORKER)}"


def linked_draft(stores: Stores, token: str) -> Draft:
    """The unit's draft that a worker's token leads to, until it is submitted.

    Raises:
        HandedInError: it has been submitted.
        NotFoundError: a wrong token, or the draft is deleted or another's.
    """
    draft_id, _, mark = token.lower().partition("-")
    is_right = stores.links.is_mark(mark, draft_id, purpose=_WORKER)
    # Submitted drafts are swept away after a week, their entries are not.
    entry = stores.nominations.by_draft(draft_id) if is_right else None
    if entry and entry.route is Route.UNIT:
        raise HandedInError(entry)
    draft = stores.drafts.get(draft_id) if is_right else None
    if draft is None or draft.route is not Route.UNIT:
        raise NotFoundError(_WRONG)
    return draft
