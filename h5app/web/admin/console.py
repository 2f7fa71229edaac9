"""The console's blueprint and its one gate: every route under /admin passes `require_admin`."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from h5app.web.admin.session import signed_in

bp = Blueprint("admin", __name__, url_prefix="/admin")

# The doors: what somebody must reach before he is signed in.
DOORS = frozenset({"admin.setup_page", "admin.sign_in_page"})


@bp.before_request
def require_admin() -> ResponseReturnValue | None:
    """Let signed-in admins and the doors through; pages lead to the door, everything else is refused."""
    g.me = signed_in()
    if g.me or request.endpoint in DOORS:
        return None
    if request.method != "GET":
        abort(403)
    return redirect(url_for("admin.sign_in_page", next=request.full_path.rstrip("?")), code=303)


@bp.app_context_processor
def who() -> dict[str, Any]:
    return {"me": g.get("me")}


@bp.after_request
def keep_private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def me() -> str:
    """The signed-in admin's name."""
    return str(g.me)


# The routes register themselves on `bp`.
from h5app.web.admin import (  # noqa: E402
    channel_lists,  # noqa: F401
    channels,  # noqa: F401
    doors,  # noqa: F401
    entries,  # noqa: F401
    files,  # noqa: F401
    imports,  # noqa: F401
    letter_page,  # noqa: F401
    letters,  # noqa: F401
    listing,  # noqa: F401
    prints,  # noqa: F401
    scans,  # noqa: F401
    tables,  # noqa: F401
    waiting,  # noqa: F401
)
