"""From the unit's desk to the worker's phone: he scans a code, ticks what he agrees to, and sends his photos.

He sees his own name, his unit's, the boxes and the photos of this one draft, and nothing else of it. Opening the
link changes nothing (S30); it dies when the draft is submitted.
"""

from collections.abc import Mapping
from types import MappingProxyType

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.answers import check_answers
from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic, questions_of, topics_of
from h5app.domain.writing import WrittenElsewhereError
from h5app.services.drafting import save
from h5app.services.handing import arrived
from h5app.services.linking import HandedInError, linked_draft, worker_token
from h5app.services.showing import code_or_none, worker_card
from h5app.web import gate
from h5app.web.context import campaign, parts, set_cookie, terms, topics, utc_now
from h5app.web.look import look_class
from h5app.web.own import HAND_COOKIE, WORKER, is_submitted, needed_draft, seated_draft
from h5app.web.saving import elsewhere_sentences, go_on, new_sheet, posted_sheet, too_late
from h5app.web.security import csrf_token
from h5app.web.steps import clock, topic_url
from h5app.web.topics import Drawing

bp = Blueprint("handing", __name__)
gate.put_before(bp)

_LINK = "/h/<token>"
_PAGE = f"/apply/{WORKER}"
_DAY_S = 24 * 3600
_NO_PROBLEMS: Mapping[str, str] = MappingProxyType({})


# The worker's phone


@bp.get(_LINK)
def link_page(token: str) -> str:
    """Who asks for what; nothing is begun by looking."""
    draft = linked_draft(parts().stores, token)
    return render_template("nominate/handed.html", **_names(draft))


@bp.post(_LINK)
def take_up(token: str) -> BaseResponse:
    """Let this phone give photos and agreement to the draft, for a day at most."""
    linked_draft(parts().stores, token)
    response = redirect(url_for(".worker_page"), code=303)
    set_cookie(response, HAND_COOKIE, token, max_age_s=_DAY_S)
    return response


@bp.get(_PAGE)
def worker_page() -> str:
    """What is done with his data, and the boxes."""
    draft = seated_draft(WORKER)
    return _consent_html(draft, draft.answers)


@bp.post(_PAGE)
def agree() -> ResponseReturnValue:
    try:
        draft = _store()
    except WrittenElsewhereError as error:
        return _consent_html(error.draft, error.draft.answers, problems=elsewhere_sentences(error)), 409
    problems = check_answers(draft.answers, terms(draft.route), Topic.CONSENT).problems
    if problems:
        return _consent_html(draft, draft.answers, problems=problems), 422
    return go_on(url_for("photos.photos_page", route=WORKER))


@bp.post(f"{_PAGE}/save")
def save_ticks() -> ResponseReturnValue:
    """Keep the boxes as they are being ticked; the page calls it."""
    try:
        draft = _store()
    except WrittenElsewhereError as error:
        return jsonify(message=str(error), label="看最新的", url=url_for(".worker_page")), 409
    return jsonify(saved_at=clock(draft), code="", closed=too_late(draft))


@bp.get(f"{_PAGE}/done")
def done_page() -> str:
    draft = seated_draft(WORKER)
    state = arrived(parts().stores, draft, terms(draft.route))
    return render_template("nominate/handed_done.html", **_names(draft), state=state)


def handed_in_page(error: HandedInError) -> str:
    """The link after the unit has submitted: nothing to do here any more, and where to look instead."""
    over = (
        "这份推荐表已经提交",
        "您的单位已经把它交给工会，这个链接用完了。有下面的编号和您的手机号，就能看进度、改推荐表。",
    )
    return render_template("nominate/link_over.html", entry=error.entry, over=over)


# The unit's desk


@bp.get("/apply/unit/hand")
def hand_page() -> ResponseReturnValue:
    """The code for the worker, and what has come from him."""
    draft = needed_draft(Route.UNIT)
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=draft.route), code=303)
    address = _address(draft)
    return render_template(
        "nominate/hand.html",
        **_names(draft),
        address=address,
        code=code_or_none(address),
        picture_url=url_for(".card"),
        go_on_url=_desk_goes_on(draft),
        state=arrived(parts().stores, draft, terms(draft.route)),
    )


@bp.get("/apply/unit/hand/arrived")
def arrived_part() -> str:
    """What has come, alone: the page's script asks for it every few seconds."""
    draft = needed_draft(Route.UNIT)
    return render_template("nominate/_arrived.html", state=arrived(parts().stores, draft, terms(draft.route)))


@bp.get("/apply/unit/hand/card.png")
def card() -> Response:
    """The link as a picture to scan from the screen, or to pass on."""
    draft = needed_draft(Route.UNIT)
    names = _names(draft)
    picture = worker_card(
        campaign(), unit=names["unit"] or "您的单位", name=names["name"] or "您好", url=_address(draft)
    )
    return Response(picture, mimetype="image/png")


def _store() -> Draft:
    draft = seated_draft(WORKER)
    answers = topics().answers(draft.route, Topic.CONSENT, request.form)
    return save(parts().stores, draft, answers, now=utc_now(), sheet=posted_sheet(Topic.CONSENT))


def _names(draft: Draft) -> dict[str, str]:
    return {"unit": draft.answers.get("unit_name", ""), "name": draft.answers.get("name", "")}


def _consent_html(draft: Draft, answers: Mapping[str, str], *, problems: Mapping[str, str] = _NO_PROBLEMS) -> str:
    asked = topics().asked(draft.route, Topic.CONSENT)
    page = render_template(
        "nominate/handed_consent.html",
        **_names(draft),
        asked=asked,
        problems=problems,
        summary=[(each.name, problems[each.name]) for each in asked if each.name in problems],
        sheet=new_sheet(Topic.CONSENT, draft),
        token=csrf_token(),
        look=look_class(),
        saved_at=clock(draft),
        save_url=url_for("handing.save_ticks"),
    )
    return Drawing(page).filled(topics().gaps(draft.route, Topic.CONSENT, answers))


def _desk_goes_on(draft: Draft) -> str:
    """Where the desk has something left to fill in; what the worker was handed waits until the end."""
    problems = check_answers(draft.answers, terms(draft.route)).problems
    for topic in topics_of(draft.route):
        if topic is not Topic.CONSENT and any(q.name in problems for q in questions_of(draft.route, topic)):
            return topic_url(draft.route, topic)
    return url_for("nominate.check_page", route=draft.route)


def _address(draft: Draft) -> str:
    return f"{parts().base_url}{url_for('handing.link_page', token=worker_token(parts().stores, draft))}"
