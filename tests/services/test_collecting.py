import io
import zipfile
from dataclasses import replace

import docx
import pytest

from h5app.domain.attachment import Slot
from h5app.domain.errors import PhotosBusyError
from h5app.domain.nomination import Status
from h5app.services.collecting import Collection, materials
from h5app.services.erasing import erase_entry
from h5app.services.nominating import nominate
from tests.fakes import WatchedFiles
from tests.people import complete_draft, submitted, with_photo


@pytest.fixture
def source(post, now):
    return Collection(post.stores, post.files, post.campaign, now)


def entries(post, now, *names):
    return [submitted(post.stores, post.files, post.campaign, now=now, name=name) for name in names]


def archive_of(source, references):
    return zipfile.ZipFile(io.BytesIO(b"".join(materials(source, references))))


def list_of(archive):
    return archive.read("清单.txt").decode("utf-8-sig").split("\r\n")


def test_each_entry_has_a_folder_with_its_forms_and_photos_and_the_tables_stand_beside(post, source, now):
    first, second = entries(post, now, "甲一", "乙二")

    archive = archive_of(source, [second.reference, first.reference])

    folders = [f"001_乙二_{second.reference}", f"002_甲一_{first.reference}"]
    names = [name for folder in folders for name in archive.namelist() if name.startswith(f"{folder}/")]
    assert [*names, "推荐汇总表.docx", "推荐汇总表.xlsx", "清单.txt"] == archive.namelist()
    assert [name.split("/")[1] for name in names[:3]] == [
        f"推荐表_乙二_{second.reference}.docx",
        f"推荐表_乙二_{second.reference}.pdf",
        f"乙二_{second.reference}_近照.jpg",
    ]
    (photo,) = post.stores.attachments.of_draft(second.draft_id)
    assert archive.read(names[2]) == post.files.get(photo.press_file)
    assert archive.testzip() is None


def test_the_table_has_the_folders_order_and_the_list_says_what_is_there(post, source, now):
    first, second = entries(post, now, "甲一", "乙二")

    archive = archive_of(replace(source, unit="焦作市总工会"), [second.reference, first.reference])

    table = docx.Document(io.BytesIO(archive.read("推荐汇总表.docx"))).tables[0]
    assert [[cell.text for cell in row.cells][:3] for row in table.rows][1:] == [
        ["1", "焦作市总工会", "乙二"],
        ["2", "焦作市总工会", "甲一"],
    ]
    head, _, columns, line, *_ = list_of(archive)
    assert (head, columns) == ("清单：共 2 份推荐表", "序号\t文件夹\t姓名\t受理编号\t文件数\t字节数\t说明")
    sizes = [m.file_size for m in archive.infolist() if m.filename.startswith("001_")]
    assert line == f"1\t001_乙二_{second.reference}\t乙二\t{second.reference}\t3\t{sum(sizes)}\t"


def test_what_was_erased_meanwhile_is_said_and_left_out(post, source, now):
    first, second = entries(post, now, "甲一", "乙二")
    erase_entry(post.stores, post.files, first, to=Status.WITHDRAWN, who="本人", now=now)

    archive = archive_of(source, [first.reference, second.reference])

    assert list_of(archive)[3] == f"1\t\t\t{first.reference}\t0\t0\t下载时已撤回，没有材料"
    assert [name for name in archive.namelist() if "/" in name and not name.startswith("002_乙二")] == []


def test_a_photo_that_does_not_open_keeps_nobody_elses_out(post, source, now):
    first, second = entries(post, now, "甲一", "乙二")
    (photo,) = post.stores.attachments.of_draft(first.draft_id)
    post.files.delete(photo.press_file)

    archive = archive_of(source, [first.reference, second.reference])

    assert sorted(name.rsplit(".", 1)[1] for name in archive.namelist() if name.startswith("001_")) == ["docx", "pdf"]
    assert list_of(archive)[3].endswith("\t照片打不开，请告诉维护人员；推荐表上没有近照")
    assert list_of(archive)[4].split("\t")[4::2] == ["3", ""]


class BusyDecoders(WatchedFiles):
    """Real files, from which no photo comes back: every decoder that could stamp it is busy."""

    def get(self, name):
        raise PhotosBusyError(name)


def test_while_every_decoder_is_busy_the_stream_goes_on_and_says_whose_photos_are_missing(post, source, now):
    (entry,) = entries(post, now, "甲一")

    archive = archive_of(replace(source, files=BusyDecoders(post.files)), [entry.reference])

    assert [name.rsplit(".", 1)[1] for name in archive.namelist()[:2]] == ["docx", "pdf"]
    assert list_of(archive)[3].split("\t")[-1].startswith("别人正在传照片，这一份的照片没有来得及处理")
    assert archive.testzip() is None


def test_many_people_have_a_table_every_so_many(post, source, now):
    people = entries(post, now, "甲", "乙", "丙")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(materials(source, [p.reference for p in people], table_rows=2))))

    beside = [name for name in archive.namelist() if "/" not in name]
    assert beside == [
        "推荐汇总表_1起.docx",
        "推荐汇总表_1起.xlsx",
        "推荐汇总表_3起.docx",
        "推荐汇总表_3起.xlsx",
        "清单.txt",
    ]


def test_nothing_is_opened_before_its_turn(post, source, now):
    first, second = entries(post, now, "甲一", "乙二")
    stream = materials(source, [first.reference, second.reference])
    begun = [next(stream)]

    erase_entry(post.stores, post.files, second, to=Status.WITHDRAWN, who="本人", now=now)

    archive = zipfile.ZipFile(io.BytesIO(b"".join([*begun, *stream])))
    assert [name for name in archive.namelist() if "乙二" in name] == []
    assert list_of(archive)[4].endswith("下载时已撤回，没有材料")


def test_every_photo_of_an_entry_is_there_in_its_size_for_the_press(post, source, now):
    draft = complete_draft(post.stores, post.files, post.campaign, now=now)
    for number in (1, 2):
        with_photo(post.stores, post.files, draft, now=now, slot=Slot.WORK, number=number)
    reference = nominate(post.stores, draft, campaign=post.campaign, now=now).reference

    names = [name.rsplit("_", 1)[1] for name in archive_of(source, [reference]).namelist() if "/" in name]

    assert names[2:] == ["近照.jpg", "工作照1.jpg", "工作照2.jpg"]
