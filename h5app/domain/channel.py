"""Channels: the places where posters hang, each with its own code.

A printed code lives as long as its paper: what it leads to is changed here, never on the poster.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from h5app.domain.channel_code import CODE_LETTERS
from h5app.domain.nomination import Route

_Code = Annotated[str, StringConstraints(pattern=f"^[{CODE_LETTERS}]{{4,6}}$")]
_Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ChannelState(StrEnum):
    """What a channel's code leads to."""

    ACTIVE = "active"
    REDIRECTED = "redirected"  # to another channel, which everything counts for from then on
    REVOKED = "revoked"  # to a page that says so, with a link to the landing page

    @property
    def label(self) -> str:
        return {"active": "使用中", "redirected": "转到别的渠道", "revoked": "已停用"}[self.value]


@dataclass(frozen=True)
class Channel:
    """What a poster is made for.

    Args:
        code: four to six letters with a check letter, see `domain.channel_code`.
        name: as staff call it, such as 解放区 快递员 or 中通示例站.
        route: the route its poster invites to; None: any.
        region: one of the campaign's regions, or "".
        category: one of the campaign's categories, or "".
    """

    __pydantic_config__ = ConfigDict(extra="forbid")
    code: _Code
    name: _Words
    route: Route | None = None
    region: str = ""
    category: str = ""


ANY = "不限"
NO_CERTAIN = "none"
"""Stands for “no certain one” where channels are narrowed to a region, category or route."""


def is_for(channel: Channel, *, region: str, category: str, route: str) -> bool:
    """Whether a channel is what is looked for; "" takes any, `NO_CERTAIN` those that name none."""
    said = (channel.region, channel.category, channel.route.value if channel.route else "")
    return all(wanted in {"", own or NO_CERTAIN} for wanted, own in zip((region, category, route), said, strict=True))


@dataclass(frozen=True)
class KeptChannel:
    """A channel and what has been decided about it since it was printed.

    Args:
        target: code of the channel this one is redirected to; "" in every other state.
        from_book: it stands in `qr/posters.toml`; otherwise staff added it in the console.
    """

    channel: Channel
    state: ChannelState = ChannelState.ACTIVE
    target: str = ""
    from_book: bool = False


@dataclass(frozen=True)
class NewChannel:
    """A channel that somebody wants; without a `code` one is drawn for it. The other fields are `Channel`'s."""

    name: str
    route: Route | None = None
    region: str = ""
    category: str = ""
    code: str = ""


def whom(channel: Channel | NewChannel) -> tuple[str, str, str]:
    """Route, region and category as staff read them; 不限 where the channel names none."""
    route = channel.route.label if channel.route else ANY
    return route, channel.region or ANY, channel.category or ANY
