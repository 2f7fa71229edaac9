"""Collecting: the materials of many entries as one stream of a ZIP, entry by entry, however many there are.

Nothing is read before its turn: an entry's answers are opened, its forms made and its photos read when the stream
gets there, and forgotten when they have left. What cannot be had is said in 清单.txt and keeps nobody else's out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from h5app.documents.archive import Folder, archive_stream
from h5app.documents.package import LIST_NAME, PackageFile
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.domain.campaign import Campaign
from h5app.domain.errors import NotFoundError, PhotosBusyError, SealError, UnreadablePhotoError
from h5app.domain.nomination import Nomination
from h5app.services.packaging import Entry, entry_of, foldered, package_files
from h5app.services.tabling import KINDS, roster_file, roster_of
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

TABLE_ROWS = 500
"""A 汇总表 has no more people, so that its making does not take more memory than a folder's."""
_GONE = "下载时已撤回，没有材料"
_SEALED = "资料打不开，请告诉维护人员"
_NO_PHOTOS = "照片打不开，请告诉维护人员；推荐表上没有近照"
_BUSY = "别人正在传照片，这一份的照片没有来得及处理，请过几分钟单独下载这一份；推荐表上没有近照"


@dataclass(frozen=True)
class Collection:
    """Where materials come from.

    Args:
        unit: 推荐单位 of the 汇总表.
        now: date of the 汇总表 and the list.
    """

    stores: Stores
    files: FileStore
    campaign: Campaign
    now: datetime
    stationery: Stationery = SHIPPED
    unit: str = ""


def materials(source: Collection, references: Sequence[str], *, table_rows: int = TABLE_ROWS) -> Iterator[bytes]:
    """Stream a folder an entry in this order, the 汇总表 in Word and XLSX after every `table_rows`, and 清单.txt."""
    return archive_stream(_folders(source, references, table_rows))


def _folders(source: Collection, references: Sequence[str], table_rows: int) -> Iterator[Folder]:
    lines: list[str] = []
    for start in range(0, len(references), table_rows):
        there: list[Nomination] = []
        for number, reference in enumerate(references[start : start + table_rows], start=start + 1):
            entry = _opened(source, reference)
            if isinstance(entry, str):
                lines.append(f"{number}\t\t\t{reference}\t0\t0\t{entry}")
                continue
            folder, note = _folder(source, entry, number, digits=max(3, len(str(len(references)))))
            there.append(entry)
            lines.append(_line(number, entry, folder, note))
            yield folder
        yield _beside(source, _tables(source, there, first=start + 1, whole=len(references) <= table_rows))
    yield _beside(source, (_list(lines),))


def _opened(source: Collection, reference: str) -> Nomination | str:
    """An entry, or why there is none."""
    try:
        entry = source.stores.nominations.by_reference(reference)
    except SealError:
        return _SEALED
    return _GONE if entry is None or entry.status.is_erased else entry


def _folder(source: Collection, entry: Nomination, number: int, *, digits: int) -> tuple[Folder, str]:
    """An entry's folder, and what is missing in it."""
    whole, note = entry_of(source.stores, entry), ""
    try:
        files = package_files(whole, source.campaign, source.files, source.stationery)
    except (NotFoundError, SealError, UnreadablePhotoError, PhotosBusyError) as error:
        note = _BUSY if isinstance(error, PhotosBusyError) else _NO_PHOTOS
        files = package_files(Entry(entry, ()), source.campaign, source.files, source.stationery)
    # The number makes every name another one, and folders stand in the table's order.
    name, short = foldered(entry, source.campaign, files, before=f"{number:0{digits}d}_")
    return Folder(name, tuple(short), source.campaign.local(entry.submitted_at)), note


def _tables(source: Collection, entries: Sequence[Nomination], *, first: int, whole: bool) -> tuple[PackageFile, ...]:
    if not entries:
        return ()
    name = "推荐汇总表" if whole else f"推荐汇总表_{first}起"
    roster = roster_of(entries, source.campaign, unit=source.unit, first=first)
    return tuple(roster_file(roster, kind, name=name) for kind in KINDS)


def _beside(source: Collection, files: tuple[PackageFile, ...]) -> Folder:
    return Folder("", files, source.campaign.local(source.now))


def _line(number: int, entry: Nomination, folder: Folder, note: str) -> str:
    size = sum(len(file.data) for file in folder.files)
    return f"{number}\t{folder.name}\t{entry.answers['name']}\t{entry.reference}\t{len(folder.files)}\t{size}\t{note}"


def _list(lines: Sequence[str]) -> PackageFile:
    """What is in it and what is not; with a byte order mark and CR LF for Windows' own editor."""
    head = [f"清单：共 {len(lines)} 份推荐表", "", "序号\t文件夹\t姓名\t受理编号\t文件数\t字节数\t说明"]
    return PackageFile(LIST_NAME, "".join(f"{line}\r\n" for line in [*head, *lines]).encode("utf-8-sig"))
