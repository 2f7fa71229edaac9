"""After one nomination the next: a unit keeps its own data and sees all it has sent; others begin anew."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from h5app.domain.campaign import short_time
from h5app.domain.nomination import Nomination, Route
from h5app.domain.questions import Topic
from h5app.domain.visiting import Role
from h5app.services.batching import batch_of, begin_next
from h5app.web import gate
from h5app.web.context import campaign, drop_cookie, parts, utc_now
from h5app.web.own import draft_cookie, is_submitted, needed_draft, own_draft
from h5app.web.saving import keep
from h5app.web.states import said_of
from h5app.web.steps import FORM
from h5app.web.visits import local_today

bp = Blueprint("units", __name__)
gate.put_before(bp)


@bp.post(f"{FORM}/another")
def another(route: str) -> Response:
    """Leave the receipt behind and begin another form; one that is not sent yet is gone on with."""
    way = Route(route)
    draft = own_draft(way)
    if draft and not is_submitted(draft):
        return redirect(url_for("nominate.go_on_page", route=way), code=303)
    response = redirect(url_for("nominate.topic_page", route=way, topic=Topic.ELIGIBILITY), code=303)
    entry = parts().stores.nominations.by_draft(draft.id) if draft and way is Route.UNIT else None
    if entry is None:
        drop_cookie(response, draft_cookie(way))
        return response
    campaign().path_of(way).check_open(utc_now())
    _next, token = begin_next(parts().stores, entry, now=utc_now(), today=local_today())
    return keep(response, way, token)


@bp.get("/apply/unit/list")
def list_page() -> str:
    """What this browser's unit has sent, and what it is about to send."""
    draft = needed_draft(Route.UNIT)
    unfinished = not is_submitted(draft)
    return render_template(
        "nominate/unit_list.html",
        lines=lines_of(batch_of(parts().stores, draft.batch)),
        unfinished={"name": draft.answers.get("name", "")} if unfinished else None,
    )


def lines_of(entries: list[Nomination]) -> list[dict[str, Any]]:
    """Entries as a unit sees them: whose, which number, where it stands."""
    return [
        {
            "reference": entry.reference,
            "name": entry.answers.get("name", ""),
            "said": said_of(entry, campaign(), role=Role.NOMINATOR),
            "status": entry.status,
            "submitted_at": short_time(campaign().local(entry.submitted_at)),
        }
        for entry in entries
    ]


def units_own(entry: Nomination) -> list[dict[str, Any]]:
    """The other entries of the unit that has sent this one, for whoever has proved to be its contact.

    Only those with the same contact's telephone: whoever knows one number knows no other unit's.
    """
    phone = entry.answers.get("unit_phone", "")
    others = [
        each
        for each in batch_of(parts().stores, entry.batch)
        if each.id != entry.id and phone and each.answers.get("unit_phone") == phone
    ]
    return lines_of(others)


def has_sent_some() -> bool:
    """Whether there is anything to see on this browser's list."""
    draft = own_draft(Route.UNIT)
    return bool(draft and draft.batch and parts().stores.nominations.of_batch(draft.batch))
