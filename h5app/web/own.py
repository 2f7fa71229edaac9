"""Whose draft is it: a browser holds a token for each route, and nothing else opens a draft."""

from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import Draft, Route
from h5app.services.drafting import token_hash
from h5app.services.linking import linked_draft
from h5app.web.context import parts, read_cookie

WORKER = "worker"
# Holds the token of the link that a unit has handed to its worker.
HAND_COOKIE = "h5app_hand"

_NONE = "这台手机上没有填到一半的推荐表。请从首页重新开始，或者用续填码接着填"
_MOVED = "这份推荐表在这台手机上打不开了：可能已经换到另一台手机上填，也可能已经提交或删掉"


class LostDraftError(NotFoundError):
    """This browser opens no draft of a route where one is needed; the way on is a resume code, or an empty form."""

    def __init__(self, route: Route, *, had_one: bool) -> None:
        super().__init__(_MOVED if had_one else _NONE)
        self.route = route


def draft_cookie(route: Route) -> str:
    """A cookie for each route, so that nominating a colleague does not hide one's own half-filled form."""
    return f"h5app_{route.value}"


def own_draft(route: Route) -> Draft | None:
    """The draft this browser holds the token of, or None."""
    token = read_cookie(draft_cookie(route))
    draft = parts().stores.drafts.by_token(token_hash(token)) if token else None
    return draft if draft and draft.route is route else None


def needed_draft(route: Route) -> Draft:
    draft = own_draft(route)
    if draft is None:
        raise LostDraftError(route, had_one=has_cookie(route))
    return draft


def seated_draft(seat: str) -> Draft:
    """The draft of a seat at the form: of a route one's own, of “worker” the one that his unit has handed him.

    Raises:
        NotFoundError: this browser has no such draft, or not any more.
    """
    return linked_draft(parts().stores, read_cookie(HAND_COOKIE)) if seat == WORKER else needed_draft(Route(seat))


def has_cookie(route: Route) -> bool:
    """Whether this browser holds a token, good or not: one that is not has been lost to another phone, or is over."""
    return bool(read_cookie(draft_cookie(route)))


def is_submitted(draft: Draft) -> bool:
    """Whether a draft has become an entry: submitting empties it, so one with answers needs no second look."""
    return not draft.answers and parts().stores.nominations.by_draft(draft.id) is not None
