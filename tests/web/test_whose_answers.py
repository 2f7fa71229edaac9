"""Whoever fills in for somebody else is told whose answers a page asks for."""

import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, topics_of
from tests.web.browsing import Page


@pytest.mark.parametrize("route", Route)
def test_pages_about_the_nominee_say_so_where_somebody_else_fills_them_in(route, service):
    client = service.draft_client(route)
    pages = {topic: Page(client.get(f"/apply/{route}/{topic}")) for topic in topics_of(route)}

    saying = [topic for topic, page in pages.items() if "被推荐人\n的" in page.text]

    about_nominee = [Topic.ELIGIBILITY, Topic.PERSON, Topic.WORK, Topic.STORY, Topic.PHOTOS]
    assert saying == ([] if route is Route.SELF else about_nominee)
