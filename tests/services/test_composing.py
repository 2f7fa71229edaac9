"""Letters of later revisions and of the end, as a mailbox receives them."""

import email.policy
from dataclasses import dataclass, replace
from datetime import timedelta
from email.parser import BytesParser

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route, Status
from h5app.services.delivering import LEASE, deliver_next
from h5app.services.erasing import erase_entry
from h5app.storage.files import FileStore
from tests.fakes import TAKEN, FakeMailer, WatchedFiles
from tests.people import ID_NUMBER, NAME, PHONE, submitted, with_photo

NO_CONNECTION = Attempt(Phase.CONNECT, None, "refused")
SILENT_AFTER_DOT = Attempt(Phase.DOT, None, "")


@pytest.fixture
def entry(post, now):
    return submitted(post.stores, post.files, post.campaign, now=now)


def parsed(mime):
    return BytesParser(policy=email.policy.default).parsebytes(mime)


def text_of(message):
    return message.get_body(("plain",)).get_content().replace("\r\n", "\n")


def html_of(message):
    return message.get_body(("html",)).get_content()


def told(message):
    """What a correction says of itself; the same in both bodies."""
    lines = [line for line in text_of(message).split("\n") if line.startswith(("更正版 v", "改动："))]
    assert [line for line in lines if line not in html_of(message)] == []
    return lines


def letters(post, entry):
    return [(each.revision, each.kind, each.state) for each in post.stores.outbox.all_of(entry.id)]


def withdraw(post, entry):
    now_is = post.stores.nominations.get(entry.id)
    erase_entry(post.stores, post.files, now_is, to=Status.WITHDRAWN, who="本人", now=post.clock())


def test_a_correction_of_what_has_arrived_says_so_and_what_changed(post, entry, correct):
    deliver_next(post)
    correct(entry, name="李建军", phone="13900009999", honours="无")

    deliver_next(post)

    first, second = (parsed(sent.mime) for sent in post.mailer.sent)
    assert second["Subject"] == f"【自荐·更正版 v2】李建军-快递员-{entry.reference}"
    assert told(second) == [
        "更正版 v2：请以这一封为准，把此前收到的同一受理编号的邮件删除。",
        "改动：姓名、联系方式、曾获主要荣誉",
    ]
    assert text_of(second).split("\n")[0].endswith(" · 更正版 v2")
    assert "13900009999" not in text_of(second) + html_of(second)
    assert first["Message-ID"] != second["Message-ID"]


def test_copied_photos_are_no_change_and_others_are(post, entry, correct, now):
    deliver_next(post)
    second = correct(entry)
    deliver_next(post)
    with_photo(post.stores, post.files, post.stores.drafts.get(second.draft_id), now=now, slot=Slot.WORK)
    correct(second)
    deliver_next(post)

    assert [told(parsed(sent.mime))[1] for sent in post.mailer.sent[1:]] == [
        "改动：没有改动，重新提交了一次",
        "改动：照片",
    ]


def test_a_correction_of_what_nobody_has_received_is_an_ordinary_letter(post, entry, correct):
    post.mailer.answers = [NO_CONNECTION, TAKEN]
    deliver_next(post)
    correct(entry, name="李建军")

    deliver_next(post)

    message = parsed(post.mailer.sent[-1].mime)
    assert message["Subject"] == f"【自荐】李建军-快递员-{entry.reference}"
    assert "更正版" not in text_of(message) + html_of(message)


def test_what_is_in_doubt_counts_as_received_and_is_not_sent_again(post, entry, correct):
    post.mailer.answers = [SILENT_AFTER_DOT, TAKEN]
    deliver_next(post)
    correct(entry, name="李建军")

    deliver_next(post)
    post.clock.time += timedelta(hours=1)
    deliver_next(post)

    assert [parsed(sent.mime)["Subject"].split("】")[0] for sent in post.mailer.sent] == ["【自荐", "【自荐·更正版 v2"]
    assert letters(post, entry) == [
        (1, LetterKind.ENTRY, LetterState.DROPPED),
        (2, LetterKind.ENTRY, LetterState.SENT),
    ]


def test_changes_are_told_against_what_the_mailbox_has(post, entry, correct):
    deliver_next(post)
    second = correct(entry, name="李建军")
    correct(second, name="李建军", education="本科")

    deliver_next(post)

    message = parsed(post.mailer.sent[-1].mime)
    assert message["Subject"].startswith("【自荐·更正版 v3】")
    assert told(message)[1] == "改动：姓名、学历"
    assert len(post.mailer.sent) == 2


@pytest.mark.parametrize("answer", [TAKEN, SILENT_AFTER_DOT, Attempt(Phase.FILE, None, "")])
def test_a_withdrawal_asks_to_delete_and_names_nobody(post, entry, answer):
    post.mailer.answers = [answer, TAKEN]
    deliver_next(post)
    withdraw(post, entry)

    deliver_next(post)

    message = parsed(post.mailer.sent[-1].mime)
    assert message["Subject"] == f"【撤回】自荐-{entry.reference}"
    assert list(message.iter_attachments()) == []
    assert text_of(message).split("\n")[:3] == [f"{entry.reference} · 个人自荐 · 已撤回", "", "撤回通知"]
    for body in (text_of(message), html_of(message)):
        assert "请把这个编号此前收到的邮件和附件都删除" in body
        assert [secret for secret in (NAME, PHONE, ID_NUMBER) if secret in body] == []
    assert letters(post, entry)[1:] == [(1, LetterKind.WITHDRAWAL, LetterState.SENT)]
    post.clock.time += timedelta(days=1)
    assert deliver_next(post) is None


def test_what_the_nominee_declined_is_said_to_be_declined(post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now, route=Route.UNIT)
    deliver_next(post)
    erase_entry(post.stores, post.files, entry, to=Status.DECLINED, who="本人", now=now)

    deliver_next(post)

    assert f"受理编号 {entry.reference}（单位推荐）本人谢绝" in text_of(parsed(post.mailer.sent[-1].mime))


@dataclass
class InterruptedMailer(FakeMailer):
    """Somebody does something while the server is being talked to: before the final dot, or after it."""

    meanwhile: object = None
    after_the_dot: bool = False

    def send(self, mime, *, before_dot, **addressed):
        def dot():
            if self.after_the_dot:
                return before_dot() and (self.meanwhile() or True)
            self.meanwhile()
            return before_dot()

        return super().send(mime, before_dot=dot, **addressed)


def dies():
    raise KeyboardInterrupt


def test_withdrawn_before_the_final_dot_the_letter_is_not_handed_over(post, entry):
    post = replace(post, mailer=InterruptedMailer(meanwhile=lambda: withdraw(post, entry)))

    deliver_next(post)

    assert (post.mailer.sent, letters(post, entry)) == ([], [])


def test_withdrawn_while_the_server_takes_it_the_letter_is_taken_back_by_another(post, entry):
    mailer = InterruptedMailer(meanwhile=lambda: withdraw(post, entry), after_the_dot=True)
    post = replace(post, mailer=mailer)
    deliver_next(post)
    post.mailer.meanwhile = lambda: None

    deliver_next(post)

    assert [parsed(sent.mime)["Subject"].split("】")[0] for sent in post.mailer.sent] == ["【自荐", "【撤回"]
    assert letters(post, entry) == [
        (1, LetterKind.ENTRY, LetterState.DROPPED),
        (1, LetterKind.WITHDRAWAL, LetterState.SENT),
    ]
    kept = [parsed(post.files.get(name)) for name in post.files.names()]
    assert [message["Subject"] for message in kept] == [f"【撤回】自荐-{entry.reference}"]


def test_withdrawn_while_its_letter_is_being_frozen_nothing_old_is_sent_or_kept(post, entry):
    files = WatchedFiles(post.files, before_put=lambda: withdraw(post, entry))
    deliver_next(replace(post, files=files))

    assert post.mailer.sent == []
    assert list(post.files.names()) == []
    assert letters(post, entry) == []


@dataclass
class SlowFiles(WatchedFiles):
    """Somebody does something before a file is read."""

    inner: FileStore
    before_get: object = None

    def get(self, name):
        before, self.before_get = self.before_get, None
        if before:
            before()
        return self.inner.get(name)


def test_withdrawn_while_its_photos_are_read_the_letter_is_dropped_without_alarm(post, entry, caplog):
    files = SlowFiles(post.files, before_get=lambda: withdraw(post, entry))

    verdict = deliver_next(replace(post, files=files))

    assert (verdict.state, verdict.alarm, post.mailer.sent) == (LetterState.DROPPED, False, [])
    assert "cannot be built" not in caplog.text


def test_a_letter_whose_worker_died_in_the_handing_over_is_not_sent_after_a_correction(post, entry, correct):
    with pytest.raises(KeyboardInterrupt):
        deliver_next(replace(post, mailer=InterruptedMailer(answers=[TAKEN], meanwhile=dies, after_the_dot=True)))
    correct(entry, name="李建军")
    post.clock.time += LEASE

    while deliver_next(post):
        pass

    (sent,) = post.mailer.sent
    assert parsed(sent.mime)["Subject"].startswith("【自荐·更正版 v2】李建军")
    assert [state for _revision, _kind, state in letters(post, entry)] == [LetterState.DROPPED, LetterState.SENT]
