"""The desk: where letters are written, what they are made of, and whom they are about."""

from dataclasses import dataclass, field

from h5app.documents.stationery import SHIPPED, Stationery
from h5app.domain.campaign import Campaign
from h5app.domain.errors import H5appError
from h5app.domain.nomination import Nomination
from h5app.storage.files import FileStore
from h5app.storage.letters import QueuedLetter
from h5app.storage.stores import Stores


@dataclass(frozen=True)
class Desk:
    """Where letters are written: what they are made of, and for whom.

    Args:
        sender: mail address of the sending account.
        base_url: where the console is reached, without a slash at its end.
        passphrase: of the office's encrypted packages; "" where it has set none.
    """

    stores: Stores
    files: FileStore
    campaign: Campaign
    sender: str
    base_url: str
    stationery: Stationery = SHIPPED
    passphrase: str = field(default="", repr=False)

    @property
    def how_to_open(self) -> str:
        """What whoever gets an encrypted package must know."""
        return (
            f"附件加了密。请用 7-Zip、WinZip 或 Bandizip 打开，输入{self.campaign.organiser.name}另外告诉您的口令；"
            "Windows 自带的解压一般打不开它。"
        )


def subject_of(stores: Stores, queued: QueuedLetter) -> Nomination:
    """The entry that a letter is about, as it is now."""
    nomination = None if queued.nomination_id is None else stores.nominations.get(queued.nomination_id)
    if nomination is None:  # the row goes with its entry, so only a broken database gets here
        raise H5appError("这封信没有对应的申报")
    return nomination
