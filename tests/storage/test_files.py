import hashlib
import os
import re
import shutil
import stat
from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.errors import NotFoundError, SealError, StoreFullError
from h5app.storage.files import DiskFiles, SealedFiles
from h5app.storage.vault import Vault
from tests.storage.databases import in_processes

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 40
PHOTO_NAME = hashlib.sha256(PHOTO).hexdigest()
ABSENT = "0" * 64


@pytest.fixture
def root(tmp_path):
    return tmp_path / "data" / "files"


@pytest.fixture
def disk(root):
    return DiskFiles(root, reserve_bytes=0)


@pytest.fixture
def sealed(disk):
    return SealedFiles(disk, Vault(bytes(32)))


@pytest.fixture(params=["disk", "sealed"])
def files(request):
    return request.getfixturevalue(request.param)


def stored(root):
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize("data", [b"", b"x", PHOTO])
def test_what_is_put_comes_back(files, data):
    name = files.put(data)

    assert re.fullmatch("[0-9a-f]{64}", name)
    assert files.get(name) == data
    assert list(files.names()) == [name]


def test_a_file_is_named_by_its_content_and_only_for_the_owner(disk, root):
    assert disk.put(PHOTO) == PHOTO_NAME

    assert stored(root) == [f"{PHOTO_NAME[:2]}/{PHOTO_NAME}"]
    assert stat.S_IMODE((root / PHOTO_NAME[:2] / PHOTO_NAME).stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (root, root / PHOTO_NAME[:2])} == {0o700}


def test_the_same_bytes_are_one_file_that_is_young_again(disk, root):
    disk.put(PHOTO)
    os.utime(root / PHOTO_NAME[:2] / PHOTO_NAME, (0, 0))
    assert disk.added_at(PHOTO_NAME) == datetime(1970, 1, 1, tzinfo=UTC)

    disk.put(PHOTO)

    assert stored(root) == [f"{PHOTO_NAME[:2]}/{PHOTO_NAME}"]
    assert datetime.now(UTC) - disk.added_at(PHOTO_NAME) < timedelta(minutes=1)


def test_sealed_files_show_nothing_and_are_checked_without_the_key(sealed, disk, root):
    name = sealed.put(PHOTO)

    on_disk = (root / name[:2] / name).read_bytes()
    assert PHOTO[:16] not in on_disk
    assert hashlib.sha256(on_disk).hexdigest() == name
    assert disk.get(name) == on_disk


def test_F9_another_key_does_not_open_sealed_files(sealed, disk):
    name = sealed.put(PHOTO)
    with pytest.raises(SealError, match="密钥不对"):
        SealedFiles(disk, Vault(bytes(range(32)))).get(name)


def test_F9_a_flipped_bit_on_the_disk_is_noticed(files, root):
    name = files.put(PHOTO)
    path = root / name[:2] / name
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(data)

    with pytest.raises(SealError, match=f"文件 {name} 的内容变了"):
        files.get(name)


def test_a_damaged_file_is_whole_again_when_its_bytes_are_put_again(disk, root):
    disk.put(PHOTO)
    (root / PHOTO_NAME[:2] / PHOTO_NAME).write_bytes(b"")

    disk.put(PHOTO)

    assert disk.get(PHOTO_NAME) == PHOTO


def test_a_deleted_file_is_gone_and_may_be_deleted_again(files):
    name = files.put(PHOTO)
    kept = files.put(b"x")

    files.delete(name)
    files.delete(name)

    assert list(files.names()) == [kept]
    with pytest.raises(NotFoundError):
        files.get(name)


@pytest.mark.parametrize(
    "name", ["", "../../etc/passwd", "CON.jpg", "a\0b", PHOTO_NAME.upper(), PHOTO_NAME + "\n", f"x{PHOTO_NAME}", ABSENT]
)
def test_S13_what_is_no_stored_name_is_not_found(files, name):
    for use in (files.get, files.added_at):
        with pytest.raises(NotFoundError, match=r"没有这个文件。"):
            use(name)


def test_S13_what_is_no_name_is_not_deleted(files, root):
    files.put(PHOTO)
    before = stored(root)
    for name in ("..", f"../{before[0]}", "unfinished"):
        with pytest.raises(NotFoundError):
            files.delete(name)
    assert stored(root) == before


def test_an_empty_store_has_no_names_and_nothing_to_discard(files):
    assert list(files.names()) == []
    assert files.discard_unfinished(before=datetime.now(UTC)) == 0


def test_F3_an_upload_that_would_touch_the_reserve_is_refused(root, tmp_path):
    free = shutil.disk_usage(tmp_path).free
    reserving = DiskFiles(root, reserve_bytes=free + 2**40)
    for attempt in (reserving.check_room, lambda: reserving.put(PHOTO)):
        with pytest.raises(StoreFullError, match="磁盘快满了"):
            attempt()
    assert list(reserving.names()) == []

    roomy = DiskFiles(root, reserve_bytes=free // 2)
    roomy.check_room()
    roomy.check_room(1000)
    with pytest.raises(StoreFullError):
        roomy.check_room(free)
    assert roomy.put(PHOTO) == PHOTO_NAME


def test_what_a_killed_put_left_is_no_file_and_is_discarded_when_old(files, root):
    name = files.put(PHOTO)
    left = root / "unfinished" / "0123"
    left.write_bytes(PHOTO[:100])
    changed_at = datetime.fromtimestamp(left.stat().st_mtime, tz=UTC)

    assert list(files.names()) == [name]
    assert files.discard_unfinished(before=changed_at) == 0
    assert files.discard_unfinished(before=changed_at + timedelta(seconds=1)) == 1
    assert stored(root) == [f"{name[:2]}/{name}"]


def test_processes_may_put_the_same_and_other_files_at_once(root):
    def job(number):
        def put():
            files = DiskFiles(root, reserve_bytes=0)
            for step in range(10):
                files.put(PHOTO)
                files.put(f"{number} {step}".encode())

        return put

    assert in_processes(*map(job, range(4))) == [0, 0, 0, 0]
    files = DiskFiles(root, reserve_bytes=0)
    names = list(files.names())
    assert len(names) == len(set(names)) == 41
    assert {files.get(name) for name in names} == {PHOTO} | {f"{n} {s}".encode() for n in range(4) for s in range(10)}
