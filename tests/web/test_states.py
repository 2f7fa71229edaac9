from datetime import UTC, datetime

import pytest

from h5app.domain.nomination import Route, Status
from h5app.services.drafting import begin
from h5app.services.nominating import nominate
from h5app.services.reviewing import decide
from tests.people import typed, with_photo

REASON = "身份证号请核对"


@pytest.fixture
def send(service):
    """A browser from which a complete form has been sent."""

    def fill(route, corrects=None):
        now, stores, campaign = datetime.now(UTC), service.stores, service.parts.campaign
        draft, token = begin(stores, typed(campaign, route), route=route, channel="", now=now, corrects=corrects)
        with_photo(stores, service.parts.files, draft, now=now)
        receipt = nominate(stores, draft, campaign=campaign, now=now)
        browser = service.browser()
        browser.client.set_cookie(service.cookie(f"h5app_{route}"), token)
        return browser, stores.nominations.by_reference(receipt.reference)

    return fill


def test_each_receipt_says_what_its_own_sender_may_do(service, send):
    nominator, entry = send(Route.PEER)
    nominee, entry = send(Route.SELF, corrects=entry)
    now = datetime.now(UTC)
    decide(service.stores, entry, was=Status.SUBMITTED, to=Status.RETURNED, who="赵敏", reason=REASON, now=now)

    his, others = nominee.open("/apply/self/receipt").text, nominator.open("/apply/peer/receipt").text

    assert [words for words in ("请改好再交", REASON, "查进度、改推荐表、撤回") if words not in his] == []
    assert [words for words in ("请改好再交", REASON, "改推荐表") if words in others] == []
    assert "请本人改好再交" in others
    assert "请本人改好再交" in nominator.open("/").text


def test_the_nominees_first_yes_is_received_and_what_he_mends_later_is_a_correction(send):
    nominator, entry = send(Route.PEER)
    nominee, confirmed = send(Route.SELF, corrects=entry)
    assert "推荐表已收到" in nominee.open("/apply/self/receipt").text
    assert f"您推荐的：{confirmed.answers['name']}" in nominator.open("/").text

    again, _entry = send(Route.SELF, corrects=confirmed)

    assert "更正已收到" in again.open("/apply/self/receipt").text
    assert f"您的推荐表：{confirmed.answers['name']}" in again.open("/").text
