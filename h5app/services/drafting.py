"""Drafting: everything a person types is on the server before he is told so."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from types import MappingProxyType

from h5app.domain.attachment import Attachment
from h5app.domain.campaign import Campaign
from h5app.domain.correcting import check_may_correct, check_not_overtaken
from h5app.domain.errors import ConflictError, NotFoundError
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Draft, Nomination, Origin, Route, reference_from
from h5app.domain.writing import Sheet, WrittenElsewhereError, is_old_news, written_elsewhere
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_TOKEN_BYTES = 16
_ID_BYTES = 16
_CODE_BYTES = 8
_BATCH_BYTES = 8
# Another tab saved between our read and our write: read again and merge into that.
_TRIES = 5
NO_ANSWERS: Mapping[str, str] = MappingProxyType({})


def begin(
    stores: Stores,
    answers: Mapping[str, str] = NO_ANSWERS,
    *,
    route: Route,
    channel: str,
    now: datetime,
    corrects: Nomination | None = None,
    batch: str = "",
    sheet: Sheet | None = None,
    origin: Origin = Origin.FORM,
    counted_on: date | None = None,
) -> tuple[Draft, str]:
    """A new draft with its first answers, and the token that opens it: only its hash is stored.

    Args:
        batch: what the unit has sent before shares it; its first draft is given one.
        corrects: the entry, as it is now, whose next revision the draft is to become.
        sheet: the page that the answers were typed on.
        counted_on: the local day on which somebody has begun it himself, counted with its storing; None counts nobody.
    """
    token = new_token()
    draft = Draft(
        id=secrets.token_hex(_ID_BYTES),
        route=route,
        channel=channel,
        answers=dict(answers),
        started_at=now,
        saved_at=now,
        corrects=corrects.id if corrects else None,
        revision=corrects.revision + 1 if corrects else 1,
        batch=batch or (secrets.token_hex(_BATCH_BYTES) if route is Route.UNIT else ""),
        resume_code=_new_code(),
        writers=_written({}, sheet),
        origin=origin,
    )
    with stores.rows.transaction():
        stores.drafts.add(draft, token_hash=token_hash(token))
        if counted_on:
            stores.counts.add(channel, FunnelStep.STARTED, day=counted_on)
    return draft, token


def new_token() -> str:
    return secrets.token_urlsafe(_TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What is stored of a token; tokens are random, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def save(
    stores: Stores, draft: Draft, answers: Mapping[str, str], *, now: datetime, sheet: Sheet | None = None
) -> Draft:
    """Merge answers as typed into the draft and return it as stored.

    A save that arrives after a later one of the same page changes nothing.

    Args:
        sheet: the page that the answers were typed on; without it nobody is asked whom this overwrites.

    Raises:
        WrittenElsewhereError: another page has stored something else that this one has not seen.
        ConflictError: the draft has been submitted in the meantime, or is being saved without end elsewhere.
    """
    for _ in range(_TRIES):
        if sheet and is_old_news(draft, sheet):
            return draft
        if sheet and (elsewhere := written_elsewhere(draft, answers, sheet)):
            raise WrittenElsewhereError(elsewhere, draft)
        saved = replace(
            draft,
            answers={**draft.answers, **answers},
            saved_at=later(draft, now),
            writers=_written(draft.writers, sheet),
            # Drafts of the first release have none.
            resume_code=draft.resume_code or _new_code(),
        )
        if stores.drafts.put_answers(saved, was_saved_at=draft.saved_at):
            return saved
        draft = open_draft(stores, draft)
    raise ConflictError("这份推荐表正在另一个页面上修改，请稍等再点一次")


def _written(writers: Mapping[str, tuple[str, int]], sheet: Sheet | None) -> Mapping[str, tuple[str, int]]:
    return {**writers, sheet.topic: (sheet.page, sheet.turn)} if sheet else writers


def _new_code() -> str:
    return reference_from(secrets.token_bytes(_CODE_BYTES))


def corrected_by(stores: Stores, draft: Draft) -> Nomination | None:
    """The entry that a draft is to become the next revision of, as it is now; None for a draft of a new one."""
    return stores.nominations.get(draft.corrects) if draft.corrects else None


def check_in_time(draft: Draft, corrected: Nomination | None, campaign: Campaign, *, now: datetime) -> None:
    """Raise unless the draft could still be submitted now, by the dates of its path; a correction's is the entry's.

    Args:
        corrected: see `corrected_by`.

    Raises:
        PathClosedError: too late; what was begun in time has ten minutes of grace.
        ConflictError, NotFoundError: the entry it corrects has been decided, changed elsewhere, or is gone.
    """
    if corrected:
        check_may_correct(corrected, campaign.home_of(corrected.path, corrected.route), now=now)
        check_not_overtaken(draft, corrected)
    else:
        campaign.path_of(draft.route).check_open(now, started_at=draft.started_at)


def discard(stores: Stores, files: FileStore, draft: Draft, *, was_saved_at: datetime | None = None) -> None:
    """Forget an unsubmitted draft with its photos; what has been submitted stays.

    Args:
        was_saved_at: where nobody asks for it: a draft saved since then stays too.
    """
    with stores.rows.transaction():
        stored = stores.drafts.get(draft.id)
        if stored is None or stores.nominations.by_draft(draft.id):
            return
        if was_saved_at and stored.saved_at != was_saved_at:
            return
        photos = stores.attachments.of_draft(draft.id)
        for photo in photos:
            stores.attachments.remove(photo.id, draft_id=draft.id)
        stores.drafts.delete(draft.id)
    delete_files(files, photos)


def delete_files(files: FileStore, photos: Iterable[Attachment]) -> None:
    for photo in photos:
        for name in photo.files:
            files.delete(name)


def open_draft(stores: Stores, draft: Draft) -> Draft:
    """The draft as it is now, if it may still be changed; inside a transaction that stays so."""
    stored = stores.drafts.get(draft.id)
    if stored is None:
        raise NotFoundError("这份草稿已经删除，请从首页重新开始")
    if stores.nominations.by_draft(draft.id):
        raise ConflictError("这份推荐表已经提交，不用再填了")
    return stored


def later(draft: Draft, now: datetime) -> datetime:
    """The time of a save: always after the one before, whatever the clock does, since it tells versions apart."""
    return max(now, draft.saved_at + timedelta(microseconds=1))
