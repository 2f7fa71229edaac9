import io
import zipfile
from dataclasses import replace

import pytest

from h5app.documents.code import reference_code
from h5app.documents.stationery import Stationery
from h5app.domain.attachment import Slot
from h5app.domain.campaign import FILE_NAME_PARTS, Mailing, Paper
from h5app.domain.nomination import Route
from h5app.domain.sheet import CELLS
from h5app.services.nominating import nominate
from h5app.services.packaging import (
    entry_of,
    foldered,
    form_files,
    package_files,
    package_name,
    package_of,
    photo_files,
    print_forms,
    sheet_of,
    title_of,
)
from h5app.services.picturing import attach, crop
from tests.people import DEEDS, ID_NUMBER, NAME, PHONE, complete_draft, social, submitted, with_photo, with_social
from tests.photos.pictures import corners, corners_picture, opened, saved


@pytest.fixture
def entry(post, now):
    return submitted(post.stores, post.files, post.campaign, now=now)


def photographed(post, entry, *slots):
    draft = post.stores.drafts.get(entry.draft_id)
    for number, slot in enumerate(slots):
        with_photo(post.stores, post.files, draft, now=entry.submitted_at, slot=slot, number=number)


def members(post, entry):
    package = package_of(entry_of(post.stores, entry), post.campaign, post.files)
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.namelist()


def test_the_sheet_has_every_cell_in_words_and_the_portrait_in_mail_size(post, entry):
    found = entry_of(post.stores, entry)

    sheet = sheet_of(found, post.campaign, post.files)

    assert (sheet.title, sheet.reference, sheet.stamped) == (post.campaign.form_title, entry.reference, False)
    assert sheet.portrait == post.files.get(found.photos[0].mail_file)
    assert list(sheet.texts) == list(CELLS)
    assert {name: sheet.texts[name] for name in ("name", "sex", "birth_month", "id_number", "phone", "deeds")} == {
        "name": NAME,
        "sex": "男",
        "birth_month": "1990年12月",
        "id_number": ID_NUMBER,
        "phone": PHONE,
        "deeds": DEEDS,
    }


def test_the_sheet_has_the_chosen_part_of_the_portrait_and_press_and_mail_have_all_of_it(post, now):
    draft = complete_draft(post.stores, post.files, post.campaign, now=now)
    path = social(post.campaign)
    lying = saved(corners_picture((1400, 1000)), "JPEG", quality=95)
    portrait = attach(post.stores, post.files, draft, slot=Slot.PORTRAIT, data=lying, path=path, now=now)
    crop(post.stores, post.files, draft, portrait.id, left=0.55, top=0, width=0.2, now=now)
    draft = post.stores.drafts.get(draft.id)
    receipt = nominate(post.stores, draft, campaign=post.campaign, now=now)
    found = entry_of(post.stores, post.stores.nominations.by_reference(receipt.reference))

    on_paper = sheet_of(found, post.campaign, post.files).portrait
    (press,), (mail,) = (photo_files(found, post.campaign, post.files, press=is_press) for is_press in (True, False))

    assert (opened(on_paper).size, set(corners(on_paper))) == ((280, 392), {"green"})
    assert [opened(whole.data).size for whole in (press, mail)] == [(1400, 1000)] * 2
    assert corners(mail.data) == ("red", "green", "blue", "yellow")


def test_an_entry_without_id_number_or_portrait_has_empty_cells(post, now):
    entry = submitted(
        post.stores, post.files, post.campaign, now=now, route=Route.UNIT, id_number="", sex="女", birth_month="1990-5"
    )
    post.stores.rows.write("DELETE FROM attachments")

    sheet = sheet_of(entry_of(post.stores, entry), post.campaign, post.files)

    assert (sheet.portrait, sheet.texts["id_number"]) == (None, "")
    assert (sheet.texts["sex"], sheet.texts["birth_month"]) == ("女", "1990年5月")


def test_the_form_comes_as_word_and_as_pdf_under_name_and_number(post, entry):
    word, pdf = form_files(entry_of(post.stores, entry), post.campaign, post.files)

    stem = f"推荐表_{NAME}_{entry.reference}"
    assert (word.name, pdf.name) == (f"{stem}.docx", f"{stem}.pdf")
    assert (word.data[:4], pdf.data[:5]) == (b"PK\x03\x04", b"%PDF-")


def test_photos_are_named_by_slot_and_numbered_where_there_are_several(post, entry):
    photographed(post, entry, Slot.WORK, Slot.WORK, Slot.HONOUR)
    found = entry_of(post.stores, entry)

    press, mail = (photo_files(found, post.campaign, post.files, press=is_press) for is_press in (True, False))

    labels = ("近照", "工作照1", "工作照2", "荣誉或报道")
    assert [file.name for file in press] == [f"{NAME}_{entry.reference}_{label}.jpg" for label in labels]
    words = ("portrait", "work1", "work2", "honour")
    assert [file.ascii_name for file in press] == [f"{entry.reference}_{word}.jpg" for word in words]
    assert [file.data for file in press] == [post.files.get(photo.press_file) for photo in found.photos]
    assert [file.data for file in mail] == [post.files.get(photo.mail_file) for photo in found.photos]


def test_the_package_holds_both_forms_the_photos_and_the_list(post, entry):
    photographed(post, entry, Slot.WORK)

    title = f"{NAME}_{entry.reference}"
    assert members(post, entry) == [
        f"{title}/推荐表_{title}.docx",
        f"{title}/推荐表_{title}.pdf",
        f"{title}/{title}_近照.jpg",
        f"{title}/{title}_工作照.jpg",
        f"{title}/清单.txt",
    ]


def test_every_member_is_told_to_be_utf_8(post, entry):
    package = package_of(entry_of(post.stores, entry), post.campaign, post.files)

    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        assert {member.flag_bits & 0x800 for member in archive.infolist()} == {0x800}


NAMES = ["阿卜杜拉·买买提" * 6, "\U00031350𰻞" * 20, "Jean . ", "Con"]
TEMPLATES = ["{姓名}_{受理编号}", "{推荐方式}·{类别}·{地区}·{单位}_{姓名}", "{序号} {姓名}（{单位}）", "照片" * 20]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("name", NAMES)
def test_S13_members_are_relative_unique_and_short_whatever_the_name(post, now, name, template):
    entry = submitted(post.stores, post.files, post.campaign, now=now, name=name)

    found = members(titled(post, template), entry)

    assert len({member.casefold() for member in found}) == len(found) == 4
    for member in found:
        assert len(member.encode()) <= 80
        assert not member.startswith("/")
        assert not {"..", "."} & set(member.split("/"))
        assert "{序号}" in template or all(entry.reference in part for part in member.split("/") if part != "清单.txt")


def titled(post, template):
    return replace(post, campaign=with_social(post.campaign, mail=Mailing(file_names=template)))


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{姓名}_{受理编号}", "李建国_REFERENCE"),
        ("{序号}-{姓名}-{类别}", "001-李建国-快递员"),
        ("{日期}_{推荐方式}_{地区}_{姓名}", "20261122_个人自荐_解放区_李建国_REFERENCE"),
        ("{单位}（{姓名}）{受理编号}", "焦作市顺达速运有限公司（李建国）REFERENCE"),
    ],
)
def test_the_paths_template_names_every_file(post, entry, template, title):
    post, title = titled(post, template), title.replace("REFERENCE", entry.reference)
    found = entry_of(post.stores, entry)

    files = package_files(found, post.campaign, post.files)

    assert [file.name for file in files] == [f"推荐表_{title}.docx", f"推荐表_{title}.pdf", f"{title}_近照.jpg"]
    assert package_name(entry, post.campaign) == title


def test_every_part_that_a_template_may_name_has_a_text(post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now, route=Route.UNIT)
    every = "".join(f"[{{{part}}}]" for part in FILE_NAME_PARTS)

    title = title_of(entry, titled(post, every).campaign, max_bytes=200)

    unit = "焦作市顺达速运有限公司"
    texts = ("001", NAME, "快递员", entry.reference, unit, "单位推荐", "解放区", "20261122")
    assert title == "".join(f"[{text}]" for text in texts)


def test_copies_of_honours_leave_with_the_sentence_over_them_and_other_photos_as_they_are(post, entry):
    photographed(post, entry, Slot.WORK, Slot.HONOUR)
    found = entry_of(post.stores, entry)
    marked = replace(post.campaign, paper=Paper(watermark="仅供选树活动使用"))

    plain, stamped = (photo_files(found, campaign, post.files, press=True) for campaign in (post.campaign, marked))

    assert [file.name for file in plain if file not in stamped] == [file.name for file in plain if "荣誉" in file.name]
    assert opened(stamped[-1].data).size == opened(plain[-1].data).size


def test_the_corner_has_the_number_only_where_the_campaign_asks_for_it(post, entry):
    found = entry_of(post.stores, entry)
    codes = [
        sheet_of(found, replace(post.campaign, paper=Paper(code=asked)), post.files).code for asked in (True, False)
    ]

    assert codes == [reference_code(entry.reference), None]


def test_the_staff_are_told_what_no_font_has_and_that_their_own_form_was_not_used(post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now, name="张\U0002ebf0")
    printed = print_forms(entry_of(post.stores, entry), post.campaign, post.files, Stationery(word_template=b"no form"))

    assert [note.split("：")[0] for note in printed.notes] == [
        "单位自己的 Word 模板用不了，这份用的是自带的模板",
        "请核对",
    ]
    assert printed.word.data == form_files(entry_of(post.stores, entry), post.campaign, post.files)[0].data


@pytest.mark.parametrize("before", ["", "001_", "00001_"])
def test_a_folder_and_its_files_fit_together_and_keep_the_number(post, now, before):
    entry = submitted(post.stores, post.files, post.campaign, now=now, name="阿卜杜拉·买买提" * 6)
    post = titled(post, "{推荐方式}·{类别}·{地区}·{单位}_{姓名}_{受理编号}")
    photographed(post, entry, *[Slot.HONOUR] * 10)
    files = package_files(entry_of(post.stores, entry), post.campaign, post.files)

    folder, short = foldered(entry, post.campaign, files, before=before)

    assert max(len(f"{folder}/{file.name}".encode()) for file in short) <= 80
    assert folder.startswith(before)
    assert [name for name in (folder, *(file.name for file in short)) if entry.reference not in name] == []
    assert short[-1].name.endswith(f"{entry.reference}_荣誉或报道10.jpg")
