"""What a browser remembers of the poster it came from, in the signed session there is anyway.

It holds the channel's code (which a draft begun later is counted for), the day and the codes opened on it, so that a
second look is not a second scan, and whether the landing page still has to be counted. No number, nothing that tells
one browser from another: all who scan one poster on one day hold the same. The session ends with the browser, and
nothing of it is stored here.
"""

from collections.abc import Mapping
from datetime import date

from flask import request, session
from flask.sessions import SessionMixin

from h5app.domain.channel import ChannelState, KeptChannel
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Draft
from h5app.services.counting import Counts
from h5app.web.context import campaign, parts, utc_now
from h5app.web.robots import is_prefetch

_CHANNEL, _SCANNED, _ARRIVING = "channel", "scanned", "arriving"
# Somebody who opens more posters than this on one day is counted again for the first of them; the cookie stays small.
_MOST_SCANNED = 20


def remember(held: SessionMixin, kept: KeptChannel) -> None:
    """What the browser with this session begins from now on counts for this channel."""
    if held.get(_CHANNEL) != kept.channel.code:
        held[_CHANNEL] = kept.channel.code


def count_scan(held: SessionMixin, counts: Counts, printed: str, led_to: KeptChannel, *, today: date) -> None:
    """Count the scan of a printed code for the channel it leads to, once a browser and day."""
    code, day = led_to.channel.code, today.isoformat()
    scanned = held.get(_SCANNED, "").split()
    if scanned[:1] != [day]:
        scanned = [day]
    if printed in scanned:
        return
    held[_SCANNED] = " ".join([day, *scanned[1:][1 - _MOST_SCANNED :], printed])
    held[_ARRIVING] = led_to.state is ChannelState.ACTIVE
    counts.count(code, FunnelStep.SCAN, day=today)
    if code != printed:
        counts.count(printed, FunnelStep.FORWARDED, day=today)


def count_landing() -> None:
    """Count that a scan has arrived at the landing page, once a scan."""
    if session.get(_ARRIVING) and not is_prefetch(request.environ):
        session[_ARRIVING] = False
        parts().counts.count(channel_code(), FunnelStep.LANDING, day=local_today())


def channel_code() -> str:
    """The code that what this browser begins now is counted for; "" without a poster."""
    kept = came_by()
    return kept.channel.code if kept else session.get(_CHANNEL, "")


def came_by() -> KeptChannel | None:
    """The channel this browser came by, or where that one leads by now."""
    code = session.get(_CHANNEL, "")
    return parts().channels.destination(code) if code else None


def offered(draft: Draft | None) -> Mapping[str, str]:
    """What the poster knows of whoever came by it: chosen beforehand where it is asked, stored when they go on."""
    code = draft.channel if draft else session.get(_CHANNEL, "")
    kept = parts().channels.destination(code) if code else None
    if kept is None:
        return {}
    return {"region": kept.channel.region, "category": kept.channel.category}


def local_today() -> date:
    return campaign().local(utc_now()).date()
