"""扫码统计: what each poster brought, from the scan to the entry, narrowed and sorted by the address alone."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Response, render_template, request, url_for

from h5app.domain.campaign import short_time
from h5app.domain.channel import ChannelState
from h5app.domain.funnel import FUNNEL
from h5app.domain.reach import Reach, ReachLine, ReachReport, ReachSearch, per_cent
from h5app.services.reaching import days_csv, reach_report, totals_csv
from h5app.web.admin.channel_search import places_of, selects
from h5app.web.admin.console import bp
from h5app.web.admin.paging import Page, page_of
from h5app.web.context import campaign, parts, utc_now
from h5app.web.download import download

_PER_PAGE = 100
_SORTS: dict[str, Callable[[ReachLine], float]] = {
    "scan": lambda line: line.reach.scan,
    "landing": lambda line: line.reach.landing,
    "started": lambda line: line.reach.started,
    "submitted": lambda line: line.reach.submitted,
    "rate": lambda line: line.reach.rate,
}
_COLUMNS = [*((step.value, step.label) for step in FUNNEL), ("rate", "提交/扫码")]


@bp.get("/scans")
def scans_page() -> str:
    search, sort = current_reach(), _current_sort()
    found = reach_report(parts().stores, parts().channels.all(), search)
    lines = sorted(found.lines, key=_SORTS[sort], reverse=True) if sort else found.lines
    page: Page = page_of(
        len(lines),
        per_page=_PER_PAGE,
        load=lambda limit, offset: [_line(line) for line in lines[offset : offset + limit]],
    )
    return render_template(
        "admin/scans.html",
        any_count=bool(found.total or found.direct),
        page=page,
        page_url=lambda number: url_for(".scans_page", page=number, **_conditions()),
        counted_until=short_time(campaign().local(utc_now())),
        total=numbers(found.total),
        direct=numbers(found.direct) if found.direct is not None else None,
        funnel=funnel_steps(found.total),
        days=day_rows(found.days),
        groups=_groups(found),
        heads=[_head(sort, key, label) for key, label in _COLUMNS],
        unsorted_url=url_for(".scans_page", **_conditions(sort="")) if sort else "",
        filters=selects(search, places_of(campaign())),
        order=_order(sort),
        search=search,
        applied=search != ReachSearch(),
        totals_url=url_for(".scans_totals", **_conditions()),
        days_url=url_for(".scans_days", **_conditions()),
    )


@bp.get("/scans/totals.csv")
def scans_totals() -> Response:
    found = reach_report(parts().stores, parts().channels.all(), current_reach())
    return download(totals_csv(found), "扫码统计_各渠道.csv")


@bp.get("/scans/days.csv")
def scans_days() -> Response:
    data = days_csv(parts().stores, parts().channels.all(), current_reach())
    return download(data, "扫码统计_每天.csv")


def current_reach() -> ReachSearch:
    """What this address narrows the counts to; what is no day, or is not offered, narrows nothing."""
    offered = places_of(campaign())
    wanted = {name: request.args.get(name, "") for name in offered}
    known = {name: value for name, value in wanted.items() if value in dict(offered[name][1])}
    since, until = _day("since"), _day("until")
    if since and until and since > until:
        since, until = until, since
    return ReachSearch(since=since, until=until, **known)


def numbers(reach: Reach) -> dict[str, Any]:
    """A row's figures, as templates read them."""
    return {
        "steps": [(step.label, count) for step, count in reach.steps],
        "rate": per_cent(reach.submitted, reach.scan),
        "forwarded": reach.forwarded,
    }


def funnel_steps(reach: Reach) -> list[dict[str, Any]]:
    """A bar a step: how long it is, in percent of the longest, and what share of the step before has come so far."""
    steps = reach.steps
    most = max(count for _step, count in steps)
    before = [count for _step, count in steps]
    return [
        {
            "label": step.label,
            "count": count,
            "width": f"{100 * count / most:.2f}" if most else "0",
            "of_scans": per_cent(count, reach.scan) if at else "",
            "of_before": per_cent(count, before[at - 1]) if at > 1 else "",
            "before": steps[at - 1][0].label if at else "",
        }
        for at, (step, count) in enumerate(steps)
    ]


def day_rows(days: tuple[tuple[date, Reach], ...]) -> list[dict[str, Any]]:
    return [
        {
            "day": f"{day.year}年{day.month}月{day.day}日",
            "short": f"{day.month}/{day.day}",
            "counts": [count for _step, count in reach.steps],
        }
        for day, reach in days
    ]


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _current_sort() -> str:
    wanted = request.args.get("sort", "")
    return wanted if wanted in _SORTS else ""


def _conditions(**changes: str) -> dict[str, Any]:
    """This address's conditions, with some changed; what is empty is left out."""
    here = {name: request.args.get(name, "") for name in ("since", "until", *places_of(campaign()), "sort")}
    return {name: value for name, value in (here | changes).items() if value}


def _order(sort: str) -> dict[str, Any]:
    """The order as a select: on a phone the headings that lead to it are not drawn."""
    choices = [("", "名单的顺序"), *((key, f"{label}，多的在前") for key, label in _COLUMNS)]
    return {"name": "sort", "label": "排序", "value": sort, "choices": choices}


def _head(sort: str, key: str, label: str) -> dict[str, Any]:
    return {"label": label, "is_sorted": sort == key, "url": url_for(".scans_page", **_conditions(sort=key))}


def _line(line: ReachLine) -> dict[str, Any]:
    kept = line.kept
    if kept is None:
        bare = {"place": [], "route": "", "state": "", "url": ""}
        return {"name": line.name, "code": line.code, **bare, **numbers(line.reach)}
    channel = kept.channel
    return {
        "name": line.name,
        "code": line.code,
        "place": [word for word in (channel.region, channel.category) if word],
        "route": channel.route.label if channel.route else "不限方式",
        "state": kept.state.value if kept.state is not ChannelState.ACTIVE else "",
        "state_label": kept.state.label,
        "url": url_for(".channel_page", code=line.code),
        **numbers(line.reach),
    }


def _groups(found: ReachReport) -> list[dict[str, Any]]:
    """Sums by place, trade and route; a group of one would only repeat the whole sum."""
    groups = [("县（市、区）", found.regions), ("类别", found.categories), ("推荐方式", found.routes)]
    return [
        {"label": label, "lines": [{"name": line.name, **numbers(line.reach)} for line in lines]}
        for label, lines in groups
        if len(lines) > 1
    ]
