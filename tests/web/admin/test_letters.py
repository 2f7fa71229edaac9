"""Mail in the console: the list, one letter's page, stopping and going on."""

import email.policy
import re
from datetime import UTC, datetime
from email.header import Header
from email.parser import BytesParser

import pytest

from h5app.domain.attempt import Phase
from h5app.domain.letter import LetterState, Verdict
from h5app.services.delivering import LEASE, deliver_next
from h5app.storage.letters import Frozen
from tests.people import ID_NUMBER, NAME, PHONE
from tests.web.browsing import Browser


@pytest.fixture
def letter(service, entry):
    return service.stores.outbox.of_nomination(entry.id)


def put_into(service, state, *, note="", alarm=False, phase=Phase.DATA):
    """Bring the oldest due letter into a state, as the worker does."""
    now = datetime.now(UTC)
    claimed = service.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    verdict = Verdict(state, now, alarm=alarm, pause_until=None, note=note)
    assert service.stores.outbox.record(claimed, verdict, phase=phase, now=now)
    return claimed


def acts(service, reference=""):
    return [(act.who, act.action, act.detail) for act in service.stores.audit.of(reference)]


def words(page):
    """What a person reads, on one line."""
    return " ".join(page.text.split())


def actions(page):
    return [form.action for form in page.forms]


def post(admin, letter, what):
    page = admin.open(f"/admin/mail/{letter.id}")
    return page, admin.post(f"/admin/mail/{letter.id}/{what}", {"csrf_token": admin.token})


# The list


@pytest.mark.usefixtures("entry")
def test_letters_that_need_staff_stand_above_the_list_and_in_the_navigation(admin, service):
    quiet = admin.open("/admin/nominations").text
    put_into(service, LetterState.HELD, note="收件邮箱不存在或不收信，请核对地址后点“重发”", alarm=True)

    page = admin.open("/admin/mail")

    assert ("封要处理" in quiet, "邮件 1 封要处理" in words(admin.open("/admin/nominations"))) == (False, True)
    assert "有 1 封邮件要您处理" in page.text
    assert "收件邮箱不存在或不收信，请核对地址后点“重发”" in page.text
    assert "/admin/mail?state=alarm" in page.links


def test_the_list_is_narrowed_to_what_needs_staff(admin, service):
    calm, held = service.entry(name="甲一"), service.entry(name="乙二")
    service.stores.rows.write("UPDATE outbox SET due_at = '2020-01-01T00:00:00.000000Z' WHERE nomination_id = :id",
                              {"id": held.id})  # fmt: skip
    put_into(service, LetterState.HELD)

    page = admin.open("/admin/mail?state=alarm")

    assert (held.reference in page.text, calm.reference in page.text) == (True, False)
    assert "只看要处理的 1 封" in page.text
    assert "这里现在没有邮件" in admin.open("/admin/mail?state=sent").text


def test_what_is_so_of_every_letter_is_said_once(admin, service):
    for name in ("甲一", "乙二", "丙三"):
        service.entry(name=name)
    for _ in range(2):
        deliver_next(service.parts.post)

    text = admin.open("/admin/mail").text

    assert text.count("还没有设置发件邮箱") == 1
    assert text.count("还没有设置报送邮箱") == 1
    assert text.count("还没有设置收件邮箱") == 0


SMTP = {"H5APP_SMTP_URL": "smtp://127.0.0.1:2525?tls=none&from=sender@example.org"}


@pytest.mark.parametrize(
    ("env", "promise"),
    [({}, "请在活动文件里填写 mailbox。"), (SMTP, "请在活动文件里填写 mailbox，填好后会自动寄出。")],
)
def test_only_ways_that_people_can_take_miss_a_mailbox_and_nothing_is_promised_without_a_sender(
    make_service, env, promise
):
    page = Browser(make_service(**env).admin_client()).open("/admin/mail")

    assert f"社会化推荐的推荐表还没有地方可寄。{promise}" in words(page)
    assert "组织推荐" not in page.text


def test_what_was_only_written_says_how_it_is_sent_once_there_is_a_sender(make_service):
    service = make_service(**SMTP)
    service.entry()
    put_into(service, LetterState.WRITTEN, note="还没有设置发件邮箱，信件已写成 .eml 文件，没有寄出")

    admin = Browser(service.admin_client())
    page = admin.open("/admin/mail")
    assert "只写成了文件。要寄，请点“重发”" in page.text
    assert "有 1 封只写成了文件，没有寄出" in page.text

    told = admin.submit({}, action="/admin/mail/written")

    assert "1 封已排队，会一封接一封寄出" in told.text
    assert "只写成了文件" not in told.text
    assert service.stores.outbox.counts() == {LetterState.QUEUED: 1}


def test_a_letter_under_way_again_is_not_called_sent_or_written(admin, service, letter, entry):
    pages = (f"/admin/mail/{letter.id}", f"/admin/nominations/{entry.reference}")
    put_into(service, LetterState.WRITTEN)
    written = ["<dt>写成</dt>" in admin.open(page).html for page in pages]
    service.stores.outbox.requeue(letter.id, now=datetime.now(UTC))
    put_into(service, LetterState.HELD, note="邮件服务器不收这封信")

    assert written == [True, True]
    again = "".join(admin.open(page).html for page in pages)
    assert ("<dt>写成</dt>" in again, "<dt>寄出</dt>" in again) == (False, False)


def test_digests_and_reports_have_rows_and_pages_of_their_own(admin, service, entry):
    now = datetime.now(UTC)
    collected = put_into(service, LetterState.COLLECTED)
    digest_id = service.stores.digests.add(path=entry.path, day="2026-11-22", now=now)
    service.stores.outbox.add_report(day="2026-11-21", mailbox="chief@example.org", now=now)

    page = admin.open("/admin/mail")

    assert "每日汇总 11月22日" in page.text
    assert "每日对账 11月21日" in page.text
    assert "chief@example.org" in page.text
    assert "在 11月22日 的汇总邮件里，等待寄出" in page.text
    digest = admin.open(f"/admin/mail/{digest_id}")
    assert "里面有 1 份推荐表" in digest.text
    assert f"/admin/nominations/{entry.reference}" in digest.links
    assert f"/admin/mail/{collected.id}" in page.links


# Stopping and going on


@pytest.mark.usefixtures("entry")
def test_all_mail_is_stopped_with_a_word_and_goes_on_again(admin, service):
    page = admin.open("/admin/mail")
    assert "现在等着的 1 封，和以后新来的都先不寄" in page.text

    paused = admin.submit({"note": "正在换报送邮箱"}, action="/admin/mail/pause")

    assert "赵敏在" in paused.text
    assert "暂停：正在换报送邮箱" in paused.text
    assert "有 1 封等着，继续后按顺序寄出" in paused.text
    assert deliver_next(service.parts.post) is None
    going_on = admin.submit({}, action="/admin/mail/resume")
    assert "已继续寄出" in going_on.text
    assert deliver_next(service.parts.post) is not None
    assert acts(service) == [("赵敏", "继续寄出邮件", ""), ("赵敏", "暂停寄出邮件", "正在换报送邮箱")]


def test_going_on_where_nothing_was_stopped_is_one_sentence(admin, service):
    admin.open("/admin/mail")

    page = admin.post("/admin/mail/resume", {"csrf_token": admin.token})

    assert "邮件没有暂停" in page.text
    assert acts(service) == []


# One letter


def test_a_letter_that_is_to_be_built_says_how_it_will_be_sent(admin, letter, entry):
    page = admin.open(f"/admin/mail/{letter.id}")

    assert f"【自荐】{NAME}-快递员-{entry.reference}" in page.text
    assert re.search(r"会这样寄 约 [\d.]+ [KM]B，一封寄出，照片用邮件尺寸", words(page))


def test_a_letter_shows_what_was_sent_with_names_and_sizes(admin, service, letter, entry):
    deliver_next(service.parts.post)
    (message,) = service.stores.outbox.messages(letter.id)

    page = admin.open(f"/admin/mail/{letter.id}")

    for part in ("第 1/1 封", "写成文件", f"推荐表_{NAME}_{entry.reference}.pdf", message.message_id):
        assert part in page.text
    for secret in (ID_NUMBER, PHONE):
        assert secret not in page.html


def test_of_several_messages_it_says_which_have_left(admin, service, letter):
    now = datetime.now(UTC)
    claimed = service.stores.outbox.claim_next(now=now, lease_until=now + LEASE)
    subjects = [Header(f"材料（第{part}/2封）", "utf-8").encode() for part in (1, 2)]
    files = [service.parts.files.put(f"Subject: {subject}\r\n\r\n".encode()) for subject in subjects]
    service.stores.outbox.freeze(
        claimed, [Frozen(part, file, f"<{part}@example.org>", 2_000_000) for part, file in enumerate(files, start=1)]
    )
    service.stores.outbox.hand_over(claimed, part=1, now=now)
    verdict = Verdict(LetterState.QUEUED, now, alarm=False, pause_until=None, note="第 1/2 封已寄出，接着寄下一封")
    service.stores.outbox.record(claimed, verdict, phase=Phase.DONE, now=now, taken=1)

    text = admin.open(f"/admin/mail/{letter.id}").text

    assert "\n材料\n" in text
    assert re.search(r"第 1/2 封\s+\S+ \S+ 已寄出，2.0 MB", text)
    assert re.search(r"第 2/2 封\s+还没有寄出，2.0 MB", text)
    assert "第 1/2 封已寄出" in admin.open("/admin/mail").text


def test_the_very_bytes_are_for_download_and_whoever_takes_them_is_written_down(admin, service, letter, entry):
    deliver_next(service.parts.post)
    (message,) = service.stores.outbox.messages(letter.id)

    answer = admin.client.get(f"/admin/mail/{letter.id}/1.eml")

    assert answer.data == service.parts.files.get(message.file)
    assert BytesParser(policy=email.policy.default).parsebytes(answer.data)["To"] is not None
    assert answer.headers["Content-Disposition"] == f"attachment; filename={entry.reference}-1.eml"
    assert ("赵敏", "下载邮件原文", "第 1 封") in acts(service, entry.reference)
    assert admin.client.get(f"/admin/mail/{letter.id}/2.eml").status_code == 404


def test_a_held_letter_is_sent_again_or_split_from_its_page(admin, service, letter, entry):
    put_into(service, LetterState.HELD, note="太大", phase=Phase.DOT)

    page, after = post(admin, letter, "split")

    assert {f"/admin/mail/{letter.id}/split", f"/admin/mail/{letter.id}/resend"} <= set(actions(page))
    assert "已拆分，马上分几封重发" in after.text
    assert service.stores.outbox.get(letter.id).least_parts == 2
    _, after = post(admin, letter, "resend")
    assert "已排队，马上重发" in after.text
    assert [action for _, action, _ in acts(service, entry.reference)] == ["重发邮件", "拆分邮件"]


def test_what_cannot_be_done_is_said_and_changes_nothing(admin, service, letter, entry):
    put_into(service, LetterState.SENT, phase=Phase.DONE)

    page, after = post(admin, letter, "split")

    assert f"/admin/mail/{letter.id}/split" not in actions(page)
    assert "这封邮件已经寄出，不用拆分" in after.text
    assert acts(service, entry.reference) == []


def test_a_letter_that_is_not_there_is_a_404_that_leads_on(admin):
    assert admin.open("/admin/mail/99").status == 404
    assert admin.post("/admin/mail/99/resend", {"csrf_token": admin.token}).status == 404


def test_F9_a_letter_whose_file_is_gone_still_has_its_page(admin, service, letter):
    deliver_next(service.parts.post)
    (message,) = service.stores.outbox.messages(letter.id)
    service.parts.files.delete(message.file)

    page = admin.open(f"/admin/mail/{letter.id}")

    assert "邮件原文打不开了" in page.text
    assert f"/admin/mail/{letter.id}/1.eml" not in page.links


def test_S15_nothing_is_stopped_or_sent_without_the_pages_own_token(admin, service, letter):
    for path in ("/admin/mail/pause", "/admin/mail/resume", "/admin/mail/written", f"/admin/mail/{letter.id}/resend"):
        assert admin.client.post(path).status_code == 400
    assert acts(service) == []


def test_S19_letters_are_for_admins_only(service, letter):
    stranger = Browser(service.client())

    for path in ("/admin/mail", f"/admin/mail/{letter.id}", f"/admin/mail/{letter.id}/1.eml"):
        assert stranger.open(path).response.request.path == "/admin/sign-in"


def test_an_entry_leads_to_its_letter_and_says_when_its_digest_goes(admin, service, letter, entry):
    put_into(service, LetterState.COLLECTED)

    page = admin.open(f"/admin/nominations/{entry.reference}")

    assert f"/admin/mail/{letter.id}" in page.links
    assert "马上单独寄出" in page.text
    assert f"/admin/nominations/{entry.reference}/resend" not in actions(page)
