"""Every row of acceptance.md's “Mail” (F4): a server that speaks it, the service's own mailer, the outbox on SQLite.

After each fault the server is mended, and everything that waits must arrive, once and as frozen.
"""

import socket
import ssl
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from h5app.domain.letter import LetterState
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import Security, SmtpSettings
from h5app.services.delivering import Post, deliver_next
from h5app.storage.letters import QueuedLetter
from tests.mail.scripted_server import DOT, DROP, GREETING, HANG, RESET, ScriptedServer
from tests.mail.smtp_server import SmtpServer
from tests.people import submitted

SENDER = "sender@example.org"
TLS = ssl.create_default_context()  # once: reading the system's authorities takes longer than a letter
MINUTE, HALF_HOUR, SIX_HOURS = timedelta(minutes=1), timedelta(minutes=30), timedelta(hours=6)


@dataclass(frozen=True)
class Row:
    """A server's fault, and what must become of the letter that meets it.

    Args:
        script: what the server says; None where nobody listens.
        note: how the words for staff begin; the server's own follow.
        after: when it is tried again; None where it waits for a person.
        pauses: whether the whole queue stands still for half an hour.
    """

    script: dict[str, str] | None
    note: str
    state: LetterState = LetterState.QUEUED
    after: timedelta | None = MINUTE
    alarm: bool = False
    pauses: bool = False
    login: bool = False
    security: Security = Security.NONE
    deadline_s: float = 10.0


def silent(script: dict[str, str] | None, **how: object) -> Row:
    return Row(script, "邮件服务器中途没有回应，1 分钟后再试", **how)


def away(script: dict[str, str] | None, **how: object) -> Row:
    return Row(script, "没有连上邮件服务器，1 分钟后再试", **how)


def later(script: dict[str, str], **how: object) -> Row:
    return Row(script, "邮件服务器请我们 1 分钟后再试", **how)


def blocked(script: dict[str, str], note: str, **how: object) -> Row:
    return Row(script, note, after=HALF_HOUR, alarm=True, pauses=True, **how)


def full(script: dict[str, str]) -> Row:
    return Row(script, "收件邮箱已满，请清理邮箱，6 小时后再试", after=SIX_HOURS, alarm=True)


def refused(script: dict[str, str]) -> Row:
    note = "邮件服务器不收这封信（太大或像广告），请点“拆分”或稍后点“重发”"
    return Row(script, note, LetterState.HELD, after=None)


def nobody(script: dict[str, str]) -> Row:
    return Row(script, "收件邮箱不存在或不收信，请核对地址后点“重发”", LetterState.HELD, after=None, alarm=True)


def doubtful(script: dict[str, str], **how: object) -> Row:
    note = "信已发出但没有等到回执，30 分钟后再寄一次，可能重复"
    return Row(script, note, LetterState.UNKNOWN, after=HALF_HOUR, **how)


ACCOUNT = "发件邮箱登录不了，请核对账号和授权码"
MACHINE = "邮件服务器不让这个发件邮箱或这台机器寄信，请与邮箱服务商联系"
TRUST = "邮件服务器的证书或登录方式不对，请核对发件设置"

ROWS = {
    # refuses, hangs or drops before DATA
    "refuses the call": away(None),
    "hangs before it greets": away({GREETING: HANG}, deadline_s=0.3),
    "drops before it greets": away({GREETING: DROP}),
    "resets when greeted": away({"EHLO": RESET}),
    "drops at signing in": silent({"AUTH": DROP}, login=True),
    "drops at the sender": silent({"MAIL": DROP}),
    "hangs at the recipient": silent({"RCPT": HANG}, deadline_s=1),
    "drops at DATA": silent({"DATA": DROP}),
    # 421; 450/451/452 anywhere
    "421 instead of a greeting": later({GREETING: "421 HL:REP too many connections"}),
    "421 at the recipient": later({"RCPT": "421 4.7.0 closing"}),
    "450 greylisting": later({"RCPT": "450 4.2.0 greylisted, try again"}),
    "451 at the recipient": later({"RCPT": "451 4.3.0 local error"}),
    "452 at the recipient": later({"RCPT": "452 4.2.2 mailbox over quota"}),
    "451 at DATA": later({"DATA": "451 4.3.0 local error"}),
    "451 DT:SPM": later({DOT: "451 DT:SPM 163 smtp10, please try again"}),
    "452 after the final dot": later({DOT: "452 4.3.1 insufficient system storage"}),
    "421 after the final dot": later({DOT: "421 4.3.2 shutting down"}),
    "454 at signing in": later({"AUTH": "454 4.7.0 temporary authentication failure"}, login=True),
    # 535, account suspended, 554 address blocked; and nothing in plain text
    "535": blocked({"AUTH": "535 Error: authentication failed"}, ACCOUNT, login=True),
    "535 account suspended": blocked({"AUTH": "535 Error: account suspended"}, ACCOUNT, login=True),
    "550 account suspended": blocked({"MAIL": "550 User suspended"}, MACHINE),
    "554 address blocked": blocked({GREETING: "554 IP in blacklist, connection rejected"}, MACHINE),
    "554 address blocked at the recipient": blocked({"RCPT": "554 5.7.1 client host blocked by RBL"}, MACHINE),
    "554 address blocked after the final dot": blocked({DOT: "554 5.7.1 your address is blocked"}, MACHINE),
    "no STARTTLS": blocked({}, TRUST, security=Security.STARTTLS),
    "no way to sign in": blocked({"EHLO": "250 AUTH GSSAPI"}, TRUST, login=True),
    # 552 mailbox full
    "552 mailbox full": full({"RCPT": "552 5.2.2 mailbox full"}),
    "552 at the recipient without words": full({"RCPT": "552 no"}),
    "552 mailbox full after the final dot": full({DOT: "552 5.2.2 user over quota"}),
    # 552/554 for one letter
    "552 size announced": refused({"MAIL": "552 5.3.4 message size exceeds fixed limit"}),
    "552 size after the final dot": refused({DOT: "552 5.3.4 message too large"}),
    "554 spam": refused({DOT: "554 DT:SPM 163 smtp10, content rejected"}),
    "550 spam": refused({DOT: "550 5.7.1 looks like spam"}),
    # 550 no such user
    "550 no such user": nobody({"RCPT": "550 5.1.1 no such user"}),
    "550 no such user after the final dot": nobody({DOT: "550 5.1.1 user not found"}),
    # drops or hangs after the final dot
    "drops after the final dot": doubtful({DOT: DROP}),
    "resets after the final dot": doubtful({DOT: RESET}),
    "hangs after the final dot": doubtful({DOT: HANG}, deadline_s=1),
    "an answer nobody can read": doubtful({DOT: "perhaps"}),
}


def towards(
    post: Post, port: int, *, security: Security = Security.NONE, login: bool = False, deadline_s: float = 10.0
) -> Post:
    """The same post office, with the service's own mailer and a server on this port."""
    user, password = ("user@example.org", "secret") if login else ("", "")
    settings = SmtpSettings("127.0.0.1", port, security, user, password, SENDER)
    return replace(post, mailer=SmtpMailer(settings, deadline_s=deadline_s, tls=TLS))


def meet(post: Post, row: Row) -> None:
    """One round of the worker while the server has this fault."""
    with ExitStack() as stack:
        port = stack.enter_context(ScriptedServer(row.script)).port if row.script is not None else free_port()
        faulty = towards(post, port, security=row.security, login=row.login, deadline_s=row.deadline_s)
        assert deliver_next(faulty) is not None
        assert not row.pauses or deliver_next(faulty) is None


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def drain(post: Post, server: SmtpServer) -> None:
    mended = towards(post, server.port)
    while deliver_next(mended):
        pass


def frozen(post: Post, letter: QueuedLetter) -> list[bytes]:
    return [post.files.get(message.file) for message in post.stores.outbox.messages(letter.id)]


def entry_of(post: Post, **who: str) -> int:
    return submitted(post.stores, post.files, post.campaign, now=post.clock(), **who).id


def letter_of(post: Post, entry: int) -> QueuedLetter:
    return post.stores.outbox.of_nomination(entry)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_F4_a_fault_leaves_the_right_state_and_nothing_is_lost(row, post, smtp_server):
    now = post.clock.time
    entry = entry_of(post)

    meet(post, row)

    met = letter_of(post, entry)
    assert (met.state, met.alarm) == (row.state, row.alarm)
    assert met.attempts == (0 if row.pauses else 1)
    assert met.note.startswith(row.note)
    pause = post.stores.pauses.now(now=now)
    assert (pause and (pause.until, pause.note)) == ((now + HALF_HOUR, met.note) if row.pauses else None)
    (mime,) = frozen(post, met)

    if row.after is None:
        assert post.stores.outbox.requeue(met.id, now=now)
        mime = b""  # what waited for a person is built anew
    else:
        assert met.due_at == now + row.after
        post.clock.time = met.due_at - timedelta(seconds=1)
        assert deliver_next(towards(post, smtp_server.port)) is None
        post.clock.time = met.due_at
    drain(post, smtp_server)

    (received,) = smtp_server.received
    assert received.mime == (mime or received.mime)
    assert (letter_of(post, entry).state, letter_of(post, entry).alarm) == (LetterState.SENT, False)


@pytest.mark.parametrize("name", ["535", "450 greylisting", "drops after the final dot", "550 no such user"])
def test_F4_letters_behind_a_fault_all_arrive_once_the_server_is_mended(name, post, smtp_server):
    first, second = entry_of(post), entry_of(post, name="王五")

    meet(post, ROWS[name])
    waiting = letter_of(post, second)
    if ROWS[name].after is None:
        post.stores.outbox.requeue(letter_of(post, first).id, now=post.clock.time)
    post.clock.time += HALF_HOUR
    drain(post, smtp_server)

    assert (waiting.state, waiting.attempts) == (LetterState.QUEUED, 0)
    assert [letter_of(post, entry).state for entry in (first, second)] == [LetterState.SENT] * 2
    assert len(smtp_server.received) == 2
    assert post.stores.outbox.counts() == {LetterState.SENT: 2}


def test_F4_a_letter_in_doubt_is_sent_once_more_and_says_so_where_it_arrives(post, smtp_server):
    entry = entry_of(post)
    meet(post, ROWS["drops after the final dot"])
    post.clock.time += HALF_HOUR

    drain(post, smtp_server)

    assert letter_of(post, entry).note == "邮件服务器已收下。上一次可能已经寄到，收件邮箱里也许有两封一样的信"


@pytest.mark.parametrize("between", ["refuses the call", "450 greylisting", "451 DT:SPM", "535"])
def test_F4_a_letter_in_doubt_that_is_put_off_stays_in_doubt_until_its_one_resend(between, post):
    entry = entry_of(post)
    meet(post, ROWS["drops after the final dot"])
    post.clock.time += HALF_HOUR
    meet(post, ROWS[between])
    put_off = letter_of(post, entry)
    post.clock.time = put_off.due_at
    meet(post, ROWS["resets after the final dot"])

    held = letter_of(post, entry)
    assert put_off.state is LetterState.UNKNOWN
    assert (held.state, held.alarm) == (LetterState.HELD, True)
    assert held.note.startswith("寄了两次都没有等到回执，请到收件邮箱查看，没有收到再点“重发”")


def test_F4_a_letter_too_large_for_the_server_is_split_by_a_person(post, smtp_server):
    entry = entry_of(post)
    meet(post, ROWS["552 size announced"])

    assert post.stores.outbox.split(letter_of(post, entry).id, now=post.clock.time)
    drain(post, smtp_server)

    assert [received.mime for received in smtp_server.received] == frozen(post, letter_of(post, entry))
    assert letter_of(post, entry).state is LetterState.SENT


@pytest.mark.parametrize(
    ("name", "waits", "note"),
    [
        (
            "refuses the call",
            [1, 2, 5, 10, 30, 60, 120, 240, *[360] * 11],
            "试了三天都没有寄出，请核对邮箱设置后点“重发”",
        ),
        ("552 mailbox full", [360] * 19, "三天多了，收件邮箱一直是满的，请清理邮箱后点“重发”"),
    ],
)
def test_F4_three_days_of_trouble_lose_nothing_and_end_with_a_person(name, waits, note, post, smtp_server):
    first_at, entry = post.clock.time, entry_of(post)
    waited = []
    while True:
        tried_at = post.clock.time
        meet(post, ROWS[name])
        letter = letter_of(post, entry)
        if letter.state is not LetterState.QUEUED:
            break
        waited.append((letter.due_at - tried_at) // MINUTE)
        post.clock.time = letter.due_at

    assert waited == waits
    assert post.clock.time - first_at >= timedelta(hours=72)
    assert (letter.state, letter.alarm) == (LetterState.HELD, True)
    assert letter.note.startswith(note)
    post.stores.outbox.requeue(letter.id, now=post.clock.time)
    drain(post, smtp_server)
    assert letter_of(post, entry).state is LetterState.SENT
