"""A hundred people on 2G at once: slow, cut off again and again, patient; each of them is stored once."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from h5app.storage.rows import SqliteRows
from tests.journeys.bad_network import BadNetwork, Fate
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor, again_and_again

PEOPLE = 100
ROUND_TRIP_S = 0.8
CUT = 0.1


def test_a_hundred_journeys_on_a_bad_network_store_a_hundred_entries_once(tmp_path, campaign):
    def nominate(_number: int) -> str:
        visitor = Visitor(network)
        visitor.fill(campaign, steady=until_it_is_taken)
        until_it_is_taken(lambda: visitor.post("/apply/self/check"))
        return visitor.reference

    with (
        Service(tmp_path, smtp_url="", mailbox="") as service,
        BadNetwork(service.port, ROUND_TRIP_S, CUT, random.Random(3)) as network,
        ThreadPoolExecutor(PEOPLE) as pool,
    ):
        references = list(pool.map(nominate, range(PEOPLE)))

        with closing(SqliteRows(service.folder / "data" / "h5app.sqlite")) as rows:
            stored = {row["reference"] for row in rows.read("SELECT reference FROM nominations")}
            letters = rows.read("SELECT nomination_id FROM outbox")

    assert len(stored) == PEOPLE
    assert set(references) == stored
    assert len({row["nomination_id"] for row in letters}) == len(letters) == PEOPLE
    assert min(network.fates[fate] for fate in Fate) > PEOPLE // 5
    assert sum(network.fates.values()) - network.fates[Fate.ARRIVES] > PEOPLE


def until_it_is_taken(act) -> None:
    """Again until an answer comes; it never complains of two tabs, though pages were sent more than once."""
    assert again_and_again(act) == 200
