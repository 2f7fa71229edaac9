"""Delivering: every letter is built once, frozen, and sent until a server has taken it, or it has become wrong."""

import errno
import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from h5app.domain.attempt import Attempt, Phase
from h5app.domain.campaign import Limits
from h5app.domain.errors import H5appError, PhotosBusyError, StoreBusyError, StoreFullError
from h5app.domain.letter import (
    BACKOFF,
    LetterKind,
    LetterState,
    Verdict,
    crashed_while_handing,
    judge,
    part_taken,
)
from h5app.domain.nomination import Nomination
from h5app.mail.mailer import Mailer
from h5app.mail.message import encoded_size, to_mime
from h5app.services.composing import compose
from h5app.services.desk import Desk, subject_of
from h5app.services.digesting import set_aside
from h5app.storage.letters import Frozen, QueuedLetter

LEASE = timedelta(minutes=10)
# Each waits in the line of writers (SqliteRows.lock_wait_s, 10 s): together well inside a lease.
_RECORD_TRIES = 5
_log = logging.getLogger("h5app.mail")


@dataclass(frozen=True, kw_only=True)
class Post(Desk):
    """Everything needed to deliver: the desk where letters are written, and who carries them.

    Args:
        needs_mailbox: whether the mailer calls somebody; a file can be written without.
    """

    mailer: Mailer
    needs_mailbox: bool
    clock: Callable[[], datetime]


@dataclass(frozen=True)
class _End:
    """How a round ended for its letter; `taken` is the part that was taken."""

    phase: Phase
    verdict: Verdict
    taken: int | None = None


def deliver_next(post: Post) -> Verdict | None:
    """Claim, build, freeze and send one due letter's next message; None where none is due or the queue is paused."""
    now = post.clock()
    if post.stores.pauses.now(now=now):
        return None
    letter = post.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    if letter is None:
        return None
    try:
        end = _attempt(post, letter)
    except (StoreFullError, StoreBusyError, PhotosBusyError, OSError) as error:
        _log.exception("letter %s: this machine is in trouble", letter.id)
        end = _End(Phase.ADDRESS, _put_off(letter, error, now=post.clock()))
    except _WrongByNowError:
        end = _End(Phase.ADDRESS, _DROPPED)
    except _NoPathError as error:
        end = _End(Phase.ADDRESS, _held(f"活动文件里没有 paths.{error} 了，请补上或改回原来的名字，再点“重发”"))
    except Exception as error:  # noqa: BLE001 -- whatever a letter breaks on, the ones behind it must go out
        end = _End(Phase.ADDRESS, _broken(post, letter, error))
    _record(post, letter, end)
    if end.verdict.pause_until:
        post.stores.pauses.until(end.verdict.pause_until, note=end.verdict.note)
    return end.verdict


def _record(post: Post, letter: QueuedLetter, end: _End) -> None:
    """Write down how the round ended. What a server has answered is not to be heard again, so a busy database is
    waited for; without it the letter would go out twice."""
    for last in (False,) * (_RECORD_TRIES - 1) + (True,):
        try:
            post.stores.outbox.record(letter, end.verdict, phase=end.phase, now=post.clock(), taken=end.taken)
        except StoreBusyError:
            if last:
                raise
        else:
            return


@dataclass(frozen=True)
class _Errand:
    """Where a letter goes.

    Args:
        mailbox: "" while none is set.
        limits: how large each of its messages may be.
        name: what its message is called where it becomes a file.
    """

    mailbox: str
    limits: Limits
    name: str


def _attempt(post: Post, letter: QueuedLetter) -> _End:
    errand = _errand(post, letter)
    aside = set_aside(post, letter, now=post.clock())
    if aside:
        return _End(Phase.ADDRESS, aside)
    if post.needs_mailbox and not errand.mailbox:
        return _judged(post, letter, Attempt(Phase.ADDRESS, None, ""))
    messages = post.stores.outbox.messages(letter.id) or _frozen(post, letter, errand)
    if not messages:
        return _End(Phase.ADDRESS, _held(f"这封信超过 {errand.limits.mail_mb} MB，请下载材料包另行报送"))
    message = next(each for each in messages if not each.taken_at)
    if message.handings and (message.handings > 1 or letter.state is not LetterState.UNKNOWN):
        now = post.clock()
        crashed = crashed_while_handing(handings=message.handings, handed_at=message.handed_at, now=now)
        return _End(Phase.DOT, crashed)
    _still_right(post, letter)  # building took a while
    end = _judged(post, letter, _send(post, letter, message, errand, parts=len(messages)))
    if end.verdict.state not in {LetterState.SENT, LetterState.WRITTEN}:
        return end
    more = any(not each.taken_at for each in messages if each.part != message.part)
    next_one = part_taken(part=message.part, parts=len(messages), now=post.clock())
    return _End(end.phase, next_one if more else end.verdict, taken=message.part)


def _send(post: Post, letter: QueuedLetter, message: Frozen, errand: _Errand, *, parts: int) -> Attempt:
    return post.mailer.send(
        post.files.get(message.file),
        sender=post.sender,
        to=errand.mailbox,
        name=errand.name if parts == 1 else f"{errand.name}.{message.part}",
        before_dot=lambda: post.stores.outbox.hand_over(letter, part=message.part, now=post.clock()),
    )


def _judged(post: Post, letter: QueuedLetter, attempt: Attempt) -> _End:
    now = post.clock()
    verdict = judge(
        attempt,
        attempts=letter.attempts,
        first_at=letter.first_at or now,
        now=now,
        maybe_delivered=letter.state is LetterState.UNKNOWN,
    )
    return _End(attempt.phase, verdict)


class _WrongByNowError(Exception):
    """What the letter says is so no more: nobody may be sent it."""


class _NoPathError(Exception):
    """The campaign file has no longer the path, named here, by which the entry came."""


_DROPPED = Verdict(LetterState.DROPPED, None, alarm=False, pause_until=None, note="已更正或撤回，这一封不再寄")


def _errand(post: Post, letter: QueuedLetter) -> _Errand:
    """Where the letter goes."""
    nomination = _still_right(post, letter)
    name = nomination.reference if nomination else f"{letter.kind.value}-{letter.day}-{letter.id}"
    if letter.kind is LetterKind.REPORT:
        return _Errand(letter.mailbox, Limits(), name)
    # What was meant for one mailbox must not go to another, so a path that is gone is an error.
    key = nomination.path if nomination else letter.path
    path = post.campaign.paths.get(key)
    if path is None:
        raise _NoPathError(key)
    return _Errand(path.mailbox, path.limits, name)


def _still_right(post: Post, letter: QueuedLetter) -> Nomination | None:
    """The entry as it is now, which a letter about it must still agree with; a digest has somebody to carry, a report
    a reader."""
    if letter.kind is LetterKind.DIGEST:
        if not post.stores.digests.carried(letter.id):
            raise _WrongByNowError
        return None
    if letter.kind is LetterKind.REPORT:
        if letter.mailbox not in post.campaign.report.mailboxes:
            raise _WrongByNowError
        return None
    nomination = subject_of(post.stores, letter)
    outdated = nomination.status.is_erased or letter.revision < nomination.revision
    if letter.kind is LetterKind.ENTRY and outdated:
        raise _WrongByNowError
    return nomination


def _broken(post: Post, letter: QueuedLetter, error: Exception) -> Verdict:
    """It waits for people, unless it broke because its entry was taken from under it."""
    try:
        _still_right(post, letter)
    except _WrongByNowError:
        return _DROPPED
    except H5appError:
        pass  # what broke it first is told
    # Only where it broke is logged: an error's words might repeat what somebody typed.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("letter %s cannot be built: %s\n%s", letter.id, type(error).__name__, where)
    cure = "请打开这份申报看看缺什么" if letter.nomination_id else "请看运行日志，改好后点“重发”"
    return _held(f"这封信做不出来（{type(error).__name__}），{cure}")


def _held(note: str) -> Verdict:
    return Verdict(LetterState.HELD, None, alarm=True, pause_until=None, note=note)


def _put_off(letter: QueuedLetter, error: Exception, *, now: datetime) -> Verdict:
    """A doubt stays one: the letter keeps its state."""
    is_busy = isinstance(error, StoreBusyError | PhotosBusyError)
    due_at = now + BACKOFF[0]
    return Verdict(letter.state, due_at, alarm=not is_busy, pause_until=None, note=f"{_trouble(error)}，1 分钟后再试")


def _trouble(error: Exception) -> str:
    if isinstance(error, StoreBusyError):
        return "数据库正忙"
    if isinstance(error, PhotosBusyError):
        return "正忙着处理别人传的照片"
    is_full = isinstance(error, StoreFullError) or getattr(error, "errno", None) in {errno.ENOSPC, errno.EDQUOT}
    return "磁盘满了，请清理磁盘" if is_full else f"服务器读写文件出错（{type(error).__name__}），请看运行日志"


def _frozen(post: Post, letter: QueuedLetter, errand: _Errand) -> list[Frozen]:
    """Build every message of a letter and keep it, all or none; [] where one is too large."""
    built = compose(post, letter, date=post.clock())
    if any(encoded_size(each) > errand.limits.mail_bytes for each in built):
        return []
    messages: list[Frozen] = []
    try:
        for part, each in enumerate(built, start=1):
            mime = to_mime(each)
            messages.append(Frozen(part, post.files.put(mime), each.message_id, len(mime)))
    except StoreFullError:
        _discard(post, messages)  # the room they take is needed now
        raise
    if not post.stores.outbox.freeze(letter, messages):
        _discard(post, messages)
        raise _WrongByNowError
    return messages


def _discard(post: Post, messages: list[Frozen]) -> None:
    for message in messages:
        post.files.delete(message.file)
