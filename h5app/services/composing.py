"""Composing: what each letter to the office says. One that takes an entry back says nothing about anybody."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from h5app.documents.fonts import missing_characters
from h5app.documents.names import media_type
from h5app.domain.answers import shown
from h5app.domain.attachment import Attachment
from h5app.domain.campaign import local_time
from h5app.domain.letter import LetterKind, subject_line, withdrawal_line
from h5app.domain.nomination import Nomination
from h5app.domain.questions import QUESTIONS, Kind, questions_of
from h5app.mail.message import Enclosure, Letter, message_id
from h5app.services.desk import Desk, subject_of
from h5app.services.packaging import Entry, entry_of, form_files, photo_files
from h5app.storage.files import FileStore
from h5app.storage.nominations import Revision
from h5app.storage.outbox import QueuedLetter
from h5app.storage.stores import Stores


def compose(desk: Desk, queued: QueuedLetter, *, date: datetime) -> tuple[Letter, ...]:
    """The letter of an entry's newest revision, of a correction, or of the entry's end; its messages in order."""
    nomination = subject_of(desk.stores, queued)
    if queued.kind is LetterKind.WITHDRAWAL:
        return (_withdrawal(desk, nomination, date=date),)
    return (_revision(desk, entry_of(desk.stores, nomination), date=date),)


def _revision(desk: Desk, entry: Entry, *, date: datetime) -> Letter:
    nomination = entry.nomination
    before = _mailed_before(desk.stores, nomination)
    return Letter(
        sender=desk.sender,
        sender_name=desk.campaign.organiser.name,
        to=desk.campaign.paths[nomination.path].mailbox,
        subject=subject_line(
            route=nomination.route,
            name=nomination.answers["name"],
            category=nomination.answers["category"],
            reference=nomination.reference,
            version=nomination.revision if before else 1,
        ),
        text_body=_body(desk, entry, before),
        html_body="",
        enclosures=tuple(_enclosures(desk, entry)),
        message_id=message_id(nomination.draft_id, sender=desk.sender),
        date=date,
        ascii_names=desk.campaign.home_of(nomination.path, nomination.route).mail.ascii_names,
    )


def _withdrawal(desk: Desk, nomination: Nomination, *, date: datetime) -> Letter:
    lines = [
        desk.campaign.form_title,
        "",
        f"受理编号 {nomination.reference}（{nomination.route.label}）{nomination.status.label}，不再参加选树。",
        "",
        "请把这个编号此前收到的邮件和附件都删除，也不要再使用或转发里面的个人信息。",
        "系统里的资料已经删除。",
    ]
    return Letter(
        sender=desk.sender,
        sender_name=desk.campaign.organiser.name,
        to=desk.campaign.paths[nomination.path].mailbox,
        subject=withdrawal_line(route=nomination.route, reference=nomination.reference),
        text_body="\n".join(lines) + "\n",
        html_body="",
        enclosures=(),
        message_id=message_id(f"{nomination.draft_id}-end", sender=desk.sender),
        date=date,
    )


def _enclosures(desk: Desk, entry: Entry) -> list[Enclosure]:
    """Both forms, then the photos in mail size."""
    files = [
        *form_files(entry, desk.campaign, desk.files, desk.stationery),
        *photo_files(entry, desk.campaign, desk.files, press=False),
    ]
    return [Enclosure(file.name, media_type(file.name), file.data, file.ascii_name) for file in files]


def _body(desk: Desk, entry: Entry, before: Revision | None) -> str:
    """A summary to read without opening anything; the ID number stands in the form only."""
    nomination = entry.nomination
    lines = [
        desk.campaign.form_title,
        "",
        f"受理编号：{nomination.reference}",
        f"推荐方式：{nomination.route.label}",
        f"提交时间：{local_time(desk.campaign.local(nomination.submitted_at))}",
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
    if before:
        lines = [*_correction(desk, entry, before), "", *lines]
    return "\n".join(lines) + "\n"


def _correction(desk: Desk, entry: Entry, before: Revision) -> list[str]:
    changed = "、".join(_changed(desk, entry, before)) or "没有改动，重新提交了一次"
    return [
        f"更正版 v{entry.nomination.revision}：请以这一封为准，把此前收到的同一受理编号的邮件删除。",
        f"改动：{changed}",
    ]


def _mailed_before(stores: Stores, nomination: Nomination) -> Revision | None:
    """The newest past revision whose letter somebody may have; a correction of anything older needs no telling."""
    letters = stores.outbox.all_of(nomination.id)
    left = {letter.revision for letter in letters if letter.kind is LetterKind.ENTRY and letter.may_have_left}
    past = [revision for revision in stores.nominations.history(nomination.id) if revision.revision in left]
    return past[-1] if past else None


def _changed(desk: Desk, entry: Entry, before: Revision) -> list[str]:
    """Labels of what differs, never the answers themselves: ID number and telephone are among them."""
    asked = [question for question in QUESTIONS if question.kind is not Kind.AGREEMENT]
    was, now = before.answers, entry.nomination.answers
    changed = [each.office_label for each in asked if was.get(each.name, "") != now.get(each.name, "")]
    photos = desk.stores.attachments.of_draft(before.draft_id)
    return [*changed, "照片"] if _looks(desk.files, photos) != _looks(desk.files, entry.photos) else changed


def _looks(files: FileStore, photos: Iterable[Attachment]) -> list[tuple[str, bytes]]:
    """What is to be seen on each photo: a correction's copies are sealed anew, so their names say nothing."""
    return [
        (photo.slot.value, hashlib.sha256(files.get(name)).digest())
        for photo in photos
        for name in (photo.mail_file, photo.paper_file)
        if name
    ]
