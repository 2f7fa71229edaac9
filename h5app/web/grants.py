"""Grants: what somebody has shown that he may see opens to this browser for half an hour, by its signed session.

Rule: a clock that was put back makes none longer than it was given.
"""

from datetime import timedelta
from typing import Any

from flask import session

from h5app.web.context import utc_now

_LIFE = timedelta(minutes=30)


def give(name: str, *what: str | int) -> None:
    """Let this browser in; a grant of that name given before is over."""
    session[name] = [*what, (utc_now() + _LIFE).timestamp()]


def held(name: str) -> tuple[Any, ...]:
    """What was given under that name; empty where nothing was, or its time is over."""
    *what, until = session.get(name) or (0.0,)
    left_s = until - utc_now().timestamp()
    return tuple(what) if 0 < left_s <= _LIFE.total_seconds() else ()


def was_given(name: str) -> bool:
    """Whether there is a grant of that name, over or not."""
    return name in session


def end(name: str) -> tuple[Any, ...]:
    """End it; what was given under that name, over or not."""
    *what, _until = session.pop(name, None) or (0.0,)
    return tuple(what)
