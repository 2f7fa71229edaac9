import email.policy
import io
from dataclasses import replace
from datetime import timedelta
from email.parser import BytesParser

import pytest
from PIL import Image

from h5app.documents.stationery import Stationery
from h5app.domain.attachment import Slot
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.letter import LetterState
from h5app.services.delivering import LEASE, deliver_next
from tests.fakes import TAKEN, Sent, WatchedFiles
from tests.people import ID_NUMBER, NAME, PHONE, submitted, with_photo, with_social

MAILBOX, SENDER = "office@example.org", "sender@example.org"
SILENT_AFTER_DOT = Attempt(Phase.DOT, None, "")
NO_CONNECTION = Attempt(Phase.CONNECT, None, "refused")


@pytest.fixture
def entry(post, now):
    return submitted(post.stores, post.files, post.campaign, now=now)


def with_path(post, **changes):
    return replace(post, campaign=with_social(post.campaign, **changes))


def letter(stores, entry):
    return stores.outbox.of_nomination(entry.id)


def parsed(mime):
    return BytesParser(policy=email.policy.default).parsebytes(mime)


def test_nothing_due_is_nothing_done(post):
    assert deliver_next(post) is None
    assert post.mailer.sent == []


def test_a_letter_carries_form_and_photos_to_the_mailbox(post, entry, now):
    with_photo(post.stores, post.files, post.stores.drafts.get(entry.draft_id), now=now, slot=Slot.WORK)
    with_photo(post.stores, post.files, post.stores.drafts.get(entry.draft_id), now=now, slot=Slot.WORK, number=2)

    verdict = deliver_next(post)

    sent = post.mailer.sent[0]
    message = parsed(sent.mime)
    attached = {part.get_filename(): part.get_content() for part in message.iter_attachments()}
    title = f"{NAME}_{entry.reference}"
    stem = f"推荐表_{title}"
    assert (sent.sender, sent.to, sent.name) == (SENDER, MAILBOX, entry.reference)
    assert (message["To"], message["Subject"]) == (MAILBOX, f"【自荐】{NAME}-快递员-{entry.reference}")
    assert list(attached) == [
        f"{stem}.docx",
        f"{stem}.pdf",
        f"{title}_近照.jpg",
        f"{title}_工作照1.jpg",
        f"{title}_工作照2.jpg",
    ]
    assert attached[f"{stem}.pdf"].startswith(b"%PDF-")
    assert Image.open(io.BytesIO(attached[f"{title}_近照.jpg"])).size == (60, 84)  # the mail rendition
    assert (verdict.state, letter(post.stores, entry).state) == (LetterState.SENT, LetterState.SENT)
    assert letter(post.stores, entry).sent_at == now


def test_the_body_sums_up_what_staff_need_and_leaves_the_id_number_to_the_form(post, entry):
    deliver_next(post)

    message = parsed(post.mailer.sent[0].mime)
    for kind in ("plain", "html"):
        body = message.get_body((kind,)).get_content()
        assert [text for text in (entry.reference, NAME, "出生年月", "1990年12月") if text not in body] == []
        assert [secret for secret in (ID_NUMBER, PHONE, "已同意") if secret in body] == []


def test_F2_every_try_sends_the_same_bytes(post, entry):
    post.mailer.answers = [NO_CONNECTION, NO_CONNECTION, TAKEN]

    for wait in (0, 1, 2):
        post.clock.time += timedelta(minutes=wait)
        assert deliver_next(post) is not None

    assert [sent.mime for sent in post.mailer.sent] == [post.mailer.sent[0].mime] * 3
    assert letter(post.stores, entry).state is LetterState.SENT
    assert letter(post.stores, entry).attempts == 3


def test_F4_a_server_that_does_not_answer_defers_the_letter(post, entry, now):
    post.mailer.answers = [NO_CONNECTION]

    verdict = deliver_next(post)

    waiting = letter(post.stores, entry)
    assert (verdict.state, waiting.state, waiting.due_at) == (
        LetterState.QUEUED,
        LetterState.QUEUED,
        now + timedelta(minutes=1),
    )
    assert deliver_next(post) is None
    post.clock.time = waiting.due_at
    assert deliver_next(post) is not None


def test_F4_a_letter_that_may_have_arrived_is_sent_once_more_and_then_held(post, entry):
    post.mailer.answers = [SILENT_AFTER_DOT]

    assert deliver_next(post).state is LetterState.UNKNOWN
    post.clock.time += timedelta(minutes=29)
    assert deliver_next(post) is None
    post.clock.time += timedelta(minutes=1)
    assert deliver_next(post).state is LetterState.HELD
    post.clock.time += timedelta(days=10)
    assert deliver_next(post) is None
    assert [sent.mime for sent in post.mailer.sent] == [post.mailer.sent[0].mime] * 2
    assert letter(post.stores, entry).state is LetterState.HELD


def test_F4_a_refused_account_pauses_the_whole_queue_and_leaves_the_letter_untouched(post, entry, now):
    submitted(post.stores, post.files, post.campaign, now=now, name="王五")
    post.mailer.answers = [Attempt(Phase.AUTH, 535, "authentication failed"), TAKEN]

    deliver_next(post)
    assert deliver_next(post) is None
    assert (letter(post.stores, entry).state, letter(post.stores, entry).attempts) == (LetterState.QUEUED, 0)
    assert post.stores.pauses.now(now=now).until == now + timedelta(minutes=30)

    post.clock.time += timedelta(minutes=30)
    assert [deliver_next(post).state for _ in range(2)] == [LetterState.SENT] * 2


def test_without_a_mailbox_nobody_is_called_and_nothing_is_built(post, entry, now):
    verdict = deliver_next(with_path(post, mailbox=""))

    waiting = letter(post.stores, entry)
    assert (verdict.state, waiting.due_at, post.stores.outbox.messages(waiting.id)) == (
        LetterState.QUEUED,
        now + timedelta(minutes=30),
        [],
    )
    assert post.mailer.sent == []

    post.clock.time = waiting.due_at
    assert deliver_next(post).state is LetterState.SENT
    assert post.mailer.sent[0].to == MAILBOX


def test_written_to_a_file_a_letter_needs_no_mailbox(post, entry):
    post.mailer.answers = [Attempt(Phase.FILE, None, "")]

    deliver_next(replace(with_path(post, mailbox=""), needs_mailbox=False))

    assert post.mailer.sent == [Sent(post.mailer.sent[0].mime, SENDER, "", entry.reference)]
    assert letter(post.stores, entry).state is LetterState.WRITTEN


def test_S8_the_body_names_the_characters_that_no_font_prints(post, now):
    submitted(post.stores, post.files, post.campaign, now=now, name="\U00020bb7建国")

    deliver_next(post)

    body = parsed(post.mailer.sent[0].mime).get_body().get_content()
    assert "PDF 上印成“〓”的字，字体里没有：\U00020bb7（U+20BB7，扩展B区，部首“口”加 3 画）" in body


def test_a_broken_form_of_the_offices_loses_no_letter_and_is_told(post, entry):
    verdict = deliver_next(replace(post, stationery=Stationery(word_template=b"no form")))

    message = parsed(post.mailer.sent[0].mime)
    assert verdict.state is LetterState.SENT
    assert f"推荐表_{NAME}_{entry.reference}.docx" in [part.get_filename() for part in message.iter_attachments()]
    assert "单位自己的 Word 模板用不了，这份用的是自带的模板" in message.get_body().get_content()


def test_F9_a_letter_that_cannot_be_built_waits_for_people_and_blocks_nobody(post, entry, now):
    other = submitted(post.stores, post.files, post.campaign, now=now + timedelta(seconds=1), name="王五")
    post.files.delete(post.stores.attachments.of_draft(entry.draft_id)[0].mail_file)
    post.clock.time = now + timedelta(minutes=1)

    first, second = deliver_next(post), deliver_next(post)

    assert (first.state, first.note) == (
        LetterState.HELD,
        "这封信做不出来（NotFoundError），请打开这份申报看看缺什么",
    )
    assert second.state is LetterState.SENT
    assert letter(post.stores, other).state is LetterState.SENT


def test_F3_a_full_disk_while_freezing_sends_nothing_yet(post, entry):
    full = WatchedFiles(post.files, full=True)
    post = replace(post, files=full)

    assert deliver_next(post).state is LetterState.QUEUED
    assert post.mailer.sent == []

    full.full = False
    post.clock.time += timedelta(minutes=1)
    assert deliver_next(post).state is LetterState.SENT
    (message,) = post.stores.outbox.messages(letter(post.stores, entry).id)
    assert message.file in set(post.files.names())


@pytest.mark.parametrize("before_the_answer", [True, False])
def test_F2_a_worker_killed_while_sending_sends_the_same_bytes_after_its_lease(post, entry, before_the_answer):
    post.mailer.answers = [KeyboardInterrupt() if before_the_answer else SystemExit(), TAKEN]

    with pytest.raises((KeyboardInterrupt, SystemExit)):
        deliver_next(post)
    assert deliver_next(post) is None
    post.clock.time += LEASE
    assert deliver_next(post).state is LetterState.SENT

    assert [sent.mime for sent in post.mailer.sent] == [post.mailer.sent[0].mime] * 2
    assert letter(post.stores, entry).attempts == 2


def test_S27_what_goes_wrong_is_logged_without_what_people_typed(post, entry, caplog):
    post.files.delete(post.stores.attachments.of_draft(entry.draft_id)[0].mail_file)

    deliver_next(post)

    assert "cannot be built" in caplog.text
    for secret in (NAME, ID_NUMBER, MAILBOX):
        assert secret not in caplog.text


def test_a_changed_mailbox_does_not_change_a_frozen_letter_but_where_it_goes(post, entry):
    post.mailer.answers = [NO_CONNECTION, TAKEN]
    deliver_next(post)
    post.clock.time += timedelta(minutes=1)
    moved = replace(post, campaign=with_social(post.campaign, mailbox="new@example.org"))

    deliver_next(moved)

    assert [sent.to for sent in post.mailer.sent] == [MAILBOX, "new@example.org"]
    assert post.mailer.sent[0].mime == post.mailer.sent[1].mime
    assert letter(post.stores, entry).state is LetterState.SENT


def test_a_letter_whose_path_left_the_campaign_file_waits_for_people(post, entry):
    paths = {key: path for key, path in post.campaign.paths.items() if key != entry.path}

    deliver_next(replace(post, campaign=replace(post.campaign, paths=paths)))

    held = letter(post.stores, entry)
    assert (held.state, held.alarm, held.note) == (
        LetterState.HELD,
        True,
        "活动文件里没有 paths.social 了，请补上或改回原来的名字，再点“重发”",
    )
