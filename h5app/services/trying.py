"""Trying: guesses at something short are counted, and too many of them rest for a while."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from h5app.domain.errors import TooManyTriesError
from h5app.storage.stores import Stores

_FREE_TRIES = 5
_LONGEST_REST = timedelta(minutes=15)
_LONGEST_LINE = timedelta(minutes=1)


@contextmanager
def counted(stores: Stores, key: str, *, now: datetime) -> Iterator[None]:
    """Run a guess: it counts as a wrong one before it is made, and a right one clears the count.

    Before, or as many guesses as a service has threads would pass at once, each seeing what was counted before all
    of them. Only an error out of the block leaves it counted.

    Five tries are free; then the key rests 1, 2, 4 … up to 15 minutes after each wrong one. What is guessed at
    answers alike whether it exists or not, so the count tells nothing either.

    Args:
        key: what is being guessed at, as a blind index.

    Raises:
        TooManyTriesError: the key rests.
    """
    with stores.rows.transaction():
        _check(stores, key, now=now)
        stores.tries.add(key, now=now)
    yield
    stores.tries.clear(key)


def _check(stores: Stores, key: str, *, now: datetime) -> None:
    found = stores.tries.of(key)
    if found is None or found[0] < _FREE_TRIES:
        return
    failures, at = found
    rest = min(timedelta(minutes=2 ** min(failures - _FREE_TRIES, 10)), _LONGEST_REST)
    # A clock that was put back must not make the rest longer than it is; a request that waited in line has looked at
    # the clock before the one that has been counted last.
    if -_LONGEST_LINE < now - at < rest:
        minutes = -(-(rest - max(now - at, timedelta())) // timedelta(minutes=1))
        raise TooManyTriesError(f"输错的次数太多，请 {minutes} 分钟后再试。着急的话，请打电话问工会")
