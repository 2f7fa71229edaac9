"""A mail worker in a process of its own that kills itself with SIGKILL at one point of its round.

`python -m tests.services.deadly_worker FOLDER URL NOW [files|outbox METHOD before|after]`; without a point somebody
else kills it. A fresh process, not a fork: typst's threads do not survive one.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from h5app.domain.campaign import parse_campaign
from h5app.mail.smtp import SmtpMailer
from h5app.mail.smtp_url import parse_smtp_url
from h5app.services.delivering import Post
from h5app.services.working import work
from h5app.settings import PROJECT
from h5app.storage.files import DiskFiles, SealedFiles
from h5app.storage.rows import SqliteRows
from h5app.storage.stores import open_stores
from h5app.storage.vault import Vault
from tests.fakes import FakeClock
from tests.people import with_social


@dataclass(frozen=True)
class Deadly:
    """A real object; calling one of its methods kills this process, before or after what it does."""

    inner: object
    method: str
    moment: str

    def __getattr__(self, name: str) -> object:
        found = getattr(self.inner, name)
        return self._deadly(found) if name == self.method else found

    def _deadly(self, method: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            done = self.moment == "before" or method(*args, **kwargs)
            if done is not None:  # None: nothing was due, so there is nothing to die of
                os.kill(os.getpid(), signal.SIGKILL)
            return done

        return call


def main(folder: Path, url: str, now: str, thing: str = "", method: str = "", moment: str = "") -> None:
    vault = Vault(bytes(range(32)))
    campaign = parse_campaign((PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml")
    post = Post(
        stores=open_stores(SqliteRows(folder / "h5app.db"), vault),
        files=SealedFiles(DiskFiles(folder / "files", reserve_bytes=0), vault),
        campaign=with_social(campaign, mailbox="office@example.org"),
        mailer=SmtpMailer(parse_smtp_url(url), deadline_s=10),
        sender="sender@example.org",
        needs_mailbox=True,
        clock=FakeClock(datetime.fromisoformat(now)),
        base_url="https://zgh.example.org",
    )
    if thing == "files":
        post = replace(post, files=Deadly(post.files, method, moment))
    if thing == "outbox":
        post = replace(post, stores=replace(post.stores, outbox=Deadly(post.stores.outbox, method, moment)))
    work(post, stop=threading.Event())


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
