"""What a list of channels is narrowed to; all of it stands in the address, as no word of it is about a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from h5app.domain.campaign import Campaign
from h5app.domain.channel import ChannelState, KeptChannel
from h5app.domain.nomination import Route
from h5app.domain.text import clean_text

NONE = "none"
"""Stands for “no certain one” where a route, region or category is chosen."""
_WORDS_MOST = 40


@dataclass(frozen=True)
class ChannelSearch:
    """Conditions, all of which must hold; an empty one always does."""

    words: str = ""
    route: str = ""
    region: str = ""
    category: str = ""
    state: str = ""

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Self:
        asked = {name: args.get(name, "") for name in cls().offered}
        return cls(**asked | {"words": clean_text(asked["words"])[:_WORDS_MOST]})

    @property
    def offered(self) -> tuple[str, ...]:
        return tuple(field.name for field in fields(self))

    @property
    def conditions(self) -> dict[str, Any]:
        """What is set, for an address."""
        return {name: value for name, value in asdict(self).items() if value}

    def finds(self, kept: KeptChannel) -> bool:
        channel = kept.channel
        said = {"route": channel.route or "", "region": channel.region, "category": channel.category}
        wanted: Mapping[str, str] = {name: getattr(self, name) for name in said}
        words = f"{channel.name} {channel.code}".casefold()
        return (
            all(not value or value == (said[name] or NONE) for name, value in wanted.items())
            and (not self.state or self.state == kept.state)
            and all(word in words for word in self.words.casefold().split())
        )


def filters_of(search: ChannelSearch, campaign: Campaign) -> list[dict[str, Any]]:
    """The selects above the list."""
    any_one = (NONE, "不限的")
    offered: list[tuple[str, str, list[tuple[str, str]]]] = [
        ("region", "县（市、区）", [*((name, name) for name in campaign.regions), any_one]),
        ("category", "类别", [*((name, name) for name in campaign.categories), any_one]),
        ("route", "推荐方式", [*((route.value, route.label) for route in Route), any_one]),
        ("state", "状态", [(state.value, state.label) for state in ChannelState]),
    ]
    return [
        {"name": name, "label": label, "value": getattr(search, name), "choices": [("", "全部"), *choices]}
        for name, label, choices in offered
    ]
