"""One letter in the console: what was or will be sent, part by part, and sending it again or in more parts."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.campaign import short_time
from h5app.domain.days import day_words
from h5app.domain.errors import H5appError, NotFoundError
from h5app.domain.letter import LetterKind, LetterState, subject_line, withdrawal_line
from h5app.domain.nomination import Nomination
from h5app.domain.parcel import megabytes
from h5app.services.composing import foresee
from h5app.services.opening import open_message
from h5app.services.posting import digest_words, letter_by_id, message_words, note_message_download, resend, split
from h5app.storage.letters import Frozen, ListedLetter, QueuedLetter
from h5app.web.admin.console import bp, me
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download

_WAITING = frozenset({LetterState.QUEUED, LetterState.UNKNOWN})
_SPLITTABLE = frozenset({LetterKind.ENTRY, LetterKind.DIGEST})


@bp.get("/mail/<int:letter_id>")
def letter_page(letter_id: int) -> str:
    row = _row(letter_id)
    letter = row.letter
    frozen = parts().stores.outbox.messages(letter.id)
    messages = [_message(letter, message, of=len(frozen)) for message in frozen]
    return render_template(
        "admin/letter.html",
        subject=_sent_subject(messages) or subject_of(letter, row),
        letter={
            "kind": letter.kind.label,
            "revision": letter.revision,
            "state": letter.state.value,
            "label": letter.state.label,
            "note": letter.note,
            "digest": _digest_words(row),
        },
        facts=_facts(row),
        messages=messages,
        plan=_plan(row) if not messages else "",
        carried=[_carried(each) for each in parts().stores.digests.carried(letter.id)],
        entry={"reference": row.reference, "name": row.name, "url": _entry_url(row.reference)}
        if row.reference
        else None,
        resend_url=url_for(".resend_one", letter_id=letter.id) if can_be_sent_again(row) else "",
        split_url=url_for(".split_one", letter_id=letter.id) if can_be_split(row) else "",
        history=_history(row),
        here=url_for(".letter_page", letter_id=letter.id),
    )


@bp.post("/mail/<int:letter_id>/resend")
def resend_one(letter_id: int) -> BaseResponse:
    return _act(letter_id, resend)


@bp.post("/mail/<int:letter_id>/split")
def split_one(letter_id: int) -> BaseResponse:
    return _act(letter_id, split)


@bp.get("/mail/<int:letter_id>/<int:part>.eml")
def message_file(letter_id: int, part: int) -> Response:
    letter = letter_by_id(parts().stores, letter_id)
    for message in parts().stores.outbox.messages(letter_id):
        if message.part == part:
            data = parts().files.get(message.file)
            note_message_download(parts().stores, letter, part=part, who=me(), now=utc_now())
            return download(data, f"{_row(letter_id).reference or letter.day}-{part}.eml")
    raise NotFoundError("没有这一封，可能已经重新生成，请回到这封邮件的页面看")


def can_be_sent_again(row: ListedLetter) -> bool:
    """Sending again means an entry's newest letter; what has become wrong, or waits for a digest, is not sent so."""
    return row.is_newest and row.letter.state not in {LetterState.DROPPED, LetterState.COLLECTED}


def can_be_split(row: ListedLetter) -> bool:
    """What staff have in their hands, and has something to part."""
    return row.is_newest and row.letter.state is LetterState.HELD and row.letter.kind in _SPLITTABLE


def subject_of(letter: QueuedLetter, row: ListedLetter) -> str:
    """The subject as far as it is known before the letter is built."""
    if row.route is None:
        return f"{letter.kind.label} {day_words(date.fromisoformat(letter.day))}"
    if letter.kind is LetterKind.WITHDRAWAL:
        return withdrawal_line(route=row.route, reference=row.reference)
    if not row.name:
        return "内容已随推荐表删除"
    return subject_line(route=row.route, name=row.name, category=row.category, reference=row.reference)


def _sent_subject(messages: list[dict[str, Any]]) -> str:
    """What all of the messages are called; which of several each is stands in its own box."""
    subject = messages[0]["subject"] if messages else ""
    return str(subject).removesuffix(f"（第1/{len(messages)}封）")


def mailbox_of(row: ListedLetter) -> str:
    """Where the letter goes; "" while no mailbox is set, or its path is gone."""
    if row.letter.mailbox:
        return row.letter.mailbox
    if row.route:
        return campaign().home_of(row.path, row.route).mailbox
    home = campaign().paths.get(row.path)
    return home.mailbox if home else ""


def _act(letter_id: int, act: Callable[..., str]) -> BaseResponse:
    letter = letter_by_id(parts().stores, letter_id)
    try:
        flash(act(parts().stores, campaign(), letter, who=me(), now=utc_now()), "success")
    except H5appError as error:
        flash(str(error), "error")
    return redirect(url_for(".letter_page", letter_id=letter_id), code=303)


def _row(letter_id: int) -> ListedLetter:
    """A letter with whom it is about, as the list has it."""
    letter = letter_by_id(parts().stores, letter_id)
    entry = _entry(letter)
    if entry is None:
        return ListedLetter("", "", "", None, letter.path, letter)
    newest = parts().stores.outbox.of_nomination(entry.id)
    return ListedLetter(
        reference=entry.reference,
        name=entry.answers.get("name", ""),
        category=entry.answers.get("category", ""),
        route=entry.route,
        path=entry.path,
        letter=letter,
        is_newest=newest is not None and newest.id == letter.id,
    )


def _entry(letter: QueuedLetter) -> Nomination | None:
    return parts().stores.nominations.get(letter.nomination_id) if letter.nomination_id else None


def _facts(row: ListedLetter) -> list[tuple[str, str]]:
    letter = row.letter
    facts = [
        ("寄到", mailbox_of(row) or "还没有设置报送邮箱"),
        ("开始寄", _when(letter.first_at) if letter.first_at else ""),
        ("写成" if letter.state is LetterState.WRITTEN else "寄出", _when(letter.done_at) if letter.done_at else ""),
        ("下次寄", _when(letter.due_at) if letter.state in _WAITING else ""),
        ("次数", f"{letter.attempts} 次" if letter.attempts else ""),
    ]
    return [(label, text) for label, text in facts if text]


def _message(letter: QueuedLetter, message: Frozen, *, of: int) -> dict[str, Any]:
    opened = open_message(parts().files, message)
    return {
        "label": f"第 {message.part}/{of} 封",
        "subject": opened.subject if opened else "",
        "size": megabytes(message.size_bytes) if message.size_bytes else "",
        "state": message_words(letter, message, campaign()),
        "message_id": message.message_id,
        "enclosures": [(name, megabytes(size)) for name, size in opened.enclosures] if opened else [],
        "url": url_for(".message_file", letter_id=letter.id, part=message.part) if opened else "",
    }


def _plan(row: ListedLetter) -> str:
    """How the letter will be built, where it has still to be; "" where nobody can tell."""
    entry, letter = _entry(row.letter), row.letter
    is_wrong = letter.state in {LetterState.DROPPED, LetterState.SENT} or not row.is_newest
    if entry is None or is_wrong or letter.kind is not LetterKind.ENTRY or entry.status.is_erased:
        return ""
    try:
        return foresee(parts().post, entry, least_parts=letter.least_parts).sentence
    except (H5appError, KeyError):  # its note says what is wrong; KeyError: its path has left the campaign file
        return ""


def _digest_words(row: ListedLetter) -> str:
    if row.letter.state is not LetterState.COLLECTED:
        return ""
    return digest_words(parts().stores, campaign(), row.letter, path=row.path, now=utc_now())


def _carried(letter: QueuedLetter) -> dict[str, str]:
    entry = _entry(letter)
    reference = entry.reference if entry else ""
    return {
        "reference": reference,
        "name": entry.answers.get("name", "") if entry else "",
        "state": letter.state.value,
        "label": letter.state.label,
        "url": _entry_url(reference) if reference else "",
    }


def _history(row: ListedLetter) -> list[dict[str, str]]:
    """What staff did with this entry's mail, newest first."""
    if not row.reference:
        return []
    acts = parts().stores.audit.of(row.reference)
    return [
        {"at": _when(act.at), "who": act.who, "text": f"{act.action}：{act.detail}" if act.detail else act.action}
        for act in acts
        if "邮件" in act.action
    ]


def _entry_url(reference: str) -> str:
    return url_for(".nomination_page", reference=reference)


def _when(moment: datetime) -> str:
    return short_time(campaign().local(moment))
