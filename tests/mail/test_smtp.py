"""Real talks on loopback: what arrives, and which phase each fault is reported in (F4)."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest

from h5app.domain.attempt import Attempt, Phase
from h5app.domain.errors import StoreBusyError
from h5app.mail.mailer import TAKEN_OVER
from h5app.mail.smtp import SmtpMailer, system_look_up
from h5app.mail.smtp_url import Security, SmtpSettings, parse_smtp_url
from tests.mail.certificates import make_trust
from tests.mail.scripted_server import DOT, DROP, GREETING, HANG, MID_DATA, RESET, ScriptedServer
from tests.mail.smtp_server import SENDER, Received, SmtpServer

# aiosmtpd counts only STARTTLS as TLS, and warns that signing in over implicit TLS is plain text.
over_tls = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

MIME = b"Subject: test\r\n\r\n.begins with a dot\r\n..and two\r\nlast\r\n"
TO = "office@example.org"


def go_on() -> bool:
    return True


def send(
    port: int,
    *,
    mime: bytes = MIME,
    to: str = TO,
    deadline_s: float = 10.0,
    login: str = "",
    before_dot: Callable[[], bool] = go_on,
) -> Attempt:
    settings = SmtpSettings(
        host="127.0.0.1",
        port=port,
        security=Security.NONE,
        user="user@example.org" if login else "",
        password=login,
        sender=SENDER,
    )
    return SmtpMailer(settings, deadline_s=deadline_s).send(
        mime, sender=SENDER, to=to, name="7K2M9QXA", before_dot=before_dot
    )


def attempt_against(script: dict[str, str], **how: object) -> Attempt:
    with ScriptedServer(script) as server:
        return send(server.port, **how)


def test_a_message_arrives_byte_for_byte(smtp_server):
    settings = parse_smtp_url(smtp_server.url)

    attempt = SmtpMailer(settings).send(MIME, sender=settings.sender, to=TO, name="7K2M9QXA", before_dot=go_on)

    assert attempt == Attempt(Phase.DONE, 250, "")
    assert smtp_server.received == [Received(sender=SENDER, recipients=(TO,), mime=MIME, encrypted=False)]


@over_tls
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_signing_in_over_tls(tmp_path, security):
    trust = make_trust(tmp_path)
    tls = {"implicit_tls": trust.server} if security is Security.TLS else {"starttls": trust.server}
    with SmtpServer(**tls, login=("user@example.org", "s;e:c@r/et")) as server:
        settings = SmtpSettings(
            host="localhost",
            port=server.port,
            security=security,
            user="user@example.org",
            password="s;e:c@r/et",
            sender=SENDER,
        )
        attempt = SmtpMailer(settings, tls=trust.client).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)
        received = server.received

    assert attempt == Attempt(Phase.DONE, 250, "")
    assert received == [Received(sender=SENDER, recipients=(TO,), mime=MIME, encrypted=True)]


@over_tls
def test_F4_a_wrong_password_is_the_accounts_fault(tmp_path):
    trust = make_trust(tmp_path)
    with SmtpServer(implicit_tls=trust.server, login=("user@example.org", "right")) as server:
        settings = SmtpSettings("localhost", server.port, Security.TLS, "user@example.org", "wrong", SENDER)
        attempt = SmtpMailer(settings, tls=trust.client).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert attempt == Attempt(Phase.AUTH, 535, "5.7.8 Authentication credentials invalid")


@over_tls
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_certificate_nobody_vouches_for_ends_the_talk_before_anything_is_said(tmp_path, security):
    trust = make_trust(tmp_path)
    tls = {"implicit_tls": trust.server} if security is Security.TLS else {"starttls": trust.server}
    with SmtpServer(**tls, login=("user@example.org", "secret")) as server:
        settings = SmtpSettings("localhost", server.port, security, "user@example.org", "secret", SENDER)
        attempt = SmtpMailer(settings).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert (attempt.phase, attempt.code) == (Phase.TRUST, None)
    assert "self-signed certificate" in attempt.reply


def test_a_certificate_of_another_host_is_not_trusted(tmp_path):
    trust = make_trust(tmp_path, host="smtp.example.org")
    with SmtpServer(implicit_tls=trust.server) as server:
        settings = SmtpSettings("localhost", server.port, Security.TLS, "", "", SENDER)
        attempt = SmtpMailer(settings, tls=trust.client).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert (attempt.phase, attempt.code) == (Phase.TRUST, None)
    assert "Hostname mismatch" in attempt.reply


def test_a_server_without_starttls_is_never_talked_to_in_plain_text():
    with ScriptedServer({}) as server:
        settings = SmtpSettings("127.0.0.1", server.port, Security.STARTTLS, "user@example.org", "secret", SENDER)
        attempt = SmtpMailer(settings).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert attempt == Attempt(Phase.TRUST, None, "服务器不支持 STARTTLS 加密")
    assert server.heard == ["ehlo [127.0.0.1]"]


def test_tls_towards_a_plain_port_is_a_matter_of_trust():
    with ScriptedServer({}) as server:
        settings = SmtpSettings("127.0.0.1", server.port, Security.TLS, "", "", SENDER)
        attempt = SmtpMailer(settings).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert attempt == Attempt(Phase.TRUST, None, "加密方式谈不拢：WRONG_VERSION_NUMBER")


def test_a_server_without_a_way_to_sign_in_is_left():
    assert attempt_against({"EHLO": "250 AUTH GSSAPI"}, login="secret") == Attempt(
        Phase.TRUST, None, "服务器没有可用的登录方式"
    )


@pytest.mark.parametrize("to", ["", "nobody", "a@example.org\r\nRCPT TO:<b@example.org>"])
def test_without_a_mailbox_nobody_is_called(to):
    with ScriptedServer({}) as server:
        attempt = send(server.port, to=to)

    assert attempt == Attempt(Phase.ADDRESS, None, "")
    assert server.heard == []


def test_F4_a_refused_connection():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    assert send(port) == Attempt(Phase.CONNECT, None, "拒绝连接")


def test_F4_a_resolver_that_does_not_answer_is_left_at_the_deadline():
    over = threading.Event()
    settings = SmtpSettings("smtp.example.org", 25, Security.NONE, "", "", SENDER)
    started = time.monotonic()
    try:
        attempt = SmtpMailer(settings, deadline_s=0.2, look_up=lambda *_where: over.wait() and []).send(
            MIME, sender=SENDER, to=TO, name="x", before_dot=go_on
        )
    finally:
        over.set()

    assert attempt == Attempt(Phase.CONNECT, None, "0.2 秒内没有办完")
    assert time.monotonic() - started < 5


def test_F4_an_address_that_swallows_the_call_leaves_time_for_the_next():
    with ScriptedServer({}) as server, full_up() as swallowing:
        both = [*system_look_up("127.0.0.1", swallowing), *system_look_up("127.0.0.1", server.port)]
        settings = SmtpSettings("smtp.example.org", 25, Security.NONE, "", "", SENDER)
        attempt = SmtpMailer(settings, deadline_s=2, look_up=lambda *_where: both).send(
            MIME, sender=SENDER, to=TO, name="x", before_dot=go_on
        )

    assert attempt == Attempt(Phase.DONE, 250, "")


@contextmanager
def full_up() -> Iterator[int]:
    """A port that takes no more calls and refuses none: its queue is full."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener, ExitStack() as waiting:
        for _ in range(4):
            line = waiting.enter_context(socket.socket())
            line.settimeout(0)
            line.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


def test_F4_a_name_that_nobody_knows():
    settings = SmtpSettings("no-such-host.invalid", 25, Security.NONE, "", "", SENDER)

    assert SmtpMailer(settings).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on) == Attempt(
        Phase.CONNECT, None, "找不到这台服务器"
    )


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (GREETING, Phase.CONNECT),
        ("EHLO", Phase.CONNECT),
        ("AUTH", Phase.AUTH),
        ("MAIL", Phase.SENDER),
        ("RCPT", Phase.RECIPIENT),
        ("DATA", Phase.DATA),
        (DOT, Phase.DOT),
    ],
)
@pytest.mark.parametrize(
    "answer",
    [
        "421 HL:REP too many",
        "450 try again",
        "451 DT:SPM, please try again",
        "452 later",
        "550 no",
        "552 full",
        "554 no",
        "535 bad",
    ],
)
def test_F4_a_refusal_is_reported_in_its_phase(moment, phase, answer):
    code, _, words = answer.partition(" ")

    assert attempt_against({moment: answer}, login="secret") == Attempt(phase, int(code), words)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (GREETING, Phase.CONNECT),
        ("EHLO", Phase.CONNECT),
        ("AUTH", Phase.AUTH),
        ("MAIL", Phase.SENDER),
        ("RCPT", Phase.RECIPIENT),
        ("DATA", Phase.DATA),
        (DOT, Phase.DOT),
    ],
)
@pytest.mark.parametrize("fault", [DROP, RESET])
def test_F4_a_drop_is_reported_in_its_phase(moment, phase, fault):
    assert attempt_against({moment: fault}, login="secret") == Attempt(phase, None, "连接断开")


# A whole second, so that a busy machine gets as far as the fault before the deadline.
@pytest.mark.parametrize(("moment", "phase"), [(GREETING, Phase.CONNECT), ("RCPT", Phase.RECIPIENT), (DOT, Phase.DOT)])
def test_F4_a_server_that_hangs_is_left_at_the_deadline(moment, phase):
    started = time.monotonic()

    attempt = attempt_against({moment: HANG}, deadline_s=1)

    assert attempt == Attempt(phase, None, "1 秒内没有办完")
    assert time.monotonic() - started < 5


LARGE = MIME + b"x" * 76 * 200_000


def test_F4_a_server_that_stops_reading_in_the_middle_is_left_at_the_deadline():
    assert attempt_against({MID_DATA: HANG}, mime=LARGE, deadline_s=1) == Attempt(Phase.DATA, None, "1 秒内没有办完")


@pytest.mark.parametrize("fault", [DROP, RESET])
def test_F4_a_drop_in_the_middle_of_the_message_leaves_no_doubt(fault):
    assert attempt_against({MID_DATA: fault}, mime=LARGE) == Attempt(Phase.DATA, None, "连接断开")


def test_F4_a_server_that_says_too_large_in_the_middle_is_heard():
    assert attempt_against({MID_DATA: "552 5.3.4 too big"}, mime=LARGE) == Attempt(Phase.DATA, 552, "5.3.4 too big")


def test_the_deadline_holds_for_a_server_that_drips():
    # Each byte comes well within any read's own timeout; only the whole takes too long.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        started = time.monotonic()
        attempt = _send_while_dripping(listener)

    assert attempt == Attempt(Phase.CONNECT, None, "0.3 秒内没有办完")
    assert time.monotonic() - started < 5


def _send_while_dripping(listener: socket.socket) -> Attempt:
    over = threading.Event()

    def drip() -> None:
        line, _address = listener.accept()
        with line:
            while not over.wait(0.05):
                try:
                    line.sendall(b"2")
                except OSError:
                    return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        return send(listener.getsockname()[1], deadline_s=0.3)
    finally:
        over.set()
        thread.join()


def test_F4_a_hang_in_the_tls_handshake_is_left_at_the_deadline():
    with ScriptedServer({GREETING: HANG}) as server:
        settings = SmtpSettings("127.0.0.1", server.port, Security.TLS, "", "", SENDER)
        attempt = SmtpMailer(settings, deadline_s=0.2).send(MIME, sender=SENDER, to=TO, name="x", before_dot=go_on)

    assert attempt == Attempt(Phase.TLS, None, "0.2 秒内没有办完")


def test_an_answer_without_a_number_after_the_dot_leaves_doubt():
    assert attempt_against({DOT: "perhaps"}) == Attempt(Phase.DOT, None, "aps")


def test_an_answer_too_long_to_read_after_the_dot_leaves_doubt():
    assert attempt_against({DOT: "250 " + "x" * 9000}) == Attempt(Phase.DOT, None, "Line too long.")


@pytest.mark.parametrize("fault", [DROP, HANG, "500 what", "nonsense"])
def test_a_bad_goodbye_does_not_undo_the_letter(fault):
    assert attempt_against({"QUIT": fault}, deadline_s=1) == Attempt(Phase.DONE, 250, "")


def test_S27_a_server_that_repeats_the_password_is_not_quoted():
    attempt = attempt_against(
        {"AUTH": "502 what is AUTH PLAIN AHVzZXJAZXhhbXBsZS5vcmcAc2VjcmV0 and secret c2VjcmV0"}, login="secret"
    )

    assert attempt == Attempt(Phase.AUTH, 502, "what is AUTH PLAIN … and … …")


def test_S27_a_server_that_repeats_the_mailbox_is_not_quoted():
    assert attempt_against({"RCPT": f"550 <{TO}>: no such user"}) == Attempt(
        Phase.RECIPIENT, 550, "<邮箱>: no such user"
    )


def test_an_answer_in_gbk_is_read():
    with ScriptedServer({"RCPT": "550 收件人空间不足"}, encoding="gb18030") as server:
        assert send(server.port) == Attempt(Phase.RECIPIENT, 550, "收件人空间不足")


def test_the_size_is_announced_so_that_a_large_letter_is_refused_before_it_is_sent():
    with ScriptedServer({}) as server:
        send(server.port)

    assert f"mail FROM:<{SENDER}> size={len(MIME)}" in server.heard


def test_F2_before_the_final_dot_is_asked_once_when_the_server_has_all_but_the_dot():
    asked: list[list[str]] = []
    with ScriptedServer({}) as server:
        attempt = send(server.port, before_dot=lambda: asked.append(list(server.heard)) or True)

    assert attempt == Attempt(Phase.DONE, 250, "")
    assert [heard[-1] for heard in asked] == ["DATA"]


def test_F2_who_may_not_send_the_dot_hangs_up_and_nothing_arrives(smtp_server):
    attempt = send(smtp_server.port, before_dot=lambda: False)

    assert attempt == TAKEN_OVER == Attempt(Phase.DATA, None, "已由另一次寄送接手，这次没有寄出")
    assert send(smtp_server.port, mime=b"Subject: next\r\n\r\n") == Attempt(Phase.DONE, 250, "")
    assert [received.mime for received in smtp_server.received] == [b"Subject: next\r\n\r\n"]


@pytest.mark.parametrize("error", [StoreBusyError, OSError, ValueError])
def test_F2_what_goes_wrong_while_asking_passes_through_and_nothing_arrives(error, smtp_server):
    def fail() -> bool:
        raise error("busy")

    with pytest.raises(error, match="busy"):
        send(smtp_server.port, before_dot=fail)

    assert smtp_server.received == []


def test_F2_a_deadline_that_passes_while_asking_leaves_no_doubt(smtp_server):
    def dawdle() -> bool:
        time.sleep(1.1)
        return True

    assert send(smtp_server.port, deadline_s=1, before_dot=dawdle) == Attempt(Phase.DATA, None, "1 秒内没有办完")
    assert smtp_server.received == []


@pytest.mark.parametrize("moment", [GREETING, "AUTH", "MAIL", "RCPT", "DATA"])
def test_F2_a_letter_refused_before_its_end_is_not_asked_about(moment):
    asked: list[str] = []

    attempt_against({moment: "550 no"}, login="secret", before_dot=lambda: asked.append(moment) or True)

    assert asked == []
