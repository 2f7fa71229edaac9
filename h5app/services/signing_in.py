"""Signing in: the one-time link that makes an admin, passwords, sessions on the server."""

import secrets
import threading
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from h5app.domain.errors import InvalidAnswersError, NotFoundError, SignInError
from h5app.domain.text import clean_text
from h5app.services.drafting import token_hash
from h5app.storage.admins import Admin, Session
from h5app.storage.audit import AuditEntry
from h5app.storage.stores import Stores

LINK_LIFE = timedelta(hours=24)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=8)
_TOUCH_EVERY = timedelta(minutes=1)
_FREE_TRIES = 5
_LONGEST_LOCK = timedelta(minutes=15)
_TOKEN_BYTES = 16
PASSWORD_LEAST = 10
_PASSWORD_MOST = 200

_hasher = PasswordHasher()
# A hash takes 64 MiB: a rush of wrong passwords may slow the console down, but not fill the memory.
_hashing = threading.BoundedSemaphore(2)
# Of a password that nobody knows; compared against when nobody has that name, so that the answer takes as long.
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$vKIJ60IgNjAyUrEHtSwvEg$wm+gPruGAfJEj/h8/ebj1PSwiB8ChxGqRklcn9fpqx4"
_WRONG = "账号或密码不对，请核对后再试。连续输错 5 次，要等几分钟才能再登录"


def make_admin_link(stores: Stores, *, now: datetime) -> str:
    """A token for /admin/setup/…, good once and for a day; it ends the ones made before."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    stores.admins.add_link(token_hash(token), expires_at=now + LINK_LIFE)
    return token


def set_up_admin(stores: Stores, *, token: str, name: str, password: str, now: datetime) -> None:
    """Spend a one-time link on a new account.

    Raises:
        NotFoundError: the link is spent, over or unknown.
        InvalidAnswersError: name or password cannot be taken; the link stays good.
    """
    name = check_account(name, password)
    password_hash = _hasher.hash(password)
    with stores.rows.transaction():
        if not stores.admins.use_link(token_hash(token), now=now):
            raise NotFoundError("这个链接已经用过或过期了，请在服务器上重新生成")
        if not stores.admins.add(name=name, password_hash=password_hash, now=now):
            raise InvalidAnswersError({"name": "这个账号名已经有人用了，请换一个"})
        stores.audit.add(AuditEntry(now, name, "建立账号", "", ""))


def check_account(name: str, password: str) -> str:
    """The account's name, cleaned; InvalidAnswersError where name or password cannot be taken."""
    name = clean_text(name)
    if not 1 <= len(name) <= 30:
        raise InvalidAnswersError({"name": "请填写账号名，30 个字以内"})
    if not PASSWORD_LEAST <= len(password) <= _PASSWORD_MOST:
        raise InvalidAnswersError({"password": f"密码至少 {PASSWORD_LEAST} 位，可以用一句好记的话"})
    if len(set(password)) < 5 or name in password:
        raise InvalidAnswersError({"password": "这个密码太好猜，请换一个，不要重复字符，也不要包含账号名"})
    return name


def sign_in(stores: Stores, *, name: str, password: str, now: datetime) -> str:
    """Check name and password and open a session; its token is a new one every time.

    Raises:
        SignInError: the same sentence and the same work for a wrong password, a resting account and no account.
    """
    admin = stores.admins.by_name(clean_text(name))
    matches = _matches(admin, password)
    locked = admin is not None and admin.locked_until is not None and now < admin.locked_until
    if admin is None or locked or not matches:
        if admin and not locked:
            _count_failure(stores, admin, now=now)
        raise SignInError(_WRONG)
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    with stores.rows.transaction():
        stores.admins.set_failures(admin.id, failures=0, locked_until=None)
        stores.admins.open_session(token_hash(token), admin_id=admin.id, now=now)
        stores.audit.add(AuditEntry(now, admin.name, "登录", "", ""))
    return token


def _matches(admin: Admin | None, password: str) -> bool:
    try:
        with _hashing:
            _hasher.verify(admin.password_hash if admin else NOBODY, password[:_PASSWORD_MOST])
    except (Argon2Error, InvalidHashError):
        return False
    return admin is not None


def _count_failure(stores: Stores, admin: Admin, *, now: datetime) -> None:
    """Five tries are free; then the account rests for 1, 2, 4 … up to 15 minutes."""
    with stores.rows.transaction():  # counted as they stand now: many may guess at once
        admin = stores.admins.by_name(admin.name) or admin
        failures = admin.failures + 1
        stores.admins.set_failures(admin.id, failures=failures, locked_until=_locked_until(failures, now=now))


def _locked_until(failures: int, *, now: datetime) -> datetime | None:
    if failures < _FREE_TRIES:
        return None
    doublings = min(failures - _FREE_TRIES, 10)  # far beyond the longest, far below what a timedelta holds
    return now + min(timedelta(minutes=2**doublings), _LONGEST_LOCK)


def current_session(stores: Stores, token: str, *, now: datetime) -> Session | None:
    """The open session of a token, or None; it ends after 30 idle minutes and after 8 hours in any case."""
    hashed = token_hash(token)
    session = stores.admins.session(hashed)
    if session is None:
        return None
    if now - session.seen_at > IDLE or now - session.started_at > ABSOLUTE:
        stores.admins.close_session(hashed)
        return None
    if now - session.seen_at > _TOUCH_EVERY:  # a write a minute, not one a request
        stores.admins.touch_session(hashed, now=now)
    return session


def close(stores: Stores, token: str) -> None:
    stores.admins.close_session(token_hash(token))
