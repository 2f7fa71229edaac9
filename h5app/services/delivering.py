"""Delivering: every letter is built once, frozen, and sent until a server has taken it, or it has become wrong."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from h5app.documents.stationery import SHIPPED, Stationery
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.campaign import Campaign, Path
from h5app.domain.errors import H5appError, StoreBusyError, StoreFullError
from h5app.domain.letter import BACKOFF, LetterKind, LetterState, Verdict, judge
from h5app.domain.nomination import Nomination
from h5app.mail.mailer import Mailer
from h5app.mail.message import encoded_size, to_mime
from h5app.services.composing import Desk, compose
from h5app.storage.files import FileStore
from h5app.storage.outbox import QueuedLetter
from h5app.storage.stores import Stores

LEASE = timedelta(minutes=10)
_log = logging.getLogger("h5app.mail")


@dataclass(frozen=True)
class Post:
    """Everything needed to deliver: where letters wait, what they are made of, who carries them.

    Args:
        sender: mail address of the sending account.
        needs_mailbox: whether the mailer calls somebody; a file can be written without.
    """

    stores: Stores
    files: FileStore
    campaign: Campaign
    mailer: Mailer
    sender: str
    needs_mailbox: bool
    clock: Callable[[], datetime]
    stationery: Stationery = SHIPPED


def deliver_next(post: Post) -> Verdict | None:
    """Claim, build, freeze and send one due letter; None where none is due or the queue is paused."""
    now = post.clock()
    if post.stores.outbox.paused(now=now):
        return None
    letter = post.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    if letter is None:
        return None
    try:
        phase, verdict = _attempt(post, letter)
    except (StoreFullError, StoreBusyError, OSError):
        _log.exception("letter %s: this machine is in trouble", letter.id)
        phase, verdict = Phase.ADDRESS, _put_off(letter, now=post.clock())
    except _WrongByNowError:
        phase, verdict = Phase.ADDRESS, _DROPPED
    except Exception as error:  # noqa: BLE001 -- whatever a letter breaks on, the ones behind it must go out
        phase, verdict = Phase.ADDRESS, _broken(post, letter, error)
    post.stores.outbox.record(letter, verdict, phase=phase, now=post.clock())
    if verdict.pause_until:
        post.stores.outbox.pause(until=verdict.pause_until, note=verdict.note)
    return verdict


def _attempt(post: Post, letter: QueuedLetter) -> tuple[Phase, Verdict]:
    nomination = _subject(post, letter)
    path = post.campaign.paths[nomination.path]
    if post.needs_mailbox and not path.mailbox:
        attempt = Attempt(Phase.ADDRESS, None, "")
    else:
        mime = _frozen(post, letter, nomination, path)
        if mime is None:
            return Phase.ADDRESS, _held(f"这封信超过 {path.limits.mail_mb} MB，请下载材料包另行报送")
        _subject(post, letter)  # building took a while
        attempt = post.mailer.send(
            mime, sender=post.sender, to=path.mailbox, name=nomination.reference, before_dot=lambda: True
        )
    now = post.clock()
    verdict = judge(
        attempt,
        attempts=letter.attempts,
        first_at=letter.first_at or now,
        now=now,
        maybe_delivered=letter.state is LetterState.UNKNOWN,
    )
    return attempt.phase, verdict


class _WrongByNowError(Exception):
    """What the letter says is so no more: nobody may be sent it."""


_DROPPED = Verdict(LetterState.DROPPED, None, alarm=False, pause_until=None, note="已更正或撤回，这一封不再寄")


def _subject(post: Post, letter: QueuedLetter) -> Nomination:
    """The entry as it is now, which a letter about it must still agree with."""
    nomination = post.stores.nominations.get(letter.nomination_id)
    if nomination is None:  # the row goes with its entry, so only a broken database gets here
        raise H5appError("这封信没有对应的申报")
    outdated = nomination.status.is_erased or letter.revision < nomination.revision
    if letter.kind is LetterKind.ENTRY and outdated:
        raise _WrongByNowError
    return nomination


def _broken(post: Post, letter: QueuedLetter, error: Exception) -> Verdict:
    """It waits for people, unless it broke because its entry was taken from under it."""
    try:
        _subject(post, letter)
    except _WrongByNowError:
        return _DROPPED
    except H5appError:
        pass  # what broke it first is told
    # Only where it broke is logged: an error's words might repeat what somebody typed.
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("letter %s cannot be built: %s\n%s", letter.id, type(error).__name__, where)
    return _held(f"这封信做不出来（{type(error).__name__}），请打开这份申报看看缺什么")


def _held(note: str) -> Verdict:
    return Verdict(LetterState.HELD, None, alarm=True, pause_until=None, note=note)


def _put_off(letter: QueuedLetter, *, now: datetime) -> Verdict:
    note = "磁盘满了或数据库忙，1 分钟后再试"
    return Verdict(letter.state, now + BACKOFF[0], alarm=True, pause_until=None, note=note)


def _frozen(post: Post, letter: QueuedLetter, nomination: Nomination, path: Path) -> bytes | None:
    """The message as built the first time, the same bytes for every try; None where it exceeds the path's limit."""
    if letter.message_file:
        return post.files.get(letter.message_file)
    desk = Desk(post.stores, post.files, post.campaign, post.sender, post.stationery)
    built = compose(desk, letter, nomination, date=post.clock())
    if encoded_size(built) > path.limits.mail_mb * 1_000_000:
        return None
    mime = to_mime(built)
    file = post.files.put(mime)
    if not post.stores.outbox.freeze(letter.id, message_file=file, message_id=built.message_id):
        post.files.delete(file)
        raise _WrongByNowError
    return mime
