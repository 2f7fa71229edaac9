"""The status page: number and telephone open an entry for half an hour; to see, correct, take it back.

Rule: nothing personal stands in an address, and nothing is shown without the grant in the signed session.
"""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.documents.pictures import PAGE_HEIGHT_PX, PAGE_WIDTH_PX
from h5app.domain.answers import shown
from h5app.domain.attachment import Attachment
from h5app.domain.campaign import local_time, short_time
from h5app.domain.correcting import check_may_correct, corrects_until
from h5app.domain.errors import ConflictError, InvalidAnswersError, NotFoundError, PathClosedError, TooManyTriesError
from h5app.domain.nomination import Draft, Route, Status
from h5app.domain.questions import Kind, Question, Topic, questions_of, topics_of
from h5app.domain.visiting import Role, end_by, route_of_correction
from h5app.services.packaging import Entry, entry_of, form_files
from h5app.services.resuming import resume_code
from h5app.services.revisiting import Visitor, correct, find
from h5app.services.showing import page_pictures
from h5app.services.withdrawing import withdraw
from h5app.web import grants
from h5app.web.confirming import nominee_link
from h5app.web.context import campaign, drop_cookie, parts, utc_now
from h5app.web.download import download
from h5app.web.forms import StatusForm
from h5app.web.own import draft_cookie, is_submitted, own_draft
from h5app.web.papers import in_wechat
from h5app.web.saving import keep
from h5app.web.states import said_of
from h5app.web.units import units_own

bp = Blueprint("status", __name__, url_prefix="/status")

_GRANT = "grant"
_SINCE = {
    "receipt": "这台手机上打不开那份回执了。输入受理编号和手机号，就能看到现在的情况。",
    "over": "为了安全，半小时后要再输一次。",
}


@bp.route("", methods=["GET", "POST"])
def ask_page() -> ResponseReturnValue:
    form = StatusForm()
    if not form.validate_on_submit():
        return _ask_html(form)
    try:
        visitor = find(parts().stores, reference=form.reference.data or "", phone=form.phone.data or "", now=utc_now())
    except InvalidAnswersError as error:
        return _ask_html(form, problems=error.problems), 422
    except NotFoundError as error:
        return _ask_html(form, problem=str(error)), 422
    except TooManyTriesError as error:
        return _ask_html(form, problem=str(error)), 429
    grants.give(_GRANT, visitor.entry.id, visitor.role.value)
    return redirect(url_for(".entry_page"), code=303)


def ask_again() -> str:
    """The form as it was filled, whatever was posted to it."""
    return _ask_html(StatusForm())


@bp.post("/end")
def end() -> BaseResponse:
    """Nothing of the entry opens in this browser any more; a correction begun in it goes on by its code."""
    entry_id, *_role = grants.end(_GRANT) or (0,)
    response = redirect(url_for("nominate.landing"), code=303)
    for held in filter(None, map(own_draft, Route)):
        if held.corrects == entry_id and not is_submitted(held):
            drop_cookie(response, draft_cookie(held.route))
    return response


@bp.get("/entry")
def entry_page() -> ResponseReturnValue:
    visitor = _visitor()
    if visitor is None:
        return _over()
    entry, rights = visitor.entry, visitor.rights
    found = entry_of(parts().stores, entry) if rights.reads else None
    return render_template(
        "status/entry.html",
        entry=entry,
        said=said_of(entry, campaign(), role=visitor.role),
        is_nominee=visitor.role is Role.NOMINEE,
        moments=_moments(visitor),
        rights=rights,
        reason=entry.reason if entry.status is Status.RETURNED and rights.corrects else "",
        unit_lines=units_own(entry) if visitor.role is Role.NOMINATOR else [],
        nominee_link=nominee_link(entry) if visitor.role is Role.NOMINATOR else None,
        correcting=_correcting(visitor),
        sections=_sections(visitor) if rights.reads else [],
        photos=[_photo(photo) for photo in found.photos] if found else [],
        end_word="谢绝" if end_by(entry, visitor.role) is Status.DECLINED else "撤回",
    )


@bp.post("/correct")
def correct_entry() -> BaseResponse:
    """A draft with all of the entry, opened at the check page; the one begun in this browser if there is one."""
    visitor = _visitor()
    if visitor is None:
        return _over()
    route = route_of_correction(visitor.entry, visitor.role)
    check_url = url_for("nominate.check_page", route=route)
    if _begun(visitor, own_draft(route)):
        return redirect(check_url, code=303)
    _draft, token = correct(parts().stores, parts().files, visitor, campaign=campaign(), now=utc_now())
    return keep(redirect(check_url, code=303), route, token)


@bp.route("/withdraw", methods=["GET", "POST"])
def withdraw_page() -> ResponseReturnValue:
    visitor = _visitor()
    if visitor is None:
        return _over()
    if not visitor.rights.withdraws:
        return redirect(url_for(".entry_page"), code=303)
    if request.method == "POST":
        withdraw(parts().stores, parts().files, visitor, now=utc_now())
        return redirect(url_for(".entry_page"), code=303)
    letters = parts().stores.outbox.all_of(visitor.entry.id)
    return render_template(
        "status/withdraw.html",
        entry=visitor.entry,
        declines=end_by(visitor.entry, visitor.role) is Status.DECLINED,
        was_mailed=any(letter.may_have_left for letter in letters),
    )


@bp.get("/paper")
def paper_page() -> ResponseReturnValue:
    visitor = _visitor()
    if visitor is None:
        return _over()
    count = len(page_pictures(_readable(visitor), campaign(), parts().files, parts().stationery))
    return render_template(
        "status/paper.html",
        pages=[
            {
                "url": url_for(".paper_picture", number=number),
                "width_px": PAGE_WIDTH_PX,
                "height_px": PAGE_HEIGHT_PX,
                "alt": f"{visitor.entry.answers['name']}的推荐表，第 {number} 页，共 {count} 页",
            }
            for number in range(1, count + 1)
        ],
        word_url=url_for(".paper_file", kind="docx"),
        pdf_url=url_for(".paper_file", kind="pdf"),
        in_wechat=in_wechat(),
    )


@bp.get("/paper-<int:number>.png")
def paper_picture(number: int) -> Response:
    pages = page_pictures(_readable(_visitor()), campaign(), parts().files, parts().stationery)
    if not 1 <= number <= len(pages):
        raise NotFoundError("推荐表没有这一页")
    return Response(pages[number - 1], mimetype="image/png")


@bp.get("/paper.<any(docx, pdf):kind>")
def paper_file(kind: str) -> Response:
    word, pdf = form_files(_readable(_visitor()), campaign(), parts().files, parts().stationery)
    file = word if kind == "docx" else pdf
    return download(file.data, file.name)


@bp.get("/photos/<attachment_id>.jpg")
def photo(attachment_id: str) -> Response:
    for each in _readable(_visitor()).photos:
        if each.id == attachment_id:
            return Response(parts().files.get(each.thumb_file or each.mail_file), mimetype="image/jpeg")
    raise NotFoundError("没有这张照片")


def _visitor() -> Visitor | None:
    """Whom the session lets in, with the entry as it is now; None for everybody else."""
    granted = grants.held(_GRANT)
    if not granted:
        return None
    entry_id, role = granted
    entry = parts().stores.nominations.get(entry_id)
    return Visitor(entry, Role(role)) if entry else None


def _over() -> BaseResponse:
    return redirect(url_for(".ask_page", since="over" if grants.was_given(_GRANT) else None), code=303)


def _readable(visitor: Visitor | None) -> Entry:
    if visitor is None or not visitor.rights.reads:
        raise NotFoundError("这份推荐表要先输入受理编号和手机号才能看")
    return entry_of(parts().stores, visitor.entry)


def _ask_html(form: StatusForm, *, problem: str = "", problems: dict[str, str] | None = None) -> str:
    problems = problems or {}
    return render_template(
        "status/ask.html",
        form=form,
        reference=form.reference.data or _own_reference(),
        problems=problems | ({"reference": problem} if problem else {}),
        summary=[("reference", problem)] if problem else list(problems.items()),
        since=_SINCE.get(request.args.get("since", ""), ""),
    )


def _own_reference() -> str:
    """The number of what was sent last from this browser, so that its owner need not copy it."""
    drafts = [draft for draft in map(own_draft, Route) if draft and is_submitted(draft)]
    entries = filter(None, (parts().stores.nominations.by_draft(draft.id) for draft in drafts))
    return max(((entry.submitted_at, entry.reference) for entry in entries), default=(None, ""))[1]


def _moments(visitor: Visitor) -> list[tuple[str, str]]:
    """What happened when, as far as it is this visitor's business."""
    entry = visitor.entry
    moments = [("提交" if entry.revision == 1 else "最近一次提交", entry.submitted_at)]
    if entry.changed_at != entry.submitted_at:
        moments.append((entry.status.label, entry.changed_at))
    if entry.status.is_erased:
        moments = moments[1:] or [(entry.status.label, entry.changed_at)]
    return [(word, local_time(campaign().local(at))) for word, at in moments]


def _correcting(visitor: Visitor) -> dict[str, Any]:
    """Whether and until when the entry may be corrected, in words, and what this browser would leave behind."""
    entry = visitor.entry
    path = campaign().home_of(entry.path, entry.route)
    if not visitor.rights.corrects:
        return {"may": False, "why_not": ""}
    try:
        check_may_correct(entry, path, now=utc_now())
    except (ConflictError, PathClosedError) as error:
        return {"may": False, "why_not": str(error)}
    until = corrects_until(entry, path)
    held = own_draft(route_of_correction(entry, visitor.role))
    begun = _begun(visitor, held)
    return {
        "may": True,
        "until": short_time(campaign().local(until)) if until else "",
        "begun": begun,
        "code": resume_code(held) if held and begun else "",
        "leaving": _leaving(held) if held and not begun and not is_submitted(held) else None,
    }


def _begun(visitor: Visitor, held: Draft | None) -> bool:
    """Whether what this browser holds is a correction of this very revision, not yet sent."""
    entry = visitor.entry
    if held is None or held.corrects != entry.id or is_submitted(held):
        return False
    return held.revision == entry.revision + 1 or entry.status is Status.WAITING


def _leaving(held: Draft) -> dict[str, str]:
    return {"name": held.answers.get("name", ""), "code": resume_code(held)}


def _sections(visitor: Visitor) -> list[dict[str, Any]]:
    entry = visitor.entry
    sections = []
    for topic in topics_of(entry.route):
        rows = [
            {"label": question.office_label, "text": shown(question.name, entry.answers.get(question.name, ""))}
            for question in questions_of(entry.route, topic)
            if _is_shown(question, visitor.role)
        ]
        rows = [row for row in rows if row["text"]]
        if rows:
            sections.append({"heading": topic.heading, "rows": rows})
    return sections


def _is_shown(question: Question, role: Role) -> bool:
    """The telephone of whoever nominated is his own business, and what was agreed to is not read again here."""
    nominators_phone = question.topic is Topic.NOMINATOR and question.kind is Kind.PHONE and role is Role.NOMINEE
    return question.kind is not Kind.AGREEMENT and not nominators_phone


def _photo(attachment: Attachment) -> dict[str, Any]:
    return {
        "label": attachment.slot.label,
        "slot": attachment.slot.value,
        "url": url_for(".photo", attachment_id=attachment.id),
        "width_px": attachment.width_px,
        "height_px": attachment.height_px,
    }
