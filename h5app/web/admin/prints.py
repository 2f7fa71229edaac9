"""Posters in the console: whom there is a code for, which of them to print as what, and the files.

Rule: an address says everything that was chosen, so that a page can be reloaded, kept and passed on; nothing here
changes anything.
"""

import threading
from collections.abc import Sequence
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from h5app.domain.channel import ChannelState, KeptChannel, whom
from h5app.domain.errors import NotFoundError, PosterError
from h5app.services.printing import Order, costs, made, order, posters_zip
from h5app.web.admin.channel_search import ChannelSearch, filters_of
from h5app.web.admin.console import bp
from h5app.web.admin.paging import Page, page_of
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download, streamed

PER_PAGE = 100
FILES_MOST = 5000
_PREVIEW_KEPT_S = 300
_NAMES_SHOWN = 12
_NOTHING_CHOSEN = "还没有选：请在名单里打勾，或者勾“全部”"
# A stream holds one of a worker's sixteen threads, and most of the time the press, which everybody's previews wait for.
_STREAM = threading.BoundedSemaphore(1)
_BUSY = "同事正在下载海报，请等下载完再试"
_TOO_MANY = f"一次最多做 {FILES_MOST:,} 个文件，请少选一些，分几次下载，或者请维护人员用 flask posters 一次做完"


@bp.get("/posters")
def posters_page() -> str:
    everybody = parts().channels.all()
    search = ChannelSearch.of(request.args)
    found = [kept for kept in everybody if search.finds(kept)]
    scans = parts().stores.counts.scans()
    page: Page = page_of(
        len(found),
        per_page=PER_PAGE,
        load=lambda limit, offset: [_line(kept, scans) for kept in found[offset : offset + limit]],
    )
    return render_template(
        "admin/posters.html",
        page=page,
        printable=sum(map(is_printable, found)),
        search=search,
        filters=filters_of(search, campaign()),
        applied=search != ChannelSearch(),
        page_url=lambda number: url_for(".posters_page", page=number, **search.conditions),
        why_sample=parts().press.why_sample,
        advice=parts().press.advice,
    )


@bp.get("/posters/make")
def making_page() -> str | BaseResponse:
    """What to print of the chosen channels; how many files that is, and how large."""
    chosen = _chosen()
    if not chosen:
        return _told(_NOTHING_CHOSEN)
    press = parts().press
    wanted, problem = _foreseen(chosen)
    return render_template(
        "admin/posters_make.html",
        fields=_choice_fields(),
        names=[kept.channel.name for kept in chosen[:_NAMES_SHOWN]],
        count=len(chosen),
        shown=chosen[0].channel,
        products=press.products,
        designs=press.designs,
        ticked={(each.product.name, each.form) for each in wanted.prints} if wanted else set(_ticked_prints()),
        looks={design.name for design in wanted.designs} if wanted else set(request.args.getlist("design")),
        weight=_weight(wanted) if wanted and not problem else None,
        problem=problem,
        why_sample=press.why_sample,
    )


@bp.get("/posters/file")
def posters_file() -> BaseResponse:
    """One file as itself, several as a ZIP that is made while it leaves."""
    chosen = _chosen()
    if not chosen:
        return _told(_NOTHING_CHOSEN)
    wanted = _order(chosen, sample=request.args.get("sample") == "1")
    if wanted.count > FILES_MOST:
        raise PosterError(_TOO_MANY)
    if wanted.count > 1:
        return _zip(wanted)
    (poster,) = made(parts().press, wanted)
    if poster.problem:
        raise PosterError(poster.problem)
    return download(poster.data, poster.name)


@bp.get("/posters/<code>/<product>-<design>.png")
def poster_preview(code: str, product: str, design: str) -> Response:
    kept = parts().channels.find(code)
    if kept is None:
        raise NotFoundError("没有这张海报")
    response = Response(parts().press.preview(kept.channel, product=product, design=design), mimetype="image/png")
    response.cache_control.private = True
    response.cache_control.max_age = _PREVIEW_KEPT_S
    return response


def is_printable(kept: KeptChannel) -> bool:
    """Whether its posters would lead anywhere."""
    return kept.state is not ChannelState.REVOKED


def _zip(wanted: Order) -> BaseResponse:
    if not _STREAM.acquire(blocking=False):
        return _told(_BUSY)
    try:
        now = campaign().local(utc_now())
        press = parts().press
        pieces = posters_zip(press, wanted, made(press, wanted), modified_at=now)
        title = f"{'样张' if wanted.sample else '海报'}_{now:%Y%m%d}_{wanted.count}个"
        response = streamed(pieces, f"{title}.zip", ascii_name=f"posters_{now:%Y%m%d}.zip")
        response.call_on_close(_STREAM.release)
    except BaseException:
        _STREAM.release()
        raise
    return response


def _chosen() -> tuple[KeptChannel, ...]:
    """The channels that this address names: those ticked, or all that its conditions find and that can be printed."""
    everybody = parts().channels.all()
    if request.args.get("every"):
        search = ChannelSearch.of(request.args)
        return tuple(kept for kept in everybody if search.finds(kept) and is_printable(kept))
    codes = set(request.args.getlist("code"))
    return tuple(kept for kept in everybody if kept.channel.code in codes)


def _choice_fields() -> list[tuple[str, str]]:
    """The same as fields of a form."""
    if request.args.get("every"):
        return [("every", "1"), *ChannelSearch.of(request.args).conditions.items()]
    return [("code", code) for code in request.args.getlist("code")]


def _order(chosen: Sequence[KeptChannel], *, sample: bool) -> Order:
    return order(
        parts().press,
        chosen,
        prints=_ticked_prints(),
        designs=request.args.getlist("design"),
        sample=sample,
    )


def _foreseen(chosen: Sequence[KeptChannel]) -> tuple[Order | None, str]:
    """What the page's ticks come to, or the usual where there are none yet, and why it cannot be made."""
    try:
        begun = "design" in request.args or "print" in request.args
        wanted = _order(chosen, sample=bool(parts().press.why_sample)) if begun else _usual(chosen)
    except PosterError as error:
        return None, str(error)
    return wanted, _TOO_MANY if wanted.count > FILES_MOST else ""


def _usual(chosen: Sequence[KeptChannel]) -> Order:
    """What the office has called usual in `qr/posters.toml`, each product in its usual form."""
    press = parts().press
    usual = press.book.usual
    prints = [(product.name, product.forms[0]) for product in press.products if product.name in usual.products]
    return order(press, chosen, prints=prints, designs=usual.designs, sample=bool(press.why_sample))


def _weight(wanted: Order) -> dict[str, Any]:
    """How many files, how large together and how long to wait, in round numbers: it depends on the machine."""
    found = costs(wanted)
    size = f"{found.size_mb / 1000:.1f} GB" if found.size_mb >= 1000 else f"{max(1, round(found.size_mb))} MB"
    wait = f"{round(found.seconds / 60)} 分钟" if found.seconds >= 90 else f"{max(1, round(found.seconds))} 秒"
    return {"files": wanted.count, "size": size, "wait": wait}


def _ticked_prints() -> list[tuple[str, str]]:
    pairs = (value.partition(".") for value in request.args.getlist("print"))
    return [(product, form) for product, _dot, form in pairs]


def _told(sentence: str) -> BaseResponse:
    flash(sentence, "error")
    return redirect(url_for(".posters_page", **ChannelSearch.of(request.args).conditions), code=303)


def _line(kept: KeptChannel, scans: dict[str, int]) -> dict[str, Any]:
    channel = kept.channel
    route, region, category = whom(channel)
    return {
        "name": channel.name,
        "code": channel.code,
        "route": route,
        "region": region,
        "category": category,
        "state": kept.state.value,
        "state_label": kept.state.label,
        "target": kept.target,
        "scans": scans.get(channel.code, 0),
        "can_be_chosen": is_printable(kept),
        "url": url_for(".channel_page", code=channel.code),
        "make_url": url_for(".making_page", code=channel.code),
    }
