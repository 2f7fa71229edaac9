"""The day's entries in one letter: what its subject says, and how its packages are shared out among messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from h5app.domain.attempt import one_line
from h5app.domain.days import day_words

_PATH_NAME_LIMIT = 40


def digest_line(*, path: str, day: date, count: int, part: int = 1, parts: int = 1) -> str:
    """The subject of a digest; nobody's name.

    >>> digest_line(path="社会化推荐", day=date(2026, 11, 22), count=12)
    '【社会化推荐汇总】11月22日 共 12 份'
    >>> digest_line(path="社会化推荐", day=date(2026, 11, 22), count=12, part=1, parts=3)
    '【社会化推荐汇总】11月22日 共 12 份（第1/3封）'
    """
    which = f"（第{part}/{parts}封）" if parts > 1 else ""
    return f"【{one_line(path, limit=_PATH_NAME_LIMIT)}汇总】{day_words(day)} 共 {count} 份{which}"


@dataclass(frozen=True)
class Shares:
    """What goes where, by place in the order given.

    Args:
        parts: the packages of each message.
        left: packages that no message has room for.
    """

    parts: tuple[tuple[int, ...], ...]
    left: tuple[int, ...]


def share_out(
    sizes: Sequence[int], *, room: int, first_holds: int = 0, least_parts: int = 1, most_parts: int = 1
) -> Shares:
    """Share packages out among as few messages as keep their order; none is ever cut apart.

    Args:
        sizes: what each package takes of a message's room.
        room: what a message has.
        first_holds: what of the first message's room is taken already.
        least_parts: how many messages there shall be at least, as far as there are packages for them.
        most_parts: how many there may be.

    >>> share_out([4, 4, 4, 11], room=10, first_holds=3, most_parts=3)
    Shares(parts=((0,), (1, 2)), left=(3,))
    """
    most_each = -(-(len(sizes) + bool(first_holds)) // least_parts)
    parts: list[list[int]] = [[]]
    taken, count = first_holds, int(bool(first_holds))
    left = []
    for place, size in enumerate(sizes):
        if taken + size > room or count >= most_each:
            if size > room or len(parts) >= most_parts:
                left.append(place)
                continue
            if parts[-1] or (first_holds and len(parts) == 1):
                parts.append([])
            taken, count = 0, 0
        parts[-1].append(place)
        taken, count = taken + size, count + 1
    return Shares(tuple(map(tuple, parts)), tuple(left))
