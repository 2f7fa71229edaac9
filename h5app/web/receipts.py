"""The receipt: what a person keeps of his submitting, and what happens next."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.campaign import Path, local_time
from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import Draft, Nomination, Route, Status
from h5app.domain.visiting import Role, rights_of
from h5app.services.nominating import receipt_of
from h5app.services.showing import receipt_card
from h5app.web import gate
from h5app.web.confirming import nominee_link
from h5app.web.context import campaign, parts
from h5app.web.own import is_submitted, own_draft
from h5app.web.states import said_of
from h5app.web.steps import FORM

bp = Blueprint("receipts", __name__)
gate.put_before(bp)

_RECEIPT = f"{FORM}/receipt"
_FIRST = "把链接转给本人，请他（她）确认"


@bp.get(_RECEIPT)
def receipt_page(route: str) -> ResponseReturnValue:
    """To whoever has submitted from this browser; to others the status page, which asks who they are."""
    way = Route(route)
    draft = own_draft(way)
    if draft is None:
        return redirect(url_for("status.ask_page", since="receipt"), code=303)
    entry = parts().stores.nominations.by_draft(draft.id)
    if entry is None:
        return redirect(url_for("nominate.check_page", route=way), code=303)
    waits = entry.status is Status.WAITING
    role = _role(draft)
    may_correct = rights_of(entry, role).corrects
    return render_template(
        "nominate/receipt.html",
        receipt=receipt_of(entry),
        entry=entry,
        said=said_of(entry, campaign(), role=role),
        heading=_heading(draft, entry),
        may_correct=may_correct,
        # What the office asks of the nominee once he has made it his own is between the two.
        reason=entry.reason if entry.status is Status.RETURNED and may_correct else "",
        waits=waits,
        submitted_at=local_time(campaign().local(entry.submitted_at)),
        after=_after(entry, role),
        closing=_closing(campaign().home_of(entry.path, entry.route)),
        telephone=campaign().organiser.telephone,
        picture_url=url_for("receipts.receipt_picture", route=way),
        nominee_link=nominee_link(entry),
        another_url=url_for("units.another", route=way),
    )


@bp.get(f"{_RECEIPT}.png")
def receipt_picture(route: str) -> Response:
    """The receipt to keep by a long press; nobody else's, and none where nothing is left to keep."""
    draft = own_draft(Route(route))
    entry = parts().stores.nominations.by_draft(draft.id) if draft else None
    if draft is None or entry is None or entry.status.is_erased:
        raise NotFoundError("这张回执打不开了。可以凭受理编号和手机号查进度")
    status_url = f"{parts().base_url}{url_for('status.ask_page')}"
    card = receipt_card(receipt_of(entry), campaign(), status_url=status_url, after=_after(entry, _role(draft)))
    return Response(card, mimetype="image/png")


def own_receipts() -> list[dict[str, Any]]:
    """What this browser has submitted, and where it stands."""
    found = [draft for draft in map(own_draft, Route) if draft and is_submitted(draft)]
    entries = [(draft, parts().stores.nominations.by_draft(draft.id)) for draft in found]
    return [
        {
            "reference": entry.reference,
            "name": entry.answers.get("name", ""),
            "is_own": _role(draft) is Role.NOMINEE,
            "said": said_of(entry, campaign(), role=_role(draft)),
            "url": url_for("receipts.receipt_page", route=draft.route),
        }
        for draft, entry in entries
        if entry
    ]


def _heading(draft: Draft, entry: Nomination) -> str:
    if entry.status.is_erased:
        return said_of(entry, campaign(), role=_role(draft)).heading
    if entry.status is Status.WAITING:
        return "已记下，等本人确认"
    first_yes = entry.confirmed_at == entry.submitted_at
    return "更正已收到" if draft.corrects and not first_yes else "推荐表已收到"


def _role(draft: Draft) -> Role:
    """As whom this browser has sent it: only the nominee fills in a form of 个人自荐, whatever way the entry came."""
    return Role.NOMINEE if draft.route is Route.SELF else Role.NOMINATOR


def _after(entry: Nomination, role: Role) -> tuple[str, ...]:
    after = said_of(entry, campaign(), role=role).after
    return (_FIRST, *after) if entry.status is Status.WAITING else after


def _closing(path: Path) -> str:
    """When the path closes, as far as it is known: the steps after it have no dates in any file."""
    return f"推荐到 {local_time(path.closes_at)} 截止，之后评审" if path.closes_at else path.dates_note
