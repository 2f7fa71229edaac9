import io
import zipfile
from datetime import timedelta

import docx
import pytest

from h5app.documents import recommendation_docx
from h5app.documents.reading import office, opening
from h5app.domain.answers import ON_PAPER
from h5app.domain.attachment import Slot
from h5app.domain.errors import ConflictError, InvalidAnswersError, NotFoundError
from h5app.domain.nomination import Origin, Route, Status
from h5app.domain.sheet import Sheet
from h5app.services.drafting import begin
from h5app.services.importing import (
    amend,
    imported,
    imports,
    read_uploads,
    review,
    save_as_entry,
    take_in,
    throw_away,
    unsaved,
)
from h5app.services.sweeping import forget_left_drafts
from tests.documents.conftest import TEXTS
from tests.documents.reading.word_forms import FILLED, notice_form, saved
from tests.people import ID_NUMBER, PHONE, jpeg, submitted, with_social

WHO = "赵敏"
FACE = jpeg(250, 350)
AS_STORED = FILLED | {
    "birth_month": "1990-12",
    "ethnicity": "汉族",
    "political_status": "中共党员",
    "education": "大专",
    "phone": PHONE,
    "category": "快递员",
    "region": "",
    "experience": "不清楚",
    "union_member": "不清楚",
}


def form(portrait: bytes | None = FACE, **changes: str) -> bytes:
    return saved(notice_form(FILLED | changes, portrait=portrait))


def taken_in(stores, files, campaign, now, *uploads, route=Route.SELF):
    """The files of one import, by name."""
    opened = [(name, io.BytesIO(data)) for name, data in uploads]
    batch = take_in(stores, files, opened, route=route, campaign=campaign, who=WHO, now=now)
    return imports(stores, batch)


def one(stores, files, campaign, now, data=None, *, route=Route.SELF):
    (only,) = taken_in(stores, files, campaign, now, ("李建国.docx", data or form()), route=route)
    return only


def completed(stores, read, now, **changes):
    answers = {"region": "解放区"} | changes
    return amend(stores, read, answers, route=read.draft.route, now=now)


def test_a_form_becomes_a_draft_of_what_it_says_in_our_words(stores, files, campaign, now):
    read = one(stores, files, campaign, now)

    assert {name: read.draft.answers[name] for name in AS_STORED} == AS_STORED
    assert (read.draft.origin, read.draft.route, read.entry) == (Origin.MAIL, Route.SELF, None)
    assert {name: found.text for name, found in read.source.texts.items()} == FILLED
    assert [photo.slot for photo in stores.attachments.of_draft(read.draft.id)] == [Slot.PORTRAIT]
    assert stores.outbox.counts() == {}


def test_what_is_wrong_is_said_by_the_rules_of_every_entry(stores, files, campaign, now):
    read = one(stores, files, campaign, now, form(None, phone="1380000", education="研究生", sex="女"))

    found = review(stores, read, campaign, now=now)

    assert found.problems == {
        "phone": "手机号应为 11 位，现在是 7 位，请核对；座机请带区号，如 0391-3999920",
        "education": "表上写的是“研究生”，请选一个对应的",
        "region": "请选择工作所在地",
        "portrait": "请上传近照",
    }
    assert found.remarks == {
        "sex": "表上写的是“女”，和身份证号不一样，存的时候以身份证号为准",
        "category": "表上没有这一栏，是按单位及职务填的，请核对",
    }


def test_saving_makes_one_entry_of_origin_mail_with_its_letter_and_who_did_it(stores, files, campaign, now):
    read = completed(stores, one(stores, files, campaign, now), now)

    first = save_as_entry(stores, read, campaign, who=WHO, mails=True, now=now)
    second = save_as_entry(stores, read, campaign, who=WHO, mails=True, now=now)

    entry = stores.nominations.by_reference(first.reference)
    assert second == first
    assert (entry.origin, entry.route, entry.status) == (Origin.MAIL, Route.SELF, Status.SUBMITTED)
    kept = AS_STORED | {"region": "解放区"}
    assert {name: entry.answers[name] for name in kept} == kept
    assert (entry.answers["consent_personal"], entry.answers["consent_publication"]) == (ON_PAPER, "")
    assert stores.outbox.counts() == {"queued": 1}
    assert [(act.who, act.action) for act in stores.audit.of(first.reference)] == [(WHO, "录入邮寄的推荐表")]
    assert stores.drafts.get(read.draft.id).answers == {}
    assert imported(stores, read.draft.id).name == "李建国"


def test_what_came_to_the_mailbox_itself_is_not_mailed_there_again(stores, files, campaign, now):
    read = completed(stores, one(stores, files, campaign, now), now)

    receipt = save_as_entry(stores, read, campaign, who=WHO, mails=False, now=now)

    assert stores.outbox.counts() == {}
    assert [act.detail for act in stores.audit.of(receipt.reference)] == ["没有再寄"]


def test_nothing_is_stored_while_something_is_missing(stores, files, campaign, now):
    read = one(stores, files, campaign, now)

    with pytest.raises(InvalidAnswersError) as told:
        save_as_entry(stores, read, campaign, who=WHO, mails=True, now=now)

    assert told.value.problems == {"region": "请选择工作所在地"}
    assert (stores.nominations.by_draft(read.draft.id), stores.outbox.counts()) == (None, {})
    assert imported(stores, read.draft.id) == read


def test_a_signed_form_of_somebody_else_waits_for_nobody(stores, files, campaign, now):
    assert campaign.path_of(Route.PEER).waits_for_nominee(Route.PEER)
    read = one(stores, files, campaign, now, route=Route.PEER)
    nominator = {"nominator_name": "王秀英", "nominator_phone": "13900005678", "relation": "同事"}

    receipt = save_as_entry(stores, completed(stores, read, now, **nominator), campaign, who=WHO, mails=True, now=now)

    assert receipt.status is Status.SUBMITTED


def test_staff_enter_after_the_deadline_what_came_before_it(stores, files, campaign, now):
    closed = with_social(campaign, closes_at=now - timedelta(days=1))
    read = completed(stores, one(stores, files, closed, now), now)

    assert save_as_entry(stores, read, closed, who=WHO, mails=True, now=now).status is Status.SUBMITTED


def test_another_route_asks_its_own_questions_of_the_same_person(stores, files, campaign, now):
    read = one(stores, files, campaign, now)

    changed = amend(stores, read, {"unit_name": "顺达速运"}, route=Route.UNIT, now=now)

    assert (changed.draft.route, changed.draft.answers["unit_name"]) == (Route.UNIT, "顺达速运")
    assert imported(stores, read.draft.id) == changed
    assert review(stores, changed, campaign, now=now).problems.keys() >= {"unit_contact", "unit_phone"}


def test_only_answers_are_taken_from_whoever_types(stores, files, campaign, now):
    read = one(stores, files, campaign, now)

    assert amend(stores, read, {"import": "{}", "admin": "yes"}, route=Route.SELF, now=now).draft.answers == (
        read.draft.answers
    )


def test_the_same_person_is_pointed_at_wherever_he_stands(stores, files, campaign, now):
    known = submitted(stores, files, campaign, now=now)
    by_phone = submitted(stores, files, campaign, now=now, id_number="11010519491231002X")
    other = submitted(stores, files, campaign, now=now, id_number="11010519491231002X", phone="13911112222")
    first, second, third = taken_in(
        stores,
        files,
        campaign,
        now,
        ("1.docx", form()),
        ("2.docx", form()),
        ("3.docx", form(id_number="11010519491231002X", phone="13922223333")),
    )

    found = review(stores, first, campaign, now=now, others=[first, second, third])

    assert [entry.reference for entry in found.alike] == [known.reference, by_phone.reference]
    assert [twin.draft.id for twin in found.twins] == [second.draft.id]
    assert [entry.id for entry in review(stores, third, campaign, now=now).alike] == [by_phone.id, other.id]


def test_each_file_of_a_batch_has_its_own_state(stores, files, campaign, now):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("甲.docx", form())
        members.writestr("乙.docx", b"PK\x03\x04 broken")
        members.writestr("照片.jpg", jpeg())
    letter = docx.Document()
    letter.add_paragraph("您好")

    read = taken_in(
        stores, files, campaign, now, ("一批.zip", archive.getvalue()), ("信.docx", saved(letter)), ("b.pdf", b"%PDF")
    )

    assert {each.source.file: bool(each.source.problem) for each in read} == {
        "甲.docx": False,
        "乙.docx": True,
        "照片.jpg": True,
        "信.docx": True,
        "b.pdf": True,
    }
    assert read == imports(stores, read[0].draft.batch)
    for each in read:
        if each.source.problem:
            with pytest.raises(ConflictError):
                save_as_entry(stores, each, campaign, who=WHO, mails=True, now=now)


def test_a_photo_that_cannot_be_read_is_a_note_and_the_rest_is_there(stores, files, campaign, now):
    broken = jpeg(250, 350)[:700]

    read = one(stores, files, campaign, now, form(broken))

    assert read.source.notes == ("表里的照片没有读进来：照片无法读取，请换一张",)
    assert stores.attachments.of_draft(read.draft.id) == ()
    assert read.name == "李建国"


def test_a_portrait_cut_in_word_is_cut_the_same(stores, files, campaign, now):
    sheet = Sheet("推荐表", TEXTS, jpeg(1000, 700), reference="", stamped=False, unit="", deeds_chars=500)

    read = one(stores, files, campaign, now, recommendation_docx(sheet))

    (photo,) = stores.attachments.of_draft(read.draft.id)
    assert (photo.box.left_px, photo.box.top_px, photo.box.width_px, photo.box.height_px) == (250, 0, 500, 700)


def test_old_files_without_libreoffice_say_what_to_do(stores, files, campaign, now, monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    old = opening._OLE + "WordDocument".encode("utf-16-le")

    assert one(stores, files, campaign, now, old).source.problem == office.MISSING


def test_what_is_thrown_away_is_gone_with_its_photo_and_an_entry_is_not(stores, files, campaign, now):
    read = one(stores, files, campaign, now)
    entry = save_as_entry(
        stores, completed(stores, one(stores, files, campaign, now), now), campaign, who=WHO, mails=True, now=now
    )
    kept = imported(stores, stores.nominations.by_reference(entry.reference).draft_id)

    throw_away(stores, files, read, who=WHO, now=now)

    with pytest.raises(NotFoundError):
        imported(stores, read.draft.id)
    with pytest.raises(ConflictError):
        throw_away(stores, files, kept, who=WHO, now=now)
    assert set(files.names()) == stores.attachments.file_names()


def test_imports_nobody_saved_are_forgotten_with_other_drafts(stores, files, campaign, now):
    one(stores, files, campaign, now)

    forget_left_drafts(stores, files, now=now + timedelta(days=7))
    forgotten = forget_left_drafts(stores, files, now=now + timedelta(days=8, minutes=1))

    assert (forgotten, unsaved(stores), list(files.names())) == (1, [], [])


def test_a_draft_of_our_own_pages_is_no_import(stores, now):
    draft, _token = begin(stores, route=Route.SELF, channel="", now=now)

    with pytest.raises(NotFoundError):
        imported(stores, draft.id)
    assert unsaved(stores) == []


def test_reading_alone_stores_nothing(stores):
    ((upload, read),) = read_uploads([("x.docx", io.BytesIO(form(id_number=ID_NUMBER)))])

    assert (upload.name, read.texts["id_number"]) == ("x.docx", ID_NUMBER)
    assert stores.rows.read("SELECT * FROM drafts") == []
