"""The mail ledger: every entry's letter, where it stands, and sending it again."""

from typing import Any

from flask import render_template, request, url_for

from h5app.domain.campaign import local_time, short_time
from h5app.domain.letter import LetterKind, LetterState, subject_line, withdrawal_line
from h5app.storage.outbox import ListedLetter
from h5app.web.admin.console import bp
from h5app.web.admin.paging import page_of
from h5app.web.context import campaign, parts, utc_now

PER_PAGE = 50
_WRITTEN_TO_FILES = "还没有设置发件邮箱（H5APP_SMTP_URL），信件先写成 .eml 文件，不会寄给任何人。"
_BY_SERVER = "信件由设置好的发件邮箱自动寄出。"


@bp.get("/mail")
def mail_page() -> str:
    outbox = parts().stores.outbox
    state = request.args.get("state", "")
    counts = outbox.counts()
    total = counts.get(LetterState(state), 0) if state in set(LetterState) else sum(counts.values())
    page = page_of(
        total,
        per_page=PER_PAGE,
        load=lambda limit, offset: [_line(row) for row in outbox.page(state=state, limit=limit, offset=offset)],
    )
    return render_template(
        "admin/mail.html",
        counts=[_count(each, counts.get(each, 0), current=state) for each in LetterState],
        paused=_paused(),
        mailer=_BY_SERVER if parts().post.needs_mailbox else _WRITTEN_TO_FILES,
        letters=page,
        page_url=lambda number: url_for(".mail_page", state=state or None, page=number),
    )


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
    return {
        "reference": row.reference,
        "name": row.name or "（已删除）",
        "to": _mailbox(row),
        "subject": _subject(row),
        "kind": _kind(row),
        "state": letter.state.value,
        "label": letter.state.label,
        "note": letter.note,
        "attempts": letter.attempts,
        "when": short_time(campaign().local(letter.sent_at or letter.due_at)),
        "url": url_for(".nomination_page", reference=row.reference) if row.reference else "",
        # Sending again means an entry's newest letter; what has become wrong is sent by nobody.
        "resend_url": url_for(".resend_letter", reference=row.reference)
        if row.reference and row.is_newest and letter.state is not LetterState.DROPPED
        else "",
    }


def _mailbox(row: ListedLetter) -> str:
    if row.letter.mailbox or row.route is None:
        return row.letter.mailbox
    return campaign().home_of(row.path, row.route).mailbox


def _kind(row: ListedLetter) -> str:
    """What to tell a letter apart by, where an entry has several."""
    if row.letter.kind is LetterKind.WITHDRAWAL:
        return row.letter.kind.label
    return f"第 {row.letter.revision} 版" if row.letter.revision > 1 else ""


def _subject(row: ListedLetter) -> str:
    if row.route is None:
        return f"{row.letter.kind.label} {row.letter.day}"
    if row.letter.kind is LetterKind.WITHDRAWAL:
        return withdrawal_line(route=row.route, reference=row.reference)
    if not row.name:
        return "内容已随推荐表删除"
    return subject_line(route=row.route, name=row.name, category=row.category, reference=row.reference)
