"""Saving: what a page of questions sends is stored, and never over what that page has not shown."""

import re
import secrets

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from h5app.domain.answers import shown
from h5app.domain.errors import ConflictError, NotFoundError, PathClosedError
from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import BY_NAME, Kind, Topic
from h5app.domain.writing import Sheet, WrittenElsewhereError, last_writer
from h5app.services.drafting import begin, check_in_time, corrected_by, save
from h5app.services.resuming import resume_code
from h5app.web import gate
from h5app.web.context import DRAFT_LIFE_S, campaign, parts, read_cookie, set_cookie, topics, utc_now
from h5app.web.own import LostDraftError, draft_cookie, is_submitted, own_draft
from h5app.web.steps import FORM, clock, topic_url
from h5app.web.visits import channel_code

bp = Blueprint("saving", __name__)
gate.put_before(bp)

TOPIC_PAGE = f"{FORM}/<any(eligibility, consent, nominator, person, work, story):topic>"
_PAGE_ID = re.compile(r"[0-9a-f]{8}")
_DRAFT_ID = re.compile(r"[0-9a-f]{32}")
_TURN = re.compile(r"[0-9]{1,15}")


@bp.post(f"{TOPIC_PAGE}/save")
def save_page(route: str, topic: str) -> ResponseReturnValue:
    """Keep what is typed so far, right or wrong; the page calls it while somebody types."""
    way, page = Route(route), topic_named(Route(route), topic)
    draft = own_draft(way)
    try:
        draft, token = store(way, page, draft)
    except WrittenElsewhereError as error:
        return _refused(str(error), "看最新的", topic_url(way, page))
    except LostDraftError as error:
        return _refused(str(error), "用续填码接着填", url_for("resuming.resume_page"))
    except ConflictError as error:
        if draft and is_submitted(draft):
            return _refused(str(error), "看受理编号", url_for("receipts.receipt_page", route=way))
        raise
    return keep(jsonify(saved_at=clock(draft), code=resume_code(draft), closed=too_late(draft)), way, token)


def _refused(message: str, label: str, url: str) -> ResponseReturnValue:
    return jsonify(message=message, label=label, url=url), 409


def topic_named(route: Route, name: str) -> Topic:
    topic = Topic(name)
    if not topics().has(route, topic):
        raise NotFoundError("没有这一页。请从首页重新开始")
    return topic


def store(route: Route, topic: Topic, draft: Draft | None) -> tuple[Draft, str]:
    """Store the answers of this request, beginning a draft with the first ones.

    Returns:
        The draft as stored and the token that opens it.

    Raises:
        WrittenElsewhereError: another page has stored something else meanwhile.
        LostDraftError: this browser does not open the draft any more that the page belongs to.
        PathClosedError: too late to begin one.
        ConflictError: it has been submitted.
    """
    now, sheet = utc_now(), posted_sheet(topic)
    answers = topics().answers(route, topic, request.form)
    if draft:
        return save(parts().stores, draft, answers, now=now, sheet=sheet), read_cookie(draft_cookie(route))
    if sheet and sheet.draft:
        raise LostDraftError(route, had_one=True)
    campaign().path_of(route).check_open(now)
    return begin(
        parts().stores,
        answers,
        route=route,
        channel=channel_code(),
        now=now,
        sheet=sheet,
        counted_on=campaign().local(now).date(),
    )


def keep(response: Response, route: Route, token: str) -> Response:
    """Let the browser hold the token for another week: a draft's life counts from its last save."""
    set_cookie(response, draft_cookie(route), token, max_age_s=DRAFT_LIFE_S)
    return response


def too_late(draft: Draft) -> str:
    """Why what is typed is kept but cannot be submitted any more; "" while it can."""
    try:
        check_in_time(draft, corrected_by(parts().stores, draft), campaign(), now=utc_now())
    except (PathClosedError, ConflictError, NotFoundError) as error:
        return str(error)
    return ""


def go_on(url: str) -> Response:
    """To the next page: the page's script is told where that is, a plain form is sent there."""
    return jsonify(next=url) if by_script() else redirect(url, code=303)


def by_script() -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def new_sheet(topic: Topic, draft: Draft | None) -> Sheet:
    """The page that is about to be drawn with what is stored."""
    page = secrets.token_hex(4)
    return Sheet(topic, page, last_writer(draft, topic), draft.id) if draft else Sheet(topic, page)


def posted_sheet(topic: Topic) -> Sheet | None:
    """The page that this request comes from; None where it does not say."""
    posted = request.form
    page = _matching(_PAGE_ID, posted.get("page", ""))
    if not page:
        return None
    seen, draft = _matching(_PAGE_ID, posted.get("seen", "")), _matching(_DRAFT_ID, posted.get("draft", ""))
    return Sheet(topic, page, seen, draft, int(_matching(_TURN, posted.get("turn", "")) or 0))


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""


def elsewhere_sentences(error: WrittenElsewhereError) -> dict[str, str]:
    """Question name → what another page has stored, in words."""
    return {name: _elsewhere(name, text) for name, text in error.elsewhere.items()}


def _elsewhere(name: str, text: str) -> str:
    question = BY_NAME[name]
    if question.kind is Kind.AGREEMENT:
        return f"另一个页面里，“{question.label}”{'打了勾' if text else '没有打勾'}"
    return f"另一个页面填的{question.label}是：{shown(name, text)}" if text else f"另一个页面里没有填{question.label}"
