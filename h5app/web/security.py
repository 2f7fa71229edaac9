"""Headers, hosts and sizes: what every answer carries and what no request may exceed."""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Request, Response, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadSignature, URLSafeTimedSerializer

from h5app.documents.reading.sheet import FILE_MOST_MIB
from h5app.web.admin.session import signed_in
from h5app.web.context import DRAFT_LIFE_S
from h5app.web.signing import shared_signer
from h5app.wiring import Parts

_FORM_BYTES = 256 * 1024
_MULTIPART_OVERHEAD = 64 * 1024
_UPLOADS = frozenset({"photos.upload", "admin.add_import_photo"})
# Word forms, many at once; only once somebody has signed in, for a body is read before the console's gate.
IMPORTS = "admin.take_in_forms"
IMPORT_MIB = 100
TOO_MANY_FORMS = f"一次最多传 {IMPORT_MIB} MB。请返回上一页，分几次传。"
_IMPORT_PARTS = 300
LISTS = "admin.read_channels"
_LIST_BYTES = FILE_MOST_MIB * 1024 * 1024 + _MULTIPART_OVERHEAD
# A page of a draft must be able to post as long as the draft lives.
_SESSION_LIFE_S = DRAFT_LIFE_S
_YEAR_S = 365 * 24 * 3600

# No inline script or style anywhere; data: only for the icons inside our own style sheet.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "manifest-src 'self'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_KEEPS = "Cache-Control"
_FOR_EVER, _NOT_KEPT = (_KEEPS, f"public, max-age={_YEAR_S}, immutable"), (_KEEPS, "no-store")
_Problem = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None] | None


class _Sessions(SecureCookieSessionInterface):
    """Flask's own sessions, signed and opened without doing the same work for every request."""

    def __init__(self) -> None:
        self._serializer: URLSafeTimedSerializer | None = None

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        if self._serializer is None and (serializer := super().get_signing_serializer(app)):
            self._serializer = shared_signer(serializer)
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session in the cookie; what its signature was worth is remembered, and looked at again every hour."""
        value = request.cookies.get(self.get_cookie_name(app), "")
        serializer = self.get_signing_serializer(app)
        if not value or serializer is None:
            return self.session_class()
        return self.session_class(_opened(serializer, value, int(time.time() // 3600)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to say of a session that was only read: no page is kept anywhere (`no-store`), so none varies."""
        if session.modified:
            super().save_session(app, session, response)


@lru_cache(maxsize=4096)
def _opened(serializer: URLSafeTimedSerializer, value: str, _hour: int) -> Mapping[str, Any]:
    try:
        opened: Mapping[str, Any] = serializer.loads(value, max_age=_SESSION_LIFE_S)
    except BadSignature:
        return {}
    return opened


def csrf_token() -> str:
    """The token of this session, signed once: it stays good as long as the session does."""
    raw = session.get("csrf_token")
    return _signed(raw) if raw else str(generate_csrf())


@lru_cache(maxsize=4096)
def _signed(_raw: str) -> str:
    return str(generate_csrf())


def _with_headers(application: WSGIApplication, headers: list[tuple[str, str]], *, static: str) -> WSGIApplication:
    """Let every answer carry these, whatever made it, and say how long it keeps: here, before any object is made of it.

    Nothing else sets any of them, so none is looked for first; asking each answer costs a form page a twentieth.

    Args:
        static: where the addresses of our own files begin. One that names its version stays good for ever.
    """

    def keeps_for_ever(environ: WSGIEnvironment, status: str) -> bool:
        is_named = environ["PATH_INFO"].startswith(static) and environ.get("QUERY_STRING", "").startswith("v=")
        return is_named and status[:3] in {"200", "304"}

    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, own: list[tuple[str, str]], problem: _Problem = None) -> Callable[[bytes], object]:
            if keeps_for_ever(environ, status):
                own = [pair for pair in own if pair[0] != _KEEPS] + [_FOR_EVER]
            elif not any(name == _KEEPS for name, _ in own):
                own = [*own, _NOT_KEPT]
            return start_response(status, own + headers, problem)

        return application(environ, start)

    return answered


def protect(app: Flask, parts: Parts) -> None:
    """Install limits, host check and headers; must come before the CSRF check, which reads the body."""
    settings = parts.settings
    most_photo = max(path.limits.photo_mb for path in parts.campaign.paths.values()) * 1024 * 1024
    app.config.update(
        SECRET_KEY=parts.secret_key,
        SESSION_COOKIE_NAME="__Host-h5app" if settings.is_https else "h5app",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.is_https,
        PERMANENT_SESSION_LIFETIME=_SESSION_LIFE_S,
        SESSION_REFRESH_EACH_REQUEST=False,
        WTF_CSRF_TIME_LIMIT=None,  # a page left open overnight still posts; the session's own life is the limit
        WTF_CSRF_SSL_STRICT=False,  # the Referer check breaks behind WeChat's proxy; SameSite and the token stand
        MAX_CONTENT_LENGTH=_FORM_BYTES,
        MAX_FORM_MEMORY_SIZE=_FORM_BYTES,
        MAX_FORM_PARTS=100,
        SEND_FILE_MAX_AGE_DEFAULT=0,
        # Tried out without a public address, the service is reached by whatever address this network gives it.
        TRUSTED_HOSTS=[urlsplit(settings.base_url).netloc, "localhost", "127.0.0.1"] if settings.base_url else None,
    )
    app.session_interface = _Sessions()
    headers = _HEADERS | ({"Strict-Transport-Security": f"max-age={_YEAR_S}"} if settings.is_https else {})
    app.wsgi_app = _with_headers(app.wsgi_app, list(headers.items()), static=f"{app.static_url_path}/")  # type: ignore[assignment,method-assign]

    @app.before_request
    def allow_photos() -> None:
        if request.endpoint in _UPLOADS:
            request.max_content_length = most_photo + _MULTIPART_OVERHEAD
        elif request.endpoint == IMPORTS and signed_in():
            request.max_content_length = IMPORT_MIB * 1024 * 1024 + _MULTIPART_OVERHEAD
            request.max_form_parts = _IMPORT_PARTS
        elif request.endpoint == LISTS and signed_in():
            request.max_content_length = _LIST_BYTES
