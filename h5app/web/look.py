"""How pages are drawn: the standard look, or 关怀模式 (大字版) with larger letters and stronger lines.

Kept in the browser for a year and nowhere else: it says nothing about a person.
"""

import re

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from h5app.web.context import drop_cookie, read_cookie, set_cookie

bp = Blueprint("look", __name__)

CARE = "care"
_COOKIE = "h5app_look"
_YEAR_S = 365 * 24 * 3600
# As a browser sends it: printable ASCII, no second slash in front, no backslash, which browsers read as a slash.
_OWN_PAGE = re.compile(r"/(?:[!-.0-\[\]-~][!-\[\]-~]*)?")


@bp.post("/look")
def choose() -> Response:
    """Another look from now on, and back to the page."""
    back = request.form.get("back", "")
    response = redirect(back if _OWN_PAGE.fullmatch(back) else url_for("nominate.landing"), code=303)
    if request.form.get("look") == CARE:
        set_cookie(response, _COOKIE, CARE, max_age_s=_YEAR_S)
    else:
        drop_cookie(response, _COOKIE)
    return response


def look_class() -> str:
    """The class of the page's root."""
    return CARE if read_cookie(_COOKIE) == CARE else ""


def here() -> str:
    """The address to come back to after choosing: this page's own where it can be opened again."""
    rule = request.url_rule
    return request.path if rule and "GET" in (rule.methods or ()) else url_for("nominate.landing")
