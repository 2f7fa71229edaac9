"""Letters as files: whole, private, named by their reference."""

import stat
from collections.abc import Callable

import pytest

from h5app.domain.attempt import Attempt, Phase
from h5app.mail.eml import EmlMailer
from h5app.mail.mailer import TAKEN_OVER, Mailer

MIME = b"Subject: test\r\n\r\nhello\r\n"


def write(
    mailer: Mailer, *, mime: bytes = MIME, name: str = "7K2M9QXA", before_dot: Callable[[], bool] = lambda: True
) -> Attempt:
    return mailer.send(mime, sender="sender@example.org", to="", name=name, before_dot=before_dot)


def test_a_letter_becomes_a_file_that_only_its_owner_reads(tmp_path):
    folder = tmp_path / "data" / "mail"

    attempt = write(EmlMailer(folder))

    assert attempt == Attempt(Phase.FILE, None, "")
    assert [path.name for path in folder.iterdir()] == ["7K2M9QXA.eml"]
    assert (folder / "7K2M9QXA.eml").read_bytes() == MIME
    assert stat.S_IMODE((folder / "7K2M9QXA.eml").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_same_name_replaces_the_file_and_leaves_nothing_else(tmp_path):
    mailer = EmlMailer(tmp_path)

    write(mailer, mime=b"first")
    write(mailer, mime=b"second")

    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"7K2M9QXA.eml": b"second"}


def test_a_letter_in_parts_is_replaced_whole(tmp_path):
    mailer = EmlMailer(tmp_path)
    for name in ("7K2M9QXA", "7K2M9QXA.1", "7K2M9QXA.2", "7K2M9QXA.3", "8K2M9QXA.1"):
        write(mailer, name=name)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *(f"7K2M9QXA.{part}.eml" for part in (1, 2, 3)),
        "8K2M9QXA.1.eml",
    ]

    write(mailer, name="7K2M9QXA", mime=b"withdrawn")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["7K2M9QXA.eml", "8K2M9QXA.1.eml"]


def test_F2_a_letter_that_another_worker_has_taken_over_leaves_the_file_of_that_one(tmp_path):
    mailer = EmlMailer(tmp_path)
    write(mailer, mime=b"first")

    attempt = write(mailer, mime=b"second", before_dot=lambda: False)

    assert attempt == TAKEN_OVER
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"7K2M9QXA.eml": b"first"}


def test_F2_the_file_is_whole_but_unnamed_while_the_worker_is_asked(tmp_path):
    seen: list[dict[bool, bytes]] = []

    def look() -> bool:
        seen.append({path.suffix == ".eml": path.read_bytes() for path in tmp_path.iterdir()})
        return True

    write(EmlMailer(tmp_path), before_dot=look)

    assert seen == [{False: MIME}]


def test_a_write_that_fails_leaves_no_half_file(tmp_path):
    (tmp_path / "7K2M9QXA.eml").mkdir()

    with pytest.raises(IsADirectoryError):
        write(EmlMailer(tmp_path))

    assert [path.name for path in tmp_path.iterdir()] == ["7K2M9QXA.eml"]


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "名", "a\x00", "a\n", "x" * 101])
def test_S13_only_plain_names_become_files(tmp_path, name):
    with pytest.raises(ValueError, match="named by ASCII letters"):
        write(EmlMailer(tmp_path), name=name)

    assert list(tmp_path.iterdir()) == []
