"""A mailbox that garbles Chinese file names: one setting of its path, and every file has a plain one."""

import email.policy
from dataclasses import replace
from email.parser import BytesParser

from h5app.domain.attachment import Slot
from h5app.domain.campaign import Mailing
from h5app.services.delivering import deliver_next
from tests.people import submitted, with_photo, with_social


def test_files_are_called_after_number_and_kind_where_the_path_says_so(post, now):
    post = replace(post, campaign=with_social(post.campaign, mail=Mailing(ascii_names=True)))
    entry = submitted(post.stores, post.files, post.campaign, now=now)
    draft = post.stores.drafts.get(entry.draft_id)
    for number in (1, 2):
        with_photo(post.stores, post.files, draft, now=now, slot=Slot.WORK, number=number)

    deliver_next(post)

    message = BytesParser(policy=email.policy.default).parsebytes(post.mailer.sent[0].mime)
    assert [part.get_filename() for part in message.iter_attachments()] == [
        f"{entry.reference}_form.docx",
        f"{entry.reference}_form.pdf",
        f"{entry.reference}_portrait.jpg",
        f"{entry.reference}_work1.jpg",
        f"{entry.reference}_work2.jpg",
    ]
