"""A real SMTP server on loopback that keeps what it receives.

Use it in any test folder by the fixture `smtp_server` (add "tests.mail.smtp_server" to `pytest_plugins` of
tests/conftest.py, or import the fixture in that folder's conftest): give `smtp_server.url` to H5APP_SMTP_URL,
then `smtp_server.wait_for(1)` returns what arrived, with `.message` parsed.
"""

import email.policy
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from typing import Self

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

SENDER = "sender@example.org"


@dataclass(frozen=True)
class Received:
    """One message as the server took it over, dots unstuffed."""

    sender: str
    recipients: tuple[str, ...]
    mime: bytes
    encrypted: bool

    @property
    def message(self) -> EmailMessage:
        return BytesParser(policy=email.policy.default).parsebytes(self.mime)  # type: ignore[return-value]


@dataclass
class Inbox:
    """aiosmtpd's handler: keeps every message, wakes whoever waits for it."""

    messages: list[Received] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        received = Received(
            sender=envelope.mail_from or "",
            recipients=tuple(envelope.rcpt_tos),
            mime=content,
            encrypted=server.transport.get_extra_info("ssl_object") is not None,
        )
        with self.changed:
            self.messages.append(received)
            self.changed.notify_all()
        return "250 2.0.0 kept"


class _AnyPortController(Controller):
    """Port 0 lets the system choose; the real one is known once the server stands."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class SmtpServer:
    """A server on 127.0.0.1, in a thread of its own; a context manager.

    Args:
        implicit_tls: speaks TLS from the first byte.
        starttls: offers STARTTLS, and takes no mail without it.
        login: user and password it asks for, over TLS only.
    """

    def __init__(
        self,
        *,
        implicit_tls: ssl.SSLContext | None = None,
        starttls: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
    ) -> None:
        self._inbox = Inbox()
        self._login = login
        self._controller = _AnyPortController(
            self._inbox,
            hostname="127.0.0.1",
            port=0,
            ssl_context=implicit_tls,
            tls_context=starttls,
            require_starttls=starttls is not None,
            auth_required=login is not None,
            auth_require_tls=implicit_tls is None,  # aiosmtpd counts only STARTTLS as TLS here
            authenticator=self._authenticate,
        )

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._controller.stop()

    @property
    def port(self) -> int:
        return self._controller.port

    @property
    def url(self) -> str:
        """For H5APP_SMTP_URL, where the server has neither TLS nor sign-in."""
        return f"smtp://127.0.0.1:{self.port}?tls=none&from={SENDER}"

    @property
    def received(self) -> list[Received]:
        return list(self._inbox.messages)

    def wait_for(self, count: int, *, timeout_s: float = 10.0) -> list[Received]:
        """The messages, as soon as there are `count`; fails after the timeout."""
        with self._inbox.changed:
            arrived = self._inbox.changed.wait_for(lambda: len(self._inbox.messages) >= count, timeout_s)
        assert arrived, f"{len(self.received)} of {count} messages within {timeout_s} s"
        return self.received

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: object
    ) -> AuthResult:
        wanted = self._login and LoginPassword(self._login[0].encode(), self._login[1].encode())
        return AuthResult(success=given == wanted, handled=False)


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server
