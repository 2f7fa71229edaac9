"""Sending over SMTP, phase by phase, with one deadline on the whole attempt.

smtplib's own `sendmail` raises the same error before DATA and after the final dot, and its timeout
starts anew with every read; here each step says where it is, and a watchdog hangs up when time is over.
"""

import base64
import smtplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import Any

from h5app.domain.attempt import Attempt, Phase, is_mailbox, shorten_reply
from h5app.mail.mailer import TAKEN_OVER
from h5app.mail.smtp_url import Security, SmtpSettings

DEADLINE_S = 120.0
_GOODBYE_S = 5.0
# Share of the whole time for an address that swallows our call, as IPv6 without a way out does, before the next one.
_PATIENCE = 1 / 8
# An address literal, as mail programs send it: the machine's own name is slow to find out and nobody's business.
_OUR_NAME = "[127.0.0.1]"
_SIGN_IN_METHODS = frozenset({"CRAM-MD5", "PLAIN", "LOGIN"})
_Address = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[Any, ...]]
# A resolver: the addresses of host and port, as socket.getaddrinfo gives them.
LookUp = Callable[[str, int], Sequence[_Address]]


def system_look_up(host: str, port: int) -> Sequence[_Address]:
    """The system's resolver, for connections."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)


class SmtpMailer:
    """Hands messages to one server; each attempt is a connection of its own.

    Args:
        settings: where and as whom.
        deadline_s: seconds for a whole attempt, from looking up the server's name to its last answer.
        tls: whom to trust; the system's authorities by default. Certificates are always checked.
        look_up: the system's resolver by default.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        deadline_s: float = DEADLINE_S,
        tls: ssl.SSLContext | None = None,
        look_up: LookUp = system_look_up,
    ) -> None:
        self._settings = settings
        self._deadline_s = deadline_s
        self._tls = tls or ssl.create_default_context()
        self._look_up = look_up

    def send(
        self,
        mime: bytes,
        *,
        sender: str,
        to: str,
        name: str,  # noqa: ARG002 - a server needs no file name
        before_dot: Callable[[], bool],
    ) -> Attempt:
        """Try once; see `Mailer.send`. Returns after the deadline at the latest."""
        if not is_mailbox(to) or not is_mailbox(sender):
            return Attempt(Phase.ADDRESS, None, "")
        talk = _Talk(self._settings, tls=self._tls, deadline_s=self._deadline_s, look_up=self._look_up)
        with talk.watched():
            return talk.attempt(mime, sender=sender, to=to, before_dot=before_dot)


class _AnsweredError(Exception):
    """The server's answer ends the talk."""

    def __init__(self, code: int, words: bytes) -> None:
        super().__init__(code)
        self.code = code if code > 0 else None  # smtplib says -1 for an answer without a number
        self.words = words


class _DistrustError(Exception):
    """We end the talk: going on would mean plain text, a stranger, or no way to sign in."""


class _Talk:
    """One connection, from the call to the answer after the final dot. Knows the phase it is in."""

    def __init__(self, settings: SmtpSettings, *, tls: ssl.SSLContext, deadline_s: float, look_up: LookUp) -> None:
        self._settings = settings
        self._look_up = look_up
        self._tls = tls
        self._deadline_s = deadline_s
        self._ends_at = time.monotonic() + deadline_s
        self._expired = threading.Event()
        self._phase = Phase.CONNECT
        self._line: socket.socket | None = None
        self._smtp = smtplib.SMTP(local_hostname=_OUR_NAME)  # without a host it connects to nothing

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Hang up at the deadline, whatever the talk waits for then, and in any case at the end."""
        watchdog = threading.Timer(self._deadline_s, self._hang_up)
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        finally:
            watchdog.cancel()
            self._smtp.close()
            if self._line:
                self._line.close()

    def attempt(self, mime: bytes, *, sender: str, to: str, before_dot: Callable[[], bool]) -> Attempt:
        ended = self._ended(lambda: self._bring(mime, sender=sender, to=to))
        if ended:
            return ended
        if not before_dot():
            return TAKEN_OVER  # closed without the dot, the server forgets what it has (RFC 5321, 4.1.1.4)
        ended = self._ended(self._finish)
        if ended:
            return ended
        self._say_goodbye()
        return Attempt(Phase.DONE, 250, "")

    def _ended(self, step: Callable[[], None]) -> Attempt | None:
        """How the talk ended in this step; None where it goes on."""
        try:
            step()
        except _AnsweredError as answer:
            return Attempt(self._phase, answer.code, self._words(answer.words))
        except (_DistrustError, ssl.SSLCertVerificationError) as error:
            return Attempt(Phase.TRUST, None, shorten_reply(str(error)))
        except smtplib.SMTPResponseException as error:
            return self._refused(error)
        except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; ValueError: undecodable answers
            return self._broken_off(error)
        return None

    def _bring(self, mime: bytes, *, sender: str, to: str) -> None:
        """Everything up to the last byte of the message."""
        self._call()
        self._sign_in()
        self._address(sender=sender, to=to, size=len(mime))
        self._phase = Phase.DATA
        self._expect(self._smtp.docmd("DATA"), wanted=3)
        self._send_message(mime)

    def _finish(self) -> None:
        """The final dot, and the answer to it."""
        if self._expired.is_set():
            raise TimeoutError  # while asking: no dot has left, so there is no doubt either
        self._phase = Phase.DOT
        self._smtp.send(b".\r\n")
        self._expect(self._smtp.getreply())

    def _call(self) -> None:
        settings = self._settings
        self._take(self._connected())
        if settings.security is Security.TLS:
            self._encrypt()
        self._expect(self._smtp.getreply())
        self._expect(self._smtp.ehlo())
        if settings.security is Security.STARTTLS:
            if not self._smtp.has_extn("starttls"):
                raise _DistrustError("服务器不支持 STARTTLS 加密")
            self._expect(self._smtp.docmd("STARTTLS"))
            self._encrypt()
            self._expect(self._smtp.ehlo())

    def _connected(self) -> socket.socket:
        """A connection to the first address that answers; finding and trying them all ends at the deadline."""
        addresses = _looked_up(self._look_up, self._settings.host, self._settings.port, ends_at=self._ends_at)
        refused: OSError = TimeoutError()
        for number, (family, kind, protocol, _name, address) in enumerate(addresses, 1):
            left_s = self._ends_at - time.monotonic()
            patience_s = left_s if number == len(addresses) else min(left_s, self._deadline_s * _PATIENCE)
            line = socket.socket(family, kind, protocol)
            try:
                line.settimeout(max(patience_s, 0.001))
                line.connect(address)
            except OSError as error:
                line.close()
                refused = error
            else:
                return line
        raise refused

    def _encrypt(self) -> None:
        self._phase = Phase.TLS
        if self._line is None:
            raise ConnectionError
        # The handshake is a step of its own, so that the watchdog has the socket while it runs.
        self._take(
            self._tls.wrap_socket(self._line, server_hostname=self._settings.host, do_handshake_on_connect=False)
        )
        _shake_hands(self._line)

    def _take(self, line: socket.socket) -> None:
        """Talk over this socket from now on; answers read ahead from the one before are forgotten (RFC 3207)."""
        # A little longer than the watchdog, so that it is always the watchdog that hangs up.
        line.settimeout(max(self._ends_at - time.monotonic(), 0) + 1)
        self._line = self._smtp.sock = line
        self._smtp.file = None
        if self._expired.is_set():
            raise TimeoutError

    def _sign_in(self) -> None:
        if not self._settings.user:
            return
        if not _SIGN_IN_METHODS & set(self._smtp.esmtp_features.get("auth", "").upper().split()):
            raise _DistrustError("服务器没有可用的登录方式")
        self._phase = Phase.AUTH
        self._smtp.login(self._settings.user, self._settings.password)

    def _address(self, *, sender: str, to: str, size: int) -> None:
        self._phase = Phase.SENDER
        # With its size, so that a message too large is refused before it is sent.
        self._expect(self._smtp.mail(sender, [f"size={size}"] if self._smtp.has_extn("size") else []))
        self._phase = Phase.RECIPIENT
        self._expect(self._smtp.rcpt(to))

    def _send_message(self, mime: bytes) -> None:
        try:
            if self._line:
                self._line.sendall(_dot_stuffed(mime))
        except OSError:
            if self._expired.is_set():
                raise
            # A server that has had enough says so and hangs up; its words may still lie in our buffer.
            self._expect(self._smtp.getreply(), wanted=3)
            raise

    def _expect(self, answer: tuple[int, bytes], *, wanted: int = 2) -> None:
        code, words = answer
        if code // 100 != wanted:
            raise _AnsweredError(code, words)

    def _refused(self, error: smtplib.SMTPResponseException) -> Attempt:
        # After the final dot smtplib raises this only for an answer it could not read: that is none.
        code = error.smtp_code if error.smtp_code > 0 and self._phase is not Phase.DOT else None
        words = error.smtp_error
        return Attempt(self._phase, code, self._words(words if isinstance(words, bytes) else words.encode()))

    def _broken_off(self, error: Exception) -> Attempt:
        if self._expired.is_set() or isinstance(error, TimeoutError):
            return Attempt(self._phase, None, f"{self._deadline_s:g} 秒内没有办完")
        return Attempt(self._phase, None, _cause(error))

    def _words(self, raw: bytes) -> str:
        """The server's words without our secrets: some repeat the command they refuse."""
        text = _decoded(raw)
        for secret in _secrets(self._settings):
            text = text.replace(secret, "…")
        return shorten_reply(text)

    def _say_goodbye(self) -> None:
        # The message is theirs now; nothing that goes wrong from here on changes that.
        with suppress(OSError, ValueError):
            if self._line:
                self._line.settimeout(_GOODBYE_S)
            self._smtp.quit()

    def _hang_up(self) -> None:
        self._expired.set()
        if self._line:
            with suppress(OSError):
                # Not SSLSocket.shutdown: it drops the TLS layer under the thread that still uses it.
                socket.socket.shutdown(self._line, socket.SHUT_RDWR)


def _looked_up(look_up: LookUp, host: str, port: int, *, ends_at: float) -> Sequence[_Address]:
    """The addresses of a host; a resolver that takes too long is left to itself.

    It cannot be interrupted, and with several name servers that keep silent it takes minutes.

    Raises:
        TimeoutError: not by `ends_at`.
        OSError: what the resolver says.
    """
    found: SimpleQueue[Sequence[_Address] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            found.put(look_up(host, port))
        except Exception as error:  # noqa: BLE001 -- raised again where it is waited for
            found.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = found.get(timeout=max(ends_at - time.monotonic(), 0.001))
    except Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _shake_hands(line: socket.socket) -> None:
    if not isinstance(line, ssl.SSLSocket):
        raise ConnectionError
    try:
        line.do_handshake()
    except (ssl.SSLCertVerificationError, ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise
    except ssl.SSLError as error:
        raise _DistrustError(f"加密方式谈不拢：{error.reason}") from error


def _dot_stuffed(mime: bytes) -> bytes:
    """RFC 5321, 4.5.2: a line that begins with a dot gets another; the last line ends."""
    stuffed = mime.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _secrets(settings: SmtpSettings) -> list[str]:
    """Password and user as they may stand in an AUTH command, longest first."""
    plain = f"\0{settings.user}\0{settings.password}"
    found = {settings.password, *(_base64(text) for text in (plain, settings.password, settings.user))}
    return sorted((text for text in found if text), key=len, reverse=True)


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _decoded(words: bytes) -> str:
    try:
        return words.decode("utf-8")
    except UnicodeDecodeError:
        return words.decode("gb18030", errors="replace")


def _cause(error: Exception) -> str:
    if isinstance(error, socket.gaierror):
        return "找不到这台服务器"
    if isinstance(error, ConnectionRefusedError):
        return "拒绝连接"
    if isinstance(error, ValueError):
        return "听不懂服务器的答复"
    return "连接断开"
