"""Parcelling: which files of an entry go into which message, at a size that its path's mailbox takes.

Rule: what is planned is what is sent. Files are made once, counted as they will be encoded, and handed on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from h5app.documents.package import PackageFile
from h5app.documents.sealed_package import sealed_zip
from h5app.domain.campaign import MailMode, Path
from h5app.domain.errors import UnreadablePhotoError
from h5app.domain.parcel import Item, Load, Parcel, Room, plan_parcel
from h5app.mail.message import base64_size
from h5app.photos import shrink
from h5app.photos.renditions import MAIL_LONG_EDGE_PX
from h5app.services.desk import Desk
from h5app.services.packaging import Entry, package_name, packed, photo_files, print_forms, title_of

SMALLER_EDGES_PX = (1280, 1024)
"""Tried where photos of the usual mail size have no room."""
# What stands around a file at the most: in a message two headers with a name of 80 bytes encoded twice, in a ZIP two
# heads, the path twice, salt and seal, its line in the list.
_AROUND_BYTES = 1_000
# And around all of a ZIP: its own headers, its folder, the head of the list.
_AROUND_ALL_BYTES = 2_000


@dataclass(frozen=True)
class Contents:
    """What an entry has to send, in the order in which it is sent.

    Args:
        photos: in mail size.
        notes: what the staff must know of the paper.
    """

    forms: tuple[PackageFile, ...]
    photos: tuple[PackageFile, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Message:
    """What one message carries.

    Args:
        files: of the entry.
        enclosed: what is attached: the files, or a ZIP of them.
    """

    files: tuple[PackageFile, ...] = ()
    enclosed: tuple[PackageFile, ...] = ()


@dataclass(frozen=True)
class Bundle:
    """A parcel, and what each of its messages carries."""

    parcel: Parcel
    messages: tuple[Message, ...]


def contents_of(desk: Desk, entry: Entry) -> Contents:
    """Print the forms of an entry and read its photos."""
    printed = print_forms(entry, desk.campaign, desk.files, desk.stationery)
    photos = photo_files(entry, desk.campaign, desk.files, press=False)
    contents = Contents((printed.word, printed.pdf), tuple(photos), printed.notes)
    return _nameless(contents, entry, desk) if _path(desk, entry).mail.mode is MailMode.SEALED_ZIP else contents


def draft_of(desk: Desk, entry: Entry, contents: Contents | None) -> Bundle:
    """A bundle of one message with nothing in it yet, to see how large a letter is before its files.

    Args:
        contents: None for a letter that carries none.
    """
    mode = _path(desk, entry).mail.mode if contents else MailMode.LINK
    parcel = plan_parcel((), Room(0, 0), mode=MailMode.LINK)
    files = (*contents.forms, *contents.photos) if contents else ()
    return Bundle(replace(parcel, mode=mode, asked=mode), (Message(files),))


def bundle_of(desk: Desk, entry: Entry, contents: Contents | None, *, envelope_bytes: int, least: int = 1) -> Bundle:
    """Plan a parcel and fill it.

    Args:
        contents: None for a path that mails links only.
        envelope_bytes: of a message without its files, at the most.
        least: in how many messages it has to be.
    """
    path, made = _path(desk, entry), dict[int, tuple[PackageFile, ...]]()
    around_bytes = envelope_bytes + _AROUND_ALL_BYTES
    room = Room(path.limits.mail_bytes, around_bytes, least=least, most=path.mail.most_letters)
    loads = _loads(contents, made) if contents else iter(())
    parcel = plan_parcel(loads, room, mode=path.mail.mode if contents else MailMode.LINK)
    if parcel.mode is MailMode.LINK or contents is None:
        return Bundle(parcel, (Message(),))
    files = iter((*contents.forms, *made.get(parcel.long_edge_px, ())))
    messages = [tuple(next(files) for _ in part.items) for part in parcel.parts]
    if parcel.mode is MailMode.ATTACHMENTS:
        return Bundle(parcel, tuple(Message(inside, inside) for inside in messages))
    numbers = range(1, len(messages) + 1) if len(messages) > 1 else (0,)
    zips = (_zipped(desk, entry, inside, number) for inside, number in zip(messages, numbers, strict=True))
    return Bundle(parcel, tuple(Message(inside, (made,)) for inside, made in zip(messages, zips, strict=True)))


def uses_contents(desk: Desk, entry: Entry) -> bool:
    """Whether the path's mail carries files at all."""
    return _path(desk, entry).mail.mode is not MailMode.LINK


def _path(desk: Desk, entry: Entry) -> Path:
    # What was meant for one mailbox must not go to another, so a path that is gone is an error.
    return desk.campaign.paths[entry.nomination.path]


def _loads(contents: Contents, made: dict[int, tuple[PackageFile, ...]]) -> Iterator[Load]:
    """The entry with ever smaller photos; each size is made when it is asked for, and kept in `made`."""
    forms = tuple(map(_item, contents.forms))
    made[MAIL_LONG_EDGE_PX] = contents.photos
    yield Load(forms, tuple(map(_item, contents.photos)), MAIL_LONG_EDGE_PX)
    for edge_px in SMALLER_EDGES_PX if contents.photos else ():
        made[edge_px] = tuple(smaller(photo, edge_px) for photo in contents.photos)
        yield Load(forms, tuple(map(_item, made[edge_px])), edge_px)


def _item(file: PackageFile) -> Item:
    return Item(file.name, base64_size(len(file.data) + _AROUND_BYTES))


def smaller(photo: PackageFile, edge_px: int) -> PackageFile:
    """The photo made smaller; as it is where that cannot be done or does not help: none is ever left out.

    While every decoder is busy the letter waits (PhotosBusyError) rather than be split, or become a link, for that.
    """
    try:
        data = shrink(photo.data, long_edge_px=edge_px)
    except UnreadablePhotoError:
        return photo
    return replace(photo, data=data) if len(data) < len(photo.data) else photo


def _nameless(contents: Contents, entry: Entry, desk: Desk) -> Contents:
    """Called by the 受理编号 alone: names inside an encrypted ZIP can be read without its pass phrase."""
    title, reference = title_of(entry.nomination, desk.campaign), entry.nomination.reference
    forms, photos = (
        tuple(replace(file, name=file.name.replace(title, reference, 1)) for file in files)
        for files in (contents.forms, contents.photos)
    )
    return Contents(forms, photos, contents.notes)


def _zipped(desk: Desk, entry: Entry, files: Sequence[PackageFile], number: int) -> PackageFile:
    """Files of one message as a package; numbered where there are several."""
    nomination, campaign = entry.nomination, desk.campaign
    ending = f"_{number}.zip" if number else ".zip"
    ascii_name = f"{nomination.reference}{ending}"
    if _path(desk, entry).mail.mode is MailMode.ZIP:
        name = f"{package_name(nomination, campaign)}{ending}"
        return PackageFile(name, packed(nomination, campaign, files), ascii_name)
    modified_at = campaign.local(nomination.submitted_at)
    sealed = sealed_zip(nomination.reference, files, modified_at=modified_at, passphrase=desk.passphrase)
    return PackageFile(ascii_name, sealed, ascii_name)
