"""Channels that staff have added, or changed since they stood in `qr/posters.toml`; none is ever deleted."""

from collections.abc import Iterable
from datetime import datetime

from h5app.domain.channel import Channel, ChannelState, KeptChannel
from h5app.domain.nomination import Route
from h5app.storage.rows import Row, Rows, to_text


class ChannelRows:
    """Table `channels`."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def since(self, revision: int) -> tuple[int, tuple[KeptChannel, ...]]:
        """The newest revision there is and the channels that came or changed after `revision`; 0 asks for all."""
        sql = """
            SELECT code, name, route, region, category, state, target, revision FROM channels
            WHERE revision > :revision ORDER BY revision, code
        """
        rows = self._rows.read(sql, {"revision": revision})
        return (rows[-1]["revision"] if rows else revision), tuple(map(_channel, rows))

    def put(self, channels: Iterable[KeptChannel], *, now: datetime) -> None:
        """Add or replace channels, all under one new revision. Several statements: belongs into a transaction."""
        newest = self._rows.read("SELECT COALESCE(MAX(revision), 0) AS newest FROM channels")[0]["newest"]
        sql = """
            INSERT INTO channels (code, name, route, region, category, state, target, revision, added_at, changed_at)
            VALUES (:code, :name, :route, :region, :category, :state, :target, :revision, :now, :now)
            ON CONFLICT (code) DO UPDATE SET
                name = excluded.name, route = excluded.route, region = excluded.region, category = excluded.category,
                state = excluded.state, target = excluded.target, revision = excluded.revision,
                changed_at = excluded.changed_at
        """
        for kept in channels:
            values = {
                "code": kept.channel.code,
                "name": kept.channel.name,
                "route": kept.channel.route.value if kept.channel.route else "",
                "region": kept.channel.region,
                "category": kept.channel.category,
                "state": kept.state.value,
                "target": kept.target,
            }
            self._rows.write(sql, {**values, "revision": newest + 1, "now": to_text(now)})

    def used_codes(self) -> set[str]:
        """Every code that anything here remembers, whether its channel still exists or not."""
        sql = """
            SELECT code FROM channels
            UNION SELECT target FROM channels
            UNION SELECT code FROM counts
            UNION SELECT channel FROM drafts
            UNION SELECT channel FROM nominations
        """
        return {row["code"] for row in self._rows.read(sql)} - {""}


def _channel(row: Row) -> KeptChannel:
    channel = Channel(
        code=row["code"],
        name=row["name"],
        route=Route(row["route"]) if row["route"] else None,
        region=row["region"],
        category=row["category"],
    )
    return KeptChannel(channel, ChannelState(row["state"]), row["target"])
