"""Batching: what one unit sends one after another belongs together, and its own data is typed once."""

from datetime import date, datetime

from h5app.domain.nomination import Draft, Nomination, Route, Status
from h5app.domain.questions import Kind, Topic, questions_of
from h5app.services.drafting import begin
from h5app.storage.stores import Stores

# What somebody has to do something about comes first.
_FIRST = (Status.RETURNED, Status.WAITING)


def begin_next(stores: Stores, entry: Nomination, *, now: datetime, today: date) -> tuple[Draft, str]:
    """The unit's next draft with what it has said of itself, and the token that opens it.

    What was agreed to was agreed to for one worker and is asked again.

    Args:
        today: the local day that it counts for.
    """
    asked = [q for q in questions_of(Route.UNIT, Topic.NOMINATOR) if q.kind is not Kind.AGREEMENT]
    answers = {question.name: entry.answers[question.name] for question in asked if entry.answers.get(question.name)}
    return begin(stores, answers, route=Route.UNIT, channel=entry.channel, now=now, batch=entry.batch, counted_on=today)


def batch_of(stores: Stores, batch: str) -> list[Nomination]:
    """What one unit has sent: returned entries first, then the newest."""
    if not batch:
        return []
    entries = sorted(stores.nominations.of_batch(batch), key=lambda entry: entry.id, reverse=True)
    return sorted(entries, key=lambda entry: entry.status not in _FIRST)
