"""Composing: what each letter to the office says, and what it carries.

Rules: neither body holds an ID number or a telephone number; a letter that others might read (`MailMode.is_masked`)
holds no more of a person than the first character of the name; one that takes an entry back says nothing about anybody.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from h5app.documents.names import media_type
from h5app.domain.answers import shown
from h5app.domain.campaign import MailMode
from h5app.domain.identity import mask_name
from h5app.domain.letter import LetterKind, subject_line, withdrawal_line
from h5app.domain.nomination import Nomination
from h5app.domain.parcel import Parcel, megabytes
from h5app.domain.questions import Kind, questions_of
from h5app.mail.message import Enclosure, Letter, encoded_size
from h5app.services.bodies import draw
from h5app.services.comparing import changed_labels, mailed_before
from h5app.services.desk import Desk, subject_of
from h5app.services.digest_letter import compose_digest
from h5app.services.packaging import Entry, entry_of, unit_of
from h5app.services.parcelling import Bundle, Message, bundle_of, contents_of, draft_of, uses_contents
from h5app.services.reporting import compose_report
from h5app.storage.letters import QueuedLetter
from h5app.storage.nominations import Revision

COLUMNS = ("受理编号", "推荐方式", "类别", "姓名", "地区", "单位", "提交时间", "版本")
"""The row that every letter about an entry begins with, in both bodies: made to be searched, sorted and pasted."""
HIDDEN = "—"
_NOT_IN_BODIES = frozenset({Kind.ID_NUMBER, Kind.PHONE, Kind.AGREEMENT, Kind.LINES})
# An ID number or a mobile number that somebody has written where something else is asked.
_LONG_NUMBER = re.compile(r"\d{11,}[Xx]?")
_IN_THE_ROW = frozenset({"name", "category", "region"})
# What the list of the files of up to nine messages may add to a body, drawn twice.
_SLACK_BYTES = 12_000


def compose(desk: Desk, queued: QueuedLetter, *, date: datetime) -> tuple[Letter, ...]:
    """The letter of an entry's newest revision, of a correction, of the entry's end, or of a day; its messages in
    order."""
    if queued.kind is LetterKind.DIGEST:
        return compose_digest(desk, queued, date=date)
    if queued.kind is LetterKind.REPORT:
        return (compose_report(desk, queued, date=date),)
    nomination = subject_of(desk.stores, queued)
    if queued.kind is LetterKind.WITHDRAWAL:
        return (_withdrawal(desk, nomination, date=date),)
    writing = _writing(desk, nomination, date=date)
    bundle, notes = writing.bundle(least=queued.least_parts)
    return tuple(writing.letter(bundle, number, notes) for number in range(1, len(bundle.messages) + 1))


def foresee(desk: Desk, nomination: Nomination, *, least_parts: int = 1) -> Parcel:
    """How an entry would be sent now; for one that has not been erased. Prints its forms: some 60 ms.

    Args:
        least_parts: in how many messages its letter has to be, after 拆分.
    """
    bundle, _notes = _writing(desk, nomination, date=nomination.submitted_at).bundle(least=least_parts)
    return bundle.parcel


def _writing(desk: Desk, nomination: Nomination, *, date: datetime) -> "_Writing":
    return _Writing(desk, entry_of(desk.stores, nomination), mailed_before(desk.stores, nomination), date)


@dataclass(frozen=True)
class _File:
    name: str
    size: str


@dataclass(frozen=True)
class _Part:
    """One message, as each of them lists all.

    Args:
        label: “第 1 封”; "" where there is only one.
        package: the ZIP that the files are in; "" where they are enclosed one by one.
    """

    label: str
    package: str
    files: tuple[_File, ...]
    is_this: bool


@dataclass(frozen=True)
class _Told:
    """What a letter about an entry says; both of its bodies are drawn from it."""

    title: str
    about: str
    footer: str
    row: tuple[str, ...]
    correction: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    parts: tuple[_Part, ...] = ()
    count: str = ""
    hints: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    url: str = ""
    columns: tuple[str, ...] = COLUMNS


@dataclass(frozen=True)
class _Writing:
    """One letter about an entry while it is written.

    Args:
        before: the newest revision that its reader may have.
    """

    desk: Desk
    entry: Entry
    before: Revision | None
    date: datetime

    def bundle(self, *, least: int) -> tuple[Bundle, tuple[str, ...]]:
        """What each message carries, and what the staff must know of the paper."""
        desk, entry = self.desk, self.entry
        contents = contents_of(desk, entry) if uses_contents(desk, entry) else None
        notes = contents.notes if contents else ()
        draft = encoded_size(self.letter(draft_of(desk, entry, contents), 1, notes))
        return bundle_of(desk, entry, contents, envelope_bytes=draft + _SLACK_BYTES, least=least), notes

    def letter(self, bundle: Bundle, number: int, notes: tuple[str, ...]) -> Letter:
        """One of its messages, from 1."""
        desk, nomination, parts = self.desk, self.entry.nomination, len(bundle.messages)
        path = desk.campaign.paths[nomination.path]
        told = self._told(bundle, number, notes)
        bodies = draw("link" if bundle.parcel.mode is MailMode.LINK else "entry", letter=told)
        seed = nomination.draft_id if parts == 1 else f"{nomination.draft_id}-{number}of{parts}"
        return desk.letter(
            to=path.mailbox,
            subject=subject_line(
                route=nomination.route,
                name=_name(nomination, bundle.parcel.mode),
                category=nomination.answers["category"],
                reference=nomination.reference,
                version=nomination.revision if self.before else 1,
                part=number,
                parts=parts,
            ),
            bodies=bodies,
            enclosures=tuple(
                Enclosure(file.name, media_type(file.name), file.data, file.ascii_name)
                for file in bundle.messages[number - 1].enclosed
            ),
            seed=seed,
            date=self.date,
            ascii_names=path.mail.ascii_names,
        )

    def _told(self, bundle: Bundle, number: int, notes: tuple[str, ...]) -> _Told:
        desk, nomination, mode = self.desk, self.entry.nomination, bundle.parcel.mode
        count = len(bundle.messages)
        return _Told(
            title=desk.campaign.form_title,
            about=_about(desk, "更正后的推荐表" if self.before else "新的推荐表"),
            footer=_footer(desk),
            row=self._row(mode),
            correction=self._correction(),
            notes=_MASKED_NOTE if notes and mode.is_masked else notes,
            parts=tuple(
                _part(message, each, count=count, is_this=each == number)
                for each, message in enumerate(bundle.messages, start=1)
            ),
            count=f"共 {count} 封，这是第 {number} 封" if count > 1 else _count_of(bundle.messages[0]),
            hints=_hints(desk, bundle.parcel),
            facts=() if mode.is_masked else _facts(nomination),
            url=f"{desk.base_url}/admin/nominations/{nomination.reference}",
        )

    def _row(self, mode: MailMode) -> tuple[str, ...]:
        nomination, answers = self.entry.nomination, self.entry.nomination.answers
        is_masked = mode.is_masked
        submitted = self.desk.campaign.local(nomination.submitted_at)
        cells = (
            nomination.reference,
            nomination.route.label,
            answers["category"],
            _name(nomination, mode),
            HIDDEN if is_masked else answers.get("region", ""),
            HIDDEN if is_masked else unit_of(nomination),
            f"{submitted:%Y-%m-%d %H:%M}",
            f"更正版 v{nomination.revision}" if self.before else "初版",
        )
        # Cells are parted by “ · ” in the text: none may hold it, none be empty.
        return tuple(_without_numbers(" ".join(cell.split()).replace(" · ", "·")) or HIDDEN for cell in cells)

    def _correction(self) -> tuple[str, ...]:
        if self.before is None:
            return ()
        changed = "、".join(changed_labels(self.desk, self.entry, self.before)) or "没有改动，重新提交了一次"
        return (
            f"更正版 v{self.entry.nomination.revision}：请以这一封为准，把此前收到的同一受理编号的邮件删除。",
            f"改动：{changed}",
        )


_MASKED_NOTE = ("请核对：推荐表打印时有要留意的地方，登录后台，在这份申报的页面上可以看到。",)


def _name(nomination: Nomination, mode: MailMode) -> str:
    name = nomination.answers["name"]
    return mask_name(name) if mode.is_masked else name


def _part(message: Message, number: int, *, count: int, is_this: bool) -> _Part:
    is_packed = message.enclosed != message.files and message.enclosed
    return _Part(
        label=f"第 {number} 封" if count > 1 else "",
        package=message.enclosed[0].name if is_packed else "",
        files=tuple(_File(file.name, megabytes(len(file.data))) for file in message.files),
        is_this=is_this,
    )


def _count_of(message: Message) -> str:
    return f"共 {len(message.files)} 个文件"


def _hints(desk: Desk, parcel: Parcel) -> tuple[str, ...]:
    organiser = desk.campaign.organiser
    if parcel.mode is MailMode.LINK:
        why = "材料太大，邮箱放不下" if parcel.fell_back else "为保护个人信息"
        return (
            f"{why}，这封信不带推荐表和照片，也不写全名。",
            "点下面的链接，用管理员账号登录，就能看到这份推荐表，下载推荐表（Word、PDF）和照片。",
        )
    hints = []
    if parcel.mode is MailMode.SEALED_ZIP:
        hints.append(desk.how_to_open)
    if parcel.long_edge_px:
        hints.append(
            f"照片长边不超过 {parcel.long_edge_px} 像素，适合看和打印。"
            f"印刷要用大图，请打电话 {organiser.telephone} 向{organiser.name}要。"
        )
    return tuple(hints)


def _facts(nomination: Nomination) -> tuple[tuple[str, str], ...]:
    """What staff read without opening anything; what is not for a mail's body stands in the form only."""
    told = (
        (question, shown(question.name, nomination.answers.get(question.name, "")))
        for question in questions_of(nomination.route)
        if question.kind not in _NOT_IN_BODIES and question.name not in _IN_THE_ROW
    )
    return tuple(
        (question.office_label, text if question.kind is Kind.UNIT_CODE else _without_numbers(text))
        for question, text in told
        if text
    )


def _without_numbers(text: str) -> str:
    return _LONG_NUMBER.sub("（号码见推荐表）", text)


def _about(desk: Desk, what: str) -> str:
    return f"{desk.campaign.organiser.name} · {what}"


def _footer(desk: Desk) -> str:
    organiser = desk.campaign.organiser
    who = f"{organiser.name}{organiser.department}"
    return f"这封信由推荐系统自动寄出。有疑问请打电话 {organiser.telephone}，{who}。"


@dataclass(frozen=True)
class _Ended:
    """What a letter says that takes an entry back."""

    title: str
    about: str
    footer: str
    row: tuple[str, ...]
    lines: tuple[str, ...]
    columns: tuple[str, ...] = ("受理编号", "推荐方式", "状态")


def _withdrawal(desk: Desk, nomination: Nomination, *, date: datetime) -> Letter:
    reference, route, status = nomination.reference, nomination.route, nomination.status
    ended = _Ended(
        title="撤回通知",
        about=_about(desk, desk.campaign.form_title),
        footer=_footer(desk),
        row=(reference, route.label, status.label),
        lines=(
            f"受理编号 {reference}（{route.label}）{status.label}，不再参加选树。",
            "请把这个编号此前收到的邮件和附件都删除，也不要再使用或转发里面的个人信息。",
            "系统里的资料已经删除。",
        ),
    )
    bodies = draw("withdrawal", letter=ended)
    return desk.letter(
        to=desk.campaign.paths[nomination.path].mailbox,
        subject=withdrawal_line(route=route, reference=reference),
        bodies=bodies,
        seed=f"{nomination.draft_id}-end",
        date=date,
    )
