"""Entries in the console: the list, one entry with its photos, decisions and downloads."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.documents.fonts import missing_characters
from h5app.domain.answers import shown
from h5app.domain.attachment import Slot
from h5app.domain.campaign import local_time, short_time
from h5app.domain.errors import ConflictError, H5appError, InvalidAnswerError, NotFoundError
from h5app.domain.identity import mask_id_number, mask_phone
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import MOVES, Nomination, Route, Status
from h5app.domain.questions import Kind, Question, Topic, questions_of, topics_of
from h5app.domain.text import clean_text
from h5app.services.exporting import entries_table
from h5app.services.packaging import Entry, entry_of, form_files, package_name, package_of
from h5app.services.reviewing import CHANGED, decide, entry, note_download, resend, reveal
from h5app.storage.nominations import Listed, Search
from h5app.web.admin.console import bp, me
from h5app.web.admin.paging import Page, page_of
from h5app.web.admin.waiting import confirm_days, count_overdue
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download
from h5app.web.forms import DecideForm, RevealForm

PER_PAGE = 50
_TELL_HIM = "。请打电话告诉本人：凭受理编号和手机号，在手机上就能看到原因，改好再交"
_CONDITIONS = ("route", "category", "region", "status", "mail")
# A newspaper wants a long edge of 2000 pixels; the printed portrait has 295 × 413.
_LEAST_PX = {Slot.PORTRAIT: 413, Slot.WORK: 2000, Slot.HONOUR: 0}
_MASKS: dict[Kind, Callable[[str], str]] = {Kind.ID_NUMBER: mask_id_number, Kind.PHONE: mask_phone}


@bp.get("/")
def home() -> BaseResponse:
    return redirect(url_for(".nominations_page"), code=303)


@bp.get("/nominations")
def nominations_page() -> str:
    search = _search()
    nominations = parts().stores.nominations
    page: Page = page_of(
        nominations.count(search),
        per_page=PER_PAGE,
        load=lambda limit, offset: [_line(row) for row in nominations.page(search, limit=limit, offset=offset)],
    )
    return render_template(
        "admin/nominations.html",
        page=page,
        q=search.words,
        applied=search != Search(),
        filters=_filters(search),
        waiting=count_overdue(),
        confirm_days=confirm_days(),
        page_url=lambda number: url_for(".nominations_page", page=number, **_without_page()),
        xlsx_url=url_for(".nominations_xlsx", **_without_page()),
    )


@bp.post("/nominations")
def search_entries() -> BaseResponse:
    """Take the conditions; words may be a name, so they go into the session and never into an address."""
    session["words"] = clean_text(request.form.get("q", ""))[:60]
    chosen = {name: request.form.get(name, "") for name in _CONDITIONS}
    given: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return redirect(url_for(".nominations_page", **given), code=303)


@bp.get("/nominations.xlsx")
def nominations_xlsx() -> Response:
    table = entries_table(parts().stores, campaign(), _search())
    note_download(parts().stores, "", "汇总表格", who=me(), now=utc_now())
    day = f"{campaign().local(utc_now()):%Y%m%d}"
    return download(table, f"推荐汇总_{day}.xlsx")


@bp.get("/nominations/<reference>")
def nomination_page(reference: str) -> str:
    return _html(entry(parts().stores, reference), RevealForm(), revealed=False)


@bp.post("/nominations/<reference>/reveal")
def reveal_page(reference: str) -> ResponseReturnValue:
    nomination, form = _entry(reference).nomination, RevealForm()
    try:
        reveal(parts().stores, nomination, who=me(), reason=form.reason.data or "", now=utc_now())
    except InvalidAnswerError as error:
        form.reason.errors = [str(error)]
        return _html(nomination, form, revealed=False), 422
    return _html(nomination, form, revealed=True)


@bp.post("/nominations/<reference>/decide")
def decide_entry(reference: str) -> BaseResponse:
    nomination, form = entry(parts().stores, reference), DecideForm()
    try:
        was, to = Status(form.was.data or ""), Status(form.to.data or "")
        if form.revision.data != str(nomination.revision):
            raise ConflictError(CHANGED)
        decide(parts().stores, nomination, was=was, to=to, who=me(), reason=form.reason.data or "", now=utc_now())
        flash(f"{_called(nomination)}：已标为“{to.label}”{_TELL_HIM if to is Status.RETURNED else ''}", "success")
    except ValueError:
        flash("没有这种处理，请刷新页面再试", "error")
    except H5appError as error:
        flash(str(error), "error")
    return _back(reference)


@bp.post("/nominations/<reference>/resend")
def resend_letter(reference: str) -> BaseResponse:
    nomination = entry(parts().stores, reference)
    try:
        resend(parts().stores, nomination, who=me(), now=utc_now())
        flash(f"{_called(nomination)}：已排队，马上重发", "success")
    except H5appError as error:
        flash(str(error), "error")
    return _back(reference)


@bp.get("/nominations/<reference>/<any(docx, pdf):kind>")
def form_file(reference: str, kind: str) -> Response:
    word, pdf = form_files(_entry(reference), campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, f"推荐表（{kind}）", who=me(), now=utc_now())
    file = word if kind == "docx" else pdf
    return download(file.data, file.name)


@bp.get("/nominations/<reference>/zip")
def package_file(reference: str) -> Response:
    found = _entry(reference)
    package = package_of(found, campaign(), parts().files, parts().stationery)
    note_download(parts().stores, reference, "材料包", who=me(), now=utc_now())
    return download(package, f"{package_name(found.nomination, campaign())}.zip")


@bp.get("/nominations/<reference>/photos/<attachment_id>/<any(press, mail):size>.jpg")
def photo_file(reference: str, attachment_id: str, size: str) -> Response:
    for photo in _entry(reference).photos:
        if photo.id == attachment_id:
            name = photo.press_file if size == "press" else photo.mail_file
            return Response(parts().files.get(name), mimetype="image/jpeg")
    raise NotFoundError("没有这张照片")


def _entry(reference: str) -> Entry:
    """An entry of which there is something to see."""
    nomination = entry(parts().stores, reference)
    if nomination.status.is_erased:
        raise NotFoundError(f"这份推荐表{nomination.status.label}，资料已经删除，没有可以下载的")
    return entry_of(parts().stores, nomination)


def _called(nomination: Nomination) -> str:
    """Whom a sentence is about."""
    return nomination.answers.get("name") or nomination.reference


def _back(reference: str) -> BaseResponse:
    return redirect(url_for(".nomination_page", reference=reference), code=303)


def _search() -> Search:
    wanted = {name: request.args.get(name, "") for name in _CONDITIONS}
    return Search(words=session.get("words", ""), **wanted)


def _without_page() -> dict[str, Any]:
    return {name: value for name, value in request.args.items() if name != "page" and value}


def _filters(search: Search) -> list[dict[str, Any]]:
    """The selects above the list; "" stands for all."""
    offered: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("route", "推荐方式", [(route.value, route.label) for route in Route]),
        ("category", "类别", [(name, name) for name in campaign().categories]),
        ("region", "地区", [(name, name) for name in campaign().regions]),
        ("status", "审核状态", [(status.value, status.label) for status in Status]),
        ("mail", "邮件", [(state.value, state.label) for state in LetterState]),
    ]
    return [
        {"name": name, "label": label, "value": getattr(search, name), "choices": [("", "全部"), *choices]}
        for name, label, choices in offered
    ]


def _line(row: Listed) -> dict[str, Any]:
    return {
        **vars(row),
        "name": row.name or "（已删除）",
        "submitted_at": _when(row.submitted_at),
        "mail_state": row.mail_state.value if row.mail_state else "",
        "mail_label": row.mail_state.label if row.mail_state else "不寄",
        "url": url_for(".nomination_page", reference=row.reference),
    }


def _when(moment: datetime) -> str:
    return short_time(campaign().local(moment))


def _html(nomination: Nomination, form: RevealForm, *, revealed: bool) -> str:
    if nomination.status.is_erased:
        return _gone_html(nomination)
    found = entry_of(parts().stores, nomination)
    answers = nomination.answers
    channel = parts().press.book.channel(nomination.channel)
    reference = nomination.reference
    return render_template(
        "admin/nomination.html",
        entry={
            "reference": reference,
            "name": answers["name"],
            "route": nomination.route,
            "status": nomination.status,
            "category": answers["category"],
            "region": answers["region"],
            "channel": channel.name if channel else "",
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
        rare=[(char, f"U+{ord(char):04X}") for char in missing_characters("".join(answers.values()))],
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
    return [*acts, {"at": _when(nomination.submitted_at), "who": nomination.route.label, "text": "提交推荐表"}]


_MOVE_LABELS = {
    Status.ACCEPTED: "通过",
    Status.RETURNED: "退回补正",
    Status.REJECTED: "不符合条件",
    Status.SUBMITTED: "退回待审核",
}


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
        "is_dropped": letter.state is LetterState.DROPPED,
        "state": letter.state.value,
        "label": letter.state.label,
        "note": letter.note,
        "attempts": letter.attempts,
        "due_at": "" if letter.state is LetterState.HELD else _when(letter.due_at),
        "sent_at": _when(letter.sent_at) if letter.sent_at else "",
        "message_id": messages[0].message_id if messages else "",
        "to": campaign().home_of(nomination.path, nomination.route).mailbox,
    }
