"""Letters as MIME: frozen bytes, seven bits, names that every reader reads."""

import email
import email.header
import email.policy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email.message import EmailMessage, Message
from email.parser import BytesParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h5app.domain.errors import SettingsError
from h5app.mail.message import Enclosure, Letter, base64_size, encoded_size, message_id, to_mime
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url

FORM = Enclosure("推荐表_王䶮_7K2M9QXA.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 10)
LETTER = Letter(
    sender="sender@example.org",
    sender_name="最美新就业形态劳动者推荐",
    to="office@example.org",
    subject="【自荐】王䶮-外卖配送员-7K2M9QXA",
    text_body="您好：\n\n附件是推荐表。\r\n.\n",
    html_body="<p>您好：</p><p>附件是推荐表。</p>",
    enclosures=(FORM, Enclosure("photo.jpg", "image/jpeg", b"\xff\xd8\xff")),
    message_id=message_id("7K2M9QXA-1", sender="sender@example.org"),
    date=datetime(2026, 11, 22, 20, 5, 7, tzinfo=timezone(timedelta(hours=8))),
)


def parsed(letter: Letter) -> EmailMessage:
    message = BytesParser(policy=email.policy.default).parsebytes(to_mime(letter))
    assert isinstance(message, EmailMessage)
    return message


def parsed_the_old_way(letter: Letter) -> Message:
    return email.message_from_bytes(to_mime(letter), policy=email.policy.compat32)


def test_a_letter_reads_as_it_was_written():
    message = parsed(LETTER)

    assert {name: str(message[name]) for name in ("From", "To", "Subject", "Message-ID", "Date")} == {
        "From": "最美新就业形态劳动者推荐 <sender@example.org>",
        "To": "office@example.org",
        "Subject": "【自荐】王䶮-外卖配送员-7K2M9QXA",
        "Message-ID": "<7K2M9QXA-1@example.org>",
        "Date": "Sun, 22 Nov 2026 20:05:07 +0800",
    }
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content() == "您好：\r\n\r\n附件是推荐表。\r\n.\r\n"
    assert message.get_body(("html",)).get_content() == LETTER.html_body
    assert [
        (part.get_filename(), part.get_content_type(), part.get_content()) for part in message.iter_attachments()
    ] == [(enclosure.file_name, enclosure.content_type, enclosure.data) for enclosure in LETTER.enclosures]
    assert [part.defects for part in message.walk()] == [[]] * 6


def test_F2_the_same_letter_is_the_same_bytes():
    assert to_mime(LETTER) == to_mime(replace(LETTER))


def test_another_letter_has_other_boundaries():
    other = parsed(replace(LETTER, message_id="<other@example.org>"))

    assert other.get_boundary() != parsed(LETTER).get_boundary()


def test_a_letter_is_seven_bit_lines_that_end_in_crlf():
    mime = to_mime(LETTER)

    assert max(mime) < 128
    assert mime.endswith(b"--\r\n")
    assert mime.count(b"\n") == mime.count(b"\r\n") == mime.count(b"\r")
    assert max(len(line) for line in mime.split(b"\r\n")) <= 200
    assert not [line for line in mime.split(b"\r\n") if line.startswith(b".")]


def test_header_lines_with_encoded_words_keep_to_76_characters():
    mime = to_mime(replace(LETTER, subject="【单位推荐】" + "买买提·" * 12 + "-7K2M9QXA"))
    lines = [line for line in mime.split(b"\r\n") if b"=?" in line]

    assert len(lines) > 5
    assert max(len(line) for line in lines) <= 76


def test_a_letter_without_a_mailbox_names_nobody():
    message = parsed(replace(LETTER, to=""))

    assert message["To"] == "undisclosed-recipients:;"
    assert message["To"].addresses == ()


def test_a_letter_without_html_has_one_body():
    message = parsed(replace(LETTER, html_body="", enclosures=()))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "text/plain",
    ]


def test_a_sender_without_a_name_is_an_address():
    assert parsed(replace(LETTER, sender_name=""))["From"] == "sender@example.org"


NAMES = [
    "推荐表_王䶮_7K2M9QXA.pdf",
    "𠮷𫖯𬍛𰻞\U00031350.docx",
    "阿卜杜拉·买买提😀.jpg",
    "张三的“推荐表”；第1份;'a'=\"b\".pdf",
    'with "quotes".pdf',
    "=?utf-8?B?5byg?=.pdf",
    "percent%20and*star'.pdf",
    "中" * 25 + ".pdf",
    "推荐表",
    "form 1.pdf",
]


@pytest.mark.parametrize("name", NAMES)
def test_an_attachment_name_is_read_from_either_header_by_new_and_old_parsers(name):
    letter = replace(LETTER, enclosures=(Enclosure(name, "application/pdf", b"x"),))
    new, old = list(parsed(letter).walk())[-1], list(parsed_the_old_way(letter).walk())[-1]
    encoded_name = str(old.get_param("name")).replace("\n", "").replace("\r", "")

    assert new.get_filename() == name
    assert old.get_filename() == name
    assert new["content-type"].params["name"] == name
    assert str(email.header.make_header(email.header.decode_header(encoded_name))) == name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a/b\\c.pdf", "a_b_c.pdf"),
        ("张\r\nContent-Type: text/html\u2028三\u202e.pdf", "张 Content-Type: text_html 三.pdf"),
        ("\x00\ud800\u200b", "file"),
        ("长" * 100 + ".pdf", "长" * 25 + ".pdf"),
        ("长" * 100, "长" * 26),
    ],
)
def test_S9_names_that_could_break_a_header_are_cleaned(name, kept):
    (part,) = parsed(replace(LETTER, enclosures=(Enclosure(name, "application/pdf", b"x"),))).iter_attachments()

    assert part.get_filename() == kept


def test_S9_a_subject_cannot_add_a_header():
    message = parsed(replace(LETTER, subject="张三\r\nBcc: x@example.org\u2028y", sender_name="a\r\nBcc: b"))

    assert message["Bcc"] is None
    assert message["Subject"] == "张三 Bcc: x@example.org y"


texts = st.text(max_size=60)
letters = st.builds(
    replace,
    st.just(LETTER),
    subject=texts,
    sender_name=texts,
    text_body=texts,
    html_body=texts,
    enclosures=st.tuples(st.builds(Enclosure, texts, st.just("application/pdf"), st.binary(max_size=300))),
)


@settings(deadline=None, max_examples=60)
@given(letters)
def test_S7_any_text_gives_a_valid_mail_of_the_size_foretold(letter):
    mime = to_mime(letter)
    (part,) = parsed(letter).iter_attachments()

    assert max(mime) < 128
    assert max(len(line) for line in mime.split(b"\r\n")) <= 998
    assert encoded_size(letter) == len(mime)
    assert part.get_content() == letter.enclosures[0].data
    assert part.get_filename()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 56, 57, 58, 59, 114, 115, 100_000])
def test_the_size_of_an_enclosure_is_known_from_its_bytes(count):
    empty = encoded_size(replace(LETTER, enclosures=(Enclosure("a.jpg", "image/jpeg", b""),)))

    assert len(to_mime(replace(LETTER, enclosures=(Enclosure("a.jpg", "image/jpeg", b"x" * count),)))) == (
        empty + base64_size(count)
    )


@pytest.mark.parametrize("address", ["张三@example.org", "a@example.org\r\nBcc: b@example.org", "nobody"])
def test_S9_an_address_that_is_none_is_refused(address):
    with pytest.raises(SettingsError, match="写得不对"):
        to_mime(replace(LETTER, to=address))
    with pytest.raises(SettingsError, match="写得不对"):
        to_mime(replace(LETTER, sender=address))


def test_a_letter_needs_a_time_zone_and_a_message_id():
    with pytest.raises(ValueError, match="time zone"):
        to_mime(replace(LETTER, date=datetime(2026, 11, 22, tzinfo=UTC).replace(tzinfo=None)))
    with pytest.raises(ValueError, match="Message-ID"):
        to_mime(replace(LETTER, message_id="7K2M9QXA"))


def test_a_letter_survives_a_real_server(smtp_server):
    mime = to_mime(LETTER)
    SmtpMailer(parse_smtp_url(smtp_server.url)).send(
        mime, sender=LETTER.sender, to=LETTER.to, name="7K2M9QXA", before_dot=lambda: True
    )
    (received,) = smtp_server.wait_for(1)

    assert received.mime == mime
    assert [part.get_filename() for part in received.message.iter_attachments()] == [FORM.file_name, "photo.jpg"]
