"""Many folders as one stream."""

import io
import subprocess
import tracemalloc
import zipfile
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.documents.archive import Folder, archive_stream
from h5app.documents.package import PackageFile

NOON = datetime(2026, 11, 22, 12)  # noqa: DTZ001 -- the date of a ZIP member has no zone
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


def folder(name, **files):
    return Folder(name, tuple(PackageFile(f"{each}.jpg", data) for each, data in files.items()), NOON)


def opened(folders):
    return zipfile.ZipFile(io.BytesIO(b"".join(archive_stream(folders))))


def test_every_file_stands_in_its_folder_stored_and_dated():
    archive = opened(
        [folder("001_李建国", 近照=b"a"), folder("002_王秀英", 近照=b"b", 工作照=b"c"), folder("", 表=b"d")]
    )

    assert {name: archive.read(name) for name in archive.namelist()} == {
        "001_李建国/近照.jpg": b"a",
        "002_王秀英/近照.jpg": b"b",
        "002_王秀英/工作照.jpg": b"c",
        "表.jpg": b"d",
    }
    assert {(m.compress_type, m.date_time) for m in archive.infolist()} == {(0, (2026, 11, 22, 12, 0, 0))}


def test_heads_carry_sum_and_size_so_that_a_reader_of_streams_reads_it():
    data = b"".join(archive_stream([folder("夹", a=b"abc")]))

    flags, size = int.from_bytes(data[6:8], "little"), int.from_bytes(data[22:26], "little")
    assert (flags & 0b1000, size) == (0, 3)


def test_an_archive_of_nothing_opens():
    assert opened([]).namelist() == []


def test_what_is_packed_has_left_before_the_next_folder_is_asked_for():
    asked = []

    def folders():
        for number in range(3):
            asked.append(number)
            yield folder(f"夹{number}", a=b"x")

    stream = archive_stream(folders())
    next(stream)

    assert asked == [0]


def test_memory_stays_flat_whatever_the_length():
    def folders():
        for number in range(60):
            yield folder(f"夹{number}", a=bytes(1_000_000))

    tracemalloc.start()
    length = sum(len(piece) for piece in archive_stream(folders()))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert length > 60_000_000
    assert peak < 5_000_000


def test_a_stream_that_breaks_off_is_no_archive():
    def folders():
        yield folder("夹", a=b"x")
        raise OSError("disk")

    got = []
    with pytest.raises(OSError, match="disk"):
        got.extend(archive_stream(folders()))
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


def test_an_archive_that_nobody_reads_to_its_end_ends_quietly():
    stream = archive_stream(folder(f"夹{number}", a=b"x") for number in range(9))
    next(stream)
    stream.close()


def test_more_members_than_a_plain_zip_counts_make_a_zip64(tmp_path):
    many = (Folder(f"{number:05d}", (PackageFile("a", b""),), NOON) for number in range(65_540))
    path = tmp_path / "many.zip"
    with path.open("wb") as file:
        file.writelines(archive_stream(many))

    assert b"PK\x06\x06" in path.read_bytes()[-200:]
    with zipfile.ZipFile(path) as archive:
        assert len(archive.namelist()) == 65_540


def test_the_systems_own_program_finds_nothing_wrong(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(b"".join(archive_stream([folder("001_李建国", 近照=b"a" * 1000), folder("", 清单=b"b")])))

    done = subprocess.run(["python3", "-m", "zipfile", "-t", path], check=True, capture_output=True, text=True)

    assert "Done testing" in done.stdout


def test_the_same_folders_give_the_same_bytes():
    folders = [folder("夹", a=b"x", b=b"y")]
    assert b"".join(archive_stream(folders)) == b"".join(archive_stream(folders))


@given(ANY_TEXT, ANY_TEXT, st.lists(ANY_TEXT, max_size=6))
def test_S13_every_member_is_relative_unique_and_short(first, second, names):
    files = tuple(PackageFile(name, b"") for name in [*names, *names])
    named = [f"{number:03d}_{name}" for number, name in enumerate((first, second))]

    members = opened(Folder(name, files, NOON) for name in named).namelist()

    assert len({name.casefold() for name in members}) == 2 * len(files)
    for name in members:
        assert len(name.encode()) <= 80
        assert name.count("/") == 1
        assert not name.startswith(("/", "."))
