"""汇总表 in the console: whom to put in it, in which order, and the table as Word and XLSX.

Each member of staff has one list of his own, kept until he clears it. Everything works without JavaScript.
"""

from typing import Any

from flask import Response, flash, redirect, render_template, request, session, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.errors import H5appError, NotFoundError
from h5app.domain.nomination import Nomination
from h5app.domain.roster import COLUMNS, ON_REQUEST
from h5app.domain.text import clean_text
from h5app.services.choosing import choose, chosen, clear, drop, found_by, reorder, shift
from h5app.services.reviewing import note_downloads
from h5app.services.tabling import KINDS, blank_file, in_words, roster_file, roster_of, said_columns
from h5app.web.admin.console import bp, me
from h5app.web.admin.listing import conditions, current_search
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download

_MOST_CHARS = 60
NOBODY_CHOSEN = "还没有选人：请先在左边的方框里打勾，或者勾“全部”"


@bp.get("/table")
def table_page() -> str:
    entries = chosen(parts().stores, me())
    return render_template(
        "admin/table.html",
        entries=[_line(number, entry) for number, entry in enumerate(entries, start=1)],
        unit=session.get("table_unit", ""),
        dated=in_words(campaign().local(utc_now()).date()),
        columns=[{"name": column.name, "label": column.label} for column in COLUMNS if column.asked],
        kinds=[{"kind": kind, "label": _KIND_LABELS[kind]} for kind in KINDS],
    )


@bp.post("/table/add")
def add_to_table() -> BaseResponse:
    """Add what is ticked, or all that the list's conditions find; the list stays where it was."""
    references = ticked(request.form)
    try:
        new = choose(parts().stores, me(), references)
        flash(_added(new, len(references)) if references else NOBODY_CHOSEN, "success" if references else "error")
    except H5appError as error:
        flash(str(error), "error")
    return redirect(url_for(".nominations_page", **conditions(), page=request.args.get("page")), code=303)


@bp.post("/table")
def order_table() -> BaseResponse:
    """Put the list in the order of the numbers typed, then do what the button says."""
    stores, form = parts().stores, request.form
    prefix = "place-"
    reorder(stores, me(), {n.removeprefix(prefix): value for n, value in form.items() if n.startswith(prefix)})
    shift(stores, me(), form.get("up", ""), by=-1)
    shift(stores, me(), form.get("down", ""), by=1)
    drop(stores, me(), form.get("drop", ""))
    return redirect(url_for(".table_page", _anchor=form.get("up") or form.get("down")), code=303)


@bp.post("/table/clear")
def clear_table() -> BaseResponse:
    clear(parts().stores, me())
    flash("汇总表已清空，推荐表都还在", "success")
    return redirect(url_for(".table_page"), code=303)


@bp.post("/table/file")
def table_file() -> Response:
    """The table as it was asked for; each entry's history says who took it, and whether with numbers."""
    entries, kind = chosen(parts().stores, me()), request.form.get("kind", "")
    if not entries or kind not in KINDS:
        raise NotFoundError("汇总表里还没有人，请先在申报列表里选")
    unit, dated = (clean_text(request.form.get(name, ""))[:_MOST_CHARS] for name in ("unit", "dated"))
    session["table_unit"] = unit
    asked = [name for name in ON_REQUEST if name in request.form.getlist("columns")]
    file = roster_file(roster_of(entries, campaign(), unit=unit, dated=dated, asked=asked), kind)
    note_downloads(
        parts().stores,
        [e.reference for e in entries],
        "推荐汇总表",
        who=me(),
        now=utc_now(),
        detail=said_columns(asked),
    )
    return download(file.data, file.name)


@bp.get("/table/blank.docx", defaults={"kind": "docx"})
@bp.get("/table/blank.xlsx", defaults={"kind": "xlsx"})
def blank_table(kind: str) -> Response:
    file = blank_file(campaign(), kind)
    return download(file.data, file.name)


def ticked(form: MultiDict[str, str]) -> list[str]:
    """Entries that a list's form names: those with a tick, or all that its conditions find."""
    return found_by(parts().stores, current_search()) if form.get("every") else form.getlist("reference")


_KIND_LABELS = {"docx": "Word", "xlsx": "XLSX"}


def _line(number: int, entry: Nomination) -> dict[str, Any]:
    return {
        "number": number,
        "reference": entry.reference,
        "name": entry.answers["name"],
        "unit": entry.answers["unit_and_post"],
        "category": entry.answers["category"],
        "status": entry.status,
        "url": url_for(".nomination_page", reference=entry.reference),
    }


def _added(new: int, asked: int) -> str:
    known = asked - new
    if not known:
        return f"已加入汇总表 {new} 人"
    return f"已加入汇总表 {new} 人，另有 {known} 人已在里面" if new else "这些人都已在汇总表里"
