"""What WeChat and browsers ask for beside the pages: the share card, the proof of whose domain this is, the icon.

Nothing here believes the request's Host: a card leads to the configured address or nowhere.
"""

from dataclasses import dataclass

from flask import Blueprint, Response, abort, request, send_from_directory, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.errors import H5appError
from h5app.services.sharing import SignedPage, sign_page
from h5app.settings import PROJECT
from h5app.web.context import parts, utc_now

bp = Blueprint("sharing", __name__)

_DAY_S = 24 * 3600


@dataclass(frozen=True)
class ShareCard:
    """The landing page as its card needs it; `site` is the configured address, without a slash at its end."""

    page: SignedPage
    site: str


@bp.get("/MP_verify_<token>.txt")
def verify_file(token: str) -> ResponseReturnValue:
    """The file by which WeChat's console sees that the domain is ours, as configured."""
    content = parts().settings.wechat_verify.get(f"MP_verify_{token}.txt")
    if content is None:
        abort(404)
    return Response(content, mimetype="text/plain")


@bp.get("/favicon.ico")
def favicon() -> Response:
    """For whoever does not read the icon's link in our pages."""
    answer = send_from_directory(PROJECT / "static" / "img", "favicon.ico", mimetype="image/x-icon", max_age=_DAY_S)
    answer.headers["Cache-Control"] = f"public, max-age={_DAY_S}"
    return answer


def share_card() -> ShareCard | None:
    """The card of the landing page that is asked for now; None where no app id is set or no ticket is there."""
    desk = parts().share_desk
    if desk is None:
        return None
    site = parts().base_url
    url = site + url_for("nominate.landing")
    # As it was sent: WeChat signs what stands in the phone's address line, `?from=singlemessage` and all.
    query = request.query_string.decode("latin-1")
    try:
        page = sign_page(desk, f"{url}?{query}" if query else url, now=utc_now())
    except H5appError:  # a busy database: the landing page is worth more than its card
        return None
    return ShareCard(page, site) if page else None
