"""One entry in the console: shown, revealed, decided on, mailed again."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.errors import ConflictError, H5appError, InvalidAnswerError
from h5app.domain.nomination import Nomination, Status
from h5app.services.posting import newest_letter, resend
from h5app.services.reviewing import CHANGED, decide, entry, present, reveal
from h5app.web.admin.console import bp, me
from h5app.web.admin.entry_page import entry_page
from h5app.web.context import parts, utc_now
from h5app.web.forms import DecideForm, RevealForm

_TELL_HIM = "。请打电话告诉本人：凭受理编号和手机号，在手机上就能看到原因，改好再交"


@bp.get("/nominations/<reference>")
def nomination_page(reference: str) -> str:
    return entry_page(entry(parts().stores, reference), RevealForm(), revealed=False)


@bp.post("/nominations/<reference>/reveal")
def reveal_page(reference: str) -> ResponseReturnValue:
    nomination, form = present(parts().stores, reference), RevealForm()
    try:
        reveal(parts().stores, nomination, who=me(), reason=form.reason.data or "", now=utc_now())
    except InvalidAnswerError as error:
        form.reason.errors = [str(error)]
        return entry_page(nomination, form, revealed=False), 422
    return entry_page(nomination, form, revealed=True)


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
        letter = newest_letter(parts().stores, nomination)
        told = resend(parts().stores, parts().campaign, letter, who=me(), now=utc_now())
        flash(f"{_called(nomination)}：{told}", "success")
    except H5appError as error:
        flash(str(error), "error")
    return _back(reference)


def _called(nomination: Nomination) -> str:
    """Whom a sentence is about."""
    return nomination.answers.get("name") or nomination.reference


def _back(reference: str) -> BaseResponse:
    return redirect(url_for(".nomination_page", reference=reference), code=303)
