import io
import zipfile

from h5app.documents.reading import bundle
from h5app.documents.reading.bundle import Upload
from h5app.documents.reading.opening import DAMAGED, LOCKED, MACROS, NOT_WORD, TOO_LARGE


def forms_in(files):
    return bundle.forms_in((name, io.BytesIO(data)) for name, data in files)


def word(text: str = "x") -> bytes:
    return zipped({"[Content_Types].xml": text.encode()})


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def old_names(members: dict[bytes, bytes]) -> bytes:
    """A ZIP as Windows packs it: raw bytes for names, and no word about their encoding."""
    stand_ins = {f"{number:04d}".ljust(len(raw), "_"): raw for number, raw in enumerate(members)}
    data = zipped(dict(zip(stand_ins, members.values(), strict=True)))
    for stand_in, raw in stand_ins.items():
        data = data.replace(stand_in.encode(), raw)
    return data


def test_files_and_the_files_in_zips_come_one_after_another():
    one, two, three = word("1"), word("2"), word("3")
    uploads = list(forms_in([("甲.docx", one), ("其余.zip", zipped({"乙.docx": two, "深/丙.docx": three}))]))

    assert uploads == [Upload("甲.docx", one), Upload("乙.docx", two), Upload("丙.docx", three)]


def test_names_are_read_as_utf_8_or_as_gbk():
    form = word()
    archive = old_names({"张三.docx".encode("gbk"): form, "李四.docx".encode(): form})

    assert [upload.name for upload in forms_in([("x.zip", archive)])] == ["张三.docx", "李四.docx"]


def test_S13_a_name_is_a_word_to_show_and_no_way_to_anywhere():
    names = [
        "../../etc/passwd.docx",
        "C:\\Windows\\CON.docx",
        "/abs.docx",
        "a\x00b\n\u202ec.docx",
        "长" * 300 + ".docx",
    ]

    shown = [bundle.shown_name(name) for name in names]

    assert shown[:4] == ["passwd.docx", "CON.docx", "abs.docx", "abc.docx"]
    assert (len(shown[4]), shown[4][-7:]) == (80, "长长.docx")


def test_what_systems_leave_beside_the_files_is_passed_over():
    litter = ["__MACOSX/._甲.docx", "._甲.docx", "~$甲.docx", "夹/~$甲.docx", "Thumbs.db", ".DS_Store", "空/"]

    uploads = list(forms_in([("x.zip", zipped(dict.fromkeys(litter, b"x") | {"甲.docx": word()}))]))

    assert [upload.name for upload in uploads] == ["甲.docx"]


def test_each_member_that_is_no_form_has_its_sentence():
    members = {
        "甲.docx": word(),
        "表.xlsx": word(),
        "照片.jpg": b"\xff\xd8\xff",
        "宏.docm": word(),
        "里.zip": zipped({}),
    }
    nested = zipped({"丁.docx": zipped({"戊.docx": word()})})

    uploads = list(forms_in([("x.zip", zipped(members)), ("y.zip", nested), ("宏.docm", word())]))

    assert [(upload.name, upload.problem) for upload in uploads] == [
        ("甲.docx", ""),
        ("表.xlsx", NOT_WORD),
        ("照片.jpg", NOT_WORD),
        ("宏.docm", MACROS),
        ("里.zip", bundle.ZIP_IN_ZIP),
        ("丁.docx", bundle.ZIP_IN_ZIP),
        ("宏.docm", MACROS),
    ]


def test_a_zip_that_is_damaged_empty_or_locked_says_so():
    whole = zipped({"甲.docx": word("一些内容" * 100)})
    locked = bytearray(whole)
    locked[6] |= 1
    locked[whole.index(b"PK\x01\x02") + 8] |= 1
    flipped = whole.replace(whole[40:60], bytes(20))

    problems = [
        [upload.problem for upload in forms_in([("x.zip", data)])]
        for data in (whole[:60], zipped({}), bytes(locked), flipped)
    ]

    assert problems == [[bundle.ZIP_DAMAGED], [bundle.ZIP_EMPTY], [LOCKED], [DAMAGED]]


def test_S2_a_zip_bomb_is_refused_by_what_it_says_it_unpacks_to():
    bomb = zipped({"甲.docx": bytes(30 * 1024 * 1024), "乙.docx": bytes(5 * 1024 * 1024)})

    assert [upload.problem for upload in forms_in([("x.zip", bomb)])] == [TOO_LARGE, TOO_LARGE]


def test_a_batch_ends_after_two_hundred_forms():
    form = word()
    members = {f"{number}.docx": form for number in range(bundle.FILES_MOST + 10)}

    uploads = list(forms_in([("x.zip", zipped(members))]))

    assert len(uploads) == bundle.FILES_MOST + 1
    assert uploads[-1].problem == bundle.TOO_MANY
    assert {upload.problem for upload in uploads[:-1]} == {""}
