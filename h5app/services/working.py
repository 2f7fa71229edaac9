"""Working: the mail worker's rounds. No trouble ends them, because where the worker ends, the whole service stops."""

import logging
import traceback
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from h5app.services.delivering import Post, deliver_next
from h5app.services.desk import Desk
from h5app.services.digesting import queue_digests
from h5app.services.reporting import queue_reports
from h5app.services.sweeping import forget_left_drafts, sweep

_POLL_S = 2.0
_REST_AFTER_TROUBLE_S = 15.0
_SWEEP_EVERY = timedelta(minutes=5)
_EVERY_MINUTE = timedelta(minutes=1)
_log = logging.getLogger("h5app.mail")


class Stop(Protocol):
    """Whether to stop; `threading.Event` is one."""

    def is_set(self) -> bool: ...

    def wait(self, timeout: float) -> bool: ...


def work(post: Post, *, stop: Stop, aside: Callable[[datetime], object] | None = None) -> None:
    """Send letters as they become due, those of the day too, and sweep what nobody needs any more, until `stop` is set.

    A busy database or a full disk lasts minutes; a letter whose round ends in trouble stays leased and is due again.

    Args:
        aside: what else is to be looked after every minute; its trouble holds no letter up.
    """
    every_minute = [*daily(post), *([aside] if aside else [])]
    swept_at: datetime | None = None
    minute_at: datetime | None = None
    while not stop.is_set():
        try:
            now = post.clock()
            if _is_time(minute_at, now=now, every=_EVERY_MINUTE):
                minute_at = now
                for each in every_minute:
                    _without_harm(each, now=now)
            if _is_time(swept_at, now=now, every=_SWEEP_EVERY):
                swept_at = now
                sweep(post.stores, post.files, now=now)
                forget_left_drafts(post.stores, post.files, now=now)
            rest_s = _POLL_S if deliver_next(post) is None else 0.0
        except Exception as error:  # noqa: BLE001 -- the worker's boundary
            _write_down(error)
            rest_s = _REST_AFTER_TROUBLE_S
        if rest_s:
            stop.wait(rest_s)


def daily(desk: Desk) -> tuple[Callable[[datetime], None], ...]:
    """What queues the letters of the day that are due by then: digests, and the account of the day before."""
    return lambda now: queue_digests(desk, now=now), lambda now: queue_reports(desk, now=now)


def _is_time(last: datetime | None, *, now: datetime, every: timedelta) -> bool:
    """Whether so much time has passed; a clock that was put back would else stop all until it has caught up."""
    return last is None or not timedelta() <= now - last < every


def _without_harm(aside: Callable[[datetime], object], *, now: datetime) -> None:
    try:
        aside(now)
    except Exception as error:  # noqa: BLE001 -- whatever it is, the letters must go out
        _write_down(error)


def _write_down(error: Exception) -> None:
    """What happened and where, without the error's words: they might repeat what somebody typed."""
    where = "".join(traceback.format_tb(error.__traceback__))
    _log.error("this round failed, the next one follows: %s\n%s", type(error).__name__, where)
