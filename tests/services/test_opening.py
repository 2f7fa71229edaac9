from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.mail.message import Enclosure, Letter, to_mime
from h5app.services.opening import Opened, open_message
from h5app.storage.files import DiskFiles
from h5app.storage.letters import Frozen

NAMES = ("推荐表_李建国_7K2M9QXA.docx", "近照.jpg", "a.zip")


def letter(enclosures):
    return Letter(
        sender="sender@example.org",
        sender_name="焦作市总工会",
        to="office@example.org",
        subject="【自荐】李建国-快递员-7K2M9QXA（第1/2封）",
        text_body="你好\n",
        html_body="<p>你好</p>",
        enclosures=tuple(Enclosure(name, "application/octet-stream", data) for name, data in enclosures),
        message_id="<1@example.org>",
        date=datetime(2026, 11, 22, tzinfo=UTC),
    )


class Kept:
    """One file, whatever it is asked for."""

    def __init__(self, data):
        self._data = data

    def get(self, _name):
        return self._data


@given(sizes=st.lists(st.integers(0, 400), max_size=3))
def test_subject_names_and_sizes_are_read_back_from_the_bytes_that_are_sent(sizes):
    enclosed = [(name, b"\x00" * size) for name, size in zip(NAMES, sizes, strict=False)]
    sent = letter(enclosed)

    opened = open_message(Kept(to_mime(sent)), Frozen(1, "f", "<1@example.org>", 0))

    assert opened == Opened(sent.subject, tuple((name, len(data)) for name, data in enclosed))


@pytest.mark.parametrize("junk", [b"", b"\r\n\r\n", b"Subject: x\r\n", b"Content-Type: multipart/mixed\r\n\r\n--"])
def test_whatever_the_bytes_are_something_comes_back(junk):
    assert open_message(Kept(junk), Frozen(1, "f", "", 0)).enclosures == ()


def test_F9_a_message_whose_file_is_gone_has_nothing_to_show(tmp_path):
    assert open_message(DiskFiles(tmp_path, reserve_bytes=0), Frozen(1, "f" * 64, "", 0)) is None
