"""Handing: photos and agreement come from the worker's own phone into the draft that his unit fills in."""

from collections.abc import Mapping
from dataclasses import dataclass

from h5app.domain.answers import Terms, check_answers
from h5app.domain.attachment import Slot
from h5app.domain.nomination import Draft
from h5app.domain.questions import Topic
from h5app.services.nominating import lacking_photos
from h5app.storage.stores import Stores


@dataclass(frozen=True)
class Arrived:
    """What has come from the worker so far.

    Args:
        agreed: whether every box that must be ticked is.
        photos: slot → how many pictures, for each that has some or needs more.
        lacking: slots that need more than they have.
    """

    agreed: bool
    photos: Mapping[Slot, int]
    lacking: frozenset[Slot]

    @property
    def is_all(self) -> bool:
        return self.agreed and not self.lacking


def arrived(stores: Stores, draft: Draft, terms: Terms) -> Arrived:
    """What of the worker's part is in the draft, whoever has put it there."""
    found = [photo.slot for photo in stores.attachments.of_draft(draft.id)]
    lacking = frozenset(Slot(name) for name in lacking_photos(stores, draft, terms))
    return Arrived(
        agreed=not check_answers(draft.answers, terms, Topic.CONSENT).problems,
        photos={slot: found.count(slot) for slot in Slot if slot in {*found, *lacking}},
        lacking=lacking,
    )
