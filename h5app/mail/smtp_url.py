"""`H5APP_SMTP_URL` as settings: TLS unless the server is this very machine, and no password in any message."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from h5app.domain.attempt import is_mailbox
from h5app.domain.errors import SettingsError

_EXAMPLE = "smtps://账号:授权码@smtp.example.org:465"


class Security(StrEnum):
    """How the talk with the server is protected."""

    TLS = "tls"  # from the first byte
    STARTTLS = "starttls"  # required before anything else is said
    NONE = "none"  # only towards this machine itself


@dataclass(frozen=True)
class SmtpSettings:
    """Where and as whom to send; `user` is "" where the server wants no sign-in."""

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    sender: str


def parse_smtp_url(url: str) -> SmtpSettings:
    """Settings from `smtps://user:password@host:465` or `smtp://user:password@host:587` (STARTTLS).

    `?from=address` names the sender where the user is no mail address; `?tls=none` is taken for
    loopback hosts only. User and password are percent-decoded.

    Raises:
        SettingsError: anything else, in a sentence that never repeats the URL.

    >>> parse_smtp_url("smtps://office%40example.org:s%2Fcret@smtp.example.org")
    SmtpSettings(host='smtp.example.org', port=465, security=<Security.TLS: 'tls'>, user='office@example.org', \
sender='office@example.org')
    """
    parts, port = _split(url)
    options = _options(parts.query)
    security = _security(parts, options.get("tls", ""))
    user, password = _credentials(parts)
    sender = options.get("from", user)
    if not is_mailbox(sender):
        raise _wrong("没有说明发件邮箱，请在末尾加上 ?from=发件邮箱")
    return SmtpSettings(
        host=parts.hostname or "",
        port=port or (465 if security is Security.TLS else 587),
        security=security,
        user=user,
        password=password,
        sender=sender,
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url.strip())
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        # Without a cause: urllib quotes the piece it stumbled over, which may be half a password.
        raise _wrong("服务器或端口写得不对；账号或授权码里的特殊字符请写成 %XX（如 / 写成 %2F）") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise _wrong("应当以 smtps:// 或 smtp:// 开头")
    if not host or not host.isascii() or port == 0:
        raise _wrong("没有写服务器地址，或者写得不对")
    if parts.path not in {"", "/"} or parts.fragment:
        raise _wrong("服务器地址后面有多余的内容；账号或授权码里的特殊字符请写成 %XX（如 / 写成 %2F，# 写成 %23）")
    return parts, port


def _options(query: str) -> Mapping[str, str]:
    options = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
    if not options.keys() <= {"from", "tls"}:
        raise _wrong("问号后面只能写 from= 和 tls=；账号或授权码里的问号请写成 %3F")
    return options


def _security(parts: SplitResult, tls: str) -> Security:
    if tls not in {"", "none"}:
        raise _wrong("tls= 只能写 none，而且只用于本机；不写就是加密")
    if tls == "none":
        if parts.scheme == "smtps" or not _is_loopback(parts.hostname or ""):
            raise _wrong("tls=none 只能用于 smtp:// 和本机（127.0.0.1），发往别处的信必须加密")
        return Security.NONE
    return Security.TLS if parts.scheme == "smtps" else Security.STARTTLS


def _credentials(parts: SplitResult) -> tuple[str, str]:
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if bool(user) != bool(password):
        raise _wrong("账号和授权码要么都写，要么都不写")
    # smtplib encodes both as ASCII, and its error would carry the password along.
    if not (user + password).isascii() or not (user + password).isprintable():
        raise _wrong("账号和授权码只能用英文字母、数字和符号")
    return user, password


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _wrong(what: str) -> SettingsError:
    return SettingsError(f"H5APP_SMTP_URL {what}。例：{_EXAMPLE}")
