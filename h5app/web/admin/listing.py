"""The console's list of entries: narrowed by conditions, turned by pages."""

from typing import Any

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.campaign import short_time
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.domain.text import clean_text
from h5app.storage.nominations import Listed, Search
from h5app.web.admin.console import bp, me
from h5app.web.admin.paging import Page, page_of
from h5app.web.admin.waiting import confirm_days, count_overdue
from h5app.web.context import campaign, parts

PER_PAGE = 50
_CONDITIONS = ("route", "category", "region", "status", "mail")


@bp.get("/")
def home() -> BaseResponse:
    return redirect(url_for(".nominations_page"), code=303)


@bp.get("/nominations")
def nominations_page() -> str:
    search = current_search()
    nominations = parts().stores.nominations
    page: Page = page_of(
        nominations.count(search),
        per_page=PER_PAGE,
        load=lambda limit, offset: [_line(row) for row in nominations.page(search, limit=limit, offset=offset)],
    )
    return render_template(
        "admin/nominations.html",
        page=page,
        q=search.words,
        applied=search != Search(),
        filters=_filters(search),
        waiting=count_overdue(),
        confirm_days=confirm_days(),
        page_url=lambda number: url_for(".nominations_page", page=number, **conditions()),
        xlsx_url=url_for(".nominations_xlsx", **conditions()),
        chosen=len(parts().stores.picks.of(me())),
        add_url=url_for(".add_to_table", **conditions(), page=page.number),
        materials_url=url_for(".materials_file", **conditions()),
    )


@bp.post("/nominations")
def search_entries() -> BaseResponse:
    """Take the conditions; words may be a name, so they go into the session and never into an address."""
    session["words"] = clean_text(request.form.get("q", ""))[:60]
    chosen = {name: request.form.get(name, "") for name in _CONDITIONS}
    given: dict[str, Any] = {name: value for name, value in chosen.items() if value}
    return redirect(url_for(".nominations_page", **given), code=303)


def current_search() -> Search:
    """What the list is narrowed to: conditions of this address, words of this session."""
    wanted = {name: request.args.get(name, "") for name in _CONDITIONS}
    return Search(words=session.get("words", ""), **wanted)


def conditions() -> dict[str, Any]:
    """This address without its page number."""
    return {name: value for name, value in request.args.items() if name != "page" and value}


def _filters(search: Search) -> list[dict[str, Any]]:
    """The selects above the list; "" stands for all."""
    offered: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("route", "推荐方式", [(route.value, route.label) for route in Route]),
        ("category", "类别", [(name, name) for name in campaign().categories]),
        ("region", "地区", [(name, name) for name in campaign().regions]),
        ("status", "审核状态", [(status.value, status.label) for status in Status]),
        ("mail", "邮件", [(state.value, state.label) for state in LetterState]),
    ]
    return [
        {"name": name, "label": label, "value": getattr(search, name), "choices": [("", "全部"), *choices]}
        for name, label, choices in offered
    ]


def _line(row: Listed) -> dict[str, Any]:
    return {
        **vars(row),
        "name": row.name or "（已删除）",
        "submitted_at": short_time(campaign().local(row.submitted_at)),
        "mail_state": row.mail_state.value if row.mail_state else "",
        "mail_label": row.mail_state.label if row.mail_state else "不寄",
        "url": url_for(".nomination_page", reference=row.reference),
        "can_be_chosen": not row.status.is_erased,
    }
