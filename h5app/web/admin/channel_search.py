"""What a list of channels is narrowed to; all of it stands in the address, as no word of it is about a person."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from werkzeug.datastructures import MultiDict

from h5app.domain.campaign import Campaign
from h5app.domain.channel import NO_CERTAIN, ChannelState, KeptChannel, is_for
from h5app.domain.nomination import Route
from h5app.domain.text import clean_text

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
        words = f"{kept.channel.name} {kept.channel.code}".casefold()
        return (
            is_for(kept.channel, region=self.region, category=self.category, route=self.route)
            and (not self.state or self.state == kept.state)
            and all(word in words for word in self.words.casefold().split())
        )


def filters_of(search: ChannelSearch, campaign: Campaign) -> list[dict[str, Any]]:
    """The selects above the list."""
    states = [(state.value, state.label) for state in ChannelState]
    return selects(search, places_of(campaign) | {"state": ("状态", states)})


def places_of(campaign: Campaign) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """What channels may be for: name in an address → label, and each value with its words."""
    any_one = (NO_CERTAIN, "不限的")
    return {
        "region": ("县（市、区）", [*((name, name) for name in campaign.regions), any_one]),
        "category": ("类别", [*((name, name) for name in campaign.categories), any_one]),
        "route": ("推荐方式", [*((route.value, route.label) for route in Route), any_one]),
    }


def selects(search: object, offered: Mapping[str, tuple[str, list[tuple[str, str]]]]) -> list[dict[str, Any]]:
    """The same for a template, with what `search` has chosen."""
    return [
        {"name": name, "label": label, "value": getattr(search, name), "choices": [("", "全部"), *choices]}
        for name, (label, choices) in offered.items()
    ]
