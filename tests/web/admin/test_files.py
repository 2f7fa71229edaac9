"""All materials of many as one download."""

import io
import zipfile

import pytest

from h5app.web.admin import files
from tests.people import NAME, jpeg

ZIP = "/admin/materials.zip"


def post(browser, **data):
    """The answer, read to its end: a stream that nobody closes keeps its place."""
    browser.open("/admin/nominations")
    return browser.client.post(ZIP, data={"csrf_token": browser.token} | data, buffered=True)


def archive_of(answer):
    return zipfile.ZipFile(io.BytesIO(answer.data))


def folders(answer):
    return sorted({name.split("/")[0] for name in archive_of(answer).namelist() if "/" in name})


@pytest.fixture
def three(service):
    return [service.entry(name=name) for name in ("甲一", "乙二", "丙三")]


def test_what_is_ticked_is_downloaded_and_written_down(admin, service, three):
    answer = post(admin, reference=[three[2].reference, three[0].reference])

    assert folders(answer) == [f"001_丙三_{three[2].reference}", f"002_甲一_{three[0].reference}"]
    assert {"推荐汇总表.docx", "推荐汇总表.xlsx", "清单.txt"} <= set(archive_of(answer).namelist())
    for entry, acts in zip(three, ([("赵敏", "下载全部材料")], [], [("赵敏", "下载全部材料")]), strict=True):
        assert [(act.who, act.action) for act in service.stores.audit.of(entry.reference)] == acts


@pytest.mark.usefixtures("three")
def test_all_that_the_conditions_find_are_downloaded_oldest_first(admin, service):
    service.entry(name="丁四", region="温县")
    admin.open("/admin/nominations")

    answer = admin.client.post(f"{ZIP}?region=解放区", data={"csrf_token": admin.token, "every": "1"}, buffered=True)

    assert [name[4:6] for name in folders(answer)] == ["甲一", "乙二", "丙三"]


def test_whom_the_table_holds_are_downloaded_in_its_order(admin, service, three):
    service.stores.picks.put("赵敏", [three[1].reference, three[0].reference])

    answer = post(admin, table="1")

    assert [name[4:6] for name in folders(answer)] == ["乙二", "甲一"]


@pytest.mark.usefixtures("three")
def test_the_name_says_day_and_number_and_the_length_is_not_promised(admin):
    answer = post(admin, every="1")

    disposition = answer.headers["Content-Disposition"]
    assert (disposition.isascii(), disposition.startswith("attachment; filename=materials_")) == (True, True)
    assert "3%E4%BB%BD.zip" in disposition
    assert "Content-Length" not in answer.headers
    assert answer.mimetype == "application/zip"


@pytest.mark.parametrize("data", [{}, {"reference": "XXXXXXXX"}, {"table": "1"}])
def test_nobody_to_download_is_said(admin, service, three, data):
    answer = post(admin, **data)

    assert answer.status_code == 303
    assert "还没有选人" in admin.open(answer.headers["Location"]).text
    assert service.stores.audit.of(three[0].reference) == []


@pytest.mark.usefixtures("three")
def test_a_third_stream_at_once_waits_its_turn_and_an_abandoned_one_gives_its_place_back(admin):
    admin.open("/admin/nominations")
    data = {"csrf_token": admin.token, "every": "1"}
    begun = [admin.client.post(ZIP, data=data) for _ in range(2)]

    refused = admin.client.post(ZIP, data=data)
    for answer in begun:
        answer.close()

    assert (refused.status_code, [answer.status_code for answer in begun]) == (303, [200, 200])
    assert "同事正在下载全部材料" in admin.open(refused.headers["Location"]).text
    assert folders(post(admin, every="1"))
    assert files._STREAMS._value == 2


@pytest.mark.usefixtures("entry")
def test_photos_are_those_for_the_press(admin):
    answer = post(admin, every="1")

    (photo,) = [name for name in archive_of(answer).namelist() if name.endswith(".jpg")]
    assert archive_of(answer).read(photo) == jpeg(120, 168)
    assert NAME in photo
