"""Pages that were left open too long: they come back as they were, with a token that is good, and one sentence."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, g, jsonify, make_response, request
from flask.typing import ResponseReturnValue

from h5app.domain.errors import H5appError
from h5app.web import confirming, handing, nominate, photos, receipts, resuming, status
from h5app.web.notices import Notice
from h5app.web.security import csrf_token

_AGAIN = "页面停留太久了，刚才那一下没有生效，请再点一次"
_KEPT = "您之前填的都在。"

# Endpoint, or blueprint → the page that its form stood on, drawn without doing what the form asked.
_PAGES: Mapping[str, Callable[..., Any]] = {
    "nominate.topic_page": nominate.expired_topic,
    "nominate.check_page": nominate.check_again,
    "nominate.discard_draft": lambda **_route: nominate.landing(),
    "units.another": receipts.receipt_page,
    "confirming": confirming.nominee_page,
    "handing.take_up": handing.link_page,
    "handing.agree": handing.worker_page,
    "photos": lambda route, **_slot_or_photo: photos.photos_again(route),
    "resuming.resume_page": resuming.expired_resume,
    "status": lambda **_nothing: status.ask_again(),
}


def expired_page() -> ResponseReturnValue | None:
    """What answers a request whose token has expired; None where there is no page of its own to give back.

    A page's script is given a token that is good: it repeats what it has sent, and nobody notices.
    """
    if request.headers.get("X-Requested-With") == "fetch":
        return jsonify(token=csrf_token(), message=_AGAIN), 400
    draw = _PAGES.get(request.endpoint or "") or _PAGES.get(request.blueprint or "")
    if draw is None:
        return None
    if request.endpoint not in _SAYING_SO:
        g.notice = Notice(_AGAIN, _KEPT)
    try:
        answer = make_response(draw(**(request.view_args or {})))
    except H5appError as error:
        return current_app.handle_user_exception(error)
    # A page that is not there any more leads elsewhere, and that is where a form without a token must not be sent.
    return (answer if answer.status_code == 200 else nominate.landing()), 400


def page_notice() -> Notice | None:
    """What the frame of a page says above it; None for nearly all."""
    notice: Notice | None = g.get("notice")
    return notice


# Pages that have a sentence of their own for it.
_SAYING_SO = frozenset({"nominate.topic_page", "resuming.resume_page"})
