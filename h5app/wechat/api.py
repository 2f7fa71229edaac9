"""What the share card needs of WeChat's server, whoever answers for it."""

from dataclasses import dataclass, field
from typing import Protocol

# WeChat promises two hours at most; whatever claims to last longer is asked for again by then.
LONGEST_S = 7200


@dataclass(frozen=True)
class Granted:
    """A token or a ticket, and for how many seconds from now it is good."""

    text: str = field(repr=False)
    lasts_s: int


class WechatApi(Protocol):
    """WeChat's server for one app.

    Raises (every method):
        WechatError: not reached, or refused; the message says why and what staff can do, and holds no secret.
    """

    def access_token(self) -> Granted:
        """What opens every other call; asking again leaves an earlier one good."""

    def jsapi_ticket(self, access_token: str) -> Granted:
        """What pages are signed with."""
