"""Who is signed in: the console's one cookie, and what is said in it."""

from h5app.services.signing_in import current_session
from h5app.web.context import parts, read_cookie, utc_now

SESSION_COOKIE = "h5app_admin"


def signed_in() -> str | None:
    """The name of the admin whose session this request belongs to; None without one."""
    token = read_cookie(SESSION_COOKIE)
    session = current_session(parts().stores, token, now=utc_now()) if token else None
    return session.admin_name if session else None
