"""Nominating: a complete draft becomes an entry with its letter, in one transaction, exactly once."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from h5app.domain.answers import Terms, check_answers
from h5app.domain.attachment import Attachment, Slot
from h5app.domain.campaign import Campaign, Path
from h5app.domain.correcting import OVERTAKEN
from h5app.domain.errors import ConflictError, InvalidAnswersError, NotFoundError
from h5app.domain.funnel import FunnelStep
from h5app.domain.nomination import Draft, Nomination, Origin, Route, Status, reference_from
from h5app.services.drafting import check_in_time, corrected_by
from h5app.storage.audit import AuditEntry
from h5app.storage.stores import Stores

# A collision of two random references, or a save between read and write, is met by trying again.
_TRIES = 5


@dataclass(frozen=True)
class Receipt:
    """What the person is told after submitting."""

    reference: str
    name: str
    route: Route
    status: Status
    submitted_at: datetime


@dataclass(frozen=True)
class ByStaff:
    """Who saves a form that came by mail, and whether it goes to the mailbox as well: it may have come to that one."""

    who: str
    mails: bool


def missing_photos(photos: tuple[Attachment, ...], path: Path) -> Mapping[str, str]:
    """Slot name → what is missing there."""
    missing: dict[str, str] = {}
    for slot in Slot:
        least = path.material(slot).least
        have = sum(photo.slot is slot for photo in photos)
        if have < least:
            missing[slot.value] = (
                f"请上传{slot.label}" if least == 1 else f"{slot.label}至少 {least} 张，还差 {least - have} 张"
            )
    return missing


def lacking_photos(stores: Stores, draft: Draft, terms: Terms) -> Mapping[str, str]:
    """Slot name → what a draft lacks there; nothing where the nominee is going to bring his own photos."""
    if terms.nominee_completes:
        return {}
    return missing_photos(stores.attachments.of_draft(draft.id), terms.path)


def nominate(
    stores: Stores,
    draft: Draft,
    *,
    campaign: Campaign,
    now: datetime,
    random: Callable[[int], bytes] = secrets.token_bytes,
    by: ByStaff | None = None,
) -> Receipt:
    """Submit a draft: a new entry, or the next revision of the one it corrects.

    However often it is called for one draft, there is one entry, one revision and one receipt.

    Args:
        by: for a draft made of a mailed form. Staff judge whether it came in time, and what they do is written down.

    Raises:
        InvalidAnswersError: something is missing or wrong; nothing was stored.
        PathClosedError: the path is not open, and the draft was not begun in time.
        ConflictError: the entry it corrects has been decided or changed in the meantime.
    """
    for _ in range(_TRIES):
        entry = stores.nominations.by_draft(draft.id)
        if entry is None:
            entry = _try_once(stores, draft, campaign=campaign, now=now, reference=reference_from(random(8)), by=by)
        if entry:
            return receipt_of(entry)
        draft = _read_again(stores, draft)
    raise ConflictError("这份推荐表正在另一个页面上修改，请稍等再点一次提交")


def receipt_of(entry: Nomination) -> Receipt:
    return Receipt(entry.reference, entry.answers.get("name", ""), entry.route, entry.status, entry.submitted_at)


def _read_again(stores: Stores, draft: Draft) -> Draft:
    stored = stores.drafts.get(draft.id)
    if stored is None:
        raise NotFoundError("这份草稿已经删除，请从首页重新开始")
    return stored


def _try_once(
    stores: Stores, draft: Draft, *, campaign: Campaign, now: datetime, reference: str, by: ByStaff | None
) -> Nomination | None:
    """What the draft has become, None if it is not what was read; no conflict is what its own second tap has done."""
    try:
        return _check_and_store(stores, draft, campaign=campaign, now=now, reference=reference, by=by)
    except ConflictError:
        entry = stores.nominations.by_draft(draft.id)
        if entry is None:
            raise
        return entry


def _check_and_store(
    stores: Stores, draft: Draft, *, campaign: Campaign, now: datetime, reference: str, by: ByStaff | None
) -> Nomination | None:
    """Check outside the transaction, then store only if the draft still is what was checked; None if not."""
    corrected = corrected_by(stores, draft)
    if by is None:
        check_in_time(draft, corrected, campaign, now=now)
    terms = Terms(campaign, draft.route, on=campaign.local(now).date(), origin=draft.origin)
    checked = check_answers(draft.answers, terms)
    problems = {**checked.problems, **lacking_photos(stores, draft, terms)}
    if problems:
        if _read_again(stores, draft).saved_at != draft.saved_at:
            return None
        raise InvalidAnswersError(problems)
    if corrected:
        return _revise(stores, draft, corrected, answers=checked.values, now=now)
    try:
        return _store(stores, draft, terms, answers=checked.values, now=now, reference=reference, by=by)
    except _TakenError:
        return None


def _revise(
    stores: Stores, draft: Draft, entry: Nomination, *, answers: Mapping[str, str], now: datetime
) -> Nomination | None:
    """Make the draft the entry's next revision, with a letter of its own; None if the draft is not what was read.

    A letter of the old revision that has not gone out yet need not: the new one says all of it. What waits for the
    nominee goes on waiting when his nominator mends it, and is the nominee's to finish, mended meanwhile or not.

    Raises:
        ConflictError: the entry has become something else since the correction was begun.
    """
    by_nominee = draft.route is Route.SELF and entry.route is not Route.SELF
    waited = entry.status is Status.WAITING
    status = Status.WAITING if waited and not by_nominee else Status.SUBMITTED
    merged = {**entry.answers, **answers}
    with stores.rows.transaction():
        if not stores.drafts.empty(draft.id, was_saved_at=draft.saved_at):
            return None
        confirmed_at = entry.confirmed_at or (now if by_nominee else None)
        if not stores.nominations.revise(
            entry, draft_id=draft.id, answers=merged, now=now, status=status, confirmed_at=confirmed_at
        ):
            raise ConflictError(OVERTAKEN)
        stores.outbox.drop_unsent(entry.id)
        if status is Status.SUBMITTED:
            stores.outbox.add(entry.id, revision=entry.revision + 1, now=now)
    return replace(
        entry,
        draft_id=draft.id,
        answers=merged,
        status=status,
        revision=entry.revision + 1,
        reason="",
        submitted_at=now,
        changed_at=now,
        confirmed_at=confirmed_at,
    )


def _store(
    stores: Stores,
    draft: Draft,
    terms: Terms,
    *,
    answers: Mapping[str, str],
    now: datetime,
    reference: str,
    by: ByStaff | None,
) -> Nomination | None:
    path = terms.path
    status = Status.WAITING if terms.nominee_completes else Status.SUBMITTED
    with stores.rows.transaction():
        if not stores.drafts.empty(draft.id, was_saved_at=draft.saved_at):
            return None
        entry_id = stores.nominations.add(
            draft_id=draft.id,
            reference=reference,
            path=path.key,
            route=draft.route,
            channel=draft.channel,
            answers=answers,
            now=now,
            status=status,
            batch=draft.batch,
            origin=draft.origin,
        )
        if entry_id is None:
            raise _TakenError
        if status is not Status.WAITING and (by is None or by.mails):
            stores.outbox.add(entry_id, now=now)
        if draft.origin is Origin.FORM:
            stores.counts.add(draft.channel, FunnelStep.SUBMITTED, day=terms.on)
        if by:
            stores.audit.add(AuditEntry(now, by.who, "录入邮寄的推荐表", reference, "" if by.mails else "没有再寄"))
    return Nomination(
        id=entry_id,
        draft_id=draft.id,
        reference=reference,
        path=path.key,
        route=draft.route,
        status=status,
        channel=draft.channel,
        answers=answers,
        submitted_at=now,
        changed_at=now,
        batch=draft.batch,
        origin=draft.origin,
    )


class _TakenError(Exception):
    """The draft has its entry already, or the reference is somebody else's: nothing may be kept of this try."""
