"""Whom to telephone: nominees who have not answered for some days, and the link to give them once more."""

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.campaign import local_time, short_time
from h5app.domain.correcting import corrects_until
from h5app.domain.identity import mask_phone
from h5app.domain.nomination import Route
from h5app.services.confirming import Overdue, note_link_shown, overdue, overdue_before
from h5app.services.reviewing import entry
from h5app.web.admin.console import bp, me
from h5app.web.admin.paging import Page, page_of
from h5app.web.confirming import nominee_link
from h5app.web.context import campaign, parts, utc_now

_PER_PAGE = 50


@bp.get("/waiting")
def waiting_page() -> str:
    now = utc_now()
    page: Page = page_of(
        count_overdue(),
        per_page=_PER_PAGE,
        load=lambda limit, offset: [
            _line(each) for each in overdue(parts().stores, campaign(), now=now, limit=limit, offset=offset)
        ],
    )
    return render_template(
        "admin/waiting.html",
        page=page,
        days=confirm_days(),
        page_url=lambda number: url_for(".waiting_page", page=number),
    )


@bp.post("/nominations/<reference>/link")
def link_page(reference: str) -> ResponseReturnValue:
    """The nominee's link, to read out or send; that somebody has seen it is written down first."""
    nomination = entry(parts().stores, reference)
    note_link_shown(parts().stores, nomination, who=me(), now=utc_now())
    until = corrects_until(nomination, campaign().home_of(nomination.path, nomination.route))
    return render_template(
        "admin/link.html",
        link=nominee_link(nomination),
        reference=nomination.reference,
        phone=mask_phone(nomination.answers["phone"]),
        until=local_time(until) if until else "",
    )


def count_overdue() -> int:
    return parts().stores.nominations.count_waiting_since(overdue_before(campaign(), now=utc_now()))


def confirm_days() -> int:
    return campaign().path_of(Route.PEER).confirm_days


def _line(waiting: Overdue) -> dict[str, Any]:
    answers = waiting.entry.answers
    return {
        "reference": waiting.entry.reference,
        "name": answers["name"],
        "phone": mask_phone(answers["phone"]),
        "nominator": answers["nominator_name"],
        "nominator_phone": mask_phone(answers["nominator_phone"]),
        "submitted_at": short_time(campaign().local(waiting.entry.submitted_at)),
        "days": waiting.days,
        "url": url_for(".nomination_page", reference=waiting.entry.reference),
        "link_url": url_for(".link_page", reference=waiting.entry.reference),
    }
