from h5app.domain.nomination import Route, Status
from tests.people import checked_self


def entry(stores, campaign, reference, now):
    return stores.nominations.add(
        draft_id=f"d{reference}",
        reference=reference,
        path="social",
        route=Route.SELF,
        channel="",
        answers=checked_self(campaign),
        now=now,
    )


def test_picks_keep_their_order_and_are_each_persons_own(any_stores, campaign, now):
    for reference in "ABC":
        entry(any_stores, campaign, reference, now)

    any_stores.picks.put("赵敏", ["C", "A"])
    any_stores.picks.put("王强", ["B"])
    any_stores.picks.put("赵敏", ["A", "C", "B"])

    assert [any_stores.picks.of(who) for who in ("赵敏", "王强", "李四")] == [["A", "C", "B"], ["B"], []]


def test_what_has_been_erased_since_is_left_out(any_stores, campaign, now):
    ids = {reference: entry(any_stores, campaign, reference, now) for reference in "ABCD"}
    any_stores.picks.put("赵敏", ["D", "B", "A", "nobody"])

    for reference, to in (("B", Status.WITHDRAWN), ("D", Status.DECLINED), ("A", Status.ACCEPTED)):
        any_stores.nominations.erase(any_stores.nominations.get(ids[reference]), to=to, now=now)

    assert any_stores.picks.of("赵敏") == ["A"]
