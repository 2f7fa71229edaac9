"""What a download of everything costs: a thousand packages into one ZIP64 stream. `python -m bench.packages`.

The yardstick is the zip library bare: the same members under the same names, one `writestr` after another. Both write
into a sink that only counts, so that neither hides behind a disk; the ratio is held, and so is the memory of the whole
process. Then the service's own download is taken from a database and files on the disk: opened, printed, packed.
"""

import io
import multiprocessing
import os
import resource
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.figures import Figure, medians_s, show
from bench.serving import DISK
from h5app.documents.archive import Folder, archive_stream
from h5app.documents.package import PackageFile, dated
from h5app.domain.campaign import parse_campaign
from h5app.services.choosing import found_by
from h5app.services.collecting import Collection, materials
from h5app.services.demonstrating import demonstrate
from h5app.settings import PROJECT
from h5app.storage.files import DiskFiles, SealedFiles
from h5app.storage.migrations import migrate
from h5app.storage.nominations import Search
from h5app.storage.rows import SqliteRows
from h5app.storage.stores import open_stores
from h5app.storage.vault import Vault

PACKAGES, ENTRIES, ROUNDS = 1_000, 60, 3
FORM_BYTES, PHOTO_BYTES, PHOTOS = (25_000, 80_000), 1_100_000, 4
RATIO_LIMIT, MEMORY_LIMIT_MIB = 1.3, 150
NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- the date of a ZIP member has no zone
_MIB = 1 << 20


class Sink(io.RawIOBase):
    """Counts what is written, as a socket would take it: forward only."""

    def __init__(self) -> None:
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, piece: bytes) -> int:  # type: ignore[override]
        self.size += len(piece)
        return len(piece)


def main(*, packages: int = PACKAGES, entries: int = ENTRIES, rounds: int = ROUNDS) -> list[Figure]:
    files = tuple(PackageFile(f"{name}.bin", os.urandom(size)) for name, size in _sizes())
    sizes = [_streamed(_folders(packages, files)), _bare(_folders(packages, files))]
    stream_s, bare_s = medians_s(
        lambda: _streamed(_folders(packages, files)), lambda: _bare(_folders(packages, files)), rounds=rounds
    )
    figures = show(
        Figure(
            f"packages, {packages} into a ZIP64 stream of {sizes[0] / 1e9:.1f} GB ÷ zipfile bare",
            stream_s / bare_s,
            "times",
            RATIO_LIMIT,
        ),
        Figure(f"packages, {packages} into a ZIP64 stream", stream_s, "s"),
        Figure("packages, resident memory at most", _peak_mib(), "MiB", MEMORY_LIMIT_MIB),
    )
    per_s = _service_entries_per_s(entries)
    return figures + show(
        Figure("packages, whole download, opened, printed and packed", per_s, "entries/s"),
        Figure("packages, whole download, resident memory at most", _peak_mib(), "MiB", MEMORY_LIMIT_MIB),
    )


def _sizes() -> Iterator[tuple[str, int]]:
    yield from zip(("推荐表Word", "推荐表PDF"), FORM_BYTES, strict=True)
    for number in range(1, PHOTOS + 1):
        yield f"工作照{number}", PHOTO_BYTES


def _folders(packages: int, files: tuple[PackageFile, ...]) -> Iterator[Folder]:
    for number in range(1, packages + 1):
        yield Folder(f"{number:04d}_李建国_8PK4W2QM", files, NOON)


def _streamed(folders: Iterable[Folder]) -> int:
    sink = Sink()
    for piece in archive_stream(folders):
        sink.write(piece)
    return sink.size


def _bare(folders: Iterable[Folder]) -> int:
    sink = Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for folder in folders:
            for file in folder.files:
                archive.writestr(dated(f"{folder.name}/{file.name}", folder.modified_at), file.data)
    return sink.size


def _service_entries_per_s(entries: int) -> float:
    """The console's own download, of demonstration entries from the disk."""
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        # In a process of its own: drawing and decoding photos takes more memory than the download.
        making = multiprocessing.get_context("fork").Process(target=_make_entries, args=(Path(folder), entries))
        making.start()
        making.join()
        with closing(SqliteRows(Path(folder) / "h5app.sqlite")) as rows:
            source = _source(rows, Path(folder))
            references = found_by(source.stores, Search())
            began = time.perf_counter()
            for _piece in materials(source, references):
                pass
            return len(references) / (time.perf_counter() - began)


def _make_entries(folder: Path, entries: int) -> None:
    with closing(SqliteRows(folder / "h5app.sqlite")) as rows:
        migrate(rows)
        source = _source(rows, folder)
        for _done in demonstrate(source.stores, source.files, source.campaign, count=entries, now=source.now):
            pass


def _source(rows: SqliteRows, folder: Path) -> Collection:
    campaign = parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")
    vault = Vault(bytes(range(32)))
    files = SealedFiles(DiskFiles(folder / "files", reserve_bytes=0), vault)
    return Collection(open_stores(rows, vault), files, campaign, datetime.now(UTC))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MIB


if __name__ == "__main__":
    main()
