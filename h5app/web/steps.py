"""Where a page stands on the way from the first question to the photos."""

from typing import Any

from flask import request, url_for

from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic, topics_of
from h5app.web.context import campaign

FORM = "/apply/<any(self, peer, unit):route>"
"""Under this stands everything of one route's form."""


def place(route: Route, topic: Topic) -> dict[str, Any]:
    """What head and foot of a page show: number, total, and the ways back and on.

    Both lead to the check page if the page was opened from there.
    """
    topics = topics_of(route)
    number = topics.index(topic) + 1
    before = topics[number - 2] if number > 1 else None
    if from_check():
        back_url = url_for("nominate.check_page", route=route)
    else:
        back_url = topic_url(route, before) if before else url_for("nominate.landing")
    return {
        "route": route,
        "topic": topic,
        "number": number,
        "total": len(topics),
        "back_url": back_url,
        "back_label": "返回核对" if from_check() else "上一步",
        "go_label": go_label(),
        "go_hint": "保存，回到核对页" if from_check() else "",
    }


def worker_place(draft: Draft) -> dict[str, Any]:
    """The head of the worker's second page; the first is what he agrees to."""
    return {
        "route": draft.route,
        "topic": Topic.PHOTOS,
        "number": 2,
        "total": 2,
        "back_url": url_for("handing.worker_page"),
        "back_label": "上一步",
    }


def from_check() -> bool:
    """Whether this page of questions was opened from the check page to change an answer."""
    return request.query_string == b"back=check"


def go_label() -> str:
    """What the button of this page of questions says."""
    return "改好了" if from_check() else "下一步"


def after(route: Route, topic: Topic) -> str:
    """Where that button leads: on, or back to where this page's answers stand on the check page."""
    if from_check():
        return url_for("nominate.check_page", route=route, _anchor=topic)
    pages = topics_of(route)
    return topic_url(route, pages[pages.index(topic) + 1])


def change_url(page_url: str, name: str) -> str:
    """The control that asks a question, on its topic's page; going on from there leads back to the check page."""
    return f"{page_url}?back=check#{name}"


def topic_url(route: Route, topic: Topic) -> str:
    if topic is Topic.PHOTOS:
        return url_for("photos.photos_page", route=route)
    return url_for("nominate.topic_page", route=route, topic=topic)


def clock(draft: Draft) -> str:
    """When a draft was saved, as the page's corner shows it."""
    return f"{campaign().local(draft.saved_at):%H:%M}"
