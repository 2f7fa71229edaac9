import email.policy
import logging
from dataclasses import dataclass, field, replace
from datetime import time, timedelta
from email.parser import BytesParser

from h5app.domain.campaign import Mailing, MailMode, Report
from h5app.domain.errors import StoreBusyError
from h5app.domain.letter import LetterState
from h5app.services.working import work
from tests.fakes import FakeClock, WatchedFiles
from tests.people import NAME, submitted, with_social


@dataclass
class StopAfter:
    """Stops after so many rests, and does `meanwhile` in each."""

    rests: int
    meanwhile: object = None
    waited_s: list[float] = field(default_factory=list)

    def is_set(self):
        return len(self.waited_s) >= self.rests

    def wait(self, timeout):
        self.waited_s.append(timeout)
        if callable(self.meanwhile):
            self.meanwhile()
        return False


def state_of(post, entry):
    return post.stores.outbox.of_nomination(entry.id).state


def refuse(error):
    def raise_it():
        raise error

    return raise_it


def test_F6_a_database_that_stays_busy_is_waited_out(post, now):
    entry = submitted(post.stores, post.files, post.campaign, now=now)
    files = WatchedFiles(post.files)
    files.names = refuse(StoreBusyError("busy"))  # the sweep meets it first
    troubled = replace(post, files=files)

    work(troubled, stop=StopAfter(2))

    assert state_of(post, entry) is LetterState.SENT


def test_no_error_ends_the_worker_and_none_is_logged_in_its_own_words(post, caplog):
    files = WatchedFiles(post.files)
    files.names = refuse(RuntimeError(NAME))
    stop = StopAfter(1)

    with caplog.at_level(logging.ERROR):
        work(replace(post, files=files), stop=stop)

    assert stop.waited_s == [15.0]
    assert "RuntimeError" in caplog.text
    assert NAME not in caplog.text


def test_letters_go_out_without_a_rest_between_them(post, now):
    entries = [submitted(post.stores, post.files, post.campaign, now=now) for _ in range(2)]
    stop = StopAfter(1)

    work(post, stop=stop)

    assert [state_of(post, entry) for entry in entries] == [LetterState.SENT] * 2
    assert stop.waited_s == [2.0]


def test_orphans_are_swept_every_five_minutes_even_after_the_clock_was_put_back(post, now):
    clock = FakeClock(now)
    swept = []
    files = WatchedFiles(post.files)
    files.names = lambda: iter(swept.append(clock.time) or ())
    steps = iter([timedelta(minutes=4), timedelta(minutes=1), timedelta(minutes=-9), timedelta(seconds=2)])

    def tick():
        clock.time += next(steps)

    work(replace(post, files=files, clock=clock), stop=StopAfter(4, meanwhile=tick))

    assert swept == [now, now + timedelta(minutes=5), now - timedelta(minutes=4)]


def test_trouble_beside_the_letters_holds_none_of_them_up(post, now, caplog):
    entries = [submitted(post.stores, post.files, post.campaign, now=now) for _ in range(2)]
    stop = StopAfter(1)

    with caplog.at_level(logging.ERROR):
        work(post, stop=stop, aside=lambda _now: refuse(RuntimeError(NAME))())

    assert [state_of(post, entry) for entry in entries] == [LetterState.SENT] * 2
    assert stop.waited_s == [2.0]
    assert "RuntimeError" in caplog.text
    assert NAME not in caplog.text


def test_what_stands_beside_the_letters_is_looked_after_every_minute(post, now):
    clock = FakeClock(now)
    looked = []
    steps = iter([timedelta(seconds=59), timedelta(seconds=1), timedelta(minutes=-9), timedelta(seconds=2)])

    def tick():
        clock.time += next(steps)

    work(replace(post, clock=clock), stop=StopAfter(4, meanwhile=tick), aside=looked.append)

    assert looked == [now, now + timedelta(minutes=1), now - timedelta(minutes=8)]


def test_letters_of_the_day_are_queued_by_the_worker_and_caught_up_with(post, now):
    mail, report = Mailing(mode=MailMode.LINK, digest_at=time(18)), Report(mailboxes=("admin@example.org",))
    campaign = replace(with_social(post.campaign, mail=mail), report=report)
    post = replace(post, campaign=campaign, clock=FakeClock(now))
    submitted(post.stores, post.files, post.campaign, now=now)

    def sleep_until_the_next_day():
        post.clock.time += timedelta(days=1)

    work(post, stop=StopAfter(2, meanwhile=sleep_until_the_next_day))

    subjects = [BytesParser(policy=email.policy.default).parsebytes(sent.mime)["Subject"] for sent in post.mailer.sent]
    assert subjects == ["【社会化推荐汇总】11月22日 共 1 份", "【每日对账】11月22日 收到 1 份，对得上"]


def test_trouble_with_the_letters_of_the_day_holds_no_other_up(post, now, caplog):
    entry = submitted(post.stores, post.files, post.campaign, now=now)
    broken = replace(post.stores, ledger=None)
    report = Report(mailboxes=("admin@example.org",))

    with caplog.at_level(logging.ERROR):
        work(replace(post, stores=broken, campaign=replace(post.campaign, report=report)), stop=StopAfter(1))

    assert state_of(post, entry) is LetterState.SENT
    assert "AttributeError" in caplog.text
