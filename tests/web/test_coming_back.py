from datetime import UTC, datetime, timedelta

from h5app.domain.nomination import Route
from h5app.services.drafting import begin, save
from tests.web.browsing import Page


def test_a_draft_says_on_which_day_it_was_saved(service):
    at = datetime.now(UTC) - timedelta(days=3)
    draft, token = begin(service.stores, route=Route.SELF, channel="", now=at)
    save(service.stores, draft, {"name": "李建国"}, now=at)
    client = service.client()
    client.set_cookie("h5app_self", token)

    local = service.parts.campaign.local(at)
    words = " ".join(Page(client.get("/")).text.split())
    assert f"{local.month}月{local.day}日 {local:%H:%M} 保存" in words
