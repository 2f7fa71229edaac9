"""The mail ledger: where every letter stands, what staff must look at, and stopping and going on."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.campaign import local_time, short_time
from h5app.domain.errors import H5appError
from h5app.domain.letter import LetterKind, LetterState
from h5app.services.posting import digest_words, pause, resume, send_written
from h5app.storage.letters import ALARM, ListedLetter
from h5app.web.admin.console import bp, me
from h5app.web.admin.letter_page import can_be_sent_again, can_be_split, mailbox_of, subject_of
from h5app.web.admin.paging import page_of
from h5app.web.context import campaign, parts, utc_now

PER_PAGE = 50
_WRITTEN_TO_FILES = (
    "还没有设置发件邮箱（H5APP_SMTP_URL），信件先写成 .eml 文件，不会寄给任何人。设好以后，在这里点“全部寄出”就一起寄。"
)
_ONLY_WRITTEN = "那时还没有设置发件邮箱，只写成了文件。要寄，请点“重发”"
_BY_SERVER = "信件由设置好的发件邮箱自动寄出。"


@bp.context_processor
def alarms() -> dict[str, int]:
    """How many letters need staff, for the navigation."""
    return {"mail_alarms": parts().stores.outbox.count_alarms()}


@bp.get("/mail")
def mail_page() -> str:
    outbox = parts().stores.outbox
    state = request.args.get("state", "")
    counts = outbox.counts()
    page = page_of(
        _total(state, counts),
        per_page=PER_PAGE,
        load=lambda limit, offset: [_line(row) for row in outbox.page(state=state, limit=limit, offset=offset)],
    )
    return render_template(
        "admin/mail.html",
        counts=[_count(each, counts.get(each, 0), current=state) for each in LetterState],
        paused=_paused(),
        waiting=_waiting(counts),
        mailer=_BY_SERVER if parts().post.needs_mailbox else _WRITTEN_TO_FILES,
        no_mailbox=[path.name for path in campaign().paths.values() if path.routes and not path.mailbox],
        is_sent_by_itself=parts().post.needs_mailbox,
        chosen=state,
        alarm_url=url_for(".mail_page", state=ALARM),
        all_url=url_for(".mail_page"),
        written=len(outbox.only_written()) if parts().post.needs_mailbox else 0,
        written_url=url_for(".send_written_mail"),
        pause_url=url_for(".pause_mail"),
        resume_url=url_for(".resume_mail"),
        letters=page,
        page_url=lambda number: url_for(".mail_page", state=state or None, page=number),
    )


@bp.post("/mail/written")
def send_written_mail() -> BaseResponse:
    queued = send_written(parts().stores, who=me(), now=utc_now())
    flash(f"{queued} 封已排队，会一封接一封寄出" if queued else "没有只写成文件的信了", "success")
    return redirect(url_for(".mail_page"), code=303)


@bp.post("/mail/pause")
def pause_mail() -> BaseResponse:
    pause(parts().stores, campaign(), who=me(), note=request.form.get("note", ""), now=utc_now())
    flash("已暂停，信件都排着队，不会丢。要继续，点“继续寄出”", "success")
    return redirect(url_for(".mail_page"), code=303)


@bp.post("/mail/resume")
def resume_mail() -> BaseResponse:
    try:
        resume(parts().stores, who=me(), now=utc_now())
        flash("已继续寄出", "success")
    except H5appError as error:
        flash(str(error), "error")
    return redirect(url_for(".mail_page"), code=303)


def _total(state: str, counts: dict[LetterState, int]) -> int:
    if state == ALARM:
        return parts().stores.outbox.count_alarms()
    return counts.get(LetterState(state), 0) if state in set(LetterState) else sum(counts.values())


def _waiting(counts: dict[LetterState, int]) -> int:
    """How many letters a pause keeps back, now or at the hour of their digest."""
    return sum(counts.get(each, 0) for each in (LetterState.QUEUED, LetterState.COLLECTED, LetterState.UNKNOWN))


def _count(state: LetterState, count: int, *, current: str) -> dict[str, Any]:
    chosen = state.value == current
    url = url_for(".mail_page") if chosen else url_for(".mail_page", state=state.value)
    return {"state": state.value, "label": state.label, "count": count, "url": url, "current": chosen}


def _paused() -> str:
    pause = parts().stores.pauses.now(now=utc_now())
    if pause is None:
        return ""
    return f"暂停到 {local_time(campaign().local(pause.until))}。{pause.note}" if pause.until else pause.note


def _line(row: ListedLetter) -> dict[str, Any]:
    letter = row.letter
    waits_for_digest = letter.state is LetterState.COLLECTED
    return {
        "reference": row.reference,
        "name": row.name or ("（已删除）" if row.route else letter.kind.label),
        "to": mailbox_of(row),
        "subject": subject_of(letter, row),
        "kind": _kind(row),
        "state": letter.state.value,
        "label": letter.state.label,
        "note": _note(row),
        "attempts": letter.attempts,
        "when": "" if waits_for_digest else short_time(campaign().local(letter.done_at or letter.due_at)),
        "url": url_for(".letter_page", letter_id=letter.id),
        "entry_url": url_for(".nomination_page", reference=row.reference) if row.reference else "",
        "resend_url": url_for(".resend_one", letter_id=letter.id) if can_be_sent_again(row) else "",
        "split_url": url_for(".split_one", letter_id=letter.id) if can_be_split(row) else "",
    }


def _note(row: ListedLetter) -> str:
    """What the row has to say for itself; what is so of every row stands above the list."""
    letter = row.letter
    if letter.state is LetterState.COLLECTED:
        return digest_words(parts().stores, campaign(), letter, path=row.path, now=utc_now())
    waits_for_mailbox = letter.state is LetterState.QUEUED and letter.alarm and not mailbox_of(row)
    if letter.state is LetterState.WRITTEN:
        return _ONLY_WRITTEN if parts().post.needs_mailbox else ""
    return "" if waits_for_mailbox else letter.note


def _kind(row: ListedLetter) -> str:
    """What to tell a letter apart by, where an entry has several."""
    if row.letter.kind is LetterKind.WITHDRAWAL:
        return row.letter.kind.label
    return f"第 {row.letter.revision} 版" if row.letter.revision > 1 else ""
