"""What a draft corrects, said above each of its pages: what the office asked for must not be looked up again."""

from flask import render_template, url_for
from markupsafe import Markup

from h5app.domain.nomination import Draft, Route, Status
from h5app.services.drafting import corrected_by
from h5app.services.linking import nominee_token
from h5app.web.context import parts

_NOTHING = Markup()


def banner(draft: Draft | None) -> Markup:
    """HTML for the top of a page of the form; empty, and for nothing, where the draft corrects nothing."""
    entry = corrected_by(parts().stores, draft) if draft else None
    if draft is None or entry is None or entry.status.is_erased:
        return _NOTHING
    is_nominee = draft.route is Route.SELF and entry.route is not Route.SELF
    waits = is_nominee and entry.status is Status.WAITING
    said_url = url_for("confirming.said_page", token=nominee_token(parts().stores, entry)) if waits else ""
    html = render_template("nominate/_banner.html", entry=entry, is_nominee=is_nominee, said_url=said_url)
    return Markup(html)  # noqa: S704 -- escaped there
