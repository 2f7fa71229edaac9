"""Channelling: what a printed code leads to; the poster hangs on, what stands behind its code may change.

Channels of `qr/posters.toml` are there without being stored; a change to one is stored and wins over the file.
"""

import secrets
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from h5app.domain.campaign import Campaign
from h5app.domain.channel import ANY, Channel, ChannelState, KeptChannel, NewChannel
from h5app.domain.channel_code import CODE_LENGTHS, CODE_LETTERS, check_letter, read_code
from h5app.domain.channel_naming import channel_code, channel_name, identity, in_short
from h5app.domain.errors import ChannelError, ConflictError, InvalidAnswerError, NotFoundError, StoreBusyError
from h5app.domain.text import clean_text
from h5app.posters.book import CAMPAIGN_TEXTS, PosterBook
from h5app.storage.audit import AuditEntry
from h5app.storage.stores import Stores

CHANGED = "这个渠道刚刚有同事改过。请看过最新的再改，您刚才的改动没有保存"

# Codes are drawn so long that there are at least this many for each one in use.
_ROOM = 8


@dataclass(frozen=True)
class _Known:
    """What has been read, and when, on `time.monotonic()`'s scale; -1: the database was never asked."""

    by_code: Mapping[str, KeptChannel]
    revision: int
    read_at_s: float


class Channels:
    """Every channel there is, safe to share between threads.

    `destination` and `remembered` answer from memory and never wait for a writer; the others ask the database for what
    has changed, one look into an index.

    Args:
        fresh_s: how old memory may be, in seconds: a change in another process is followed here after this long.
    """

    def __init__(self, stores: Stores, book: PosterBook, campaign: Campaign, *, fresh_s: float = 1.0) -> None:
        self._stores = stores
        self._book = book
        self._campaign = campaign
        self._fresh_s = fresh_s
        self._in_book = {channel.code: KeptChannel(channel, from_book=True) for channel in book.channels}
        self._reading = threading.Lock()
        self._known = _Known(MappingProxyType(self._in_book), revision=-1, read_at_s=0.0)

    def all(self) -> tuple[KeptChannel, ...]:
        """Those of the book first, in its order, then the added ones by name."""
        by_code = self._fresh()
        added = sorted(
            (kept for kept in by_code.values() if not kept.from_book),
            key=lambda kept: (kept.channel.name, kept.channel.code),
        )
        return (*(by_code[code] for code in self._in_book), *added)

    def find(self, code: str) -> KeptChannel | None:
        """The channel with this very code, as it is now."""
        return self._fresh().get(code)

    def destination(self, code: str) -> KeptChannel | None:
        """Where a code leads, which is never a redirected channel; None where nobody knows the code."""
        return _end_of(self._recent(), code)

    def remembered(self, code: str) -> KeptChannel | None:
        """The channel with this very code, as `destination` knows it: for whoever must not wait."""
        return self._recent().get(code)

    def checked(self, wanted: NewChannel) -> NewChannel:
        """A channel as it would be kept, its words cleaned and its code in capitals.

        Raises:
            ChannelError: something of it cannot be; whether its code is free is not looked at.
        """
        name = channel_name(wanted.name)
        if (wanted.route or CAMPAIGN_TEXTS) not in self._book.texts:
            label = wanted.route.label if wanted.route else "总海报"
            raise ChannelError(f"qr/posters.toml 里还没有“{label}”海报的字，请先补上，或换一种推荐方式")
        region = self._one_of(self._campaign.regions, wanted.region, "地区")
        category = self._one_of(self._campaign.categories, wanted.category, "类别")
        return NewChannel(name, wanted.route, region, category, channel_code(wanted.code))

    def add(self, wanted: Sequence[NewChannel], *, who: str, now: datetime) -> tuple[KeptChannel, ...]:
        """Keep new channels, all or none, in the order given; whoever names no code has one drawn.

        Raises:
            ChannelError: one of them cannot be, its name is that of another channel of its region, or its code belongs
                to another channel or did once.
        """
        checked = [self.checked(each) for each in wanted]
        with self._stores.rows.transaction():
            _check_names(checked, self._fresh())
            used = self._stores.channels.used_codes() | set(self._in_book)
            added = tuple(KeptChannel(channel) for channel in _with_codes(checked, used))
            self._stores.channels.put(added, now=now)
            for kept in added:
                self._stores.audit.add(AuditEntry(now, who, "添加海报渠道", kept.channel.code, kept.channel.name))
        self._fresh()
        return added

    def change(
        self,
        code: str,
        *,
        to: NewChannel,
        state: ChannelState = ChannelState.ACTIVE,
        target: str = "",
        seen: KeptChannel | None = None,
        who: str,
        now: datetime,
    ) -> KeptChannel:
        """Give a channel other words, or another state; its code stays what is printed.

        Args:
            seen: the channel as whoever changes it has seen it.
            to: its `code` is not looked at.
            target: where a redirected one leads, as typed; not looked at in other states.

        Raises:
            NotFoundError: no such channel.
            ConflictError: it is no longer what was seen.
            ChannelError: the words cannot be; the target is unknown, revoked, or leads back here; or others lead here.
        """
        with self._stores.rows.transaction():
            by_code = self._fresh()
            if code not in by_code:
                raise NotFoundError("没有这个渠道。请回到海报页再选一次")
            was = by_code[code]
            if seen not in {None, was}:
                raise ConflictError(CHANGED)
            channel = self._worded(was.channel, to)
            end = _target(by_code, code, target) if state is ChannelState.REDIRECTED else ""
            if state is ChannelState.REVOKED:
                _check_none_leads_to(by_code, code)
            changed = KeptChannel(channel, state, end, from_book=was.from_book)
            if changed != was:
                self._stores.channels.put((changed,), now=now)
                self._stores.audit.add(AuditEntry(now, who, "修改海报渠道", code, _difference(was, changed)))
        self._fresh()
        return changed

    def _worded(self, was: Channel, to: NewChannel) -> Channel:
        """With its new words; whoever changes none may go on, even where the campaign no longer has its region."""
        if replace(to, code="") == NewChannel(was.name, was.route, was.region, was.category):
            return was
        checked = self.checked(replace(to, code=""))
        return Channel(was.code, checked.name, checked.route, checked.region, checked.category)

    def _one_of(self, choices: Sequence[str], typed: str, label: str) -> str:
        chosen = _cleaned(typed)
        if chosen and chosen not in choices:
            raise ChannelError(f"{label}“{in_short(chosen)}”不在活动文件里，请从这些里选：{'、'.join(choices)}")
        return chosen

    def _recent(self) -> Mapping[str, KeptChannel]:
        """At most `fresh_s` old, or as old as the database has been away. One thread reads, the others go on."""
        if time.monotonic() - self._known.read_at_s < self._fresh_s:
            return self._known.by_code
        if self._known.revision < 0:
            return self._fresh()
        if self._reading.acquire(blocking=False):
            try:
                self._read()
            except StoreBusyError:
                self._known = replace(self._known, read_at_s=time.monotonic())
            finally:
                self._reading.release()
        return self._known.by_code

    def _fresh(self) -> Mapping[str, KeptChannel]:
        with self._reading:
            return self._read()

    def _read(self) -> Mapping[str, KeptChannel]:
        known, now_s = self._known, time.monotonic()
        revision, changed = self._stores.channels.since(max(known.revision, 0))
        by_code = known.by_code
        if changed:
            kept = {each.channel.code: replace(each, from_book=each.channel.code in self._in_book) for each in changed}
            by_code = MappingProxyType({**by_code, **kept})
        self._known = _Known(by_code, revision, now_s)
        return by_code


def _end_of(by_code: Mapping[str, KeptChannel], code: str) -> KeptChannel | None:
    seen: set[str] = set()
    kept = by_code.get(code)
    # A circle cannot be made here, but by whoever edits the file and the database.
    while kept and kept.state is ChannelState.REDIRECTED and kept.channel.code not in seen:
        seen.add(kept.channel.code)
        kept = by_code.get(kept.target)
    return kept if kept and kept.state is not ChannelState.REDIRECTED else None


def _target(by_code: Mapping[str, KeptChannel], code: str, typed: str) -> str:
    """The code that `typed` means, if `code` may lead there."""
    target = read_code(typed).code
    if not target:
        raise ChannelError("还没有写要转到哪个渠道，请填上它的编码")
    if target not in by_code:
        raise ChannelError(f"没有编码“{in_short(target)}”，请核对要转到的编码")
    if target == code:
        raise ChannelError("不能转到自己，请换一个编码")
    end = _end_of({**by_code, code: replace(by_code[code], state=ChannelState.ACTIVE, target="")}, target)
    if end and end.channel.code == code:
        raise ChannelError(f"{target} 又会转回 {code}，请换一个编码")
    if end is None or end.state is ChannelState.REVOKED:
        raise ChannelError(f"{target} 已停用，请换一个编码，或先把它恢复使用")
    return target


def _check_none_leads_to(by_code: Mapping[str, KeptChannel], code: str) -> None:
    leading = [kept.channel.code for kept in by_code.values() if kept.target == code]
    if leading:
        some = "、".join(sorted(leading)[:3]) + ("等" if len(leading) > 3 else "")
        raise ChannelError(f"{some} 现在转到这里，请先把它们转到别处，再停用")


def _cleaned(typed: str) -> str:
    try:
        return clean_text(typed)
    except InvalidAnswerError as error:
        raise ChannelError(str(error)) from error


def _check_names(wanted: Iterable[NewChannel], there: Mapping[str, KeptChannel]) -> None:
    """Asked where nobody else writes: a button pressed twice sends a list twice, and no channel is ever deleted."""
    names = {identity(kept.channel.name, kept.channel.region): code for code, kept in there.items()}
    for each in wanted:
        if code := names.get(identity(each.name, each.region)):
            raise ChannelError(f"已经有“{each.name}”了，编码是 {code}。要再加一个，请把名称写得不一样")


def _with_codes(wanted: Iterable[NewChannel], used: set[str]) -> Iterable[Channel]:
    wanted = list(wanted)
    for each in wanted:
        if each.code in used:
            raise ChannelError(f"编码 {each.code} 已经有人用了，或者以前用过，请换一个，也可以不写")
        used |= {each.code} - {""}
    for each in wanted:
        code = each.code or _draw(used)
        used.add(code)
        yield Channel(code, each.name, each.route, each.region, each.category)


def _draw(used: set[str]) -> str:
    """A code that nobody has or had; short as long as there is room."""
    room = _ROOM * (len(used) + 1)
    length = next((n for n in CODE_LENGTHS if len(CODE_LETTERS) ** (n - 1) >= room), CODE_LENGTHS[-1])
    while True:
        data = "".join(secrets.choice(CODE_LETTERS) for _ in range(length - 1))
        code = data + check_letter(data)
        if code not in used:
            return code


def _difference(was: KeptChannel, now: KeptChannel) -> str:
    """What changed, in words for the log."""
    return "；".join(
        f"{label}：{before or '无'} → {after or '无'}"
        for label, before, after in zip(_PARTS, _words(was), _words(now), strict=True)
        if before != after
    )


_PARTS = ("名称", "推荐方式", "地区", "类别", "状态", "转到")


def _words(kept: KeptChannel) -> tuple[str, ...]:
    channel = kept.channel
    route = channel.route.label if channel.route else ANY
    return channel.name, route, channel.region, channel.category, kept.state.label, kept.target
