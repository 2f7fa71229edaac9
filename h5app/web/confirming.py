"""The nominee's link: he reads what somebody else has said of him, and makes it his own or declines.

Opening it changes nothing and shows little (S30): links are forwarded, and opened by scanners. What was said is
shown to whoever knows the end of the nominee's telephone number, for half an hour.
"""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.answers import shown
from h5app.domain.campaign import short_time
from h5app.domain.correcting import check_may_correct, corrects_until
from h5app.domain.errors import H5appError, NotFoundError, TooManyTriesError
from h5app.domain.nomination import Draft, Nomination, Route, Status
from h5app.domain.questions import Kind, Topic, questions_of
from h5app.services.confirming import begin_confirming, decline, recognise
from h5app.services.linking import linked_entry, nominee_token
from h5app.services.resuming import resume_code
from h5app.services.showing import code_or_none, nominee_card
from h5app.web import gate, grants
from h5app.web.context import campaign, drop_cookie, parts, utc_now
from h5app.web.forms import DigitsForm
from h5app.web.own import draft_cookie, is_submitted, own_draft
from h5app.web.saving import keep

bp = Blueprint("confirming", __name__)
gate.put_before(bp)

_LINK = "/n/<token>"
_GRANT = "nominee"
_CONFIRMED = ("本人已经确认", "这份推荐表已经交给工会。想看进度、想改，用受理编号和本人手机号就能查。")
# What a nominator says of himself is not about the nominee.
_TOPICS = (Topic.ELIGIBILITY, Topic.PERSON, Topic.WORK, Topic.STORY)


@bp.get(_LINK)
def nominee_page(token: str) -> ResponseReturnValue:
    """Who nominates whom for what; whoever is known goes on to what was said."""
    entry = linked_entry(parts().stores, token)
    if entry.status is not Status.WAITING:
        return render_template("nominate/link_over.html", entry=entry, over=_CONFIRMED)
    return _invited(token, entry)


@bp.post(_LINK)
def recognise_nominee(token: str) -> ResponseReturnValue:
    """The last four digits of his telephone show him what was said."""
    entry = _waiting(token)
    if entry is None:
        return _link(token)
    try:
        recognise(parts().stores, entry, digits=DigitsForm().digits.data or "", now=utc_now())
    except (NotFoundError, TooManyTriesError) as error:
        return _invited(token, entry, problem=str(error)), 429 if isinstance(error, TooManyTriesError) else 422
    grants.give(_GRANT, entry.reference)
    return redirect(url_for(".said_page", token=token), code=303)


@bp.get(f"{_LINK}/said")
def said_page(token: str) -> ResponseReturnValue:
    """What was said of him, word for word."""
    entry = _waiting(token)
    if entry is None or not _is_known(entry):
        return _link(token)
    return render_template(
        "nominate/said.html",
        **_facts(token, entry),
        rows=_said(entry),
        photos=len(parts().stores.attachments.of_draft(entry.draft_id)),
        late=_too_late(entry),
        go_on_url=url_for("nominate.go_on_page", route=Route.SELF) if _begun_here(entry) else "",
    )


@bp.post(f"{_LINK}/begin")
def begin_page(token: str) -> ResponseReturnValue:
    """Make him a draft with what was said. One of his own that waits on this phone is not lost by it."""
    entry = _waiting(token)
    if entry is None or not _is_known(entry):
        return _link(token)
    if _begun_here(entry):
        return redirect(url_for("nominate.go_on_page", route=Route.SELF), code=303)
    held = own_draft(Route.SELF)
    if held and not is_submitted(held) and not request.form.get("leave"):
        return render_template("nominate/leave_for_link.html", **_facts(token, entry), held=_held(held))
    draft, opens = begin_confirming(parts().stores, parts().files, entry, campaign=campaign(), now=utc_now())
    first = url_for("nominate.topic_page", route=draft.route, topic=Topic.ELIGIBILITY)
    return keep(redirect(first, code=303), draft.route, opens)


@bp.route(f"{_LINK}/decline", methods=["GET", "POST"])
def decline_page(token: str) -> ResponseReturnValue:
    """What declining does, the safe choice first; then it is done."""
    entry = _waiting(token)
    if entry is None or not _is_known(entry):
        return _link(token)
    if request.method == "GET":
        return render_template("nominate/decline.html", **_facts(token, entry))
    forget = bool(_begun_here(entry))
    decline(parts().stores, parts().files, entry, now=utc_now())
    grants.end(_GRANT)
    response = _link(token)
    if forget:
        drop_cookie(response, draft_cookie(Route.SELF))
    return response


@bp.get(f"{_LINK}/card.png")
def card(token: str) -> Response:
    """The link as a picture to keep with a long press and to pass on."""
    entry = linked_entry(parts().stores, token)
    if entry.status is not Status.WAITING:
        raise NotFoundError("这个链接不用再发了")
    picture = nominee_card(
        campaign(),
        nominator=entry.answers["nominator_name"],
        name=entry.answers["name"],
        url=_address(entry),
        until=corrects_until(entry, campaign().home_of(entry.path, entry.route)),
    )
    return Response(picture, mimetype="image/png")


def nominee_link(entry: Nomination) -> dict[str, Any] | None:
    """What a nominator passes on, for `nominate/_link.html`; None for an entry that waits for nobody."""
    if entry.status is not Status.WAITING:
        return None
    address = _address(entry)
    answers = entry.answers
    return {
        "url": address,
        "name": answers["name"],
        "text": (
            f"{answers['name']}您好，{answers['nominator_name']}推荐您参加{campaign().title}。请打开链接看看写得对不对，"
            f"同意还是谢绝都由您决定：{address}\n（这个链接是给您本人的，请不要转发）"
        ),
        "code": code_or_none(address),
        "picture_url": url_for("confirming.card", token=nominee_token(parts().stores, entry)),
        "until": _until(entry),
    }


def _waiting(token: str) -> Nomination | None:
    entry = linked_entry(parts().stores, token)
    return entry if entry.status is Status.WAITING else None


def _link(token: str) -> BaseResponse:
    return redirect(url_for("confirming.nominee_page", token=token), code=303)


def _is_known(entry: Nomination) -> bool:
    return grants.held(_GRANT) == (entry.reference,)


def _begun_here(entry: Nomination) -> Draft | None:
    """The draft in which this browser confirms the entry, if it has begun one."""
    draft = own_draft(Route.SELF)
    is_this = draft and draft.corrects == entry.id and draft.revision == entry.revision + 1
    return draft if is_this else None


def _invited(token: str, entry: Nomination, *, problem: str = "") -> str:
    known = _is_known(entry)
    return render_template(
        "nominate/invited.html", **_facts(token, entry), known=known, problem=problem, form=DigitsForm()
    )


def _facts(token: str, entry: Nomination) -> dict[str, Any]:
    return {
        "token": token,
        "nominator": entry.answers["nominator_name"],
        "relation": entry.answers["relation"],
        "until": _until(entry),
    }


def _until(entry: Nomination) -> str:
    until = corrects_until(entry, campaign().home_of(entry.path, entry.route))
    return short_time(until) if until else ""


def _too_late(entry: Nomination) -> str:
    try:
        check_may_correct(entry, campaign().home_of(entry.path, entry.route), now=utc_now())
    except H5appError as error:
        return str(error)
    return ""


def _said(entry: Nomination) -> list[dict[str, str]]:
    questions = [question for topic in _TOPICS for question in questions_of(entry.route, topic)]
    return [
        {"label": question.label, "text": shown(question.name, entry.answers[question.name])}
        for question in questions
        if question.kind is not Kind.AGREEMENT and entry.answers.get(question.name)
    ]


def _held(draft: Draft) -> dict[str, str]:
    return {
        "name": draft.answers.get("name", ""),
        "saved_at": short_time(campaign().local(draft.saved_at)),
        "code": resume_code(draft),
    }


def _address(entry: Nomination) -> str:
    return f"{parts().base_url}{url_for('confirming.nominee_page', token=nominee_token(parts().stores, entry))}"
