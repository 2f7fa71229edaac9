import gzip
import io
import re

import pytest
from PIL import Image

from h5app.domain.attachment import Slot
from h5app.domain.nomination import Route
from h5app.domain.picture_hints import NOT_FOR_PRESS, TOO_DARK, TOO_SMALL
from h5app.domain.portrait import Box
from h5app.settings import PROJECT as ROOT
from tests.people import jpeg, with_photo
from tests.web.browsing import Browser, Page


@pytest.fixture
def phone(service):
    """A browser with a draft, on its page of photos."""
    browser = Browser(service.draft_client())
    browser.open("/apply/self/photos")
    return browser


@pytest.fixture
def draft(service, phone):
    assert phone.page.status == 200
    return service.stores.drafts.get(service.stores.rows.read("SELECT id FROM drafts")[0]["id"])


def send(phone, slot, picture, **headers):
    data = {"csrf_token": phone.token, "photo": (io.BytesIO(picture), "IMG_1.jpg")}
    return phone.client.post(
        f"/apply/self/photos/{slot}", data=data, content_type="multipart/form-data", headers=headers
    )


@pytest.mark.parametrize("slot", Slot)
def test_every_slot_is_on_the_page_and_takes_a_photo(phone, service, draft, slot):
    page = phone.upload(f"/apply/self/photos/{slot}", jpeg(400, 300))

    (photo,) = service.stores.attachments.of_draft(draft.id)
    assert (page.status, page.response.request.path) == (200, "/apply/self/photos")
    assert slot.label in page.text
    assert (photo.slot, photo.width_px, photo.height_px) == (slot, 400, 300)
    assert f"/apply/self/photos/{photo.id}/thumb.jpg" in page.html


def test_a_script_gets_the_slot_alone_with_its_photo(phone):
    answer = send(phone, "work", jpeg(), **{"X-Requested-With": "fetch"})

    assert answer.status_code == 200
    assert re.fullmatch(r'\s*<section[^>]*id="slot-work".*</section>\s*', answer.text, re.DOTALL)
    assert answer.text.count("<img") == 1
    assert 'name="csrf_token"' in answer.text


def test_S4_a_script_gets_the_slot_alone_with_what_to_do(phone):
    answer = send(phone, "portrait", b"\xff\xd8\xff\xe0 no picture", **{"X-Requested-With": "fetch"})

    assert answer.status_code == 422
    assert re.fullmatch(r'\s*<section[^>]*id="slot-portrait".*</section>\s*', answer.text, re.DOTALL)
    assert 'class="error"' in answer.text
    assert "<img" not in answer.text


def test_a_full_slot_offers_no_further_photo_and_refuses_one(phone, service, draft):
    for number in range(3):
        with_photo(service.stores, service.parts.files, draft, now=draft.saved_at, slot=Slot.WORK, number=number)

    page = phone.open("/apply/self/photos")
    refused = send(phone, "work", jpeg())

    forms = [form for form in page.forms if form.action == "/apply/self/photos/work"]
    assert len([form for form in forms if "replaces" in form.fields]) == len(forms) == 3
    assert refused.status_code == 422
    assert "工作照最多 3 张，要换的话请先删去一张" in refused.text


def test_a_photo_is_removed_and_a_double_tap_is_no_error(phone, service, draft):
    photo = with_photo(service.stores, service.parts.files, draft, now=draft.saved_at)
    data = {"csrf_token": phone.token}

    first, second = (phone.post(f"/apply/self/photos/{photo.id}/delete", data) for _ in range(2))

    assert [(page.status, page.response.request.path) for page in (first, second)] == [(200, "/apply/self/photos")] * 2
    assert service.stores.attachments.of_draft(draft.id) == ()
    assert phone.client.get(f"/apply/self/photos/{photo.id}/thumb.jpg").status_code == 404


def test_without_a_portrait_the_next_page_is_not_reached(phone, service, draft):
    refused = phone.submit()
    with_photo(service.stores, service.parts.files, draft, now=draft.saved_at)
    phone.open("/apply/self/photos")
    page = phone.submit()

    assert (refused.status, "请上传近照" in refused.text) == (422, True)
    assert page.response.request.path == "/apply/self/check"


def test_a_photo_of_one_route_is_not_found_under_another(phone, service, draft):
    photo = with_photo(service.stores, service.parts.files, draft, now=draft.saved_at)
    other = service.draft_client(Route.PEER)
    phone.client.set_cookie("h5app_peer", other.get_cookie("h5app_peer").value)

    for size in ("thumb", "mail"):
        assert phone.client.get(f"/apply/self/photos/{photo.id}/{size}.jpg").status_code == 200
        assert phone.client.get(f"/apply/peer/photos/{photo.id}/{size}.jpg").status_code == 404


def test_file_inputs_take_one_picture_from_camera_or_album(phone):
    inputs = re.findall(r"<input[^>]*type=\"file\"[^>]*>", phone.page.html)

    assert len(inputs) == len(Slot)
    for each in inputs:
        assert 'accept="image/*"' in each
        assert "multiple" not in each
        assert "capture" not in each


@pytest.mark.parametrize("name", ["../../etc/passwd", "x.svg", "NUL", "张三\r\n.jpg", ""])
def test_S13_the_name_of_an_upload_is_never_used(phone, service, draft, name):
    page = Page(
        phone.client.post(
            "/apply/self/photos/work",
            data={"csrf_token": phone.token, "photo": (io.BytesIO(jpeg()), name)},
            content_type="multipart/form-data",
            follow_redirects=True,
        )
    )

    assert page.status in (200, 422)
    stored = service.stores.attachments.file_names()
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in stored)
    assert len(service.stores.attachments.of_draft(draft.id)) == len(stored) // 3


FETCH = {"X-Requested-With": "fetch"}


def ids(service, draft):
    return [photo.id for photo in service.stores.attachments.of_draft(draft.id)]


@pytest.fixture
def works(service, phone, draft):
    """Two work photos, the older first."""
    for height in (80, 81):
        phone.upload("/apply/self/photos/work", jpeg(60, height))
    return service.stores.attachments.of_draft(draft.id)


@pytest.fixture
def portrait(service, phone, draft):
    phone.upload("/apply/self/photos/portrait", jpeg(600, 800))
    (photo,) = service.stores.attachments.of_draft(draft.id)
    return photo


def test_limits_are_told_before_a_file_is_chosen(phone):
    assert "每张不超过 12 MB" in phone.page.text
    assert "选填，最多 3 张" in phone.page.text
    assert phone.page.html.index("12&nbsp;MB") < phone.page.html.index('type="file"')


def test_a_form_sent_twice_by_an_impatient_finger_stores_one_photo(phone, service, draft):
    for _ in range(2):
        send(phone, "work", jpeg())

    assert len(ids(service, draft)) == 1


def test_without_script_a_photo_is_replaced_moved_and_deleted_by_forms_alone(phone, service, draft, works):
    first, second = (photo.id for photo in works)
    page = phone.open("/apply/self/photos")
    assert [form.action for form in page.forms if form.action.endswith("/forward")] == [
        f"/apply/self/photos/{second}/forward"
    ]

    phone.submit(action=f"/apply/self/photos/{second}/forward")
    assert ids(service, draft) == [second, first]

    data = {"csrf_token": phone.token, "replaces": second, "photo": (io.BytesIO(jpeg(90, 60)), "IMG_2.jpg")}
    phone.post("/apply/self/photos/work", data)
    new, last = ids(service, draft)
    assert (last, new in (first, second)) == (first, False)

    page = phone.submit(action=f"/apply/self/photos/{new}/delete")
    assert ids(service, draft) == [first]
    assert page.response.request.path == "/apply/self/photos"


@pytest.mark.parametrize("change", ["delete", "forward"])
def test_a_script_gets_the_changed_slot_alone(phone, works, change):
    answer = phone.client.post(
        f"/apply/self/photos/{works[1].id}/{change}", data={"csrf_token": phone.token}, headers=FETCH
    )

    shown = re.findall(r'id="photo-([0-9a-f]{32})"', answer.text)
    expected = {"delete": [works[0].id], "forward": [works[1].id, works[0].id]}
    assert re.fullmatch(r'\s*<section[^>]*id="slot-work".*</section>\s*', answer.text, re.DOTALL)
    assert shown == expected[change]


def test_a_script_is_led_to_the_page_when_the_photo_is_gone(phone):
    answer = phone.client.post("/apply/self/photos/gone/delete", data={"csrf_token": phone.token}, headers=FETCH)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/apply/self/photos")


def test_a_crop_gives_the_thumbnail_a_new_address_and_shape(phone, service, draft, portrait):
    before = re.search(r'src="([^"]*/thumb.jpg[^"]*)"', phone.page.html)[1]

    answer = phone.client.post(
        f"/apply/self/photos/{portrait.id}/crop",
        data={"csrf_token": phone.token, "left": "0.25", "top": "0.125", "width": "0.5"},
        headers=FETCH,
    )

    after = re.search(r'src="([^"]*/thumb.jpg[^"]*)"', answer.text)[1]
    assert after != before
    assert 'width="300" height="420"' in answer.text
    with Image.open(io.BytesIO(phone.client.get(after).data)) as picture:
        assert picture.size == (300, 420)
    (cropped,) = service.stores.attachments.of_draft(draft.id)
    assert cropped.crop == Box(150, 100, 300, 420)


@pytest.mark.parametrize("numbers", [{}, {"left": "x", "top": "0", "width": "1"}, {"left": "nan"}, {"width": "1e999"}])
def test_a_crop_that_is_none_changes_nothing_and_says_what_to_do(phone, service, draft, portrait, numbers):
    answer = phone.client.post(
        f"/apply/self/photos/{portrait.id}/crop", data={"csrf_token": phone.token, **numbers}, headers=FETCH
    )

    assert (answer.status_code, "请再调整一次" in answer.text) == (422, True)
    assert service.stores.attachments.of_draft(draft.id) == (portrait,)


def test_a_small_dark_portrait_is_taken_with_two_hints(phone, service, draft):
    page = phone.upload("/apply/self/photos/portrait", jpeg(200, 280, colour=(20, 20, 20)))

    assert page.status == 200
    assert len(ids(service, draft)) == 1
    assert [hint in page.text for hint in (TOO_SMALL, TOO_DARK)] == [True, True]


def test_a_work_photo_below_the_press_size_gets_its_note_and_a_large_one_none(phone):
    small = phone.upload("/apply/self/photos/work", jpeg(1600, 1200))
    assert small.text.count(NOT_FOR_PRESS) == 1

    large = phone.upload("/apply/self/photos/work", jpeg(2400, 1800))
    assert large.text.count(NOT_FOR_PRESS) == 1


def test_photos_from_before_there_were_thumbnails_are_shown_in_mail_size(phone, service, draft):
    photo = with_photo(service.stores, service.parts.files, draft, now=draft.saved_at)
    page = phone.open("/apply/self/photos")

    address = re.search(r'src="([^"]*/thumb.jpg[^"]*)"', page.html)[1]
    assert phone.client.get(address).data == service.parts.files.get(photo.mail_file)


def test_the_page_of_photos_weighs_little_after_the_first_page(phone):
    page = len(gzip.compress(phone.page.html.encode()))
    script, panel = (len(gzip.compress((ROOT / "static/js" / name).read_bytes())) for name in ("photos.js", "crop.js"))

    assert page + script <= 8_000
    assert panel <= 5_500


def test_the_panel_and_its_library_come_only_when_it_is_opened_and_only_here(phone):
    assert re.findall(r'<script src="/static/js/(\w+)', phone.page.html) == ["app", "photos"]
    assert re.findall(r'data-script="/static/js/(\w+)', phone.page.html) == ["crop"]

    for path in ("/", "/apply/self/person", "/apply/self/check"):
        assert re.findall(r"/static/js/(\w+)", phone.client.get(path).text) == ["app"]
