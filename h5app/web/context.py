"""What every view reaches for: the service's parts, the clock, and a person's cookies."""

from datetime import UTC, datetime
from typing import cast

from flask import current_app, request
from werkzeug.wrappers import Response

from h5app.domain.answers import Terms
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import DRAFT_LIFE, Route
from h5app.web.topics import Topics
from h5app.wiring import Parts

DRAFT_LIFE_S = int(DRAFT_LIFE.total_seconds())


def parts() -> Parts:
    return cast("Parts", current_app.extensions["h5app"])


def campaign() -> Campaign:
    return parts().campaign


def terms(route: Route) -> Terms:
    """What an entry of this route is judged by today."""
    return Terms(campaign(), route, on=campaign().local(utc_now()).date())


def topics() -> Topics:
    return cast("Topics", current_app.extensions["h5app.topics"])


def utc_now() -> datetime:
    return datetime.now(UTC)


def cookie_name(name: str) -> str:
    """`__Host-` ties a cookie to this host and to TLS; browsers refuse the prefix without TLS."""
    return f"__Host-{name}" if parts().settings.is_https else name


def read_cookie(name: str) -> str:
    return request.cookies.get(cookie_name(name), "")


def set_cookie(response: Response, name: str, value: str, *, max_age_s: int | None) -> None:
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=max_age_s,
        path="/",
        secure=parts().settings.is_https,
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(response: Response, name: str) -> None:
    response.delete_cookie(cookie_name(name), path="/", secure=parts().settings.is_https, httponly=True, samesite="Lax")
