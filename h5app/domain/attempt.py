"""One attempt to send a letter, and what the server's answer in that phase means, whatever its words.

The words are those that NetEase (163, 126, yeah), Tencent (QQ, Exmail) and Coremail publish for their
servers, and the enhanced status codes of RFC 3463.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from h5app.domain.text import clean_text

_REPLY_LIMIT = 160
_READ_LIMIT = 2000

# The server (ours, for submission) refuses this account, this address or this rate: every letter would meet the same.
_BLOCKED = re.compile(
    r"\b(ip|host|client|connection)\b.{0,40}\b(reject|block|refus|denied|ban|blacklist|suspend|hangup)"
    r"|(black.?list|blocked|black) (the )?(ip|address|host)|\bip in blacklist|address (is )?blocked"
    r"|\b(rbl|spamhaus|dnsbl)\b|\bhl:[a-z]{3}|\bmi:(stc|sfq|spb)|\bwm:bl|relay|local user only"
    r"|authenti|authoriz|not permitted to send|frequency limit|sending (limit|quota)|发信.{0,6}(超|限)",
    re.IGNORECASE,
)
_SUSPENDED = re.compile(
    r"suspend|account.{0,20}(disabled|locked)|user (is )?(disabled|locked|rejected)|冻结|封禁", re.IGNORECASE
)
_FULL = re.compile(
    r"\b[45]\.2\.2\b|mailbox.{0,20}full|over ?quota|quota exceeded|storage|空间不足|已满|容量", re.IGNORECASE
)
_SIZE = re.compile(
    r"\b5\.(2\.3|3\.4)\b|mail ?size|size (limit|exceed)|exceed.{0,20}size|too (large|big|long)|过大", re.IGNORECASE
)
_SPAM = re.compile(r"\bdt:(spm|sum)|\bspam|virus|content (is )?(reject|denied)|illegal attachment|垃圾", re.IGNORECASE)
_NOBODY = re.compile(
    r"\b5\.1\.(1|2|3|6|10)\b|\b(no such|unknown|invalid|unavailable) (mail ?)?(user|mailbox|recipient|account)"
    r"|\b(user|mailbox|recipient|account)\b.{0,20}(unknown|not found|not exist|unavailable|invalid)|不存在",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z0-9-]{1,63}")


class Phase(StrEnum):
    """The last phase an attempt reached, in order; a server's refusal belongs to the phase it answers."""

    ADDRESS = "address"  # looking at the mailbox; stopping here, none is set and nobody was called
    CONNECT = "connect"  # calling, up to the greeting and EHLO
    TLS = "tls"  # the handshake, and the greeting inside it
    TRUST = "trust"  # whether to go on; stopping here, we did not: certificate, no STARTTLS, no way to sign in
    AUTH = "auth"
    SENDER = "sender"  # MAIL FROM: what the server thinks of our account
    RECIPIENT = "recipient"  # RCPT TO: what it thinks of the mailbox
    DATA = "data"  # the message is on its way, its final dot is not
    DOT = "dot"  # the final dot may be out; without a code, no answer came
    DONE = "done"  # the server took the message over
    FILE = "file"  # written to a file, because no server is set


@dataclass(frozen=True)
class Attempt:
    """What one attempt to send met.

    Args:
        phase: the last phase reached.
        code: the server's answer in that phase, 200–599; None where none came.
        reply: the server's words, or ours where it said nothing; made by `shorten_reply`, so no mail
            addresses, no secrets, at most 160 characters.
    """

    phase: Phase
    code: int | None
    reply: str


class Meaning(StrEnum):
    """What an attempt says, whatever the server's way of saying it."""

    TAKEN = "taken"
    WRITTEN = "written"
    NO_MAILBOX = "no mailbox"
    SILENCE = "silence"
    DOUBT = "doubt"
    LATER = "later"
    BLOCKED = "blocked"
    FULL = "full"
    NOBODY = "nobody"
    REFUSED = "refused"


def one_line(text: str, *, limit: int) -> str:
    """Text fit for a header: no line breaks, control, bidi, surrogate or private-use characters, at most `limit`.

    >>> one_line("张\\u2028三\\u202e\\ud800 ", limit=10)
    '张 三'
    """
    clean = clean_text("".join(char for char in text if unicodedata.category(char) != "Co"))
    return clean if len(clean) <= limit else clean[: limit - 1] + "…"


def shorten_reply(reply: str) -> str:
    """A server's words as they may be stored and shown: on one line, mail addresses taken out.

    >>> shorten_reply("5.1.1 <someone@example.org>:\\r\\n user unknown")
    '5.1.1 <邮箱>: user unknown'
    """
    return one_line(_MAILBOX.sub("邮箱", reply[:_READ_LIMIT]), limit=_REPLY_LIMIT)


def is_mailbox(text: str) -> bool:
    """Whether the text is one mail address that every server takes: ASCII, no name, no comment.

    >>> is_mailbox("office@example.org"), is_mailbox("焦作 <office@example.org>"), is_mailbox("")
    (True, False, False)
    """
    return _MAILBOX.fullmatch(text) is not None


def meaning_of(attempt: Attempt) -> Meaning:
    """What an attempt says: the phase first, then the code, then the words where code and phase leave it open."""
    match attempt.phase:
        case Phase.DONE:
            return Meaning.TAKEN
        case Phase.FILE:
            return Meaning.WRITTEN
        case Phase.ADDRESS:
            return Meaning.NO_MAILBOX
        case Phase.TRUST:
            return Meaning.BLOCKED
    code = attempt.code
    if code is not None and 500 <= code < 600:
        return _refusal(attempt.phase, code, attempt.reply)
    if code is not None and 400 <= code < 500:
        return Meaning.LATER
    # No answer, or one that means nothing here: only after the dot may the letter have arrived.
    return Meaning.DOUBT if attempt.phase is Phase.DOT else Meaning.SILENCE


def _refusal(phase: Phase, code: int, reply: str) -> Meaning:
    if code in {530, 535} or _BLOCKED.search(reply):
        return Meaning.BLOCKED
    about_letter = _SIZE.search(reply) or _SPAM.search(reply)
    match phase:
        case Phase.SENDER:
            return Meaning.REFUSED if about_letter or code == 552 else Meaning.BLOCKED
        case Phase.RECIPIENT:
            return _refused_recipient(code, reply, about_letter=bool(about_letter))
        case Phase.DATA | Phase.DOT:
            return _refused_message(reply, about_letter=bool(about_letter))
    return Meaning.BLOCKED


def _refused_recipient(code: int, reply: str, *, about_letter: bool) -> Meaning:
    # RFC 5321, 4.2.2: 552 in answer to RCPT is “exceeded storage allocation”, unless the words say otherwise.
    if about_letter:
        return Meaning.REFUSED
    if code == 552 or _FULL.search(reply):
        return Meaning.FULL
    if code == 554 and not _NOBODY.search(reply):
        return Meaning.REFUSED
    return Meaning.NOBODY


def _refused_message(reply: str, *, about_letter: bool) -> Meaning:
    if about_letter:
        return Meaning.REFUSED
    if _SUSPENDED.search(reply):
        return Meaning.BLOCKED
    if _FULL.search(reply):
        return Meaning.FULL
    return Meaning.NOBODY if _NOBODY.search(reply) else Meaning.REFUSED
