"""Choosing: whom a member of staff wants in a table, in the order he sets by hand. What is erased cannot be chosen."""

from collections.abc import Iterable, Mapping

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.nomination import Nomination
from h5app.storage.nominations import Search
from h5app.storage.stores import Stores

MOST_CHOSEN = 500
"""More than anybody puts in order by hand."""


def chosen(stores: Stores, who: str) -> list[Nomination]:
    """Whom he has chosen, in his order."""
    return list(living(stores, stores.picks.of(who)))


def choose(stores: Stores, who: str, references: Iterable[str], *, most: int = MOST_CHOSEN) -> int:
    """Put entries at the end of his list; how many are new there.

    Raises:
        InvalidAnswerError: there would be more than `most`.
    """
    found = [entry.reference for entry in living(stores, references)]
    with stores.rows.transaction():
        before = stores.picks.of(who)
        after = list(dict.fromkeys([*before, *found]))
        if len(after) > most:
            raise InvalidAnswerError(f"一张汇总表最多 {most} 人。请先用上面的条件筛选，或者清空汇总表再选")
        stores.picks.put(who, after)
    return len(after) - len(before)


def reorder(stores: Stores, who: str, typed: Mapping[str, str]) -> None:
    """Set the order by the numbers typed beside each entry; see `in_order`."""
    with stores.rows.transaction():
        stores.picks.put(who, in_order(stores.picks.of(who), typed))


def shift(stores: Stores, who: str, reference: str, *, by: int) -> None:
    """Move an entry so many places down, or up where `by` is negative; at an end it stays."""
    with stores.rows.transaction():
        order = stores.picks.of(who)
        if reference in order:
            at = order.index(reference)
            order.insert(max(0, at + by), order.pop(at))
            stores.picks.put(who, order)


def drop(stores: Stores, who: str, reference: str) -> None:
    """Take an entry off his list; it stays what it is."""
    with stores.rows.transaction():
        stores.picks.put(who, [each for each in stores.picks.of(who) if each != reference])


def clear(stores: Stores, who: str) -> None:
    with stores.rows.transaction():
        stores.picks.put(who, ())


def found_by(stores: Stores, search: Search) -> list[str]:
    """受理编号 of all that a search finds, oldest first, without what is erased."""
    listed = stores.nominations.page(search, limit=stores.nominations.count(search), offset=0)
    return [row.reference for row in reversed(listed) if not row.status.is_erased]


def living(stores: Stores, references: Iterable[str]) -> Iterable[Nomination]:
    """The entries of these numbers, each once, opened one by one; the unknown and the erased are left out."""
    for reference in dict.fromkeys(references):
        entry = stores.nominations.by_reference(reference)
        if entry and not entry.status.is_erased:
            yield entry


def in_order(order: list[str], typed: Mapping[str, str]) -> list[str]:
    """Sort by typed places, counted from 1; whoever has got another number comes to stand at just that place.

    >>> in_order(["a", "b", "c", "d"], {"a": "1", "b": "2", "c": "3", "d": "2"})
    ['a', 'd', 'b', 'c']
    >>> in_order(["a", "b", "c", "d"], {"a": "3", "b": "2", "c": "3", "d": ""})
    ['b', 'c', 'a', 'd']
    """

    def place(indexed: tuple[int, str]) -> tuple[int, int]:
        was, reference = indexed
        text = typed.get(reference, "").strip()
        wanted = int(text) if text.isdecimal() and len(text) < 9 else was
        return wanted, (wanted > was) - (wanted < was)

    return [reference for _, reference in sorted(enumerate(order, start=1), key=place)]
