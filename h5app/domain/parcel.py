"""Parcels: how the files of an entry fit into messages, worked out before any is built or sent.

Rule: every file is in exactly one message, in order, the forms in the first; where they do not fit, none is sent and
a link is. Smaller photos come before more messages, more messages before the link.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from h5app.domain.campaign import MailMode


@dataclass(frozen=True)
class Item:
    """One file.

    Args:
        size_bytes: what it adds to a message, encoded, with all that names it.
    """

    name: str
    size_bytes: int


@dataclass(frozen=True)
class Load:
    """Everything that an entry has to send, with its photos in one size.

    Args:
        long_edge_px: how long the longer side of a photo is at the most.
    """

    forms: tuple[Item, ...]
    photos: tuple[Item, ...]
    long_edge_px: int


@dataclass(frozen=True)
class Room:
    """What a mailbox takes.

    Args:
        message_bytes: of a whole encoded message, at the most.
        envelope_bytes: of a message without a file: headers and bodies.
        least: in how many messages it has to be.
        most: in how many it may be.
    """

    message_bytes: int
    envelope_bytes: int
    least: int = 1
    most: int = 1

    @property
    def for_files_bytes(self) -> int:
        return self.message_bytes - self.envelope_bytes


@dataclass(frozen=True)
class Part:
    """One message: what is in it, and how large it is at the most."""

    items: tuple[Item, ...]
    size_bytes: int


@dataclass(frozen=True)
class Parcel:
    """How an entry is sent.

    Args:
        mode: how it goes; LINK where its path's own way has no room for it.
        asked: its path's own way.
        parts: one or several messages, in order.
        long_edge_px: of the photos; 0 where none is sent.
        shrunk: whether they are smaller than photos in mails are.
    """

    mode: MailMode
    asked: MailMode
    parts: tuple[Part, ...]
    long_edge_px: int = 0
    shrunk: bool = False

    @property
    def size_bytes(self) -> int:
        return sum(part.size_bytes for part in self.parts)

    @property
    def fell_back(self) -> bool:
        """Whether only a link is sent, although its path asks for more."""
        return self.mode is not self.asked

    @property
    def sentence(self) -> str:
        """What will be sent, for staff."""
        if self.fell_back:
            return "材料太大，分几封也放不下，只寄登录链接，不带推荐表和照片"
        if self.mode is MailMode.LINK:
            return "只寄登录链接，不带推荐表和照片"
        count = f"分 {len(self.parts)} 封寄出" if len(self.parts) > 1 else "一封寄出"
        said = [f"约 {megabytes(self.size_bytes)}", *_PACKED.get(self.mode, ()), count]
        if self.long_edge_px:
            said.append(f"照片缩小到 {self.long_edge_px} 像素" if self.shrunk else "照片用邮件尺寸")
        return "，".join(said)


_PACKED = {MailMode.ZIP: ("打成 ZIP 包",), MailMode.SEALED_ZIP: ("打成加密的 ZIP 包",)}


def megabytes(size_bytes: int) -> str:
    """A size as people read it.

    >>> megabytes(3_240_000), megabytes(86_000)
    ('3.2 MB', '86 KB')
    """
    if size_bytes < 1_000_000:
        return f"{max(1, round(size_bytes / 1000))} KB"
    return f"{size_bytes / 1_000_000:.1f} MB"


def plan_parcel(loads: Iterable[Load], room: Room, *, mode: MailMode) -> Parcel:
    """Choose the largest photos with which as few messages as possible are needed.

    Args:
        loads: the same entry with ever smaller photos; a smaller one is asked for only where a larger has no room.
        room: what the mailbox takes.
        mode: the path's own way.
    """
    if mode is MailMode.LINK or room.least > room.most:
        return _link(mode, room)
    first_px = 0
    parcel: Parcel | None = None
    for load in loads:
        first_px = first_px or load.long_edge_px
        parts = _parted(load, room)
        if not parts:
            continue
        edge_px = load.long_edge_px if load.photos else 0
        parcel = Parcel(mode, mode, parts, edge_px, shrunk=bool(edge_px) and edge_px < first_px)
        if len(parts) == room.least:
            return parcel
    return parcel if parcel and len(parcel.parts) <= room.most else _link(mode, room)


def _link(mode: MailMode, room: Room) -> Parcel:
    return Parcel(MailMode.LINK, mode, (Part((), room.envelope_bytes),))


def _parted(load: Load, room: Room) -> tuple[Part, ...]:
    """The files in as few messages as hold them, but `room.least`, about equally large; () where there is no way."""
    groups = [load.forms, *((photo,) for photo in load.photos)]
    sizes = [sum(item.size_bytes for item in group) for group in groups]
    if max(sizes) > room.for_files_bytes or len(groups) < room.least:
        return ()
    count = max(room.least, len(_cuts(sizes, room.for_files_bytes)))
    cuts = _even_cuts(sizes, count)
    parted = [groups[start:end] for start, end in zip(cuts, [*cuts[1:], len(groups)], strict=True)]
    return tuple(_part([item for group in part for item in group], room) for part in parted)


def _part(items: Sequence[Item], room: Room) -> Part:
    return Part(tuple(items), room.envelope_bytes + sum(item.size_bytes for item in items))


def _cuts(sizes: Sequence[int], most: int) -> list[int]:
    """Where each message begins when each takes what still fits: with no fewer messages is it to be done."""
    cuts, filled = [0], 0
    for at, size in enumerate(sizes):
        if filled + size > most and at:
            cuts.append(at)
            filled = 0
        filled += size
    return cuts


def _even_cuts(sizes: Sequence[int], count: int) -> list[int]:
    """Where each of `count` messages begins so that the largest is as small as can be; `count` <= len(sizes)."""
    least, most = max(sizes), sum(sizes)
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if len(_cuts(sizes, middle)) <= count else (middle + 1, most)
    cuts = _cuts(sizes, least)
    while len(cuts) < count:  # what weighs most left room for fewer: one that can be parted still is
        cuts = sorted({*cuts, _next_cut(sizes, cuts)})
    return cuts


def _next_cut(sizes: Sequence[int], cuts: Sequence[int]) -> int:
    """The place that parts the heaviest message of more than one piece most evenly."""
    ranges = [(start, end) for start, end in zip(cuts, [*cuts[1:], len(sizes)], strict=True) if end - start > 1]
    start, end = max(ranges, key=lambda each: sum(sizes[each[0] : each[1]]))
    return min(range(start + 1, end), key=lambda at: abs(sum(sizes[start:at]) - sum(sizes[at:end])))
