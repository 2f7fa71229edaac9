"""The form: from the landing page, topic by topic, to the receipt. Everything works without JavaScript."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, jsonify, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.answers import Checked, Terms, check_answers, shown
from h5app.domain.campaign import Path, short_time
from h5app.domain.errors import InvalidAnswersError, NotFoundError, PathClosedError
from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic, questions_of, topics_of
from h5app.services.drafting import begin, discard, save
from h5app.services.nominating import missing_photos, nominate
from h5app.web import gate
from h5app.web.context import DRAFT_LIFE_S, campaign, drop_cookie, parts, read_cookie, set_cookie, topics, utc_now
from h5app.web.forms import SubmitForm
from h5app.web.look import look_class
from h5app.web.own import draft_cookie, is_submitted, needed_draft, own_draft
from h5app.web.security import csrf_token
from h5app.web.sharing import share_card
from h5app.web.slots import slots_of
from h5app.web.steps import clock, place, topic_url
from h5app.web.topics import Drawing, gap

bp = Blueprint("nominate", __name__)
gate.put_before(bp)

_ROUTE = "/apply/<any(self, peer, unit):route>"
_TOPIC = "<any(eligibility, consent, nominator, person, work, story):topic>"
_EXPIRED = "页面停留太久了，您填的都在，请再点一次“下一步”"
_NO_PROBLEMS: Mapping[str, str] = MappingProxyType({})
_INTROS = {
    Topic.ELIGIBILITY: "先看看符不符合条件，不用填个人信息。",
    Topic.CONSENT: "我们要收集一些个人信息，请先看看怎么用。三项都同意才能继续。",
}


@bp.get("/")
def landing() -> str:
    social = campaign().path_of(Route.SELF)
    channel = parts().press.book.channel(session.get("channel", ""))
    return render_template(
        "nominate/landing.html",
        routes=list(Route),
        path=social,
        others=[path for path in campaign().paths.values() if not path.routes],
        closed=_closed(social),
        drafts=_open_drafts(),
        highlight=Route(channel.route) if channel and channel.route else None,
        card=share_card(),
    )


@bp.get("/t/<code>")
def scan(code: str) -> BaseResponse:
    """A poster's code: counted, remembered, and on to the landing page, where unknown codes lead as well."""
    channel = parts().press.book.channel(code.upper())
    if channel:
        parts().stores.scans.count(channel.code, day=campaign().local(utc_now()).date())
        session["channel"] = channel.code
    return redirect(url_for(".landing"), code=303)


@bp.route(f"{_ROUTE}/{_TOPIC}", methods=["GET", "POST"])
def topic_page(route: str, topic: str) -> ResponseReturnValue:
    way, page = Route(route), _topic(Route(route), topic)
    draft = own_draft(way)
    if draft and is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=way), code=303)
    if draft is None:
        campaign().path_of(way).check_open(utc_now())
    if request.method == "GET":
        return _topic_html(way, page, draft, draft.answers if draft else {})
    draft, token = _save(way, draft, topics().answers(way, page, request.form))
    checked = check_answers(draft.answers, _terms(way), page)
    if checked.problems:
        html = _topic_html(way, page, draft, draft.answers, problems=checked.problems)
        return _keep(Response(html, status=422), way, token)
    return _keep(redirect(_after(way, page), code=303), way, token)


@bp.post(f"{_ROUTE}/{_TOPIC}/save")
def save_page(route: str, topic: str) -> ResponseReturnValue:
    """Keep what is typed so far, right or wrong; the page calls it while somebody types."""
    way, page = Route(route), _topic(Route(route), topic)
    draft = own_draft(way)
    if draft is None:
        campaign().path_of(way).check_open(utc_now())
    draft, token = _save(way, draft, topics().answers(way, page, request.form))
    return _keep(jsonify(saved_at=clock(draft)), way, token)


@bp.route(f"{_ROUTE}/check", methods=["GET", "POST"])
def check_page(route: str) -> ResponseReturnValue:
    way = Route(route)
    draft = needed_draft(way)
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=way), code=303)
    form = SubmitForm()
    if form.validate_on_submit():
        try:
            nominate(parts().stores, draft, campaign=campaign(), now=utc_now())
        except InvalidAnswersError as error:
            return _check_html(draft, form, problems=error.problems), 422
        return redirect(url_for("receipts.receipt_page", route=way), code=303)
    checked = check_answers(draft.answers, _terms(way))
    photos = parts().stores.attachments.of_draft(draft.id)
    return _check_html(draft, form, {**checked.problems, **missing_photos(photos, campaign().path_of(way))})


@bp.post(f"{_ROUTE}/another")
def another(route: str) -> BaseResponse:
    """Leave the receipt behind and begin an empty form."""
    response = redirect(url_for(".topic_page", route=route, topic=Topic.ELIGIBILITY), code=303)
    drop_cookie(response, draft_cookie(Route(route)))
    return response


@bp.post(f"{_ROUTE}/discard")
def discard_draft(route: str) -> BaseResponse:
    """Delete a draft that nobody wants to go on with."""
    way = Route(route)
    draft = own_draft(way)
    if draft:
        discard(parts().stores, parts().files, draft)
    response = redirect(url_for(".landing"), code=303)
    drop_cookie(response, draft_cookie(way))
    return response


def expired_page() -> ResponseReturnValue | None:
    """The page that was posted with an expired token, filled as it was; None for other requests."""
    args = request.view_args or {}
    if request.endpoint != "nominate.topic_page":
        return None
    route, topic = Route(args["route"]), _topic(Route(args["route"]), args["topic"])
    answers = topics().answers(route, topic, request.form)
    return _topic_html(route, topic, own_draft(route), answers, notice=_EXPIRED), 400


def _topic(route: Route, name: str) -> Topic:
    topic = Topic(name)
    if not topics().has(route, topic):
        raise NotFoundError("没有这一页。请从首页重新开始")
    return topic


def _after(route: Route, topic: Topic) -> str:
    pages = topics_of(route)
    return topic_url(route, pages[pages.index(topic) + 1])


def _terms(route: Route) -> Terms:
    return Terms(campaign(), route, on=campaign().local(utc_now()).date())


def _save(route: Route, draft: Draft | None, answers: Mapping[str, str]) -> tuple[Draft, str]:
    """Store answers, beginning a draft with the first ones; returns it with the token that opens it."""
    now, token = utc_now(), read_cookie(draft_cookie(route))
    if draft is None:
        return begin(parts().stores, answers, route=route, channel=session.get("channel", ""), now=now)
    return save(parts().stores, draft, answers, now=now), token


def _keep(response: BaseResponse, route: Route, token: str) -> BaseResponse:
    """Let the browser hold the token for another week: a draft's life counts from its last save."""
    set_cookie(response, draft_cookie(route), token, max_age_s=DRAFT_LIFE_S)
    return response


def _closed(path: Path) -> str:
    try:
        path.check_open(utc_now())
    except PathClosedError as error:
        return str(error)
    return ""


def _open_drafts() -> list[dict[str, Any]]:
    """Drafts of this browser that are not submitted yet."""
    found = [draft for draft in map(own_draft, Route) if draft]
    return [
        {
            "route": draft.route,
            "name": draft.answers.get("name", ""),
            "saved_at": short_time(campaign().local(draft.saved_at)),
            "url": _first_gap(draft),
            "discard_url": url_for(".discard_draft", route=draft.route),
        }
        for draft in found
        if not is_submitted(draft)
    ]


def _first_gap(draft: Draft) -> str:
    """The first page that is not complete, or else the check page."""
    problems = check_answers(draft.answers, _terms(draft.route)).problems
    for topic in topics_of(draft.route):
        if any(question.name in problems for question in questions_of(draft.route, topic)):
            return topic_url(draft.route, topic)
    return topic_url(draft.route, Topic.PHOTOS)


def _topic_html(
    route: Route,
    topic: Topic,
    draft: Draft | None,
    answers: Mapping[str, str],
    *,
    problems: Mapping[str, str] = _NO_PROBLEMS,
    notice: str = "",
) -> str:
    def draw() -> str:
        asked = topics().asked(route, topic)
        return render_template(
            "nominate/topic.html",
            **place(route, topic),
            asked=asked,
            problems=problems,
            summary=[("", notice)] if notice else [(f.name, problems[f.name]) for f in asked if f.name in problems],
            intro=_INTROS.get(topic, ""),
            retention=campaign().consents.retention,
            saved_at=gap("saved_at") if draft else "",
            token=gap("token"),
            look=gap("look"),
            save_url=url_for(".save_page", route=route, topic=topic),
        )

    plain = not (problems or notice)
    page = topics().drawing(route, topic, begun=bool(draft), draw=draw) if plain else Drawing(draw())
    gaps = topics().gaps(route, topic, answers)
    return page.filled({**gaps, "token": csrf_token(), "look": look_class(), "saved_at": clock(draft) if draft else ""})


def _check_html(draft: Draft, form: SubmitForm, problems: Mapping[str, str]) -> str:
    checked = check_answers(draft.answers, _terms(draft.route))
    pages = [topic for topic in topics_of(draft.route) if topic is not Topic.PHOTOS]
    return render_template(
        "nominate/check.html",
        route=draft.route,
        sections=[_section(draft, topic, checked, problems) for topic in pages],
        photos=slots_of(draft, problems),
        problems=len(problems),
        form=form,
        back_url=topic_url(draft.route, Topic.PHOTOS),
    )


def _section(draft: Draft, topic: Topic, checked: Checked, problems: Mapping[str, str]) -> dict[str, Any]:
    """One topic on the check page; a wrong answer is shown as typed, beside what to do."""
    rows = [
        {
            "label": question.label,
            "text": shown(question.name, checked.values.get(question.name) or draft.answers.get(question.name, "")),
            "problem": problems.get(question.name, ""),
        }
        for question in questions_of(draft.route, topic)
        if question.name in checked.values or question.name in problems
    ]
    return {"title": topic.heading, "edit_url": topic_url(draft.route, topic), "rows": rows}
