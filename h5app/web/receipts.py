"""The receipt: what a person keeps of his submitting, and what happens next."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.campaign import local_time
from h5app.domain.nomination import Route
from h5app.services.nominating import receipt_of
from h5app.web import gate
from h5app.web.confirming import nominee_link
from h5app.web.context import campaign, parts
from h5app.web.own import needed_draft

bp = Blueprint("receipts", __name__)
gate.put_before(bp)


@bp.get("/apply/<any(self, peer, unit):route>/receipt")
def receipt_page(route: str) -> ResponseReturnValue:
    way = Route(route)
    draft = needed_draft(way)
    entry = parts().stores.nominations.by_draft(draft.id)
    if entry is None:
        return redirect(url_for("nominate.check_page", route=way), code=303)
    return render_template(
        "nominate/receipt.html",
        receipt=receipt_of(entry),
        submitted_at=local_time(campaign().local(entry.submitted_at)),
        after=campaign().after,
        telephone=campaign().organiser.telephone,
        nominee_link=nominee_link(entry),
        another_url=url_for("nominate.another", route=way),
    )
