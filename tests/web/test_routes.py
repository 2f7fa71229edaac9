"""Every route × everybody: nobody, somebody with a draft of his own, an admin. Built from the application's own map."""

import re

import pytest

from h5app.domain.nomination import Origin, Route
from h5app.services.delivering import deliver_next
from h5app.services.drafting import begin
from h5app.services.nominating import nominate
from tests.people import ID_NUMBER, NAME, PHONE, complete_draft, typed, with_photo

DOORS = {"admin.setup_page", "admin.sign_in_page"}
OPEN = {
    "static",
    "healthz",
    "nominate.landing",
    "scanning.scan",
    "scanning.scan_in_capitals",
    "scanning.type_page",
    "nominate.topic_page",
    "saving.save_page",
}
# The same for everybody, personal to nobody.
OPEN |= {"resuming.resume_page"}
OPEN |= {"sharing.verify_file", "sharing.favicon"}
OPEN |= {"papers.blank_page", "papers.blank_picture", "papers.blank_glance", "papers.blank_file"}
OPEN |= {"status.ask_page"}
OWN = {
    "eligibility.not_yet_page",
    "nominate.check_page",
    "nominate.go_on_page",
    "photos.photos_page",
    "photos.upload",
    "photos.remove",
    "photos.forward",
    "photos.choose_part",
    "photos.picture",
}
# They open to whoever has been given the address.
LINKED = {
    "confirming.nominee_page",
    "confirming.recognise_nominee",
    "confirming.said_page",
    "confirming.begin_page",
    "confirming.decline_page",
    "confirming.card",
    "handing.link_page",
    "handing.take_up",
}
# Of a unit's clerk, and of the worker whom he has handed the link: nobody else's, whatever draft he has.
HANDED = {
    "units.list_page",
    "handing.hand_page",
    "handing.arrived_part",
    "handing.card",
    "handing.worker_page",
    "handing.agree",
    "handing.save_ticks",
    "handing.done_page",
}
# They act on this browser's cookies only, and lead on.
LEAVING = {"units.another", "nominate.discard_draft", "look.choose", "status.end"}
# To whoever has submitted here, or has said number and telephone; others are asked who they are, or find no file.
ASKING = {
    "receipts.receipt_page",
    "status.entry_page",
    "status.correct_entry",
    "status.withdraw_page",
    "status.paper_page",
}
KNOWN_FILES = {"receipts.receipt_picture", "status.paper_picture", "status.paper_file", "status.photo"}


@pytest.fixture
def filled(service):
    """Somebody's entry and somebody's draft, neither of them of whoever asks."""
    entry = service.entry()
    draft = complete_draft(
        service.stores, service.parts.files, service.parts.campaign, now=entry.submitted_at, name="王秀兰"
    )
    mailed, _token = begin(
        service.stores,
        {"name": "王秀兰"},
        route=Route.SELF,
        channel="",
        now=entry.submitted_at,
        batch="mailed",
        origin=Origin.MAIL,
    )
    pasted = with_photo(service.stores, service.parts.files, mailed, now=entry.submitted_at)
    return {
        "batch": mailed.batch,
        "draft_id": mailed.id,
        "photo_id": pasted.id,
        "route": "self",
        "topic": "person",
        "slot": "portrait",
        "code": "K7WM",
        "kind": "pdf",
        "reference": entry.reference,
        "attachment_id": service.stores.attachments.of_draft(entry.draft_id)[0].id,
        "draft_photo": service.stores.attachments.of_draft(draft.id)[0].id,
        "token": "guessed",
        "filename": "css/app.css",
        "size": "mail",
        "number": 1,
        "letter_id": service.stores.outbox.of_nomination(entry.id).id,
        "part": 1,
        "product": "a4",
        "design": "red",
    }


def every_request(app, values, *, draft_photo=False):
    """(endpoint, method, address) of everything that can be asked for."""
    if draft_photo:
        values = values | {"attachment_id": values["draft_photo"]}
    for rule in app.url_map.iter_rules():
        _domain, address = rule.build({name: values[name] for name in rule.arguments}, append_unknown=False)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address


def posted(service):
    """Forms post as long as the guard against forged requests stands aside; it has tests of its own."""
    service.app.config["WTF_CSRF_ENABLED"] = False


def test_every_route_is_named_here_or_stands_behind_the_gate(service):
    endpoints = {rule.endpoint for rule in service.app.url_map.iter_rules()}

    behind = {endpoint for endpoint in endpoints if endpoint.startswith("admin.")} - DOORS
    assert endpoints == OPEN | OWN | LINKED | HANDED | LEAVING | ASKING | KNOWN_FILES | DOORS | behind
    for rule in service.app.url_map.iter_rules():
        assert rule.rule.startswith("/admin") is rule.endpoint.startswith("admin.")


@pytest.mark.parametrize("who", ["nobody", "another draft's owner"])
def test_S19_no_admin_route_misses_the_gate(service, filled, who):
    posted(service)
    client = service.client() if who == "nobody" else service.draft_client()

    for endpoint, method, address in every_request(service.app, filled):
        if not endpoint.startswith("admin.") or endpoint in DOORS:
            continue
        answer = client.open(address, method=method, buffered=True)
        if method == "GET":
            assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/admin/sign-in"), address
        else:
            assert answer.status_code == 403, address
        assert NAME not in answer.text
    assert service.stores.nominations.by_reference(filled["reference"]).status == "submitted"


@pytest.mark.parametrize("who", ["nobody", "another draft's owner", "admin"])
def test_S19_other_peoples_drafts_entries_and_photos_are_a_404(service, filled, who):
    posted(service)
    client = {"nobody": service.client, "another draft's owner": service.draft_client, "admin": service.admin_client}[
        who
    ]()
    photos = service.stores.attachments.file_names()

    for endpoint, method, address in every_request(service.app, filled, draft_photo=True):
        if endpoint not in OWN:
            continue
        answer = client.open(address, method=method, buffered=True)
        if who == "another draft's owner" and endpoint != "photos.picture":
            assert answer.status_code in (200, 303, 422), address
        else:
            assert answer.status_code == 404, address
        for secret in (NAME, "王秀兰", ID_NUMBER, PHONE):
            assert secret not in answer.text
    assert service.stores.attachments.file_names() == photos


@pytest.mark.parametrize("who", ["nobody", "another draft's owner", "admin"])
def test_S19_receipts_and_entries_ask_a_stranger_who_he_is(service, filled, who):
    posted(service)
    client = {"nobody": service.client, "another draft's owner": service.draft_client, "admin": service.admin_client}[
        who
    ]()

    for endpoint, method, address in every_request(service.app, filled):
        if endpoint not in ASKING | KNOWN_FILES:
            continue
        answer = client.open(address, method=method, buffered=True)
        assert answer.status_code == (303 if endpoint in ASKING else 404), address
        for secret in (NAME, "王秀兰", ID_NUMBER, PHONE):
            assert secret not in answer.text


@pytest.mark.parametrize("who", ["nobody", "another draft's owner", "admin"])
def test_S19_what_a_unit_and_its_worker_share_is_a_404_for_others(service, filled, who):
    posted(service)
    client = {"nobody": service.client, "another draft's owner": service.draft_client, "admin": service.admin_client}[
        who
    ]()
    client.set_cookie("h5app_hand", f"{'0' * 32}-{'A' * 26}")

    for endpoint, method, address in every_request(service.app, filled, draft_photo=True):
        if endpoint in HANDED:
            assert client.open(address, method=method, buffered=True).status_code == 404, address
        if endpoint.startswith("photos."):
            seat = address.replace("/self/", "/worker/")
            assert client.open(seat, method=method, buffered=True).status_code == 404, seat


@pytest.mark.parametrize("who", ["nobody", "another draft's owner", "admin"])
def test_S19_S20_a_guessed_link_is_a_404_for_everybody(service, filled, who):
    posted(service)
    entry = service.entry(route=Route.PEER, name="王秀兰")
    client = {"nobody": service.client, "another draft's owner": service.draft_client, "admin": service.admin_client}[
        who
    ]()

    pages = set()
    for token in ("guessed", f"{entry.reference}-{'A' * 26}", f"XXXXXXXX-{'A' * 26}"):
        for endpoint, method, address in every_request(service.app, filled | {"token": token}):
            if endpoint in LINKED:
                answer = client.open(address, method=method, buffered=True)
                assert answer.status_code == 404, address
                pages.add(re.search("<main>.*</main>", answer.text, re.DOTALL)[0])
    assert len(pages) == 1
    assert service.stores.nominations.by_reference(entry.reference) == entry


def test_S19_an_admin_reaches_every_page_of_the_console(service, filled):
    client = service.admin_client()
    deliver_next(service.parts.post)  # a letter has no message to take home before

    for endpoint, method, address in every_request(service.app, filled):
        if endpoint.startswith("admin.") and method == "GET" and endpoint != "admin.setup_page":
            answer = client.get(address, buffered=True)
            assert answer.status_code in (200, 303), address


def test_S30_no_get_changes_anything_but_the_count_of_scans(service, filled):
    everything = {"draft": "drafts", "photo": "attachments", "entry": "nominations", "letter": "outbox"}
    clients = [service.client(), service.draft_client(), service.admin_client()]
    before = {name: service.stores.rows.read(f"SELECT * FROM {table}") for name, table in everything.items()}
    downloads = {"admin.form_file", "admin.package_file", "admin.nominations_xlsx"}

    for client in clients:
        for endpoint, method, address in every_request(service.app, filled):
            if method == "GET" and endpoint not in downloads:
                client.get(address, buffered=True)

    assert {name: service.stores.rows.read(f"SELECT * FROM {table}") for name, table in everything.items()} == before
    assert service.stores.audit.of(filled["reference"]) == []
    service.parts.counts.flush()
    assert service.stores.counts.scans() == {"K7WM": len(clients)}


def test_S20_S21_a_number_or_an_id_number_tells_a_stranger_nothing(service, filled):
    browser = service.browser()
    first = service.client().get(f"/admin/nominations/{filled['reference']}")
    second = service.client().get("/admin/nominations/XXXXXXXX")
    assert first.status_code == second.status_code == 303

    # Somebody nominates a person who is in already: page by page the same answers as for anybody else.
    for id_number in (ID_NUMBER, "11010519491231002X"):
        browser = service.browser()
        browser.open("/apply/self/person")
        person = typed(service.parts.campaign) | {"id_number": id_number}
        page = browser.submit(
            {name: person[name] for name in browser.form().fields if name in person} | sexless(person)
        )
        assert (page.status, page.response.request.path) == (200, "/apply/self/work")


def sexless(person):
    return {name: person[name] for name in ("ethnicity", "political_status")}


def test_S21_the_same_person_twice_gives_two_entries_and_two_receipts(service):
    campaign, files = service.parts.campaign, service.parts.files
    first = service.entry()
    draft = complete_draft(service.stores, files, campaign, now=first.submitted_at, route=Route.PEER)

    receipt = nominate(service.stores, draft, campaign=campaign, now=first.submitted_at)

    assert receipt.reference != first.reference


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_refused_with_a_page(service, method):
    answer = service.client().open("/", method=method)

    assert answer.status_code == 405
    assert "请从首页进入" in answer.text


def test_addresses_hold_nothing_but_routes_pages_codes_numbers_and_ids(service):
    for rule in service.app.url_map.iter_rules():
        assert set(re.findall(r"<[^>]*?(\w+)>", rule.rule)) <= {
            "route",
            "letter_id",
            "part",
            "product",
            "design",
            "topic",
            "slot",
            "attachment_id",
            "code",
            "kind",
            "reference",
            "token",
            "filename",
            "size",
            "number",
            "batch",
            "draft_id",
            "photo_id",
        }
