"""Sharing: the card WeChat shows when somebody passes the landing page on. No page needs it in order to work.

The mail worker refreshes the ticket, one worker at a time; pages only read it.
"""

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from h5app.domain.errors import WechatError
from h5app.storage.wechat_tokens import KeptToken, LeasedTokens, WechatTokens
from h5app.wechat.api import LONGEST_S, Granted, WechatApi
from h5app.wechat.signing import signature

# Far more than two calls take; a worker that died in between holds the others up no longer than this.
LEASE = timedelta(minutes=2)
_LONGEST = timedelta(seconds=LONGEST_S)
# A new ticket is fetched this long before the old one ends, so that no page is ever without.
_MARGIN = timedelta(minutes=10)
_SHORTEST = timedelta(minutes=1)
# One app has so many calls a day; what is wrong mostly waits for a person.
BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 30))
# The access token was ended from outside, as a reset of the secret does.
_TOKEN_ENDED = frozenset({40001, 40014, 42001})
_log = logging.getLogger("h5app.wechat")


@dataclass(frozen=True)
class ShareDesk:
    """Whose app signs, where its tickets are kept, and who gives new ones."""

    app_id: str
    tokens: WechatTokens
    api: WechatApi


@dataclass(frozen=True)
class SignedPage:
    """What `wx.config` asks for. `timestamp` is in seconds since 1970."""

    app_id: str
    timestamp: int
    nonce: str
    signature: str


def sign_page(desk: ShareDesk, url: str, *, now: datetime) -> SignedPage | None:
    """Sign one page; None while there is no good ticket.

    Args:
        url: the page's address as the browser has it.
    """
    ticket = _still_good(desk.tokens.ticket(desk.app_id), now=now)
    if ticket is None:
        return None
    nonce, timestamp = secrets.token_hex(8), int(now.timestamp())
    signed = signature(ticket.text, nonce=nonce, timestamp=timestamp, url=url)
    return SignedPage(desk.app_id, timestamp, nonce, signed)


def refresh_ticket(desk: ShareDesk, *, now: datetime) -> bool:
    """Fetch a new ticket if one is due and no other worker is at it; whether one came.

    Trouble with WeChat's server is logged in one line without secrets, and the next try put off, longer each time.
    """
    leased = desk.tokens.lease(desk.app_id, now=now, lease_until=now + LEASE, horizon=now + _LONGEST)
    if leased is None:
        return False
    access = _still_good(leased.access_token, now=now)
    try:
        access = access or _kept(desk.api.access_token(), now=now)
        ticket = _kept(desk.api.jsapi_ticket(access.text), now=now)
    except WechatError as error:
        _put_off(desk, leased, error, access=access, now=now)
        return False
    return desk.tokens.settle(leased, access_token=access, ticket=ticket, failures=0, due_at=_renewal(ticket, now=now))


def _put_off(
    desk: ShareDesk, leased: LeasedTokens, error: WechatError, *, access: KeptToken | None, now: datetime
) -> None:
    wait = BACKOFF[min(leased.failures, len(BACKOFF) - 1)]
    if error.code in _TOKEN_ENDED:
        access = None
    failures, due_at = leased.failures + 1, now + wait
    desk.tokens.settle(leased, access_token=access, ticket=leased.ticket, failures=failures, due_at=due_at)
    _log.warning("微信分享卡片暂时用不了，网页不受影响：%s。%d 分钟后再试", error, wait.total_seconds() // 60)


def _kept(granted: Granted, *, now: datetime) -> KeptToken:
    return KeptToken(granted.text, now + timedelta(seconds=granted.lasts_s))


def _still_good(kept: KeptToken | None, *, now: datetime) -> KeptToken | None:
    """A token that lasts; one that lasts too long was kept by a clock that ran ahead, and its age is unknown."""
    return kept if kept and now < kept.until <= now + _LONGEST else None


def _renewal(ticket: KeptToken, *, now: datetime) -> datetime:
    """Well before the ticket ends; WeChat may hand out one that has little time left."""
    left = ticket.until - now
    return now + max(left - _MARGIN if left > 2 * _MARGIN else left / 2, _SHORTEST)
