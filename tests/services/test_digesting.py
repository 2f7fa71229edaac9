import email.policy
import io
import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from email.parser import BytesParser

import docx
import openpyxl
import pytest
import pyzipper
from PIL import Image

from h5app.domain.attachment import Slot
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.campaign import Limits, Mailing, MailMode
from h5app.domain.errors import PhotosBusyError
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Route, Status
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url
from h5app.services.delivering import LEASE, deliver_next
from h5app.services.digesting import queue_digests
from h5app.services.drafting import begin
from h5app.services.erasing import erase_entry
from h5app.services.nominating import nominate
from h5app.storage.rows import NO_PARAMS, Rows
from h5app.storage.stores import open_stores
from tests.fakes import TAKEN, FakeMailer, WatchedFiles
from tests.people import ID_NUMBER, NAME, PHONE, social, submitted, typed, with_photo, with_social

EVENING = datetime(2026, 11, 22, 10, tzinfo=UTC)  # 18:00 in Jiaozuo
DAY = timedelta(days=1)
SILENT_AFTER_DOT = Attempt(Phase.DOT, None, "")
PASSPHRASE = "correct horse battery staple"


def mailing(post, mode=MailMode.LINK, **changes):
    """A post whose path mails a digest at six; one of links needs no forms, so that tests about when are quick."""
    mail = Mailing(mode=mode, digest_at=time(18))
    return replace(post, campaign=with_social(post.campaign, mail=mail, **changes), passphrase=PASSPHRASE)


@pytest.fixture
def digested(post):
    return mailing(post)


def enter(post, count=1, *, now=None, **changes):
    return [submitted(post.stores, post.files, post.campaign, now=now or post.clock(), **changes) for _ in range(count)]


def correct(post, entry, **changes):
    answers = typed(post.campaign, **changes)
    draft, _token = begin(post.stores, answers, route=Route.SELF, channel="", now=post.clock(), corrects=entry)
    with_photo(post.stores, post.files, draft, now=post.clock())
    nominate(post.stores, draft, campaign=post.campaign, now=post.clock())
    return post.stores.nominations.get(entry.id)


def withdraw(post, entry):
    erase_entry(post.stores, post.files, entry, to=Status.WITHDRAWN, who="本人", now=post.clock())


def minute(post, at=None):
    """What the worker does in one of its minutes; how each letter ended."""
    post.clock.time = at or post.clock.time
    queue_digests(post, now=post.clock())
    return list(iter(lambda: deliver_next(post), None))


def states(post, *entries):
    return [letter.state for entry in entries for letter in post.stores.outbox.all_of(entry.id)]


def digests(post):
    rows = post.stores.outbox.page(state="", limit=99, offset=0)
    return [row.letter for row in reversed(rows) if row.letter.kind is LetterKind.DIGEST]


def parsed(mime):
    return BytesParser(policy=email.policy.default).parsebytes(mime)


def subjects(post):
    return [parsed(sent.mime)["Subject"] for sent in post.mailer.sent]


def attached(mime):
    return {part.get_filename(): part.get_content() for part in parsed(mime).iter_attachments()}


def body(mime, kind="plain"):
    return parsed(mime).get_body((kind,)).get_content().replace("\r\n", "\n")


def all_text(mime):
    return f"{parsed(mime)['Subject']}\n{body(mime)}\n{body(mime, 'html')}"


def test_a_day_goes_out_as_one_letter_with_the_table_and_every_package(post, smtp_server):
    post = replace(mailing(post, MailMode.ATTACHMENTS), mailer=SmtpMailer(parse_smtp_url(smtp_server.url)))
    couriers = enter(post, 2)
    (driver,) = enter(post, route=Route.UNIT, name="王小燕", category="货车司机", honours="=1+1")

    assert [deliver_next(post).state for _ in range(3)] == [LetterState.COLLECTED] * 3
    assert (minute(post), smtp_server.received) == ([], [])
    assert [verdict.state for verdict in minute(post, EVENING)] == [LetterState.SENT]

    (received,) = smtp_server.received
    files = attached(received.mime)
    order = [driver, *sorted(couriers, key=lambda entry: entry.reference)]  # categories in the campaign's order
    packages = [f"{entry.answers['name']}_{entry.reference}.zip" for entry in order]
    assert (received.message["Subject"], received.recipients) == (
        "【社会化推荐汇总】11月22日 共 3 份",
        ("office@example.org",),
    )
    assert list(files) == ["推荐汇总表_20261122.docx", "推荐汇总表_20261122.xlsx", *packages]
    table = docx.Document(io.BytesIO(files["推荐汇总表_20261122.docx"])).tables[0]
    people = [[cell.text for cell in row.cells][:3] for row in table.rows[1:]]
    unit = "焦作市顺达速运有限公司"
    assert people == [["1", unit, "王小燕"], ["2", "", NAME], ["3", "", NAME]]
    sheet = openpyxl.load_workbook(io.BytesIO(files["推荐汇总表_20261122.xlsx"])).active
    cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row if cell.value]
    assert [cell.value for cell in cells if cell.column == 3] == ["王小燕", NAME, NAME]
    assert "=1+1" in [cell.value for cell in cells if cell.data_type == "s"]
    for name, entry in zip(packages, order, strict=True):
        with zipfile.ZipFile(io.BytesIO(files[name])) as package:
            assert package.testzip() is None
            kinds = sorted(member.rpartition("_")[2] for member in package.namelist())
            assert f"{entry.reference}.docx" in kinds
            assert f"{entry.reference}.pdf" in kinds
            assert "近照.jpg" in kinds
    everything = all_text(received.mime) + str(people) + str([cell.value for cell in cells])
    assert [secret for secret in (ID_NUMBER, PHONE) if secret in everything] == []
    assert states(post, *couriers, driver) == [LetterState.SENT] * 3


def test_the_body_has_a_row_for_each_entry_in_both_shapes(post):
    post = mailing(post, MailMode.ATTACHMENTS)
    (entry,) = enter(post, unit_and_post="<b>A&B</b>公司 司机")
    minute(post, EVENING)

    mime = post.mailer.sent[0].mime
    row = f"1. {entry.reference} · {NAME} · 快递员 · 个人自荐 · <b>A&B</b>公司 · 解放区 · 初版 · 附件"
    assert row in body(mime)
    assert ">&lt;b&gt;A&amp;B&lt;/b&gt;公司</td>" in body(mime, "html")
    for shape in (body(mime), body(mime, "html")):
        assert "请不要转发。有疑问请打电话 3999920，焦作市总工会宣教网络部。" in shape


def test_before_its_hour_nothing_goes_and_at_its_hour_all_that_waits(digested):
    entries = enter(digested, 2)

    minute(digested, EVENING - timedelta(seconds=1))
    assert states(digested, *entries) == [LetterState.COLLECTED] * 2
    minute(digested, EVENING)

    assert states(digested, *entries) == [LetterState.SENT] * 2
    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 2 份"]


def test_what_comes_after_the_hour_goes_with_the_next_day(digested):
    enter(digested)
    minute(digested, EVENING)
    (late,) = enter(digested)

    minute(digested, EVENING + timedelta(hours=5, minutes=59))
    assert states(digested, late) == [LetterState.COLLECTED]
    minute(digested, EVENING + DAY)

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 1 份", "【社会化推荐汇总】11月23日 共 1 份"]


def test_a_day_without_an_entry_has_no_letter(digested):
    assert minute(digested, EVENING) == []
    assert digests(digested) == []


def test_a_service_that_was_off_at_its_hour_catches_up(digested):
    entries = enter(digested, 2)

    minute(digested, EVENING + timedelta(hours=14))

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 2 份"]
    assert states(digested, *entries) == [LetterState.SENT] * 2


def test_a_queue_that_stood_still_at_its_hour_still_has_one_letter_a_day(digested):
    enter(digested)
    digested.stores.pauses.by_hand(note="核对邮箱")
    assert minute(digested, EVENING) == []
    digested.stores.pauses.resume()

    minute(digested, EVENING + timedelta(hours=1))

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 1 份"]


def test_without_its_setting_what_was_collected_goes_out_alone(post, digested):
    (entry,) = enter(digested)
    minute(digested)

    minute(replace(post, clock=digested.clock))

    assert subjects(post) == [f"【自荐】{NAME}-快递员-{entry.reference}"]
    assert states(post, entry) == [LetterState.SENT]


def test_what_was_collected_for_a_path_that_is_gone_waits_for_people(post, digested):
    (entry,) = enter(digested)
    minute(digested)
    paths = {key: path for key, path in post.campaign.paths.items() if key != entry.path}

    minute(replace(post, campaign=replace(post.campaign, paths=paths)))

    assert states(post, entry) == [LetterState.HELD]


def test_what_was_built_before_there_was_a_digest_goes_on_alone(post, digested):
    (entry,) = enter(post)
    post.mailer.answers = [Attempt(Phase.CONNECT, None, "refused"), TAKEN]
    deliver_next(post)

    minute(digested, post.clock() + timedelta(minutes=1))

    assert subjects(digested) == [f"【自荐】{NAME}-快递员-{entry.reference}"] * 2
    assert states(digested, entry) == [LetterState.SENT]


def test_a_withdrawal_goes_at_once_and_alone(digested):
    (entry,) = enter(digested)
    minute(digested, EVENING)
    withdraw(digested, entry)

    minute(digested)

    assert subjects(digested)[1:] == [f"【撤回】自荐-{entry.reference}"]


def test_a_correction_goes_with_the_next_digest_and_says_that_it_is_one(digested):
    (entry,) = enter(digested)
    minute(digested, EVENING)
    correct(digested, entry, name="李建军")

    minute(digested)
    assert states(digested, entry) == [LetterState.SENT, LetterState.COLLECTED]
    minute(digested, EVENING + DAY)

    mime = digested.mailer.sent[1].mime
    assert f"{entry.reference} · 李** · 快递员 · 个人自荐 · 更正版 v2" in body(mime)
    assert "有更正版：请以更正版为准" in body(mime)
    assert states(digested, entry) == [LetterState.SENT] * 2


def test_what_was_corrected_before_the_hour_goes_once_in_its_newest_version(digested):
    (entry,) = enter(digested)
    minute(digested)
    correct(digested, entry, name="王五")

    minute(digested, EVENING)

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 1 份"]
    assert f"{entry.reference} · 王** · 快递员 · 个人自荐 · 初版" in body(digested.mailer.sent[0].mime)


def test_who_withdraws_before_it_is_built_is_simply_not_in_it(digested):
    kept, gone = enter(digested, 2)
    minute(digested)
    digested.clock.time = EVENING
    queue_digests(digested, now=EVENING)
    withdraw(digested, gone)

    minute(digested)

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 1 份"]
    assert gone.reference not in all_text(digested.mailer.sent[0].mime)
    assert (states(digested, kept), states(digested, gone)) == ([LetterState.SENT], [])


def test_who_withdraws_when_it_is_frozen_is_not_in_it_and_no_bytes_stay(digested):
    kept, gone = enter(digested, 2)
    digested.mailer.answers = [Attempt(Phase.CONNECT, None, "refused"), TAKEN]
    minute(digested, EVENING)
    before = set(digested.files.names())
    withdraw(digested, gone)

    minute(digested, EVENING + timedelta(minutes=1))

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 2 份", "【社会化推荐汇总】11月22日 共 1 份"]
    assert (states(digested, kept), states(digested, gone)) == ([LetterState.SENT], [])
    assert len(before & {frozen.file for frozen in digested.stores.outbox.messages(digests(digested)[0].id)}) == 0


def test_one_that_may_have_arrived_is_not_sent_again_once_somebody_in_it_withdrew(digested):
    kept, gone = enter(digested, 2)
    digested.mailer.answers = [SILENT_AFTER_DOT, TAKEN]
    minute(digested, EVENING)
    withdraw(digested, gone)

    minute(digested, EVENING + timedelta(hours=1))
    assert subjects(digested)[1:] == [f"【撤回】自荐-{gone.reference}"]
    assert [digest.state for digest in digests(digested)] == [LetterState.DROPPED]
    minute(digested, EVENING + DAY)

    assert subjects(digested)[2:] == ["【社会化推荐汇总】11月23日 共 1 份"]
    assert states(digested, kept) == [LetterState.SENT]


def test_no_bytes_of_a_digest_stay_here_once_somebody_in_it_withdrew_and_sent_again_it_is_without(digested):
    kept, gone = enter(digested, 2)
    minute(digested, EVENING)
    (digest,) = digests(digested)
    (frozen,) = digested.stores.outbox.messages(digest.id)

    withdraw(digested, gone)
    assert frozen.file not in set(digested.files.names())
    minute(digested)
    assert digested.stores.outbox.requeue(digest.id, now=EVENING)
    minute(digested)

    assert subjects(digested)[2:] == ["【社会化推荐汇总】11月22日 共 1 份"]
    assert gone.reference not in all_text(digested.mailer.sent[2].mime)
    assert states(digested, kept) == [LetterState.SENT]


def test_a_digest_sent_again_is_the_same_bytes(digested):
    enter(digested, 2)
    minute(digested, EVENING)
    assert digested.stores.outbox.requeue(digests(digested)[0].id, now=EVENING)

    minute(digested, EVENING + timedelta(hours=1))

    first, second = digested.mailer.sent
    assert first.mime == second.mime


def test_a_digest_that_everybody_has_left_is_dropped(digested):
    (entry,) = enter(digested)
    minute(digested)
    digested.clock.time = EVENING
    queue_digests(digested, now=EVENING)
    withdraw(digested, entry)

    assert [verdict.state for verdict in minute(digested)] == [LetterState.DROPPED]
    assert digested.mailer.sent == []


def test_F2_a_worker_killed_while_it_collects_loses_nothing(digested, now):
    (entry,) = enter(digested)
    digested.stores.outbox.claim_next(now=now, lease_until=now + LEASE)  # and is killed before it can write down a word

    assert minute(digested) == []
    minute(digested, now + LEASE)
    assert states(digested, entry) == [LetterState.COLLECTED]
    minute(digested, EVENING)

    assert subjects(digested) == ["【社会化推荐汇总】11月22日 共 1 份"]


def test_F2_a_worker_killed_when_the_digest_is_queued_sends_it_once(digested):
    entries = enter(digested, 2)
    minute(digested)
    queue_digests(digested, now=EVENING)  # and is killed
    (letter,) = digests(digested)

    minute(digested, EVENING)

    assert len(digested.mailer.sent) == 1
    assert [digest.id for digest in digests(digested)] == [letter.id]
    assert states(digested, *entries) == [LetterState.SENT] * 2


@dataclass
class DyingRows:
    """A real database whose user is killed before its `at`-th write."""

    inner: Rows
    at: int
    writes: int = 0

    def read(self, sql, params=NO_PARAMS):
        return self.inner.read(sql, params)

    def write(self, sql, params=NO_PARAMS):
        self.writes += 1
        if self.writes == self.at:
            raise KeyboardInterrupt
        return self.inner.write(sql, params)

    def transaction(self):
        return self.inner.transaction()

    def close(self):
        """The test's own database stays open."""


def test_F2_wherever_the_worker_is_killed_nothing_is_lost_and_only_one_in_doubt_comes_twice(digested, vault):
    survived, day = False, 0
    while not survived:
        day += 1
        entries = enter(digested, 2, now=EVENING + (day - 1) * DAY - timedelta(hours=1))
        digested.mailer.sent.clear()
        dying = replace(digested, stores=open_stores(DyingRows(digested.stores.rows, at=day), vault))
        try:
            minute(dying, EVENING + (day - 1) * DAY)
            survived = True
        except KeyboardInterrupt:
            for later in (LEASE, 2 * LEASE, timedelta(hours=1), timedelta(hours=2)):
                minute(digested, EVENING + (day - 1) * DAY + later)

        mimes = [sent.mime for sent in digested.mailer.sent]
        assert subjects(digested) == [subjects(digested)[0]] * len(mimes)
        assert "共 2 份" in subjects(digested)[0]
        assert (len(set(mimes)), len(mimes) <= 2) == (1, True), f"killed before write {day}"
        assert states(digested, *entries) == [LetterState.SENT] * 2, f"killed before write {day}"
    assert day > 8  # the last day nobody was killed on


@pytest.mark.parametrize("killed", [KeyboardInterrupt(), SystemExit()])
def test_F2_a_worker_killed_while_it_sends_a_digest_sends_the_same_bytes_after_its_lease(digested, killed):
    entries = enter(digested, 2)
    minute(digested)
    digested.mailer.answers = [killed, TAKEN]

    with pytest.raises(type(killed)):
        minute(digested, EVENING)
    assert minute(digested) == []
    minute(digested, EVENING + LEASE)

    first, second = digested.mailer.sent
    assert first.mime == second.mime
    assert states(digested, *entries) == [LetterState.SENT] * 2


def test_F7_a_clock_that_ran_a_day_ahead_makes_nobody_wait_longer_than_a_day(digested, now):
    digested.clock.time = now + DAY
    (early,) = enter(digested)
    minute(digested)

    minute(digested, now)  # put right: six o'clock has passed since a time that is still to come
    minute(digested, EVENING)
    (late,) = enter(digested)
    minute(digested, EVENING + DAY)

    assert states(digested, early, late) == [LetterState.SENT] * 2
    assert len(digested.mailer.sent) <= 2


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, 12, tzinfo=UTC), datetime(2038, 1, 19, 12, tzinfo=UTC)])
def test_F7_a_clock_that_is_wrong_while_it_collects_parks_nothing(digested, wrong):
    (entry,) = enter(digested)
    digested.clock.time = wrong
    deliver_next(digested)

    minute(digested, EVENING)

    assert states(digested, entry) == [LetterState.SENT]
    assert len(digested.mailer.sent) == 1


def test_F7_what_came_while_the_clock_said_2038_does_not_wait_until_then(digested):
    digested.clock.time = datetime(2038, 1, 19, 12, tzinfo=UTC)
    (entry,) = enter(digested)
    minute(digested)

    minute(digested, EVENING)

    assert states(digested, entry) == [LetterState.SENT]


def with_photo_of(post, entry, data):
    """The entry with one more photo whose mail rendition is this."""
    draft = post.stores.drafts.get(entry.draft_id)
    photo = with_photo(post.stores, post.files, draft, now=post.clock(), slot=Slot.WORK)
    post.stores.rows.write(
        "UPDATE attachments SET mail_file = :file WHERE id = :id",
        {"file": post.files.put(data), "id": photo.id},
    )


def test_over_the_budget_it_goes_in_parts_and_no_package_is_cut(post):
    post = mailing(post, MailMode.ATTACHMENTS, limits=Limits(mail_mb=1))
    entries = enter(post, 4)
    for entry, size_bytes in zip(entries, (300_000, 300_000, 300_000, 900_000), strict=True):
        with_photo_of(post, entry, bytes(size_bytes))
    large = entries[3]

    minute(post, EVENING)

    held = [attached(sent.mime) for sent in post.mailer.sent]
    packages = [name for files in held for name in files if name.endswith(".zip")]
    assert subjects(post) == [
        f"【社会化推荐汇总】11月22日 共 4 份（第{n}/{len(held)}封）" for n in range(1, len(held) + 1)
    ]
    assert 2 <= len(held) <= 3
    assert max(len(sent.mime) for sent in post.mailer.sent) <= 1_000_000
    assert list(held[0])[:2] == ["推荐汇总表_20261122.docx", "推荐汇总表_20261122.xlsx"]
    assert sorted(packages) == sorted(f"{NAME}_{entry.reference}.zip" for entry in entries[:3])
    for number, sent in enumerate(post.mailer.sent, start=1):
        assert f"这是第 {number} 封" in body(sent.mime)
        assert [name for name in held[number - 1] if name not in body(sent.mime)] == []
        assert f"https://zgh.example.org/admin/nominations/{large.reference}" in body(sent.mime)
    assert sum("本封附件" in line for sent in post.mailer.sent for line in body(sent.mime).splitlines()) == 3
    assert states(post, *entries) == [LetterState.SENT] * 4


def test_a_day_too_large_for_nine_messages_sends_links_to_the_rest_and_lists_everybody(post):
    post = mailing(post, MailMode.ATTACHMENTS, limits=Limits(mail_mb=1))
    entries = enter(post, 11)
    for entry in entries:
        with_photo_of(post, entry, bytes(560_000))

    minute(post, EVENING)

    mimes = [sent.mime for sent in post.mailer.sent]
    packages = [name for mime in mimes for name in attached(mime) if name.endswith(".zip")]
    linked = [line for line in body(mimes[0]).splitlines() if "/admin/nominations/" in line]
    assert (len(mimes), len(packages), len(set(packages))) == (9, 9, 9)
    assert len(linked) == 2
    assert [entry.reference for entry in entries if entry.reference not in body(mimes[8])] == []
    assert states(post, *entries) == [LetterState.SENT] * 11


def test_a_package_too_large_for_any_message_goes_with_smaller_photos(post):
    post = mailing(post, MailMode.ATTACHMENTS, limits=Limits(mail_mb=1))
    (entry,) = enter(post)
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 40).save(noise, "JPEG", quality=80)
    with_photo_of(post, entry, noise.getvalue())

    minute(post, EVENING)

    mime = post.mailer.sent[0].mime
    with zipfile.ZipFile(io.BytesIO(attached(mime)[f"{NAME}_{entry.reference}.zip"])) as package:
        (photo,) = (package.read(name) for name in package.namelist() if "工作照" in name)
    assert len(noise.getvalue()) > 700_000
    assert Image.open(io.BytesIO(photo)).width in {1280, 1024}
    assert len(mime) <= 1_000_000


def test_F2_a_part_that_was_taken_is_not_sent_again(post):
    post = mailing(post, MailMode.ATTACHMENTS)
    enter(post, 2)
    minute(post)
    queue_digests(post, now=EVENING)
    post.clock.time = EVENING
    assert post.stores.outbox.split(digests(post)[0].id, now=EVENING)
    post.mailer.answers = [TAKEN, Attempt(Phase.CONNECT, None, "refused"), TAKEN]

    minute(post)
    minute(post, EVENING + timedelta(minutes=1))

    first, second, again = (sent.mime for sent in post.mailer.sent)
    assert (first != second, second == again) == (True, True)
    assert subjects(post)[0] == "【社会化推荐汇总】11月22日 共 2 份（第1/2封）"
    assert digests(post)[0].state is LetterState.SENT


def test_a_sealed_digest_opens_with_the_phrase_and_names_nobody_outside(post):
    post = mailing(post, MailMode.SEALED_ZIP)
    (entry,) = enter(post)

    minute(post, EVENING)

    mime = post.mailer.sent[0].mime
    ((name, data),) = attached(mime).items()
    assert name == "推荐汇总_20261122.zip"
    with pyzipper.AESZipFile(io.BytesIO(data)) as sealed:
        names = sealed.namelist()
        assert names[:3] == [f"digest_20261122/{each}" for each in _sealed_names(entry)]
        with pytest.raises(RuntimeError, match="password"):
            sealed.read(names[0])
        sealed.setpassword(PASSPHRASE.encode())
        inner = zipfile.ZipFile(io.BytesIO(sealed.read(names[2])))
    assert inner.testzip() is None
    outside = all_text(mime) + "".join(names)
    assert f"{entry.reference} · 李** · 快递员 · 个人自荐 · 初版 · 附件" in body(mime)
    assert post.how_to_open in body(mime)
    assert [secret for secret in (NAME, "顺达", ID_NUMBER, PHONE) if secret in outside] == []


def _sealed_names(entry):
    return ("table_20261122.docx", "table_20261122.xlsx", f"{entry.reference}.zip")


def test_a_digest_of_links_carries_no_file_and_names_nobody(digested):
    (entry,) = enter(digested)

    minute(digested, EVENING)

    mime = digested.mailer.sent[0].mime
    assert attached(mime) == {}
    assert f"登录后台下载：https://zgh.example.org/admin/nominations/{entry.reference}" in body(mime)
    assert f'href="https://zgh.example.org/admin/nominations/{entry.reference}"' in body(mime, "html")
    assert [secret for secret in (NAME, "顺达", ID_NUMBER, PHONE) if secret in all_text(mime)] == []


def test_F9_whose_package_cannot_be_built_waits_for_people_and_holds_up_nobody(post, caplog):
    post = mailing(post, MailMode.ATTACHMENTS)
    broken, whole = enter(post, 2)
    post.files.delete(post.stores.attachments.of_draft(broken.draft_id)[0].mail_file)

    minute(post, EVENING)

    (held,) = post.stores.outbox.all_of(broken.id)
    assert (held.state, held.alarm, held.carried_by) == (LetterState.HELD, True, None)
    assert held.note == "汇总里的这一份做不出来（NotFoundError），请打开这份申报看看缺什么"
    assert subjects(post) == ["【社会化推荐汇总】11月22日 共 1 份"]
    assert states(post, whole) == [LetterState.SENT]
    assert [secret for secret in (NAME, ID_NUMBER) if secret in caplog.text] == []


class BusyDecoders(WatchedFiles):
    """Real files, from which no photo comes back: every decoder that could stamp it is busy."""

    def get(self, name):
        raise PhotosBusyError(name)


def test_while_every_decoder_is_busy_the_whole_digest_waits_a_minute(post):
    post = mailing(post, MailMode.ATTACHMENTS)
    (entry,) = enter(post)
    post.clock.time = EVENING
    queue_digests(post, now=EVENING)

    assert deliver_next(replace(post, files=BusyDecoders(post.files))).state is LetterState.QUEUED
    assert states(post, entry) == [LetterState.COLLECTED]

    minute(post, EVENING + timedelta(minutes=1))
    assert states(post, entry) == [LetterState.SENT]


def test_a_digest_of_nothing_but_broken_packages_is_dropped(post):
    post = mailing(post, MailMode.ATTACHMENTS)
    (broken,) = enter(post)
    post.files.delete(post.stores.attachments.of_draft(broken.draft_id)[0].mail_file)

    minute(post, EVENING)

    assert post.mailer.sent == []
    assert [digest.state for digest in digests(post)] == [LetterState.DROPPED]
    assert states(post, broken) == [LetterState.HELD]


def test_without_a_mailbox_a_digest_waits_and_says_so(digested):
    (entry,) = enter(digested)
    nowhere = replace(digested, campaign=with_social(digested.campaign, mailbox=""))

    (verdict,) = [verdict for verdict in minute(nowhere, EVENING) if verdict.state is LetterState.QUEUED]

    assert verdict.alarm
    assert states(digested, entry) == [LetterState.COLLECTED]
    minute(digested, EVENING + timedelta(minutes=30))
    assert states(digested, entry) == [LetterState.SENT]


def test_written_to_files_a_digest_and_all_in_it_are_called_written(digested):
    (entry,) = enter(digested)
    writing = replace(digested, mailer=FakeMailer([Attempt(Phase.FILE, None, "")]), needs_mailbox=False)

    minute(writing, EVENING)

    assert [sent.name for sent in writing.mailer.sent] == [f"digest-2026-11-22-{digests(digested)[0].id}"]
    assert states(digested, entry) == [LetterState.WRITTEN]


def test_the_path_without_a_digest_mails_as_before(post):
    assert social(post.campaign).mail.digest_at is None
    (entry,) = enter(post)

    minute(post)

    assert states(post, entry) == [LetterState.SENT]
