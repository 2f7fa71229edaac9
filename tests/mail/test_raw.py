"""The raw bytes of a letter, against the RFCs: whatever is written in it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h5app.mail.message import Enclosure, Letter, message_id, to_mime
from tests.mail.rfc import violations

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TABLE = """<!doctype html>
<html lang="zh-CN"><body>
<table border="1" cellpadding="6"><caption>摘要</caption>
<tr><th>姓名</th><td>王䶮 &amp; 阿卜杜拉·买买提</td></tr>
<tr><th>事迹</th><td>风雨无阻，五年送餐 12 万单。</td></tr>
</table></body></html>
"""
LETTER = Letter(
    sender="sender@example.org",
    sender_name="最美新就业形态劳动者推荐",
    to="office@example.org",
    subject="【单位推荐】阿卜杜拉·买买提-货车司机-7K2M9QXA（第1/2封）",
    text_body="您好：\n\n附件是推荐表。\n",
    html_body=TABLE,
    enclosures=(
        Enclosure("推荐表_阿卜杜拉·买买提_7K2M9QXA.docx", WORD, b"PK\x03\x04" * 40, "7K2M9QXA_form.docx"),
        Enclosure("推荐表_王䶮_7K2M9QXA.pdf", "application/pdf", b"%PDF-1.7 " * 40, "7K2M9QXA_form.pdf"),
        Enclosure("𠮷.jpg", "image/jpeg", b"\xff\xd8\xff", "7K2M9QXA_portrait.jpg"),
    ),
    message_id=message_id("7K2M9QXA-1", sender="sender@example.org"),
    date=datetime(2026, 11, 2, 20, 5, 7, tzinfo=timezone(timedelta(hours=8))),
)


@pytest.mark.parametrize("ascii_names", [False, True])
def test_an_ordinary_letter_breaks_no_rule(ascii_names):
    assert violations(to_mime(replace(LETTER, ascii_names=ascii_names))) == []


def test_every_header_stands_there_once_and_in_full():
    head = to_mime(replace(LETTER, sender_name="")).decode("ascii").split("\r\n\r\n")[0]

    assert head.split("\r\n") == [
        "Date: Mon, 02 Nov 2026 20:05:07 +0800",
        "From: sender@example.org",
        "To: office@example.org",
        "Subject: =?utf-8?B?44CQ5Y2V5L2N5o6o6I2Q44CR6Zi/5Y2c5p2c5ouJwrfkubDkubA=?=",
        " =?utf-8?B?5o+QLei0p+i9puWPuOacui03SzJNOVFYQe+8iOesrDEvMuWwgQ==?=",
        " =?utf-8?B?77yJ?=",
        "Message-ID: <7K2M9QXA-1@example.org>",
        "Auto-Submitted: auto-generated",
        "MIME-Version: 1.0",
        "Content-Type: multipart/mixed;",
        ' boundary="=_mixed_8482df7a23497952dda0aa7e5cf4c0eb"',
    ]


def test_a_body_with_a_table_is_the_better_of_two_and_reads_as_it_was_written():
    message = message_from_bytes(to_mime(LETTER), policy=default)
    alternative = next(part for part in message.walk() if part.get_content_type() == "multipart/alternative")

    # RFC 2046, 5.1.4: the plainest first, the best last.
    assert [(part.get_content_type(), part.get_content()) for part in alternative.iter_parts()] == [
        ("text/plain", LETTER.text_body.replace("\n", "\r\n")),
        ("text/html", TABLE.replace("\n", "\r\n")),
    ]
    assert [part.defects for part in message.walk()] == [[]] * 7


texts = st.text(max_size=200)
plain_names = st.text("7K2M9QXA_form.pdf -(\r\n“", max_size=70)
letters = st.builds(
    replace,
    st.just(LETTER),
    subject=texts,
    sender_name=texts,
    text_body=texts,
    html_body=texts,
    ascii_names=st.booleans(),
    date=st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds it
    enclosures=st.lists(
        st.builds(Enclosure, texts, st.sampled_from(["application/pdf", WORD]), st.binary(max_size=300), plain_names),
        max_size=3,
    ).map(tuple),
)


@settings(deadline=None, max_examples=150)
@given(letters)
def test_S7_S9_no_text_makes_a_letter_break_a_rule(letter):
    assert violations(to_mime(letter)) == []


@pytest.mark.parametrize(
    ("was", "now", "words"),
    [
        (b"\r\nMIME-Version", b"\nMIME-Version", "a line end that is not CRLF"),
        (b"Date: Mon", b"Date: Tue", "is a Monday"),
        (b"Message-ID: <", b"Message-ID: <<", "Message-ID is"),
        (b"=\r\n--", b"=" + b"A" * 80 + b"\r\n--", "base64 on lines over 76"),
        (b"MIME-Version: 1.0", b"MIME-Version: 1.0\r\nSubject: x", "headers ['Date'"),
        (b"utf-8''%E6", b"utf-8''%E6%20*", "is not as RFC 2231 writes it"),
        (b"utf-8''%E6", b"utf-8''%E6%E6", "is not UTF-8"),
        (b"=?utf-8?B?44CQ5Y2V5L2N", b"=?utf-8?B?44CQ5Y2V5L2", "does not hold whole characters"),
        (b"Auto-Submitted:", b"X" * 80 + b"Auto-Submitted:", "a header line of"),
        (b"=_alternative", b"=_alternativ*e", "boundary"),
        (b"1.0", "1。0".encode(), "neither printable ASCII"),
    ],
)
def test_the_rules_see_what_is_broken(was, now, words):
    mime = to_mime(LETTER)
    broken = mime.replace(was, now)

    assert broken != mime
    assert [found for found in violations(broken) if words in found]
