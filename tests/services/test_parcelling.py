"""What the letter about an entry carries in each mode, and within each budget, as its reader finds it."""

import io
import zipfile
from dataclasses import replace

import pytest
import pyzipper
from PIL import Image

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Mailing, MailMode
from h5app.domain.nomination import Route
from h5app.mail.message import encoded_size, to_mime
from h5app.services.composing import COLUMNS, compose, foresee
from h5app.services.delivering import deliver_next
from tests.people import (
    DEEDS,
    ID_NUMBER,
    NAME,
    NOMINATORS,
    PERSON,
    PHONE,
    jpeg,
    social,
    submitted,
    with_photo,
    with_social,
)
from tests.photos.pictures import corners_picture, opened, saved
from tests.services.test_composing import html_of, parsed, text_of

PHRASE = "granate well 2026 !quiet"
UNIT = "焦作市顺达速运有限公司塔南路营业部"


@pytest.fixture
def entry(post, now):
    return submitted(post.stores, post.files, post.campaign, now=now)


@pytest.fixture
def mailed(post):
    """Compose the letter of an entry for a path set up so; its messages."""

    def compose_all(entry, *, mail_mb=20, least=1, **mailing):
        queued = replace(post.stores.outbox.of_nomination(entry.id), least_parts=least)
        return compose(desk_for(post, mail_mb=mail_mb, **mailing), queued, date=post.clock())

    return compose_all


def desk_for(post, *, mail_mb=20, **mailing):
    limits = replace(social(post.campaign).limits, mail_mb=mail_mb)
    campaign = with_social(post.campaign, mailbox="office@example.org", limits=limits, mail=Mailing(**mailing))
    return replace(post, campaign=campaign, passphrase=PHRASE)


def add_photo(post, entry, data, *, slot=Slot.WORK, number=1):
    draft = post.stores.drafts.get(entry.draft_id)
    photo = with_photo(post.stores, post.files, draft, now=entry.submitted_at, slot=slot, number=number)
    sql = "UPDATE attachments SET mail_file = :file WHERE id = :id"
    post.stores.rows.write(sql, {"file": post.files.put(data), "id": photo.id})


def row_of(message):
    return text_of(message).split("\n")[0].split(" · ")


def attached(message):
    return {part.get_filename(): part.get_content() for part in message.iter_attachments()}


def one(letters):
    (letter,) = letters
    return parsed(to_mime(letter))


def test_both_bodies_begin_with_one_row_to_sort_by(mailed, entry):
    message = one(mailed(entry))

    row = [entry.reference, "个人自荐", "快递员", NAME, "解放区", UNIT, "2026-11-22 15:30", "初版"]
    assert row_of(message) == row
    cells = [html_of(message).index(f">{text}</") for text in (*COLUMNS, *row)]
    assert cells == sorted(cells)
    assert html_of(message).count("<tr>", 0, cells[-1]) == 2


def test_a_row_has_eight_cells_whatever_is_in_them(mailed, post, now):
    changed = {"unit_name": "甲 · 乙\u2028公司", "name": "阿卜杜拉·买买提"}
    entry = submitted(post.stores, post.files, post.campaign, now=now, route=Route.UNIT, **changed)

    row = row_of(one(mailed(entry)))

    assert len(row) == len(COLUMNS)
    assert (row[3], row[5]) == ("阿卜杜拉·买买提", "甲·乙 公司")


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("mode", MailMode)
def test_no_body_holds_an_id_number_a_telephone_number_or_the_deeds(mailed, post, now, route, mode):
    campaign = with_social(post.campaign, nominee_confirms="declared")
    entry = submitted(post.stores, post.files, campaign, now=now, route=route)

    message = one(mailed(entry, mode=mode))

    told = text_of(message) + html_of(message)
    numbers = (ID_NUMBER, PHONE, NOMINATORS[Route.PEER]["nominator_phone"], NOMINATORS[Route.UNIT]["unit_phone"])
    assert [secret for secret in (*numbers, DEEDS.split("\n")[0]) if secret in told] == []


def test_a_number_in_a_field_for_something_else_stays_in_the_form_too(mailed, post, now):
    strayed = {"unit_and_post": f"顺达{PHONE} 快递员", "union_name": f"工会 {ID_NUMBER[:17]}X"}
    entry = submitted(post.stores, post.files, post.campaign, now=now, route=Route.UNIT, **strayed)

    message = one(mailed(entry))

    for body in (text_of(message), html_of(message)):
        assert [number for number in (PHONE, ID_NUMBER[:17]) if number in body] == []
        assert [text for text in ("顺达（号码见推荐表） 快递员", "91350100M000100Y43") if text not in body] == []


def test_both_bodies_say_the_same(mailed, entry):
    message = one(mailed(entry))

    facts = [line.split("：", 1) for line in text_of(message).split("\n") if line.count("：") == 1]
    assert [label for label, _text in facts][:3] == ["附件", "从业年限", "是否工会会员"]
    assert [text for fact in facts for text in fact if text not in html_of(message)] == []


def test_what_people_type_stays_text_in_the_html_body(mailed, post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now, union_name="<img src=x onerror=alert(1)>{{7*7}}")

    html = html_of(one(mailed(entry)))

    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in html
    assert "<img" not in html


def test_attachments_are_the_forms_and_the_photos_with_ascii_names_beside(mailed, post, entry):
    add_photo(post, entry, jpeg(800, 600))
    title = f"{NAME}_{entry.reference}"

    (letter,) = mailed(entry)

    assert [each.file_name for each in letter.enclosures] == [
        f"推荐表_{title}.docx",
        f"推荐表_{title}.pdf",
        f"{title}_近照.jpg",
        f"{title}_工作照.jpg",
    ]
    words = ("form.docx", "form.pdf", "portrait.jpg", "work.jpg")
    assert [each.ascii_name for each in letter.enclosures] == [f"{entry.reference}_{word}" for word in words]


def test_a_zip_holds_what_would_be_attached_and_the_list(mailed, entry):
    open_ones = attached(one(mailed(entry)))
    message = one(mailed(entry, mode=MailMode.ZIP))

    ((name, data),) = attached(message).items()
    title = f"{NAME}_{entry.reference}"
    assert name == f"{title}.zip"
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        found = {member: archive.read(member) for member in archive.namelist()}
    assert found.pop(f"{title}/清单.txt").startswith("清单：共 3 个文件".encode("utf-8-sig"))
    assert found == {f"{title}/{each}": content for each, content in open_ones.items()}
    assert [each for each in open_ones if each not in text_of(message)] == []


def test_a_sealed_zip_opens_with_the_phrase_alone_and_nothing_around_it_tells_who(mailed, entry):
    open_ones = list(attached(one(mailed(entry))).values())
    (letter,) = mailed(entry, mode=MailMode.SEALED_ZIP)
    message = parsed(to_mime(letter))

    ((name, data),) = attached(message).items()
    with pyzipper.AESZipFile(io.BytesIO(data)) as archive:
        archive.setpassword(PHRASE.encode())
        found = {member: archive.read(member) for member in archive.namelist()}
    reference = entry.reference
    inside = [f"推荐表_{reference}.docx", f"推荐表_{reference}.pdf", f"{reference}_近照.jpg", "清单.txt"]
    assert (name, list(found)) == (f"{reference}.zip", [f"{reference}/{each}" for each in inside])
    assert list(found.values())[:3] == open_ones
    assert letter.subject == f"【自荐】李**-快递员-{reference}"
    assert row_of(message) == [reference, "个人自荐", "快递员", "李**", "—", "—", "2026-11-22 15:30", "初版"]
    assert told_of_a_person(message) == ["快递员"]


def test_a_masked_letter_is_a_link_that_asks_to_sign_in(mailed, entry):
    message = one(mailed(entry, mode=MailMode.LINK))

    url = f"https://zgh.example.org/admin/nominations/{entry.reference}"
    assert (attached(message), message["Subject"]) == ({}, f"【自荐】李**-快递员-{entry.reference}")
    assert f"\n{url}\n" in text_of(message)
    assert f'<a href="{url}"' in html_of(message)
    assert "用管理员账号登录" in text_of(message)
    assert told_of_a_person(message) == ["快递员"]


def told_of_a_person(message):
    """Which of his answers are anywhere in the readable part of a message."""
    readable = message["Subject"] + text_of(message) + html_of(message) + "".join(attached(message))
    answers = {*PERSON.values(), UNIT} - {"是", "无"}
    return [text for text in answers if text in readable]


def test_a_character_that_no_font_has_is_named_and_masked_where_others_might_read(mailed, post, now):
    hieroglyph = "\U00013000"
    entry = submitted(post.stores, post.files, post.campaign, now=now, unit_and_post=f"{hieroglyph}快递 快递员")

    for mode, is_named in ((MailMode.ATTACHMENTS, True), (MailMode.ZIP, True), (MailMode.SEALED_ZIP, False)):
        message = one(mailed(entry, mode=mode))
        for body in (text_of(message), html_of(message)):
            assert ("U+13000" in body, hieroglyph in body) == (is_named, is_named)
            assert "请核对：" in body


@pytest.mark.parametrize("mode", MailMode)
def test_a_correction_says_what_changed_by_labels_in_every_mode(mailed, post, entry, correct, mode):
    deliver_next(post)

    (letter,) = mailed(correct(entry, name="李建军"), mode=mode)
    message = parsed(to_mime(letter))

    assert letter.subject.startswith("【自荐·更正版 v2】")
    for body in (text_of(message), html_of(message)):
        assert "改动：姓名" in body
        assert ("李建军" in body) == (mode in {MailMode.ATTACHMENTS, MailMode.ZIP})


@pytest.fixture(scope="module")
def large():
    """A photo in mail size that weighs some 700 KB."""
    noise = Image.merge("RGB", [Image.effect_noise((1600, 1200), 40)] * 3)
    return saved(Image.blend(corners_picture((1600, 1200)), noise, 0.5), "JPEG", quality=80)


def shape(letters):
    """Which photos are in which message, and how long their edges are."""
    return [
        [max(opened(each.data).size) for each in letter.enclosures if each.content_type == "image/jpeg"]
        for letter in letters
    ]


def test_photos_are_made_smaller_before_a_second_letter_is_written(mailed, post, entry, large):
    add_photo(post, entry, large)

    assert shape(mailed(entry)) == [[84, 1600]]
    assert shape(mailed(entry, mail_mb=1)) == [[84, 1280]]


def test_what_smaller_photos_cannot_mend_goes_in_two_letters_that_both_tell_of_all(mailed, post, entry, large):
    for number in range(1, 5):
        add_photo(post, entry, large, number=number)

    letters = mailed(entry, mail_mb=1)

    assert shape(letters) == [[84, 1024, 1024], [1024, 1024]]
    assert [letter.subject.split("-")[-1] for letter in letters] == [
        f"{entry.reference}（第1/2封）",
        f"{entry.reference}（第2/2封）",
    ]
    assert len({letter.message_id for letter in letters}) == 2
    names = [each.file_name for letter in letters for each in letter.enclosures]
    assert len(names) == len(set(names)) == 7
    for number, letter in enumerate(letters, start=1):
        message = parsed(to_mime(letter))
        for body in (text_of(message), html_of(message)):
            assert f"共 2 封，这是第 {number} 封" in body
            assert [name for name in names if name not in body] == []
        assert encoded_size(letter) <= 1_000_000


def test_asked_to_split_it_is_split_and_photos_keep_their_size(mailed, post, entry, large):
    add_photo(post, entry, large)

    assert shape(mailed(entry, least=2)) == [[84], [1600]]


@pytest.mark.parametrize("how", [{"mail_mb": 1, "most_letters": 1}, {"least": 9}])
def test_what_cannot_be_split_so_is_a_link_and_says_why(mailed, post, entry, large, how):
    for number in range(1, 4):
        add_photo(post, entry, large, number=number)

    message = one(mailed(entry, **how))

    assert attached(message) == {}
    assert "材料太大，邮箱放不下" in text_of(message)
    assert told_of_a_person(message) == ["快递员"]


def test_a_photo_that_cannot_be_made_smaller_is_sent_as_it_is_or_not_at_all(mailed, post, entry):
    add_photo(post, entry, b"no picture" * 30_000)
    add_photo(post, entry, b"no picture" * 40_000, number=2)

    letters = mailed(entry, mail_mb=1)

    assert [len(each.data) for letter in letters for each in letter.enclosures if "工作照" in each.file_name] == [
        300_000,
        400_000,
    ]
    add_photo(post, entry, b"no picture" * 80_000, number=3)
    assert attached(one(mailed(entry, mail_mb=1))) == {}


@pytest.mark.parametrize("mode", [MailMode.ZIP, MailMode.SEALED_ZIP])
def test_two_packages_are_numbered_and_each_is_whole(mailed, post, entry, large, mode):
    for number in range(1, 4):
        add_photo(post, entry, large, number=number)

    letters = mailed(entry, mode=mode, least=2)

    title = f"{NAME}_{entry.reference}" if mode is MailMode.ZIP else entry.reference
    assert [[each.file_name for each in letter.enclosures] for letter in letters] == [
        [f"{title}_1.zip"],
        [f"{title}_2.zip"],
    ]
    held = [zipfile.ZipFile(io.BytesIO(each.data)).namelist() for letter in letters for each in letter.enclosures]
    assert [sum(name.endswith(".jpg") for name in names) for names in held] == [2, 2]
    assert [names[-1].split("/")[1] for names in held] == ["清单.txt"] * 2


@pytest.mark.parametrize("mode", MailMode)
@pytest.mark.parametrize("how", [{}, {"least": 2}])
def test_what_was_foreseen_is_what_is_sent_and_no_smaller(mailed, post, entry, large, mode, how):
    add_photo(post, entry, large)
    add_photo(post, entry, jpeg(40, 30), slot=Slot.HONOUR)

    letters = mailed(entry, mode=mode, **how)
    parcel = foresee(desk_for(post, mode=mode), entry, least_parts=how.get("least", 1))

    assert len(parcel.parts) == len(letters)
    for part, letter in zip(parcel.parts, letters, strict=True):
        assert 0 <= part.size_bytes - encoded_size(letter) <= 40_000
    if mode is MailMode.ATTACHMENTS:
        named = [[each.file_name for each in letter.enclosures] for letter in letters]
        assert [[item.name for item in part.items] for part in parcel.parts] == named


def test_what_is_foreseen_is_said_in_a_sentence(post, entry, large):
    add_photo(post, entry, large)

    said = foresee(desk_for(post, mail_mb=1), entry).sentence

    assert said.startswith("约 ")
    assert said.endswith("，一封寄出，照片缩小到 1280 像素")
