"""The link of a letter without forms: the door first, then the entry it is about."""

import email.policy
import re
from datetime import UTC, datetime
from email.parser import BytesParser

from h5app.mail.message import to_mime
from h5app.services.composing import compose
from tests.people import NAME
from tests.services.test_signing_in import CHEAP, PASSWORD


def mailed_url(service, entry):
    queued = service.stores.outbox.of_nomination(entry.id)
    (letter,) = compose(service.parts.post, queued, date=datetime.now(UTC))
    message = BytesParser(policy=email.policy.default).parsebytes(to_mime(letter))
    return re.search(r"^https?://\S+", message.get_body(("plain",)).get_content(), re.MULTILINE)[0]


def test_S18_the_link_in_a_masked_letter_asks_to_sign_in_and_then_shows_its_entry(make_service):
    service = make_service(replace_in_campaign={'mode = "attachments"': 'mode = "link"'})
    service.stores.admins.add(name="赵敏", password_hash=CHEAP.hash(PASSWORD), now=datetime.now(UTC))
    entry, browser = service.entry(), service.browser()
    url = mailed_url(service, entry)
    assert url.startswith(service.parts.base_url)

    door = browser.open(url.removeprefix(service.parts.base_url))
    page = browser.submit({"name": "赵敏", "password": PASSWORD})

    assert (door.response.request.path, NAME in door.text) == ("/admin/sign-in", False)
    assert (page.response.request.path, NAME in page.text) == (f"/admin/nominations/{entry.reference}", True)
    assert [label for label in ("Word", "PDF", "材料包 ZIP") if label not in page.text] == []
