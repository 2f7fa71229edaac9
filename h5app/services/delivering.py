"""Delivering: every entry's letter is built once, frozen, and sent until a server has taken it."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from h5app.documents.fonts import missing_characters
from h5app.domain.answers import shown
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.campaign import Campaign, Path, local_time
from h5app.domain.errors import H5appError, StoreBusyError, StoreFullError
from h5app.domain.letter import BACKOFF, LetterState, Verdict, judge, subject_line
from h5app.domain.nomination import Nomination
from h5app.domain.questions import Kind, questions_of
from h5app.mail.mailer import Mailer
from h5app.mail.message import Enclosure, Letter, encoded_size, message_id, to_mime
from h5app.services.packaging import Entry, entry_of, form_files, photo_files
from h5app.storage.files import FileStore
from h5app.storage.outbox import QueuedLetter
from h5app.storage.stores import Stores

LEASE = timedelta(minutes=10)
_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
}
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
    except Exception as error:  # noqa: BLE001 -- whatever a letter breaks on, the ones behind it must go out
        # It waits for people. Only where it broke is logged: an error's words might repeat what somebody typed.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("letter %s cannot be built: %s\n%s", letter.id, type(error).__name__, where)
        phase, verdict = Phase.ADDRESS, _held(f"这封信做不出来（{type(error).__name__}），请打开这份申报看看缺什么")
    post.stores.outbox.record(letter, verdict, phase=phase, now=post.clock())
    if verdict.pause_until:
        post.stores.outbox.pause(until=verdict.pause_until, note=verdict.note)
    return verdict


def _attempt(post: Post, letter: QueuedLetter) -> tuple[Phase, Verdict]:
    nomination = post.stores.nominations.get(letter.nomination_id)
    if nomination is None:  # the row goes with its entry, so only a broken database gets here
        raise H5appError("这封信没有对应的申报")
    path = post.campaign.paths[nomination.path]
    if post.needs_mailbox and not path.mailbox:
        attempt = Attempt(Phase.ADDRESS, None, "")
    else:
        mime = _frozen(post, letter, nomination, path)
        if mime is None:
            return Phase.ADDRESS, _held(f"这封信超过 {path.limits.mail_mb} MB，请下载材料包另行报送")
        attempt = post.mailer.send(mime, sender=post.sender, to=path.mailbox, name=nomination.reference)
    now = post.clock()
    verdict = judge(
        attempt,
        attempts=letter.attempts,
        first_at=letter.first_at or now,
        now=now,
        maybe_delivered=letter.state is LetterState.UNKNOWN,
    )
    return attempt.phase, verdict


def _held(note: str) -> Verdict:
    return Verdict(LetterState.HELD, None, alarm=True, pause_until=None, note=note)


def _put_off(letter: QueuedLetter, *, now: datetime) -> Verdict:
    note = "磁盘满了或数据库忙，1 分钟后再试"
    return Verdict(letter.state, now + BACKOFF[0], alarm=True, pause_until=None, note=note)


def _frozen(post: Post, letter: QueuedLetter, nomination: Nomination, path: Path) -> bytes | None:
    """The message as built the first time, the same bytes for every try; None where it exceeds the path's limit."""
    if letter.message_file:
        return post.files.get(letter.message_file)
    built = _build(post, nomination, path)
    if encoded_size(built) > path.limits.mail_mb * 1_000_000:
        return None
    mime = to_mime(built)
    post.stores.outbox.freeze(letter.id, message_file=post.files.put(mime), message_id=built.message_id)
    return mime


def _build(post: Post, nomination: Nomination, path: Path) -> Letter:
    entry = entry_of(post.stores, nomination)
    return Letter(
        sender=post.sender,
        sender_name=post.campaign.organiser.name,
        to=path.mailbox,
        subject=subject_line(
            route=nomination.route,
            name=nomination.answers["name"],
            category=nomination.answers["category"],
            reference=nomination.reference,
        ),
        text_body=_body(entry, post.campaign),
        html_body="",
        enclosures=tuple(_enclosures(entry, post)),
        message_id=message_id(nomination.draft_id, sender=post.sender),
        date=post.clock(),
    )


def _enclosures(entry: Entry, post: Post) -> list[Enclosure]:
    """Both forms, then the photos in mail size under the nominee's name."""
    name = entry.nomination.answers["name"]
    files = [(file.name, file.data) for file in form_files(entry, post.campaign, post.files)]
    files += [(f"{name}_{file.name}", file.data) for file in photo_files(entry, post.files, press=False)]
    return [Enclosure(named, _TYPES[named.rsplit(".", 1)[-1]], data) for named, data in files]


def _body(entry: Entry, campaign: Campaign) -> str:
    """A summary to read without opening anything; the ID number stands in the form only."""
    nomination = entry.nomination
    lines = [
        campaign.form_title,
        "",
        f"受理编号：{nomination.reference}",
        f"推荐方式：{nomination.route.label}",
        f"提交时间：{local_time(campaign.local(nomination.submitted_at))}",
    ]
    for question in questions_of(nomination.route):
        text = shown(question.name, nomination.answers.get(question.name, ""))
        if text and question.kind not in {Kind.ID_NUMBER, Kind.AGREEMENT, Kind.LINES}:
            lines.append(f"{question.office_label}：{text}")
    lines += ["", f"附件：推荐表（Word、PDF）和照片 {len(entry.photos)} 张。"]
    rare = missing_characters("".join(nomination.answers.values()))
    if rare:
        named = "、".join(f"{char}（U+{ord(char):04X}）" for char in rare)
        lines.append(f"请核对：推荐表里有少见的字 {named}，PDF 上可能是方框，Word 上由您电脑里的字体显示。")
    return "\n".join(lines) + "\n"
