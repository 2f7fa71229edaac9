"""Listing channels: a list that staff upload, looked at before it is kept, and a pattern for one.

Nothing of a list lies anywhere until it is kept: a page carries it as text, and whoever keeps it has it read again.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from h5app.documents.csv_table import csv_table
from h5app.documents.list_pattern import list_pattern
from h5app.documents.reading.sheet import read_sheet
from h5app.domain.campaign import Campaign
from h5app.domain.channel import ANY, NewChannel
from h5app.domain.channel_list import (
    HEADINGS,
    ChannelList,
    Listed,
    Mistake,
    examples,
    missing_of,
    read_channel_list,
    rows_of,
)
from h5app.domain.errors import ChannelError
from h5app.domain.nomination import Route
from h5app.domain.rows import Row
from h5app.services.channelling import Channels


def read_list(data: bytes, channels: Channels, campaign: Campaign) -> ChannelList:
    """What a CSV, XLSX, XLS or ODS says; nothing is kept.

    Raises:
        UnreadableListError: it is no such file, or has no heading for names.
    """
    return _read(read_sheet(data), channels, campaign)


def listed_missing(channels: Channels, campaign: Campaign, *, by: str) -> ChannelList:
    """A list for each region, category, route or region and category that has no channel yet."""
    there = [kept.channel for kept in channels.all()]
    return _read(rows_of(missing_of(campaign, there, by=by)), channels, campaign)


def as_text(wanted: Iterable[NewChannel]) -> str:
    """The same channels as a CSV that `read_list` reads."""
    target = io.StringIO(newline="")
    csv.writer(target).writerows(row.cells for row in rows_of(wanted))
    return target.getvalue()


def pattern(campaign: Campaign, kind: str) -> bytes:
    """A list to fill in, as "xlsx" or "csv", with examples that no reader takes for channels."""
    if kind == "csv":
        return csv_table(HEADINGS, examples(campaign))
    routes = [route.label for route in Route]
    offered: list[list[str]] = [[], routes, [*campaign.regions], [*campaign.categories], []]
    columns = {name: [*words, ANY] if words else [] for name, words in zip(HEADINGS, offered, strict=True)}
    return list_pattern(columns, examples(campaign), title="海报名单")


def _read(rows: tuple[Row, ...], channels: Channels, campaign: Campaign) -> ChannelList:
    found = read_channel_list(rows, campaign, [kept.channel for kept in channels.all()])
    new: list[Listed] = []
    mistakes = list(found.mistakes)
    for listed in found.new:
        try:
            new.append(replace(listed, channel=channels.checked(listed.channel)))
        except ChannelError as error:
            mistakes.append(Mistake(listed.row, str(error)))
    return replace(found, new=tuple(new), mistakes=tuple(sorted(mistakes, key=lambda mistake: mistake.row)))
