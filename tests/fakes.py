"""Hand-made doubles: a mailer that answers as told, files that note their order or run full."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from h5app.domain.attachment import Attachment
from h5app.domain.attempt import Attempt, Phase
from h5app.domain.errors import StoreFullError
from h5app.mail.mailer import TAKEN_OVER
from h5app.storage.attachments import Attachments
from h5app.storage.files import FileStore

TAKEN = Attempt(Phase.DONE, 250, "2.0.0 kept")
FULL = "存放照片的磁盘快满了，暂时不能上传。"


@dataclass(frozen=True)
class Sent:
    """What a mailer was handed."""

    mime: bytes
    sender: str
    to: str
    name: str


@dataclass
class FakeMailer:
    """Answers with each of `answers` in turn, the last one for ever; an exception among them is raised."""

    answers: list[Attempt | BaseException] = field(default_factory=lambda: [TAKEN])
    sent: list[Sent] = field(default_factory=list)

    def send(self, mime: bytes, *, sender: str, to: str, name: str, before_dot: Callable[[], bool]) -> Attempt:
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        is_at_dot = isinstance(answer, Attempt) and answer.phase in {Phase.DOT, Phase.DONE, Phase.FILE}
        if is_at_dot and not before_dot():
            return TAKEN_OVER
        self.sent.append(Sent(mime, sender, to, name))
        if isinstance(answer, BaseException):
            raise answer
        return answer


@dataclass
class FakeClock:
    """Stands still until it is set."""

    time: datetime

    def __call__(self) -> datetime:
        return self.time


@dataclass
class WatchedFiles:
    """Real files, with a look taken before each put; `full` refuses it as a disk without room does."""

    inner: FileStore
    before_put: Callable[[], None] = lambda: None
    full: bool = False

    def put(self, data: bytes) -> str:
        self.before_put()
        if self.full:
            raise StoreFullError(FULL)
        return self.inner.put(data)

    def get(self, name: str) -> bytes:
        return self.inner.get(name)

    def delete(self, name: str) -> None:
        self.inner.delete(name)

    def names(self) -> Iterator[str]:
        return self.inner.names()

    def added_at(self, name: str) -> datetime:
        return self.inner.added_at(name)

    def discard_unfinished(self, *, before: datetime) -> int:
        return self.inner.discard_unfinished(before=before)

    def check_room(self, size_bytes: int = 0) -> None:
        self.inner.check_room(size_bytes)


@dataclass(frozen=True)
class DisturbedAttachments:
    """A real table; somebody else does something whenever it is looked at."""

    inner: Attachments
    disturb: Callable[[], object]

    def of_draft(self, draft_id: str) -> tuple[Attachment, ...]:
        self.disturb()
        return self.inner.of_draft(draft_id)
