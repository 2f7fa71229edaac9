import io
import re

import pytest

from h5app.domain.attachment import Slot
from h5app.domain.nomination import Route
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
