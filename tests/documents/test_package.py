import hashlib
import io
import zipfile
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from h5app.documents.package import PackageFile, package_zip

NOON = datetime(2026, 11, 22, 12, 0, 0)  # noqa: DTZ001 -- the date of a ZIP member has no zone
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=60)


def opened(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def test_a_package_holds_its_files_and_a_list_of_them():
    files = [PackageFile("推荐表.pdf", b"%PDF"), PackageFile("工作照1.jpg", b"\xff\xd8")]

    archive = opened(package_zip("李建国-8PK4W2QM", files, modified_at=NOON))

    assert {name: archive.read(name) for name in archive.namelist()} == {
        "李建国-8PK4W2QM/推荐表.pdf": b"%PDF",
        "李建国-8PK4W2QM/工作照1.jpg": b"\xff\xd8",
        "李建国-8PK4W2QM/清单.txt": (
            "清单：共 2 个文件\r\n\r\n文件名\t字节数\tSHA-256\r\n"
            f"推荐表.pdf\t4\t{hashlib.sha256(b'%PDF').hexdigest()}\r\n"
            f"工作照1.jpg\t2\t{hashlib.sha256(bytes([255, 216])).hexdigest()}\r\n"
        ).encode("utf-8-sig"),
    }


def test_members_are_stored_and_dated_as_asked():
    members = opened(package_zip("夹", [PackageFile("a.jpg", b"x" * 100)], modified_at=NOON)).infolist()

    assert [(m.compress_type, m.date_time) for m in members] == [(zipfile.ZIP_STORED, (2026, 11, 22, 12, 0, 0))] * 2


def test_the_same_package_gives_the_same_bytes():
    files = [PackageFile("a.jpg", b"x")]
    assert package_zip("夹", files, modified_at=NOON) == package_zip("夹", files, modified_at=NOON)


def test_F7_a_clock_before_zip_began_still_packs():
    members = opened(package_zip("夹", [], modified_at=datetime(1970, 1, 1))).infolist()  # noqa: DTZ001 -- as above
    assert [m.date_time for m in members] == [(1980, 1, 1, 0, 0, 0)]


def test_S13_names_that_clash_are_numbered_whatever_the_case():
    files = [PackageFile(name, b"") for name in ("a.JPG", "A.jpg", "../a.jpg", "清单.txt")]

    names = opened(package_zip("夹", files, modified_at=NOON)).namelist()

    assert names == ["夹/a.JPG", "夹/A-2.jpg", "夹/a-3.jpg", "夹/清单-2.txt", "夹/清单.txt"]


@given(ANY_TEXT, st.lists(ANY_TEXT, max_size=8))
def test_S13_every_member_is_relative_unique_and_short(folder, names):
    files = [PackageFile(name, b"") for name in [*names, *names]]

    members = opened(package_zip(folder, files, modified_at=NOON)).namelist()

    assert len({name.casefold() for name in members}) == len(files) + 1
    for name in members:
        assert len(name.encode()) <= 80
        assert name.count("/") == 1
        assert not name.startswith(("/", "."))
