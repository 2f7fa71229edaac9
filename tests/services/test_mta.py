"""A real mail server: Postfix on loopback takes what the service sends, over STARTTLS, into a maildir."""

import email.policy
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from random import Random

import pytest

from h5app.domain.attachment import Attachment, Slot
from h5app.domain.letter import LetterState
from h5app.domain.nomination import Nomination
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import Security, SmtpSettings
from h5app.services.delivering import Post, deliver_next
from tests.mail.certificates import make_trust
from tests.mail.postfix import Postfix, running_postfix
from tests.people import jpeg, submitted, with_social

pytestmark = pytest.mark.mta

MAILBOX, SENDER = "office@example.org", "sender@example.org"
MB = 1_000_000


@dataclass(frozen=True)
class Office:
    """The office's mail server, and what a sender must trust."""

    server: Postfix
    trust: ssl.SSLContext


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("certificate")
    trust = make_trust(folder)
    with running_postfix(folder / "localhost.pem", mailbox=MAILBOX, size_limit=20 * MB) as server:
        yield Office(server, trust.client)


@pytest.fixture
def sending(post: Post, office: Office) -> Post:
    settings = SmtpSettings("localhost", office.server.port, Security.STARTTLS, "", "", SENDER)
    return replace(post, mailer=SmtpMailer(settings, tls=office.trust))


def entry_with_photos(post: Post, *sizes: int) -> Nomination:
    """An entry whose work photos are of these many bytes: a picture, and noise behind its end."""
    entry = submitted(post.stores, post.files, post.campaign, now=post.clock())
    for number, size in enumerate(sizes, start=1):
        photo = Attachment(
            id=f"{entry.draft_id[:20]}work{number:08d}",
            draft_id=entry.draft_id,
            slot=Slot.WORK,
            press_file=post.files.put(jpeg()),
            mail_file=post.files.put(jpeg() + Random(number).randbytes(size - len(jpeg()))),
            width_px=60,
            height_px=84,
            added_at=post.clock(),
        )
        post.stores.attachments.add(photo)
    return entry


def enclosed(mime: bytes) -> dict[str | None, bytes]:
    message = BytesParser(policy=email.policy.default).parsebytes(mime)
    assert isinstance(message, EmailMessage)
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def test_a_message_of_19_mb_arrives_whole_in_a_real_mailbox(sending, office):
    entry = entry_with_photos(sending, *[4_700_000] * 3)

    verdict = deliver_next(sending)

    letter = sending.stores.outbox.of_nomination(entry.id)
    (message,) = sending.stores.outbox.messages(letter.id)
    (delivered,) = office.server.wait_for(1)
    sent = sending.files.get(message.file)
    assert (verdict.state, verdict.note) == (LetterState.SENT, "邮件服务器已收下")
    assert 19 * MB <= len(sent) <= 20 * MB
    # A maildir keeps lines as LF, under the headers that the way added.
    added, _, rest = delivered.partition(b"Date: ")
    assert b"Date: " + rest == sent.replace(b"\r\n", b"\n")
    assert b"with ESMTPS" in added
    photos = [sending.files.get(photo.mail_file) for photo in sending.stores.attachments.of_draft(entry.draft_id)]
    files = enclosed(delivered)
    assert [data for name, data in files.items() if name.endswith(".jpg")] == photos
    assert [data[:4] for name, data in files.items() if not name.endswith(".jpg")] == [b"PK\x03\x04", b"%PDF"]


def test_F4_a_real_servers_words_for_a_letter_too_large_hold_it(sending):
    sending = replace(sending, campaign=with_limit(sending, mail_mb=30))
    entry_with_photos(sending, 15 * MB)

    verdict = deliver_next(sending)

    assert (verdict.state, verdict.note) == (
        LetterState.HELD,
        "邮件服务器不收这封信（太大或像广告），请点“拆分”或稍后点“重发”（552 5.3.4 Message size exceeds fixed limit）",
    )


def with_limit(post: Post, *, mail_mb: int):
    limits = replace(post.campaign.paths["social"].limits, mail_mb=mail_mb)
    return with_social(post.campaign, limits=limits)


def test_F4_a_real_servers_words_for_an_unknown_mailbox_hold_the_letter(sending):
    sending = replace(sending, campaign=with_social(sending.campaign, mailbox="nobody@example.org"))
    entry_with_photos(sending)

    verdict = deliver_next(sending)

    assert (verdict.state, verdict.alarm) == (LetterState.HELD, True)
    assert verdict.note.startswith("收件邮箱不存在或不收信，请核对地址后点“重发”（550 5.1.1 <邮箱>")


def test_a_mailer_that_does_not_know_the_servers_certificate_sends_nothing(sending, office):
    settings = SmtpSettings("localhost", office.server.port, Security.STARTTLS, "", "", SENDER)
    entry_with_photos(sending)

    verdict = deliver_next(replace(sending, mailer=SmtpMailer(settings)))

    assert (verdict.state, verdict.pause_until is not None) == (LetterState.QUEUED, True)
    assert "self-signed certificate" in verdict.note
