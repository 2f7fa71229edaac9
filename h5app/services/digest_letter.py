"""One letter for a path's day: a row and a whole package for each entry, and the 汇总表 of all.

No package is cut apart; one that no message has room for is a link to the console, where one has to sign in.
"""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from h5app.documents.names import media_type
from h5app.documents.package import PackageFile
from h5app.documents.sealed_package import sealed_zip
from h5app.domain.campaign import MailMode, Path, local_time
from h5app.domain.days import day_words
from h5app.domain.digest import digest_line, share_out
from h5app.domain.errors import H5appError, PhotosBusyError, StoreBusyError, StoreFullError
from h5app.domain.identity import mask_name
from h5app.domain.nomination import Nomination
from h5app.mail.message import Enclosure, Letter, base64_size, encoded_size
from h5app.photos.renditions import MAIL_LONG_EDGE_PX
from h5app.services.bodies import Bodies, draw
from h5app.services.comparing import mailed_before
from h5app.services.desk import Desk, subject_of
from h5app.services.packaging import entry_of, package_name, packed, photo_files, print_forms, unit_of
from h5app.services.parcelling import SMALLER_EDGES_PX, smaller
from h5app.services.tabling import KINDS, in_words, roster_file, roster_of
from h5app.storage.letters import QueuedLetter

MOST_MESSAGES = 9
"""Of one digest; its packages are built together, so they must find room in memory. What is left is sent as links."""
# Lists of what a message holds, and the count of messages, once it is known how many there are.
_SLACK_BYTES = 8_000
# Headers of a member of an encrypted package, its salt and its checksum, twice its name.
_SEAL_BYTES = 500
_log = logging.getLogger("h5app.mail")


@dataclass(frozen=True)
class _Member:
    """One entry in a digest; `package` is None where there is only a link to it."""

    letter: QueuedLetter
    nomination: Nomination
    version: str
    package: PackageFile | None = None
    notes: tuple[str, ...] = ()


class _Row(NamedTuple):
    """One entry in the body's table."""

    reference: str
    name: str
    category: str
    route: str
    unit: str
    region: str
    version: str
    where: str
    url: str


@dataclass(frozen=True)
class _Part:
    """One message: which packages it holds, and what else."""

    number: int
    count: int
    members: tuple[int, ...]
    files: tuple[PackageFile, ...]


def compose_digest(desk: Desk, queued: QueuedLetter, *, date: datetime) -> tuple[Letter, ...]:
    """The digest's messages: 汇总表 in the first, each entry's package whole in one of them, or a link to it.

    Raises:
        H5appError: nobody is left in it.
    """
    path = desk.campaign.paths[queued.path]
    members = _members(desk, queued, path)
    if not members:
        raise H5appError("这封汇总里的推荐表都已更正、撤回或做不出来")
    return _Digest(desk, queued, path, members, date).letters()


@dataclass(frozen=True)
class _Digest:
    """A digest while it is written."""

    desk: Desk
    queued: QueuedLetter
    path: Path
    members: tuple[_Member, ...]
    written_at: datetime

    @property
    def day(self) -> date:
        return date.fromisoformat(self.queued.day)

    @property
    def is_sealed(self) -> bool:
        return self.path.mail.mode is MailMode.SEALED_ZIP

    def letters(self) -> tuple[Letter, ...]:
        parts = self._parts()
        where = {place: part.number for part in parts for place in part.members}
        return tuple(self._letter(part, self._bodies(part, where), enclosures=self._enclosures(part)) for part in parts)

    def _parts(self) -> list[_Part]:
        tables = self._tables()
        bare = _Part(MOST_MESSAGES, MOST_MESSAGES, (), ())
        where = dict.fromkeys(range(len(self.members)), MOST_MESSAGES)
        skeleton = self._letter(bare, self._bodies(bare, where), enclosures=())
        room = self.path.limits.mail_bytes - encoded_size(skeleton) - _SLACK_BYTES
        packages = {
            place: self._fitted(each.nomination, each.package, skeleton, room)
            for place, each in enumerate(self.members)
            if each.package
        }
        shares = share_out(
            [self._cost(skeleton, package) for package in packages.values()],
            room=room,
            first_holds=sum(self._cost(skeleton, table) for table in tables),
            least_parts=min(self.queued.least_parts, MOST_MESSAGES),
            most_parts=MOST_MESSAGES,
        )
        places = list(packages)
        return [
            _Part(
                number,
                len(shares.parts),
                tuple(places[each] for each in share),
                (*(tables if number == 1 else ()), *(packages[places[each]] for each in share)),
            )
            for number, share in enumerate(shares.parts, start=1)
        ]

    def _tables(self) -> tuple[PackageFile, ...]:
        """汇总表 of everybody, where the letter may name them."""
        if self.path.mail.mode is MailMode.LINK:
            return ()
        roster = roster_of((each.nomination for each in self.members), self.desk.campaign, dated=in_words(self.day))
        stamp = f"{self.day:%Y%m%d}"
        drawn = (roster_file(roster, kind, name=f"推荐汇总表_{stamp}") for kind in KINDS)
        return tuple(replace(file, ascii_name=f"table_{stamp}.{kind}") for kind, file in zip(KINDS, drawn, strict=True))

    def _fitted(self, nomination: Nomination, package: PackageFile, skeleton: Letter, room: int) -> PackageFile:
        """The package, with smaller photos where no message has room for it; as small as we make it at the least."""
        for edge_px in SMALLER_EDGES_PX:
            if self._cost(skeleton, package) <= room:
                break
            package, _notes = _package(self.desk, nomination, long_edge_px=edge_px)
        return package

    def _cost(self, skeleton: Letter, file: PackageFile) -> int:
        """What a file takes of a message's room."""
        if self.is_sealed:
            return base64_size(len(file.data) + _SEAL_BYTES)
        return encoded_size(replace(skeleton, enclosures=(_enclosed(file),))) - encoded_size(skeleton)

    def _enclosures(self, part: _Part) -> tuple[Enclosure, ...]:
        if not self.is_sealed or not part.files:
            return tuple(map(_enclosed, part.files))
        stamp = f"{self.day:%Y%m%d}" + (f"_{part.number}" if part.count > 1 else "")
        # Names inside can be read without the pass phrase.
        inside = [replace(file, name=file.ascii_name) for file in part.files]
        local = self.desk.campaign.local(self.written_at)
        sealed = sealed_zip(f"digest_{stamp}", inside, modified_at=local, passphrase=self.desk.passphrase)
        return (_enclosed(PackageFile(f"推荐汇总_{stamp}.zip", sealed, f"digest_{stamp}.zip")),)

    def _letter(self, part: _Part, bodies: Bodies, *, enclosures: tuple[Enclosure, ...]) -> Letter:
        return self.desk.letter(
            to=self.path.mailbox,
            subject=digest_line(
                path=self.path.name, day=self.day, count=len(self.members), part=part.number, parts=part.count
            ),
            bodies=bodies,
            enclosures=enclosures,
            seed=f"digest-{self.queued.id}-{self.written_at:%Y%m%d%H%M%S}-{part.number}",
            date=self.written_at,
            ascii_names=self.path.mail.ascii_names,
        )

    def _bodies(self, part: _Part, where: dict[int, int]) -> Bodies:
        rows = [self._row(place, part, where) for place in range(len(self.members))]
        is_masked = self.path.mail.mode.is_masked
        return draw(
            "digest",
            title=f"{self.path.name}汇总 {day_words(self.day)} 共 {len(rows)} 份",
            campaign=self.desk.campaign,
            made_at=local_time(self.desk.campaign.local(self.written_at)),
            part=part,
            rows=rows,
            is_masked=is_masked,
            how_to_open=self.desk.how_to_open if self.is_sealed else "",
            has_corrections=any(row.version for row in rows),
            linked=sum(bool(row.url) for row in rows),
            held=[file.ascii_name if self.is_sealed else file.name for file in part.files],
            notes=[]
            if is_masked
            else [(each.nomination.reference, note) for each in self.members for note in each.notes],
        )

    def _row(self, place: int, part: _Part, where: dict[int, int]) -> _Row:
        member = self.members[place]
        nomination, number = member.nomination, where.get(place)
        is_masked = self.path.mail.mode.is_masked
        url = "" if number else f"{self.desk.base_url}/admin/nominations/{nomination.reference}"
        return _Row(
            reference=nomination.reference,
            name=mask_name(nomination.answers["name"]) if is_masked else nomination.answers["name"],
            category=nomination.answers["category"],
            route=nomination.route.label,
            unit="" if is_masked else unit_of(nomination),
            region="" if is_masked else nomination.answers.get("region", ""),
            version=member.version,
            where=_where(number, part),
            url=url,
        )


def _where(number: int | None, part: _Part) -> str:
    if number is None:
        return "登录后台下载"
    if part.count == 1:
        return "附件"
    return "本封附件" if number == part.number else f"第 {number} 封"


def _enclosed(file: PackageFile) -> Enclosure:
    return Enclosure(file.name, media_type(file.name), file.data, file.ascii_name)


def _members(desk: Desk, queued: QueuedLetter, path: Path) -> tuple[_Member, ...]:
    """Everybody in a digest, by category, then 受理编号; whose package cannot be built waits for people by itself.

    Packages are built as long as all messages together have room for them.
    """
    carried = desk.stores.digests.carried(queued.id)
    found = (_or_apart(desk, letter, partial(_member, desk, letter)) for letter in carried)
    places = {category: place for place, category in enumerate(desk.campaign.categories)}

    def order(member: _Member) -> tuple[int, str, str]:
        category = member.nomination.answers["category"]
        return places.get(category, len(places)), category, member.nomination.reference

    room = 0 if path.mail.mode is MailMode.LINK else MOST_MESSAGES * path.limits.mail_bytes
    members = []
    for member in sorted(filter(None, found), key=order):
        filled = _or_apart(desk, member.letter, partial(_filled, desk, member)) if room > 0 else member
        if filled:
            members.append(filled)
            room -= base64_size(len(filled.package.data)) if filled.package else 0
    return tuple(members)


def _or_apart(desk: Desk, letter: QueuedLetter, make: Callable[[], _Member]) -> _Member | None:
    """What is made of an entry; None where that does not work, and then its letter waits for people."""
    try:
        return make()
    except (StoreFullError, StoreBusyError, PhotosBusyError, OSError):
        raise  # this machine is in trouble, not the entry
    except Exception as error:  # noqa: BLE001 -- whatever an entry breaks on, the others must go out
        # Only where it broke is logged: an error's words might repeat what somebody typed.
        where = "".join(traceback.format_tb(error.__traceback__))
        _log.error("letter %s cannot be built: %s\n%s", letter.id, type(error).__name__, where)
        note = f"汇总里的这一份做不出来（{type(error).__name__}），请打开这份申报看看缺什么"
        desk.stores.digests.set_apart(letter, note=note)
        return None


def _member(desk: Desk, letter: QueuedLetter) -> _Member:
    nomination = subject_of(desk.stores, letter)
    corrects = mailed_before(desk.stores, nomination)
    return _Member(letter, nomination, f"更正版 v{nomination.revision}" if corrects else "")


def _filled(desk: Desk, member: _Member) -> _Member:
    package, notes = _package(desk, member.nomination)
    return replace(member, package=package, notes=notes)


def _package(
    desk: Desk, nomination: Nomination, *, long_edge_px: int = MAIL_LONG_EDGE_PX
) -> tuple[PackageFile, tuple[str, ...]]:
    """An entry's package with photos in mail size, or smaller; and what staff must know of its forms."""
    entry = entry_of(desk.stores, nomination)
    printed = print_forms(entry, desk.campaign, desk.files, desk.stationery)
    photos = photo_files(entry, desk.campaign, desk.files, press=False)
    if long_edge_px < MAIL_LONG_EDGE_PX:
        photos = [smaller(photo, long_edge_px) for photo in photos]
    data = packed(nomination, desk.campaign, [printed.word, printed.pdf, *photos])
    name = f"{package_name(nomination, desk.campaign)}.zip"
    return PackageFile(name, data, f"{nomination.reference}.zip"), printed.notes
