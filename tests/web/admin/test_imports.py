import io
import re
import zipfile

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from h5app.domain.nomination import Origin, Route
from h5app.domain.questions import Kind, Topic, questions_of
from h5app.services.importing import take_in, unsaved
from h5app.web.security import IMPORT_MIB
from tests.documents.reading.word_forms import FILLED, notice_form, saved
from tests.people import NAME, jpeg
from tests.web.browsing import Browser

HOME = "/admin/imports"
FACE = jpeg(250, 350)


@pytest.fixture
def admin(service):
    return Browser(service.admin_client())


def form(portrait=FACE, **changes):
    return saved(notice_form(FILLED | changes, portrait=portrait))


def send(browser, *files, url=HOME, field="forms", **values):
    """Choose files in the form of this page and send it."""
    chosen = [FileStorage(io.BytesIO(data), filename=name) for name, data in files]
    boundary, body = encode_multipart({"csrf_token": browser.token, field: chosen} | values)
    kind = f"multipart/form-data; boundary={boundary}"
    return browser._see(browser.client.post(url, data=body, content_type=kind, follow_redirects=True))


def read_in(browser, *files, **values):
    browser.open(HOME)
    return send(browser, *files, **values)


@pytest.fixture
def read(admin):
    """One form that was read, on its page."""
    return read_in(admin, ("推荐表-李建国.docx", form()))


def here(page):
    return page.response.request.path


def test_the_list_leads_to_the_import_and_says_what_can_be_read(admin):
    assert HOME in admin.open("/admin/nominations").links

    page = admin.open(HOME)

    assert ".docx" in page.text
    assert "200 份" in page.text
    assert page.forms[-1].offered["route"] == ["self", "peer", "unit"]


def test_one_form_is_shown_beside_what_would_be_stored(read):
    form = next(each for each in read.forms if "deeds" in each.fields)

    assert "推荐表-李建国.docx" in read.text
    for said in ("党员", "1990.12", "138-0000-1234", "曾获 主要荣誉"):
        assert said in read.text
    kept = {"political_status": "中共党员", "phone": "13800001234", "ethnicity": "汉族", "deeds": FILLED["deeds"]}
    assert {name: form.fields[name] for name in kept} == kept
    assert "1990年12月\n由身份证号得出" in read.text.replace(" 由", "\n由")
    assert re.search(r'<img class="import-portrait" src="(/admin/imports/[^"]+\.jpg)"', read.html)


def test_every_question_but_agreements_has_a_labelled_control_on_its_route(service, admin):
    for route in Route:
        page = read_in(admin, ("x.docx", form()), route=route.value)
        fields = next(each for each in page.forms if "deeds" in each.fields).fields
        asked = {q.name for q in questions_of(route) if q.kind is not Kind.AGREEMENT} - {"sex", "birth_month"}

        assert asked <= fields.keys()
        assert asked <= page.labels
        assert not [name for name in fields if name.startswith("consent")]
        assert (route is Route.SELF) == (not {q.name for q in questions_of(route, Topic.NOMINATOR)} & fields.keys())
    assert {each.draft.route for each in unsaved(service.stores)} == set(Route)


def test_saving_asks_for_what_is_missing_and_keeps_what_was_typed(service, admin, read):
    page = admin.submit({"honours": "2024年 新荣誉", "do": "save"}, action=here(read))

    assert page.status == 422
    assert "存之前，还有 1 处要改" in page.text
    assert "请选择工作所在地" in page.text
    fields = next(each for each in page.forms if "deeds" in each.fields).fields
    assert fields["honours"] == "2024年 新荣誉"
    assert service.stores.nominations.alike(id_number=FILLED["id_number"], phone="") == []


def test_saving_makes_an_entry_of_origin_mail_and_leads_to_it(service, admin, read):
    admin.submit({"region": "解放区", "do": "save", "mails": "yes"}, action=here(read))

    (entry,) = service.stores.nominations.alike(id_number=FILLED["id_number"], phone="")
    assert here(admin.page) == f"/admin/nominations/{entry.reference}"
    assert f"{NAME}：已存为申报，受理编号 {entry.reference}" in admin.page.text
    assert (entry.origin, entry.answers["region"]) == (Origin.MAIL, "解放区")
    for words in ("来源：邮件", "没有在网上勾选，以纸质推荐表为准", "录入邮寄的推荐表"):
        assert words in admin.page.text
    assert service.stores.outbox.counts() == {"queued": 1}
    assert here(admin.open(here(read))) == f"/admin/nominations/{entry.reference}"


def test_the_tick_for_mailing_is_set_and_may_be_taken_off(service, admin, read):
    assert 'name="mails" value="yes" form="compare" checked' in read.html

    admin.submit({"region": "解放区", "do": "save"}, action=here(read))

    assert service.stores.outbox.counts() == {}


def test_kept_for_later_it_is_no_entry_and_stands_in_the_list(service, admin, read):
    page = admin.submit({"region": "温县", "do": "keep"}, action=here(read))

    assert "已暂存，还没有成为申报" in page.text
    assert service.stores.nominations.alike(id_number=FILLED["id_number"], phone="") == []
    home = admin.open(HOME)
    assert "还有 1 份" in home.text
    assert NAME in home.text


def test_another_route_asks_for_its_own_fields(admin, read):
    page = admin.submit({"route": "unit", "do": "save"}, action=here(read))

    assert "推荐方式已改为“单位推荐”" in page.text
    assert "unit_name" in next(each for each in page.forms if "deeds" in each.fields).fields


def test_several_files_are_a_list_with_the_state_of_each(service, admin):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("李建国.docx", form())
        members.writestr("完整.docx", form(unit_and_post="解放区顺达 快递员", id_number="11010519491231002X"))
        members.writestr("坏.docx", b"PK\x03\x04 broken")
    service.entry()

    page = read_in(admin, ("一批.zip", archive.getvalue()), ("合影.jpg", jpeg()))

    assert here(page).startswith("/admin/imports/batch/")
    assert "共 4 个文件" in page.text
    for words in ("还有 1 处要改", "可能重复", "可以保存", "这个文件打不开", "这是照片"):
        assert words in page.text
    broken = next(each for each in page.forms if each.action.endswith("/drop"))
    page = admin.post(broken.action, broken.fields)
    assert "共 3 个文件" in page.text


def test_a_saved_file_of_a_batch_leads_back_to_the_others(service, admin):
    batch = read_in(admin, ("1.docx", form(unit_and_post="解放区 快递员")), ("2.docx", form()))
    first = next(link for link in batch.links if re.fullmatch(r"/admin/imports/[0-9a-f]{32}", link))
    admin.open(first)

    page = admin.submit({"do": "save"}, action=first)

    (entry,) = service.stores.nominations.alike(id_number=FILLED["id_number"], phone="")
    assert here(page) == here(batch)
    assert "已存为申报" in page.text
    assert entry.reference in page.text


def test_the_same_person_is_pointed_at(service, admin):
    entry = service.entry()

    page = read_in(admin, ("x.docx", form()))

    assert f"身份证号相同：\n{NAME}\n{entry.reference}" in page.text
    assert f"/admin/nominations/{entry.reference}" in page.links


def test_a_portrait_is_added_changed_and_refused(service, admin):
    page = read_in(admin, ("x.docx", form(None)))
    draft = unsaved(service.stores)[0].draft
    assert "请上传近照" in page.text

    refused = send(admin, ("x.jpg", b"no picture"), url=f"{here(page)}/photos", field="photo", slot="portrait")
    added = send(admin, ("x.jpg", jpeg(250, 350)), url=f"{here(page)}/photos", field="photo", slot="portrait")
    work = send(admin, ("x.jpg", jpeg(400, 300)), url=f"{here(page)}/photos", field="photo", slot="work")

    assert (refused.status, "这里只收照片" in refused.text) == (422, True)
    assert "请上传近照" not in added.text
    (portrait, _work) = service.stores.attachments.of_draft(draft.id)
    picture = admin.client.get(re.search(r'src="([^"]+\.jpg)"', work.html)[1])
    assert (picture.status_code, picture.mimetype) == (200, "image/jpeg")
    admin.post(f"{here(page)}/photos/{portrait.id}/delete", {"csrf_token": admin.token})
    assert [photo.slot for photo in service.stores.attachments.of_draft(draft.id)] == ["work"]


def test_what_is_not_wanted_is_deleted(service, admin, read):
    page = admin.post(f"{here(read)}/drop", {"csrf_token": admin.token})

    assert here(page) == HOME
    assert unsaved(service.stores) == []
    assert admin.open(here(read)).status == 404


def test_nothing_chosen_is_said(admin):
    page = read_in(admin)

    assert (page.status, "请先选择 Word 文件或压缩包" in page.text) == (422, True)


def test_S1_too_much_at_once_is_refused_and_strangers_may_send_only_a_little(service, admin):
    admin.open(HOME)
    token, most = admin.token, IMPORT_MIB * 1024 * 1024
    environ = {"CONTENT_LENGTH": str(most * 2), "CONTENT_TYPE": "multipart/form-data; boundary=x"}

    answer = admin.client.post(HOME, headers={"X-CSRFToken": token}, environ_overrides=environ)
    stranger = service.client().post(HOME, environ_overrides=environ | {"CONTENT_LENGTH": str(1024 * 1024)})

    assert (answer.status_code, f"一次最多传 {IMPORT_MIB} MB" in answer.text) == (413, True)
    assert stranger.status_code == 413


def test_S14_what_a_file_says_is_shown_as_text(admin):
    attack = "<script>alert(1)</script>{{7*7}}"

    page = read_in(admin, (f"{attack}.docx", form(deeds=attack, honours=attack, name=attack)))

    assert attack not in page.html
    assert "<script>alert(1)" not in page.html.lower()
    assert "{{7*7}}" in page.text


def test_a_draft_of_the_public_pages_is_no_import(service, admin):
    entry = service.entry()

    assert admin.open(f"{HOME}/{entry.draft_id}").status == 404
    assert admin.open(f"{HOME}/batch/none").status == 404


@pytest.mark.parametrize(
    ("honours", "rows"),
    [("无", "4"), ("2023年 最美快递员\n" * 11 + "无", "12"), ("长" * 53, "4"), ("长" * 260, "11"), ("行\n" * 80, "30")],
)
def test_a_long_answer_has_room_beside_what_the_file_says(admin, honours, rows):
    page = read_in(admin, ("x.docx", form(honours=honours)))

    assert re.search(r'<textarea class="input" rows="(\d+)" id="honours"', page.html)[1] == rows


def test_who_imports_saves_and_deletes_is_written_down(service, admin, read):
    admin.submit({"region": "解放区", "do": "save"}, action=here(read))
    other = read_in(admin, ("y.docx", form()))
    admin.post(f"{here(other)}/drop", {"csrf_token": admin.token})

    acts = [(act.who, act.action, act.detail) for act in service.stores.audit.of("")]
    assert acts == [
        ("赵敏", "删去导入的推荐表", ""),
        ("赵敏", "导入 Word 推荐表", "1 个文件"),
        ("赵敏", "导入 Word 推荐表", "1 个文件"),
    ]


def test_a_late_form_is_staffs_to_judge(make_service, now):
    closed = make_service(replace_in_campaign={"# closes_at = 2026-03-26T18": "closes_at = 2025-03-26T18"})
    take_in(
        closed.stores,
        closed.parts.files,
        [("x.docx", io.BytesIO(form()))],
        route=Route.SELF,
        campaign=closed.parts.campaign,
        who="赵敏",
        now=now,
    )
    browser = Browser(closed.admin_client())
    draft = unsaved(closed.stores)[0].draft

    page = browser.open(f"{HOME}/{draft.id}")
    assert "请确认这份表是在截止前收到的" in page.text
    page = browser.submit({"region": "解放区", "do": "save"}, action=f"{HOME}/{draft.id}")
    assert "已存为申报" in page.text
