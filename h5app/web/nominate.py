"""The form: from the landing page, topic by topic, to the receipt. Everything works without JavaScript."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.answers import check_answers
from h5app.domain.campaign import Path, short_time
from h5app.domain.errors import InvalidAnswersError, PathClosedError
from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic, questions_of, topics_of
from h5app.domain.writing import Sheet, WrittenElsewhereError
from h5app.services.drafting import corrected_by, discard
from h5app.services.nominating import lacking_photos, nominate
from h5app.services.resuming import resume_code
from h5app.web import gate
from h5app.web.context import campaign, drop_cookie, parts, terms, topics, utc_now
from h5app.web.corrections import banner
from h5app.web.look import look_class
from h5app.web.notices import Notice, late_notice
from h5app.web.overview import overview_of
from h5app.web.own import LostDraftError, draft_cookie, has_cookie, is_submitted, needed_draft, own_draft
from h5app.web.receipts import own_receipts
from h5app.web.saving import (
    TOPIC_PAGE,
    by_script,
    elsewhere_sentences,
    go_on,
    keep,
    new_sheet,
    posted_sheet,
    store,
    too_late,
    topic_named,
)
from h5app.web.security import csrf_token
from h5app.web.sharing import share_card
from h5app.web.slots import slots_of
from h5app.web.steps import FORM, after, clock, from_check, go_label, place, topic_url
from h5app.web.topics import Drawing, gap
from h5app.web.units import has_sent_some
from h5app.web.visits import came_by, count_landing, offered

bp = Blueprint("nominate", __name__)
gate.put_before(bp)

_EXPIRED = "页面停留太久了，您填的都在，请再点一次“{go}”"
_ELSEWHERE = "您这里填的还没有存。请看看标出来的地方：再点一次“{go}”，就按您这里填的存"
_LOST = "您这一页填的还在下面。有续填码，就用续填码接着填；没有的话，再点一次“{go}”，重新填一份"
_NO_PROBLEMS: Mapping[str, str] = MappingProxyType({})
_INTROS = {
    Topic.ELIGIBILITY: "点三下就知道，不填个人信息。",
    Topic.CONSENT: "先看看信息怎么用，再逐项打勾。",
}


@bp.get("/")
def landing() -> str:
    social = campaign().path_of(Route.SELF)
    channel = came_by()
    count_landing()
    return render_template(
        "nominate/landing.html",
        routes=list(Route),
        path=social,
        others=[path for path in campaign().paths.values() if not path.routes],
        closed=_closed(social),
        drafts=_open_drafts(),
        receipts=own_receipts(),
        has_unit_list=has_sent_some(),
        highlight=channel.channel.route if channel else None,
        card=share_card(),
    )


@bp.route(TOPIC_PAGE, methods=["GET", "POST"])
def topic_page(route: str, topic: str) -> ResponseReturnValue:
    way, page = Route(route), topic_named(Route(route), topic)
    draft = own_draft(way)
    if draft and is_submitted(draft):
        return go_on(url_for("receipts.receipt_page", route=way))
    if request.method == "GET":
        return _topic_as_stored(way, page, draft)
    answers = topics().answers(way, page, request.form)
    try:
        draft, token = store(way, page, draft)
    except WrittenElsewhereError as error:
        problems, notice = elsewhere_sentences(error), Notice(str(error), _ELSEWHERE.format(go=go_label()))
        return _topic_html(way, page, error.draft, answers, problems=problems, notice=notice), 409
    except LostDraftError as error:
        lost = Notice(str(error), _LOST.format(go=go_label()), lost=True)
        return _topic_html(way, page, None, answers, notice=lost), 409
    checked = check_answers(draft.answers, terms(way), page)
    if checked.is_only_barred:
        return keep(go_on(url_for("eligibility.not_yet_page", route=way)), way, token)
    if checked.problems:
        # The page's script asks once more, as a browser, for what it cannot draw itself.
        html = "" if by_script() else _topic_html(way, page, draft, draft.answers, problems=checked.problems)
        return keep(Response(html, status=422), way, token)
    if late := late_notice(too_late(draft)):
        html = _topic_html(way, page, draft, draft.answers, notice=late)
        return keep(Response(html, status=403), way, token)
    return keep(go_on(after(way, page)), way, token)


def _topic_as_stored(route: Route, topic: Topic, draft: Draft | None) -> str:
    if draft is None:
        if has_cookie(route):
            raise LostDraftError(route, had_one=True)
        campaign().path_of(route).check_open(utc_now())
        return _topic_html(route, topic, None, offered(None))
    # Whoever comes from the check page has read what is to be done, and finds the same words at the field.
    problems = check_answers(draft.answers, terms(route), topic).problems if from_check() else _NO_PROBLEMS
    late = late_notice(too_late(draft))
    answers = {**offered(draft), **draft.answers}
    return _topic_html(route, topic, draft, answers, problems=problems, notice=late)


@bp.route(f"{FORM}/check", methods=["GET", "POST"])
def check_page(route: str) -> ResponseReturnValue:
    way = Route(route)
    draft = needed_draft(way)
    if is_submitted(draft):
        return go_on(url_for("receipts.receipt_page", route=way))
    if request.method == "GET":
        return _check_html(draft)
    try:
        nominate(parts().stores, draft, campaign=campaign(), now=utc_now())
    except InvalidAnswersError:
        return _check_html(draft), 422
    return go_on(url_for("receipts.receipt_page", route=way))


def check_again(route: str) -> ResponseReturnValue:
    """The check page as it stands, whatever was posted to it."""
    draft = needed_draft(Route(route))
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=route), code=303)
    return _check_html(draft)


@bp.get(f"{FORM}/go-on")
def go_on_page(route: str) -> BaseResponse:
    """To where somebody left off: the first page that is not complete, the check page, or the receipt."""
    draft = needed_draft(Route(route))
    if is_submitted(draft):
        return redirect(url_for("receipts.receipt_page", route=route), code=303)
    return redirect(_first_gap(draft), code=303)


@bp.post(f"{FORM}/discard")
def discard_draft(route: str) -> BaseResponse:
    """Delete a draft that nobody wants to go on with."""
    way = Route(route)
    draft = own_draft(way)
    if draft:
        discard(parts().stores, parts().files, draft)
    response = redirect(url_for("nominate.landing"), code=303)
    drop_cookie(response, draft_cookie(way))
    return response


def expired_topic(route: str, topic: str) -> str:
    """The page that was posted with an expired token, filled as it was: still the same page to whoever saves next."""
    way, page = Route(route), topic_named(Route(route), topic)
    answers = topics().answers(way, page, request.form)
    notice = Notice(_EXPIRED.format(go=go_label()))
    return _topic_html(way, page, own_draft(way), answers, notice=notice, sheet=posted_sheet(page))


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
            "code": resume_code(draft),
            "corrects": corrected_by(parts().stores, draft),
            "discard_url": url_for("nominate.discard_draft", route=draft.route),
        }
        for draft in found
        if not is_submitted(draft)
    ]


def _first_gap(draft: Draft) -> str:
    """The first page that is not complete, or else the check page."""
    problems = check_answers(draft.answers, terms(draft.route)).problems
    for topic in topics_of(draft.route):
        if any(question.name in problems for question in questions_of(draft.route, topic)):
            return topic_url(draft.route, topic)
    if lacking_photos(parts().stores, draft, terms(draft.route)):
        return topic_url(draft.route, Topic.PHOTOS)
    return url_for("nominate.check_page", route=draft.route)


def _topic_html(
    route: Route,
    topic: Topic,
    draft: Draft | None,
    answers: Mapping[str, str],
    *,
    problems: Mapping[str, str] = _NO_PROBLEMS,
    notice: Notice | None = None,
    sheet: Sheet | None = None,
) -> str:
    def draw() -> str:
        asked = topics().asked(route, topic)
        return render_template(
            "nominate/topic.html",
            **place(route, topic),
            asked=asked,
            problems=problems,
            summary=[(f.name, problems[f.name]) for f in asked if f.name in problems],
            notice=notice,
            intro=_INTROS.get(topic, ""),
            next_url=after(route, topic),
            banner=gap("banner"),
            look_back=topic_url(route, topic) + ("?back=check" if from_check() else ""),
            saved_at=gap("saved_at") if draft and not notice else "",
            sheet={name: gap(f"sheet.{name}") for name in ("page", "seen", "draft")},
            code={"shown": gap("code"), "hidden": gap("code?")},
            nominee_completes=terms(route).nominee_completes,
            token=gap("token"),
            look=gap("look"),
            save_url=url_for("saving.save_page", route=route, topic=topic),
        )

    plain = not (problems or notice)
    page = (
        topics().drawing(route, topic, begun=bool(draft), changing=from_check(), draw=draw)
        if plain
        else Drawing(draw())
    )
    return page.filled(
        {
            **topics().gaps(route, topic, answers),
            **_sheet_gaps(sheet or new_sheet(topic, draft)),
            **_code_gaps(draft),
            "banner": banner(draft),
            "token": csrf_token(),
            "look": look_class(),
            "saved_at": clock(draft) if draft else "",
        }
    )


def _sheet_gaps(sheet: Sheet) -> dict[str, str]:
    return {"sheet.page": sheet.page, "sheet.seen": sheet.seen, "sheet.draft": sheet.draft}


def _code_gaps(draft: Draft | None) -> dict[str, str]:
    code = resume_code(draft) if draft else ""
    return {"code": code, "code?": "" if code else " hidden"}


def _check_html(draft: Draft) -> str:
    asked = terms(draft.route)
    checked = check_answers(draft.answers, asked)
    problems = {**checked.problems, **lacking_photos(parts().stores, draft, asked)}
    return render_template(
        "nominate/check.html",
        route=draft.route,
        notice=late_notice(too_late(draft)),
        overview=overview_of(draft, checked, problems),
        photos=slots_of(draft, problems),
        banner=banner(draft),
        code=resume_code(draft),
        back_url=topic_url(draft.route, Topic.PHOTOS),
    )
