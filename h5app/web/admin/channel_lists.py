"""New channels in the console: one by a form, many by a list, or one for each region, trade or route.

Rule: a list is shown before it is kept, and read once more when it is; whatever a page carries is only text.
"""

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from h5app.documents.reading.sheet import FILE_MOST_MIB, ROWS_MOST
from h5app.domain.channel import NewChannel, whom
from h5app.domain.channel_list import ChannelList, Listed
from h5app.domain.errors import ChannelError, H5appError, NotFoundError, UnreadableListError
from h5app.domain.nomination import Route
from h5app.services.listing_channels import as_text, listed_missing, pattern, read_list
from h5app.web.admin.console import bp, me
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download

_ROWS_SHOWN = 200
_NOTHING_CHOSEN = "请先选择名单文件"
_SETS = {
    "region": "每个县（市、区）一个",
    "category": "每个类别一个",
    "route": "每种推荐方式一个",
    "region-category": "每个县（市、区）的每个类别一个",
}


@bp.route("/posters/new", methods=["GET", "POST"])
def new_channel() -> ResponseReturnValue:
    """One channel by its form."""
    if request.method == "GET":
        return _form({}, "")
    typed = {name: request.form.get(name, "") for name in ("name", "route", "region", "category", "code")}
    route = Route(typed["route"]) if typed["route"] in set(Route) else None
    wanted = NewChannel(typed["name"], route, typed["region"], typed["category"], typed["code"].strip())
    try:
        (kept,) = parts().channels.add([wanted], who=me(), now=utc_now())
    except H5appError as error:
        return _form(typed, str(error)), 422
    flash(f"已添加“{kept.channel.name}”，编码 {kept.channel.code}。现在可以选要印哪几种", "success")
    return redirect(url_for(".making_page", code=kept.channel.code), code=303)


@bp.get("/posters/list")
def channel_lists() -> str:
    return _home("")


@bp.post("/posters/list")
def read_channels() -> ResponseReturnValue:
    """Show what a list, or a set of the campaign's own words, would add; nothing is kept yet."""
    by = request.form.get("by", "")
    if by:
        if by not in _SETS:
            raise NotFoundError("没有这个按钮，请回到上传名单的页面再点一次")
        return _preview(listed_missing(parts().channels, campaign(), by=by), title=_SETS[by])
    upload = request.files.get("list")
    if upload is None or not upload.filename:
        return _home(_NOTHING_CHOSEN), 422
    return _read(upload.read, title=upload.filename)


@bp.post("/posters/list/save")
def save_channels() -> ResponseReturnValue:
    """Keep a list that has been looked at: all of it, or nothing and the list once more with what has changed."""
    text, title = request.form.get("rows", ""), request.form.get("title", "")
    try:
        found = read_list(text.encode("utf-8", "replace"), parts().channels, campaign())
        if found.mistakes or found.known or not found.new:
            return _preview(found, title=title, problem="名单和刚才看到的不一样了，还没有添加，请再看一遍"), 422
        added = parts().channels.add(found.channels, who=me(), now=utc_now())
    except UnreadableListError as error:
        return _home(str(error)), 422
    except ChannelError as error:
        found = read_list(text.encode("utf-8", "replace"), parts().channels, campaign())
        return _preview(found, title=title, problem=f"还没有添加：{error}"), 422
    flash(f"已添加 {len(added):,} 个渠道，可以做海报了", "success")
    return redirect(url_for(".posters_page"), code=303)


@bp.get("/posters/list.xlsx", defaults={"kind": "xlsx"})
@bp.get("/posters/list.csv", defaults={"kind": "csv"})
def list_pattern_file(kind: str) -> Response:
    return download(pattern(campaign(), kind), f"海报名单模板.{kind}")


def _read(read: Callable[[], bytes], *, title: str) -> ResponseReturnValue:
    try:
        found = read_list(read(), parts().channels, campaign())
    except UnreadableListError as error:
        return _home(str(error)), 422
    return _preview(found, title=title)


def _form(typed: dict[str, str], problem: str) -> str:
    return render_template(
        "admin/channel_new.html",
        typed=typed,
        problem=problem,
        routes=[(route.value, route.label) for route in Route],
        regions=[(name, name) for name in campaign().regions],
        categories=[(name, name) for name in campaign().categories],
    )


def _home(problem: str) -> str:
    return render_template(
        "admin/channel_lists.html",
        problem=problem,
        rows_most=ROWS_MOST,
        most_mb=FILE_MOST_MIB,
        sets=[
            {"by": by, "label": label, "count": len(listed_missing(parts().channels, campaign(), by=by).new)}
            for by, label in _SETS.items()
        ],
    )


def _preview(found: ChannelList, *, title: str, problem: str = "") -> str:
    return render_template(
        "admin/channel_list.html",
        title=title,
        has_rows=title not in _SETS.values(),
        problem=problem,
        new=[_line(listed) for listed in found.new[:_ROWS_SHOWN]],
        new_count=len(found.new),
        known=[_line(listed) | {"known_as": code} for listed, code in found.known[:_ROWS_SHOWN]],
        known_count=len(found.known),
        mistakes=found.mistakes[:_ROWS_SHOWN],
        mistake_count=len(found.mistakes),
        wrong_rows=len({mistake.row for mistake in found.mistakes}),
        unread=found.unread,
        text=as_text(found.channels),
    )


def _line(listed: Listed) -> dict[str, Any]:
    channel = listed.channel
    route, region, category = whom(channel)
    return {
        "row": listed.row,
        "name": channel.name,
        "route": route,
        "region": region,
        "category": category,
        "code": channel.code,
    }
