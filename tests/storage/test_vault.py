import itertools
import re
import stat

import pytest

from h5app.domain.errors import SealError, SettingsError
from h5app.storage.vault import Vault, key_from_text, load_or_make_key
from tests.storage.databases import in_processes

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
PLACE = "nominations.answers:17"
SEALED_BEFORE = "g1.JIJUjgmIkcJ_s_sVC7MFU6ltFacd_nArJLYXbTu9F6lf6A=="
INDEX_BEFORE = "513159504277ff3445a099fc866611fcac48438e216788873ad42c6437cd315f"
SEALED_FILE_BEFORE = bytes.fromhex("683567315170cd95548c785d800e98d7208a6ea8a5143a9e8b6954d71cef2bb5517a2c")


@pytest.fixture
def vault():
    return Vault(KEY)


@pytest.mark.parametrize("text", ["", "张三", "䶮𠮷𫖯𰻞", "阿卜杜拉·买买提", "0\x001", "x" * 10_000])
def test_a_sealed_text_opens_to_itself(vault, text):
    sealed = vault.seal(text, context=PLACE)

    assert Vault(KEY).open(sealed, context=PLACE) == text
    assert re.fullmatch(r"g1\.[A-Za-z0-9_=-]+", sealed)


def test_nothing_of_the_text_shows_and_equal_texts_look_different(vault):
    sealed = [vault.seal("410803199001010010", context=PLACE) for _ in range(100)]
    assert len(set(sealed)) == 100
    assert not any("410803" in text for text in sealed)


def test_what_an_earlier_version_sealed_still_opens(vault):
    """Sealed by this code on 2026-11-22; a change of the format or of the key derivation breaks it."""
    assert vault.open(SEALED_BEFORE, context=PLACE) == "张三"
    assert vault.blind_index("13800000000", purpose="phone") == INDEX_BEFORE
    assert vault.open_bytes(SEALED_FILE_BEFORE, context="file") == b"\xff\xd8\xff"


def test_another_key_does_not_open_it(vault):
    with pytest.raises(SealError, match="密钥不对，或者数据被改动过"):
        Vault(OTHER_KEY).open(vault.seal("张三", context=PLACE), context=PLACE)


def test_another_row_or_column_does_not_open_it(vault):
    sealed = vault.seal("张三", context=PLACE)
    for elsewhere in ("nominations.answers:18", "drafts.answers:17", ""):
        with pytest.raises(SealError, match=re.escape(f"（{elsewhere}）")):
            vault.open(sealed, context=elsewhere)


def test_F9_a_change_of_any_character_does_not_open(vault):
    sealed = vault.seal("张三", context=PLACE)
    for place, replacement in itertools.product(range(len(sealed)), "AB=é"):
        if sealed[place] == replacement:
            continue
        changed = sealed[:place] + replacement + sealed[place + 1 :]
        with pytest.raises(SealError):
            vault.open(changed, context=PLACE)
    with pytest.raises(SealError):
        vault.open(sealed + "=", context=PLACE)


@pytest.mark.parametrize("sealed", ["", "g1.", "g1.AAAA", "g1.é", "张三", "g2.AAAA", "g1.A", "g1.AA AA"])
def test_F9_what_was_never_sealed_does_not_open(vault, sealed):
    with pytest.raises(SealError):
        vault.open(sealed, context=PLACE)


def test_sealed_bytes_open_to_themselves_and_are_32_longer(vault):
    data = bytes(range(256)) * 100

    sealed = vault.seal_bytes(data, context="file")

    assert vault.open_bytes(sealed, context="file") == data
    assert (sealed[:4], len(sealed)) == (b"h5g1", len(data) + 32)


def test_F9_a_flipped_bit_in_sealed_bytes_does_not_open(vault):
    sealed = vault.seal_bytes(b"\xff\xd8\xff", context="file")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises(SealError):
            vault.open_bytes(bytes(changed), context="file")


def test_F9_bytes_cut_short_do_not_open(vault):
    sealed = vault.seal_bytes(b"\xff\xd8\xff", context="file")
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            vault.open_bytes(sealed[:length], context="file")


def test_an_index_is_equal_for_equal_values_of_one_column_under_one_key(vault):
    index = vault.blind_index("13800000000", purpose="phone")

    assert index == Vault(KEY).blind_index("13800000000", purpose="phone")
    others = {
        vault.blind_index("13800000001", purpose="phone"),
        vault.blind_index("13800000000", purpose="id_number"),
        Vault(OTHER_KEY).blind_index("13800000000", purpose="phone"),
    }
    assert len(others | {index}) == 4


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_of_another_length_is_refused(length):
    with pytest.raises(ValueError, match="a key has 32 bytes"):
        Vault(bytes(length))


def test_the_key_is_made_once_and_only_for_the_owner(tmp_path):
    path = tmp_path / "keys" / "vault.key"

    key = load_or_make_key(path)

    assert load_or_make_key(path) == key
    assert path.read_text() == key.hex() + "\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == ["vault.key"]
    assert load_or_make_key(tmp_path / "other.key") != key


def test_starters_at_once_agree_on_one_key(tmp_path):
    path = tmp_path / "keys" / "vault.key"

    def job(number):
        return lambda: (tmp_path / f"seen{number}").write_bytes(load_or_make_key(path))

    assert in_processes(*map(job, range(4))) == [0, 0, 0, 0]
    assert {(tmp_path / f"seen{number}").read_bytes() for number in range(4)} == {load_or_make_key(path)}


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620])
def test_a_key_that_others_may_touch_is_refused_with_the_cure(tmp_path, mode):
    path = tmp_path / "vault.key"
    load_or_make_key(path)
    path.chmod(mode)
    with pytest.raises(SettingsError, match=re.escape(f"请先执行：chmod 600 {path}")):
        load_or_make_key(path)


@pytest.mark.parametrize("content", [b"", b"\n", b"00" * 31, b"00" * 33, b"zz" * 32, bytes(range(128, 160))])
def test_a_malformed_key_is_refused_and_kept(tmp_path, content):
    path = tmp_path / "vault.key"
    path.write_bytes(content)
    path.chmod(0o600)

    with pytest.raises(SettingsError, match="请从备份恢复这个文件"):
        load_or_make_key(path)

    assert path.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "keys").write_text("a file, not a folder")
    with pytest.raises(SettingsError, match="读不出来或建不了"):
        load_or_make_key(tmp_path / "keys" / "vault.key")


def test_a_key_is_64_hex_digits_and_a_wrong_one_is_not_repeated():
    assert key_from_text(f" {KEY.hex().upper()}\n") == KEY
    with pytest.raises(ValueError, match=r"^a key is 64 hex digits$"):
        key_from_text("geheim")
