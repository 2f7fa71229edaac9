"""What a browser remembers of the poster it came from, in the signed session there is anyway.

It holds the channel's code (which a draft begun later is counted for), the codes opened today, so that a second look
is not a second scan, and whether the landing page still has to be counted. No number, nothing that tells one browser
from another; the session ends with the browser, and nothing of it is stored here.
"""

from datetime import date

from flask import request, session

from h5app.domain.channel import ChannelState, FunnelStep, KeptChannel
from h5app.web.context import campaign, parts, utc_now
from h5app.web.robots import is_prefetch

_CHANNEL, _SCANNED, _ARRIVING = "channel", "scanned", "arriving"
# Somebody who opens more posters than this on one day is counted again for the first of them; the cookie stays small.
_MOST_SCANNED = 20


def remember(kept: KeptChannel) -> None:
    """What this browser begins from now on counts for this channel."""
    if session.get(_CHANNEL) != kept.channel.code:
        session[_CHANNEL] = kept.channel.code


def count_scan(printed: str, led_to: KeptChannel) -> None:
    """Count the scan of a printed code for the channel it leads to, once a browser and day."""
    today = local_today()
    day, *codes = session.get(_SCANNED) or ("",)
    if day != today.isoformat():
        codes = []
    if printed in codes:
        return
    session[_SCANNED] = [today.isoformat(), *codes[1 - _MOST_SCANNED :], printed]
    session[_ARRIVING] = led_to.state is ChannelState.ACTIVE
    parts().counts.count(led_to.channel.code, FunnelStep.SCAN, day=today)
    if led_to.channel.code != printed:
        parts().counts.count(printed, FunnelStep.FORWARDED, day=today)


def count_landing() -> None:
    """Count that a scan has arrived at the landing page, once a scan."""
    if session.get(_ARRIVING) and not is_prefetch(request):
        session[_ARRIVING] = False
        parts().counts.count(channel_code(), FunnelStep.LANDING, day=local_today())


def channel_code() -> str:
    """The code that what this browser begins now is counted for; "" without a poster."""
    code = session.get(_CHANNEL, "")
    kept = came_by()
    return kept.channel.code if kept else code


def came_by() -> KeptChannel | None:
    """The channel this browser came by, or where that one leads by now."""
    code = session.get(_CHANNEL, "")
    return parts().channels.destination(code) if code else None


def local_today() -> date:
    return campaign().local(utc_now()).date()
