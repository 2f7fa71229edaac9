"""Resuming: going on with a draft on another phone, or on one that has forgotten it."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.campaign import short_time
from h5app.domain.errors import NotFoundError, TooManyTriesError
from h5app.domain.nomination import Draft
from h5app.services import resuming
from h5app.web import gate
from h5app.web.context import campaign, parts, utc_now
from h5app.web.forms import ResumeForm
from h5app.web.own import LostDraftError, is_submitted, own_draft
from h5app.web.saving import keep

bp = Blueprint("resuming", __name__)
gate.put_before(bp)

_EXPIRED = "页面停留太久了，请再点一次“接着填”"


@bp.route("/resume", methods=["GET", "POST"])
def resume_page() -> ResponseReturnValue:
    """Code and digits → the draft is this browser's. One that this browser holds already is shown before it is left."""
    form = ResumeForm()
    if not form.validate_on_submit():
        return _html(form)
    try:
        draft = resuming.find(parts().stores, code=form.code.data or "", digits=form.digits.data or "", now=utc_now())
    except NotFoundError as error:
        return _html(form, problem=str(error)), 422
    except TooManyTriesError as error:
        return _html(form, problem=str(error)), 429
    held = own_draft(draft.route)
    if held and held.id != draft.id and not is_submitted(held) and not form.leave.data:
        return render_template("nominate/leave.html", form=form, **_both(held, draft))
    token = resuming.rotate(parts().stores, draft)
    return keep(redirect(url_for("nominate.go_on_page", route=draft.route), code=303), draft.route, token)


def expired_resume() -> str:
    return _html(ResumeForm(), problem=_EXPIRED)


def _html(form: ResumeForm, *, problem: str = "") -> str:
    return render_template("nominate/resume.html", form=form, problem=problem)


def _both(held: Draft, draft: Draft) -> dict[str, object]:
    return {
        "route": draft.route,
        "held": {
            "name": held.answers.get("name", ""),
            "saved_at": short_time(campaign().local(held.saved_at)),
            "code": resuming.resume_code(held),
        },
        "found_name": draft.answers.get("name", ""),
        "here_url": url_for("nominate.go_on_page", route=held.route),
    }


def lost_page(error: LostDraftError) -> str:
    """What this browser says where a draft is needed and it opens none."""
    fresh_url = url_for("units.another", route=error.route)
    return render_template("nominate/lost.html", message=str(error), fresh_url=fresh_url)
