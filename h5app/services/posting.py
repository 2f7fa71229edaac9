"""Posting: what staff do with the mail queue and with one letter. Every act is conditional and leaves an audit row."""

from datetime import date, datetime, time

from h5app.domain.campaign import Campaign, short_time
from h5app.domain.days import day_words, is_overdue, last_moment, next_moment
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Nomination
from h5app.domain.text import clean_text
from h5app.storage.audit import AuditEntry
from h5app.storage.letters import Frozen, QueuedLetter
from h5app.storage.stores import Stores

NOTE_MOST = 200
_BUSY = "这封邮件正在寄出，请过几分钟再看"


def letter_by_id(stores: Stores, letter_id: int) -> QueuedLetter:
    """A letter by its number in the outbox, or NotFoundError."""
    letter = stores.outbox.get(letter_id)
    if letter is None:
        raise NotFoundError("没有这封邮件，可能已经随推荐表更正或删除，请回到邮件列表")
    return letter


def newest_letter(stores: Stores, nomination: Nomination) -> QueuedLetter:
    """The letter of an entry that can be sent again, or ConflictError."""
    letter = stores.outbox.of_nomination(nomination.id)
    if letter is None:
        raise ConflictError("这份推荐表没有要寄的邮件")
    return letter


def resend(stores: Stores, campaign: Campaign, letter: QueuedLetter, *, who: str, now: datetime) -> str:
    """Queue a letter again and end the pause that a server's trouble made: whoever asks for it has mended it.

    Returns:
        What happens now, for whoever asked.

    Raises:
        ConflictError: it is being sent this moment, goes with a digest, or is not the entry's newest.
    """
    _refuse_wrong(stores, campaign, letter, now=now)
    with stores.rows.transaction():
        if not stores.outbox.requeue(letter.id, now=now):
            raise ConflictError(_BUSY)
        stores.pauses.lift()
        stores.audit.add(AuditEntry(now, who, "重发邮件", reference_of(stores, letter), _kind_words(letter)))
    return _what_follows(stores, campaign, letter, at_once="已排队，马上重发", now=now)


def send_written(stores: Stores, *, who: str, now: datetime) -> int:
    """Queue every entry's letter that was only written to a file, now that there is a server; how many.

    Past digests and accounts are left alone: the entries' own letters say it all.
    """
    queued = 0
    with stores.rows.transaction():
        for letter_id in stores.outbox.only_written():
            letter = letter_by_id(stores, letter_id)
            if stores.outbox.requeue(letter.id, now=now):
                stores.audit.add(AuditEntry(now, who, "重发邮件", reference_of(stores, letter), "原先只写成了文件"))
                queued += 1
    return queued


def split(stores: Stores, campaign: Campaign, letter: QueuedLetter, *, who: str, now: datetime) -> str:
    """Build a letter anew in one message more than it had, and queue all of them.

    Returns:
        What happens now, for whoever asked.

    Raises:
        ConflictError: there is nothing in it that could be parted, or it is being sent, or done.
    """
    if letter.kind not in {LetterKind.ENTRY, LetterKind.DIGEST}:
        raise ConflictError(f"{letter.kind.label}没有附件，不用拆分")
    if letter.state in {LetterState.SENT, LetterState.WRITTEN}:
        raise ConflictError("这封邮件已经寄出，不用拆分")
    _refuse_wrong(stores, campaign, letter, now=now)
    with stores.rows.transaction():
        if not stores.outbox.split(letter.id, now=now):
            raise ConflictError(_BUSY)
        stores.pauses.lift()
        stores.audit.add(AuditEntry(now, who, "拆分邮件", reference_of(stores, letter), _kind_words(letter)))
    return _what_follows(stores, campaign, letter, at_once="已拆分，马上分几封重发", now=now)


def pause(stores: Stores, campaign: Campaign, *, who: str, note: str, now: datetime) -> None:
    """Send nothing until somebody resumes; what is on its way at this moment still arrives."""
    said = clean_text(note)[:NOTE_MOST]
    words = f"{who}在 {short_time(campaign.local(now))} 暂停"
    with stores.rows.transaction():
        stores.pauses.by_hand(note=f"{words}：{said}" if said else words)
        stores.audit.add(AuditEntry(now, who, "暂停寄出邮件", "", said))


def resume(stores: Stores, *, who: str, now: datetime) -> None:
    """End any pause, a server's too.

    Raises:
        ConflictError: there is none.
    """
    if stores.pauses.now(now=now) is None:
        raise ConflictError("邮件没有暂停，不用点“继续寄出”")
    with stores.rows.transaction():
        stores.pauses.resume()
        stores.audit.add(AuditEntry(now, who, "继续寄出邮件", "", ""))


def note_message_download(stores: Stores, letter: QueuedLetter, *, part: int, who: str, now: datetime) -> None:
    """Write down that personal data left the console as a mail."""
    what = f"{_kind_words(letter)}第 {part} 封" if _kind_words(letter) else f"第 {part} 封"
    stores.audit.add(AuditEntry(now, who, "下载邮件原文", reference_of(stores, letter), what))


def digest_words(stores: Stores, campaign: Campaign, letter: QueuedLetter, *, path: str, now: datetime) -> str:
    """When a letter goes that waits for its path's digest.

    Args:
        path: the entry's.
    """
    digest = stores.outbox.get(letter.carried_by) if letter.carried_by else None
    if digest:
        return f"在 {day_words(date.fromisoformat(digest.day))} 的汇总邮件里，{digest.state.label}"
    home = campaign.paths.get(path)
    at = home.mail.digest_at if home else None
    if at is None:
        return "马上单独寄出"
    if is_overdue(letter.due_at, last=last_moment(at, zone=campaign.zone, now=now), now=now):
        return "马上随汇总寄出"
    return f"{_day(at, campaign, now=now)} 随汇总寄出"


def message_words(letter: QueuedLetter, message: Frozen, campaign: Campaign) -> str:
    """How far one message of a letter has come; what was only written to a file is not called sent."""
    if message.taken_at:
        end = "写成文件" if letter.state is LetterState.WRITTEN else "已寄出"
        return f"{short_time(campaign.local(message.taken_at))} {end}"
    if message.handings and message.handed_at:
        return f"{short_time(campaign.local(message.handed_at))} 发出，没有等到回执，可能已寄到"
    return "还没有寄出"


def reference_of(stores: Stores, letter: QueuedLetter) -> str:
    """The 受理编号 a letter is about; "" for a digest or a report."""
    nomination = stores.nominations.get(letter.nomination_id) if letter.nomination_id else None
    return nomination.reference if nomination else ""


def _refuse_wrong(stores: Stores, campaign: Campaign, letter: QueuedLetter, *, now: datetime) -> None:
    if letter.nomination_id is not None:
        newest = stores.outbox.of_nomination(letter.nomination_id)
        if newest and newest.id != letter.id:
            raise ConflictError("这是旧的一封，请到这份推荐表的最新一封邮件上操作")
    if letter.state is LetterState.DROPPED:
        raise ConflictError("本人已更正或撤回，这封邮件不再寄")
    if letter.state is LetterState.COLLECTED and letter.nomination_id is not None:
        entry = stores.nominations.get(letter.nomination_id)
        when = digest_words(stores, campaign, letter, path=entry.path if entry else "", now=now)
        raise ConflictError(f"这封邮件不单独寄：{when}")


def _what_follows(stores: Stores, campaign: Campaign, letter: QueuedLetter, *, at_once: str, now: datetime) -> str:
    """When a letter goes that has just been queued again."""
    if stores.pauses.now(now=now):
        return "已排队，现在暂停寄出，点“继续寄出”后就寄"
    at = _digest_at(stores, campaign, letter)
    return f"已排队，{_day(at, campaign, now=now)} 随汇总再寄" if at else at_once


def _digest_at(stores: Stores, campaign: Campaign, letter: QueuedLetter) -> time | None:
    """The hour of the digest that a letter goes with when it is built anew; None where it goes by itself."""
    entry = stores.nominations.get(letter.nomination_id) if letter.nomination_id else None
    if entry is None or letter.kind is not LetterKind.ENTRY or stores.outbox.messages(letter.id):
        return None
    path = campaign.paths.get(entry.path)
    return path.mail.digest_at if path else None


def _day(at: time, campaign: Campaign, *, now: datetime) -> str:
    """The next moment of an hour.

    Returns:
        “今天 18:00” or “11月23日 18:00”.
    """
    moment = next_moment(at, zone=campaign.zone, now=now)
    is_today = moment.date() == campaign.local(now).date()
    return f"{'今天' if is_today else day_words(moment.date())} {at:%H:%M}"


def _kind_words(letter: QueuedLetter) -> str:
    """What to tell a letter apart by in the audit log, where no 受理编号 does."""
    return f"{letter.kind.label} {day_words(date.fromisoformat(letter.day))}" if letter.day else ""
