"""Withdrawing: whoever may takes an entry back, at any time, and all of it is deleted at once."""

from datetime import datetime

from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import Status
from h5app.domain.visiting import Role, end_by
from h5app.services.erasing import erase_entry
from h5app.services.revisiting import Visitor
from h5app.storage.files import FileStore
from h5app.storage.stores import Stores

_WHO = {Role.NOMINEE: "本人", Role.NOMINATOR: "推荐人"}


def withdraw(stores: Stores, files: FileStore, visitor: Visitor, *, now: datetime) -> Status:
    """Delete the entry and everything about it; what it is from now on.

    Raises:
        NotFoundError: it is not this visitor's to withdraw, or nothing is left of it.
        ConflictError: it has changed since it was read.
    """
    entry, role = visitor.entry, visitor.role
    if not visitor.rights.withdraws:
        raise NotFoundError("这份推荐表不能从这里撤回。要撤回，请打电话问工会")
    to = end_by(entry, role)
    erase_entry(stores, files, entry, to=to, who=_WHO[role], now=now)
    return to
