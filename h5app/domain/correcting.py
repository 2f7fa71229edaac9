"""Correcting: when an entry may still become another, by the rules of its path."""

from datetime import datetime, timedelta

from h5app.domain.campaign import Path, local_time
from h5app.domain.errors import ConflictError, NotFoundError, PathClosedError
from h5app.domain.nomination import Draft, Nomination, Route, Status

_ASK = "要改，请打电话问工会"
OVERTAKEN = "这份推荐表已经在别处改过并提交了，请凭受理编号查看最新的情况"


def check_may_correct(entry: Nomination, path: Path, *, now: datetime) -> None:
    """Raise unless this entry may get another revision now.

    While the path is open, whatever the office has not decided yet. After it has closed, what the office
    returned, for `correct_days`, and what waits for the nominee, for `confirm_days`.

    Raises:
        NotFoundError: nothing is left of it.
        ConflictError: the office has decided.
        PathClosedError: too late.
    """
    if entry.status.is_erased:
        raise NotFoundError(f"这份推荐表{entry.status.label}，资料已经删除，不能再改")
    if entry.status in {Status.ACCEPTED, Status.REJECTED}:
        raise ConflictError(f"这份推荐表已经审核过了。{_ASK}")
    until = corrects_until(entry, path)
    if until and now > until:
        raise PathClosedError(f"修改已于 {local_time(until)} 截止。{_ASK}")


def check_not_overtaken(draft: Draft, entry: Nomination) -> None:
    """Raise unless the draft was begun from the entry as it is now.

    What waits for the nominee is his to finish, whether his nominator has mended it meanwhile or not.

    Raises:
        ConflictError: another correction was quicker.
    """
    is_his_to_finish = draft.route is Route.SELF and entry.route is not Route.SELF and entry.status is Status.WAITING
    if entry.revision + 1 != draft.revision and not is_his_to_finish:
        raise ConflictError(OVERTAKEN)


def corrects_until(entry: Nomination, path: Path) -> datetime | None:
    """The last moment for another revision, in the zone of the path's clocks; None where no closing time is set."""
    if path.closes_at is None:
        return None
    match entry.status:
        case Status.RETURNED:
            days_end = entry.changed_at + timedelta(days=path.correct_days)
            return max(path.closes_at, days_end.astimezone(path.closes_at.tzinfo))
        case Status.WAITING:
            return path.closes_at + timedelta(days=path.confirm_days)
        case _:
            return path.closes_at
