"""Where a page stands on the way from the first question to the photos."""

from typing import Any

from flask import url_for

from h5app.domain.nomination import Draft, Route
from h5app.domain.questions import Topic, topics_of
from h5app.web.context import campaign


def place(route: Route, topic: Topic) -> dict[str, Any]:
    """What the head of a page shows: number, total and the page before it."""
    topics = topics_of(route)
    number = topics.index(topic) + 1
    before = topics[number - 2] if number > 1 else None
    return {
        "route": route,
        "topic": topic,
        "number": number,
        "total": len(topics),
        "back_url": topic_url(route, before) if before else url_for("nominate.landing"),
    }


def topic_url(route: Route, topic: Topic) -> str:
    if topic is Topic.PHOTOS:
        return url_for("photos.photos_page", route=route)
    return url_for("nominate.topic_page", route=route, topic=topic)


def clock(draft: Draft) -> str:
    """When a draft was saved, as the page's corner shows it."""
    return f"{campaign().local(draft.saved_at):%H:%M}"
