import pytest

from h5app.domain.errors import SettingsError
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Route, Status
from h5app.services.demonstrating import demonstrate
from h5app.storage.nominations import Search
from tests.people import with_social


def test_the_same_seed_gives_the_same_people_through_the_same_services(stores, files, campaign, now):
    assert list(demonstrate(stores, files, campaign, count=3, now=now, seed=3)) == [1, 2, 3]
    assert list(demonstrate(stores, files, campaign, count=3, now=now, seed=3)) == [1, 2, 3]

    entries = list(stores.nominations.every(Search()))
    assert [entry.answers for entry in entries[:3]] == [entry.answers for entry in entries[3:]]
    assert len({entry.reference for entry in entries}) == 6
    assert all("示例" in entry.answers["name"] for entry in entries)
    waiting = [entry for entry in entries if entry.status is Status.WAITING]
    assert {entry.route for entry in waiting} == {Route.PEER}
    assert stores.outbox.counts() == {LetterState.QUEUED: 6 - len(waiting)}
    assert [len(stores.attachments.of_draft(entry.draft_id)) for entry in entries] == [2] * 6


def test_where_a_mailbox_is_set_nothing_is_made(stores, files, campaign, now):
    real = with_social(campaign, mailbox="office@example.org")

    with pytest.raises(SettingsError) as told:
        list(demonstrate(stores, files, real, count=1, now=now))

    assert str(told.value) == ("活动文件里已经填了报送邮箱，示例会寄给真人。请先把 mailbox 清空，或换一个活动文件")
    assert stores.nominations.count(Search()) == 0
