"""Not yet: why somebody cannot be nominated now, what to do about it, and that his draft waits for him."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.answers import check_answers
from h5app.domain.nomination import DRAFT_LIFE, Route
from h5app.domain.questions import Topic
from h5app.web import gate
from h5app.web.context import terms
from h5app.web.own import is_submitted, needed_draft
from h5app.web.steps import FORM, topic_url

bp = Blueprint("eligibility", __name__)
gate.put_before(bp)


@bp.get(f"{FORM}/not-yet")
def not_yet_page(route: str) -> ResponseReturnValue:
    way = Route(route)
    draft = needed_draft(way)
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=way), code=303)
    barred = check_answers(draft.answers, terms(way), Topic.ELIGIBILITY).barred
    if not barred:
        return redirect(topic_url(way, Topic.ELIGIBILITY), code=303)
    return render_template(
        "nominate/not_yet.html",
        route=way,
        barred=barred,
        keeps_days=DRAFT_LIFE.days,
        change_url=topic_url(way, Topic.ELIGIBILITY),
    )
