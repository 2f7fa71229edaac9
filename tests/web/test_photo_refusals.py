from dataclasses import replace
from io import BytesIO

from tests.fakes import FULL, WatchedFiles
from tests.people import jpeg
from tests.web.browsing import Page


def test_F3_a_full_disk_is_told_in_the_slot_to_script_and_plain_form_alike(service):
    client = service.draft_client()
    token = Page(client.get("/apply/self/photos")).forms[0].fields["csrf_token"]
    files = WatchedFiles(service.parts.files, full=True)
    service.app.extensions["h5app"] = replace(service.parts, files=files)

    answers = [
        client.post(
            "/apply/self/photos/portrait",
            data={"csrf_token": token, "photo": (BytesIO(jpeg()), "IMG_1.jpg")},
            headers=headers,
        )
        for headers in ({}, {"X-Requested-With": "fetch"})
    ]

    assert [answer.status_code for answer in answers] == [507, 507]
    assert [FULL in answer.text for answer in answers] == [True, True]
    assert answers[1].text.lstrip().startswith("<section")
