"""What one entry's page in the console says, as its template reads it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import render_template, url_for

from h5app.documents.fonts import missing_characters
from h5app.documents.rare import description
from h5app.documents.word_template import check_template
from h5app.domain.answers import shown
from h5app.domain.attachment import Slot
from h5app.domain.campaign import local_time, short_time
from h5app.domain.identity import mask_id_number, mask_phone
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import MOVES, Nomination, Origin, Status
from h5app.domain.questions import Kind, Question, Topic, questions_of, topics_of
from h5app.services.packaging import Entry, entry_of
from h5app.services.posting import digest_words
from h5app.storage.letters import QueuedLetter
from h5app.web.context import campaign, parts, utc_now
from h5app.web.forms import RevealForm

# A newspaper wants a long edge of 2000 pixels; the printed portrait has 295 × 413.
_LEAST_PX = {Slot.PORTRAIT: 413, Slot.WORK: 2000, Slot.HONOUR: 0}
_MASKS: dict[Kind, Callable[[str], str]] = {Kind.ID_NUMBER: mask_id_number, Kind.PHONE: mask_phone}
_MOVE_LABELS = {
    Status.ACCEPTED: "通过",
    Status.RETURNED: "退回补正",
    Status.REJECTED: "不符合条件",
    Status.SUBMITTED: "退回待审核",
}


def entry_page(nomination: Nomination, form: RevealForm, *, revealed: bool) -> str:
    """The page of an entry; of one that has ended, what is left of it."""
    if nomination.status.is_erased:
        return _gone_html(nomination)
    found = entry_of(parts().stores, nomination)
    answers = nomination.answers
    kept = parts().channels.remembered(nomination.channel)
    reference = nomination.reference
    own_form = parts().stationery.word_template
    return render_template(
        "admin/nomination.html",
        entry={
            "reference": reference,
            "name": answers["name"],
            "route": nomination.route,
            "status": nomination.status,
            "category": answers["category"],
            "region": answers["region"],
            "channel": kept.channel.name if kept else "",
            "origin": nomination.origin.label if nomination.origin is Origin.MAIL else "",
            "submitted_at": local_time(campaign().local(nomination.submitted_at)),
            "sections": _sections(nomination, revealed=revealed),
            "revision": nomination.revision,
            "revisions": [
                {"revision": past.revision, "at": _when(past.submitted_at)}
                for past in parts().stores.nominations.history(nomination.id)
            ],
            "reason": nomination.reason if nomination.status is Status.RETURNED else "",
            "confirmed_at": _when(nomination.confirmed_at) if nomination.confirmed_at else "",
            "waits": nomination.status is Status.WAITING,
        },
        photos=_photos(found),
        rare=[(char, description(char)) for char in missing_characters("".join(answers.values()), parts().stationery)],
        word_form=check_template(own_form) if own_form else (),
        revealed=revealed,
        reveal_form=form,
        reveal_url=url_for(".reveal_page", reference=reference),
        decide_url=url_for(".decide_entry", reference=reference),
        resend_url=url_for(".resend_letter", reference=reference),
        letter=_letter(nomination),
        letters=_past_letters(nomination),
        moves=[
            {
                "to": to.value,
                "label": _MOVE_LABELS[to],
                "danger": to is Status.REJECTED,
                "is_read_by_person": to is Status.RETURNED,
            }
            for to in MOVES[nomination.status]
        ],
        downloads=[
            {"label": "Word", "url": url_for(".form_file", reference=reference, kind="docx")},
            {"label": "PDF", "url": url_for(".form_file", reference=reference, kind="pdf")},
            {"label": "材料包 ZIP", "url": url_for(".package_file", reference=reference)},
        ],
        history=_history(nomination),
    )


def _gone_html(nomination: Nomination) -> str:
    """What is left of an entry that was taken back: its number, its end, what the mailbox may hold."""
    return render_template(
        "admin/nomination_gone.html",
        entry={
            "reference": nomination.reference,
            "status": nomination.status,
            "route": nomination.route,
            "changed_at": local_time(campaign().local(nomination.changed_at)),
        },
        letter=_letter(nomination),
        letters=_past_letters(nomination),
        resend_url=url_for(".resend_letter", reference=nomination.reference),
        history=_history(nomination),
    )


def _history(nomination: Nomination) -> list[dict[str, str]]:
    """What was done to an entry, newest first; its submission is the first thing and stands in its own row."""
    acts = [
        {"at": _when(act.at), "who": act.who, "text": f"{act.action}：{act.detail}" if act.detail else act.action}
        for act in parts().stores.audit.of(nomination.reference)
    ]
    mailed = nomination.origin is Origin.MAIL and nomination.revision == 1
    submitted = "推荐表由邮件寄来，录入为申报" if mailed else "提交推荐表"
    return [*acts, {"at": _when(nomination.submitted_at), "who": nomination.route.label, "text": submitted}]


def _sections(nomination: Nomination, *, revealed: bool) -> list[dict[str, Any]]:
    sections = []
    for topic in topics_of(nomination.route):
        questions = [q for q in questions_of(nomination.route, topic) if q.name in nomination.answers]
        rows = [_row(question, nomination, revealed=revealed) for question in questions]
        if rows:
            sections.append({"title": topic.heading, "rows": rows, "lead": topic is Topic.STORY})
    return sections


def _row(question: Question, nomination: Nomination, *, revealed: bool) -> dict[str, Any]:
    text = shown(question.name, nomination.answers[question.name])
    mask = _MASKS.get(question.kind)
    hidden = bool(text and mask and not revealed)
    return {"label": question.office_label, "text": mask(text) if mask and hidden else text, "masked": hidden}


def _photos(found: Entry) -> list[dict[str, Any]]:
    reference = found.nomination.reference
    return [
        {
            "slot_label": photo.slot.label,
            "slot": photo.slot.value,
            "url": url_for(".photo_file", reference=reference, attachment_id=photo.id, size="press"),
            "thumb_url": url_for(".photo_file", reference=reference, attachment_id=photo.id, size="mail"),
            "width_px": photo.width_px,
            "height_px": photo.height_px,
            "small": max(photo.width_px, photo.height_px) < _LEAST_PX[photo.slot],
        }
        for photo in found.photos
    ]


def _past_letters(nomination: Nomination) -> list[dict[str, str]]:
    """All but the newest, oldest first."""
    return [
        {
            "name": f"第 {letter.revision} 版" if letter.kind is LetterKind.ENTRY else letter.kind.label,
            "state": letter.state.value,
            "label": letter.state.label,
        }
        for letter in parts().stores.outbox.all_of(nomination.id)[:-1]
    ]


def _letter(nomination: Nomination) -> dict[str, Any] | None:
    """The newest one."""
    letter = parts().stores.outbox.of_nomination(nomination.id)
    if letter is None:
        return None
    messages = parts().stores.outbox.messages(letter.id)
    return {
        "name": letter.kind.label if letter.kind is LetterKind.WITHDRAWAL else f"第 {letter.revision} 版",
        "can_be_resent": letter.state not in {LetterState.DROPPED, LetterState.COLLECTED},
        "url": url_for(".letter_page", letter_id=letter.id),
        "state": letter.state.value,
        "label": letter.state.label,
        "note": _letter_note(nomination, letter),
        "attempts": letter.attempts,
        "due_at": "" if letter.state is LetterState.HELD else _when(letter.due_at),
        "done_at": _when(letter.done_at) if letter.done_at else "",
        "message_id": messages[0].message_id if messages else "",
        "to": campaign().home_of(nomination.path, nomination.route).mailbox,
    }


def _letter_note(nomination: Nomination, letter: QueuedLetter) -> str:
    if letter.state is not LetterState.COLLECTED:
        return letter.note
    return digest_words(parts().stores, campaign(), letter, path=nomination.path, now=utc_now())


def _when(moment: datetime) -> str:
    return short_time(campaign().local(moment))
