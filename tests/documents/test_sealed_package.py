import io
import shutil
import subprocess
import zipfile
from datetime import UTC, datetime

import pytest
import pyzipper

from h5app.documents.package import PackageFile, package_zip
from h5app.documents.sealed_package import sealed_zip

PHRASE = "granate well 2026 !quiet"
FILES = [
    PackageFile("推荐表_7K2M9QXA.pdf", b"%PDF-" + bytes(70_000)),
    PackageFile("7K2M9QXA_近照.jpg", b"\xff\xd8\xff"),
]
AT = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@pytest.fixture
def sealed():
    return sealed_zip("7K2M9QXA", FILES, modified_at=AT, passphrase=PHRASE)


def test_it_opens_with_the_phrase_and_holds_what_an_open_package_holds(sealed):
    with pyzipper.AESZipFile(io.BytesIO(sealed)) as archive:
        archive.setpassword(PHRASE.encode())
        found = {name: archive.read(name) for name in archive.namelist()}

    with zipfile.ZipFile(io.BytesIO(package_zip("7K2M9QXA", FILES, modified_at=AT))) as plain:
        assert found == {name: plain.read(name) for name in plain.namelist()}


def test_every_member_is_aes_256_dated_named_in_utf_8_and_tells_no_checksum(sealed):
    with zipfile.ZipFile(io.BytesIO(sealed)) as archive:
        members = archive.infolist()

    # Vendor version 2, vendor “AE”, strength 3 (256 bits), stored. Source: WinZip's AES encryption specification.
    extra = b"\x01\x99\x07\x00\x02\x00AE\x03\x00\x00"
    assert {(each.compress_type, each.extra, each.CRC, each.flag_bits & 0x801) for each in members} == {
        (99, extra, 0, 0x801)
    }
    assert {each.date_time for each in members} == {(2026, 11, 22, 15, 30, 0)}


@pytest.mark.parametrize("phrase", ["", "granate", PHRASE + " "])
def test_it_does_not_open_with_another_phrase(sealed, phrase):
    with pyzipper.AESZipFile(io.BytesIO(sealed)) as archive, pytest.raises(RuntimeError, match=r"password|Bad"):
        archive.read(archive.namelist()[0], pwd=phrase.encode())


def test_nothing_of_a_file_is_in_clear(sealed):
    assert b"%PDF-" not in sealed
    assert sealed != sealed_zip("7K2M9QXA", FILES, modified_at=AT, passphrase=PHRASE)


def test_without_a_phrase_nothing_is_packed():
    with pytest.raises(ValueError, match="pass phrase"):
        sealed_zip("7K2M9QXA", FILES, modified_at=AT, passphrase="")


@pytest.mark.mailtools
def test_7_zip_opens_it(sealed, tmp_path):
    (tmp_path / "package.zip").write_bytes(sealed)
    command = [shutil.which("7zz") or shutil.which("7z"), "x", f"-p{PHRASE}", f"-o{tmp_path}", tmp_path / "package.zip"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert (tmp_path / "7K2M9QXA" / "推荐表_7K2M9QXA.pdf").read_bytes() == FILES[0].data
    assert sorted(path.name for path in (tmp_path / "7K2M9QXA").iterdir()) == [
        "7K2M9QXA_近照.jpg",
        "推荐表_7K2M9QXA.pdf",
        "清单.txt",
    ]
