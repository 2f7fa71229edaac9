"""The desk: where letters are written, what they are made of, and whom they are about."""

from dataclasses import dataclass, field
from datetime import datetime

from h5app.documents.stationery import SHIPPED, Stationery
from h5app.domain.campaign import Campaign
from h5app.domain.errors import H5appError
from h5app.domain.nomination import Nomination
from h5app.mail.message import Enclosure, Letter, message_id
from h5app.services.bodies import Bodies
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

    def letter(
        self,
        *,
        to: str,
        subject: str,
        bodies: Bodies,
        seed: str,
        date: datetime,
        enclosures: tuple[Enclosure, ...] = (),
        ascii_names: bool = False,
    ) -> Letter:
        """A letter from the office.

        Args:
            seed: something of this letter's own that never changes and is no personal data.
        """
        return Letter(
            sender=self.sender,
            sender_name=self.campaign.organiser.name,
            to=to,
            subject=subject,
            text_body=bodies.text,
            html_body=bodies.html,
            enclosures=enclosures,
            message_id=message_id(seed, sender=self.sender),
            date=date,
            ascii_names=ascii_names,
        )


def subject_of(stores: Stores, queued: QueuedLetter) -> Nomination:
    """The entry that a letter is about, as it is now."""
    nomination = None if queued.nomination_id is None else stores.nominations.get(queued.nomination_id)
    if nomination is None:  # the row goes with its entry, so only a broken database gets here
        raise H5appError("这封信没有对应的申报")
    return nomination
