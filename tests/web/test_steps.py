import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import topics_of
from tests.web.browsing import Browser


@pytest.mark.parametrize("route", Route)
def test_every_page_says_which_step_it_is_and_leads_back_to_the_one_before(service, route):
    phone = Browser(service.draft_client(route))
    topics = topics_of(route)
    before = ["/", *(f"/apply/{route}/{topic}" for topic in topics)]

    for number, topic in enumerate(topics, start=1):
        page = phone.open(f"/apply/{route}/{topic}")
        assert f"第 {number} 步，共 {len(topics)} 步 · {route.label}" in page.text
        assert topic.heading in page.text.split("\n")
        assert page.links[0] == before[number - 1]

    assert phone.open(f"/apply/{route}/check").links[0] == before[-1]
