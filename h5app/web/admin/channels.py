"""One channel: what it brought, what its code leads to, and changing that without printing anything anew."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.campaign import short_time
from h5app.domain.channel import ChannelState, KeptChannel, NewChannel
from h5app.domain.errors import ConflictError, H5appError, NotFoundError
from h5app.domain.funnel import FUNNEL
from h5app.domain.nomination import Route
from h5app.services.channelling import CHANGED
from h5app.services.reaching import reach_of_channel
from h5app.web.admin.console import bp, me
from h5app.web.admin.scans import day_rows, funnel_steps, numbers
from h5app.web.context import campaign, parts, utc_now

_DONE = {
    ChannelState.ACTIVE: "已恢复使用，印好的海报又能扫了",
    ChannelState.REDIRECTED: "已经转走，印好的海报不用换",
    ChannelState.REVOKED: "已停用，扫码的人会看到说明和首页的链接",
}


@bp.get("/channels/<code>")
def channel_page(code: str) -> str:
    return _page(_channel(code))


@bp.post("/channels/<code>")
def change_channel(code: str) -> ResponseReturnValue:
    """Give it other words; state and code stay."""
    kept = _channel(code)
    typed = {name: request.form.get(name, "") for name in ("name", "route", "region", "category")}
    try:
        route = Route(typed["route"]) if typed["route"] in set(Route) else None
        to = NewChannel(typed["name"], route, typed["region"], typed["category"])
        _change(kept, to=to, state=kept.state, target=kept.target)
    except ConflictError as error:
        return _page(_channel(code), error=str(error)), 409  # what the colleague has written, to read before anything
    except H5appError as error:
        return _page(kept, typed=typed, error=str(error)), 422
    flash("改好了，以后下载的海报和统计都用新的", "success")
    return redirect(url_for(".channel_page", code=kept.channel.code), code=303)


@bp.post("/channels/<code>/state")
def move_channel(code: str) -> BaseResponse:
    """Lead its printed codes elsewhere, take them out of use, or let them work again."""
    kept = _channel(code)
    wanted, target = request.form.get("to", ""), request.form.get("target", "")
    if wanted not in set(ChannelState):
        raise NotFoundError("没有这个按钮，请回到渠道的页面再点一次")
    state = ChannelState(wanted)
    try:
        channel = kept.channel
        to = NewChannel(channel.name, channel.route, channel.region, channel.category)
        _change(kept, to=to, state=state, target=target)
        flash(_DONE[state], "success")
    except H5appError as error:
        flash(str(error), "error")
    return redirect(url_for(".channel_page", code=kept.channel.code), code=303)


def seen_mark(kept: KeptChannel) -> str:
    """What a page's forms carry of the channel as it was drawn."""
    return hashlib.sha256(repr(kept).encode()).hexdigest()[:16]


def _change(kept: KeptChannel, *, to: NewChannel, state: ChannelState, target: str) -> None:
    if request.form.get("seen", "") != seen_mark(kept):
        raise ConflictError(CHANGED)
    parts().channels.change(kept.channel.code, seen=kept, to=to, state=state, target=target, who=me(), now=utc_now())


def _channel(code: str) -> KeptChannel:
    kept = parts().channels.find(code.upper())
    if kept is None:
        raise NotFoundError("没有这个渠道，请回到海报页再选一次")
    return kept


def _page(kept: KeptChannel, *, typed: Mapping[str, str] | None = None, error: str = "") -> str:
    channel, press = kept.channel, parts().press
    reach, days = reach_of_channel(parts().stores, channel.code)
    others = [each for each in parts().channels.all() if each.channel.code != channel.code]
    target = next((each for each in others if each.channel.code == kept.target), None)
    return render_template(
        "admin/channel.html",
        channel={
            "code": channel.code,
            "name": channel.name,
            "state": kept.state.value,
            "state_label": kept.state.label,
            "address": press.url(channel),
            "from_book": kept.from_book,
            "facts": _facts(kept),
        },
        target=_named(target) if target else None,
        led_here=[_named(each) for each in others if each.target == channel.code],
        targets=[_named(each) for each in others if each.state is ChannelState.ACTIVE],
        seen=seen_mark(kept),
        typed=typed or _words(kept),
        error=error,
        choices=_choices(),
        reach=numbers(reach),
        any_count=bool(reach),
        funnel=funnel_steps(reach),
        heads=[step.label for step in FUNNEL],
        days=day_rows(days),
        history=_history(channel.code),
        previews=[] if kept.state is ChannelState.REVOKED else _previews(channel.code),
        make_url=url_for(".making_page", code=channel.code),
    )


def _facts(kept: KeptChannel) -> list[tuple[str, str]]:
    channel = kept.channel
    return [
        ("方式", channel.route.label if channel.route else "不限方式"),
        ("地区", channel.region or "不分地区"),
        ("类别", channel.category or "不分类别"),
        ("来自", "qr/posters.toml" if kept.from_book else "后台添加"),
    ]


def _previews(code: str) -> list[dict[str, str]]:
    """Each product in the first design."""
    press = parts().press
    design = press.designs[0].name
    return [
        {"label": each.label, "url": url_for(".poster_preview", code=code, product=each.name, design=design)}
        for each in press.products
    ]


def _words(kept: KeptChannel) -> dict[str, str]:
    channel = kept.channel
    route = channel.route.value if channel.route else ""
    return {"name": channel.name, "route": route, "region": channel.region, "category": channel.category}


def _choices() -> list[dict[str, Any]]:
    routes = [("", "不限方式"), *((route.value, route.label) for route in Route)]
    regions = [("", "不分地区"), *((name, name) for name in campaign().regions)]
    categories = [("", "不分类别"), *((name, name) for name in campaign().categories)]
    return [
        {"name": "route", "label": "推荐方式", "offered": routes},
        {"name": "region", "label": "县（市、区）", "offered": regions},
        {"name": "category", "label": "类别", "offered": categories},
    ]


def _named(kept: KeptChannel) -> dict[str, str]:
    code = kept.channel.code
    return {"code": code, "name": kept.channel.name, "url": url_for(".channel_page", code=code)}


def _history(code: str) -> list[dict[str, str]]:
    """What staff did with this channel, newest first."""
    return [
        {
            "at": short_time(campaign().local(act.at)),
            "who": act.who,
            "text": f"{act.action}：{act.detail}" if act.detail else act.action,
        }
        for act in parts().stores.audit.of(code)
    ]
