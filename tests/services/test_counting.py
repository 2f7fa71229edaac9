"""Counts in memory: nothing waits for the disk, nothing is lost but by a kill, nothing is counted twice."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from h5app.domain.errors import StoreBusyError
from h5app.domain.funnel import DIRECT, FunnelStep
from h5app.domain.nomination import Origin, Route
from h5app.services.counting import Counts
from h5app.services.drafting import begin
from h5app.services.nominating import nominate
from h5app.storage.migrations import migrate
from h5app.storage.rows import SqliteRows
from h5app.storage.stores import open_stores
from tests.people import complete_draft, submitted, typed, with_photo
from tests.serving import listens
from tests.storage.databases import in_processes
from tests.threads import at_once

DAY = date(2026, 11, 22)
SCAN, LANDING = FunnelStep.SCAN, FunnelStep.LANDING
HERE = Path(__file__).parent
PROJECT = HERE.parents[1]


@pytest.fixture
def counts(stores):
    with closing(Counts(stores, every_s=0.02)) as counts:
        yield counts


def scans(stores, *, of=1, within_s=10.0):
    """Scans of K7WM in the database, once there are that many or time is over."""
    until = time.monotonic() + within_s
    while (found := stores.counts.scans().get("K7WM", 0)) < of and time.monotonic() < until:
        time.sleep(0.005)
    return found


def stored(stores):
    return {(each.code, each.step): each.count for each in stores.counts.between(None, None)}


def test_what_is_counted_is_written_a_moment_later_by_a_thread_of_its_own(counts, stores):
    for step in (LANDING, SCAN, SCAN):
        counts.count("K7WM", step, day=DAY)

    assert scans(stores, of=2) == 2
    assert stored(stores) == {("K7WM", SCAN): 2, ("K7WM", LANDING): 1}


def test_many_threads_are_all_counted(any_stores):
    with closing(Counts(any_stores, every_s=0.001)) as counts:
        at_once(lambda: [counts.count("K7WM", SCAN, day=DAY) for _ in range(200)], 16)

    assert any_stores.counts.scans() == {"K7WM": 3200}


def test_F6_a_locked_database_keeps_nobody_waiting_and_loses_nothing(tmp_path, stores, vault):
    """The rush goes on while somebody else writes for long; what could not be written is written afterwards."""
    impatient = open_stores(SqliteRows(tmp_path / "h5app.db", lock_wait_s=0.05), vault)
    with closing(impatient.rows), closing(Counts(impatient, every_s=0.02)) as counts:
        with stores.rows.transaction():
            began = time.monotonic()
            for _ in range(2000):
                counts.count("K7WM", SCAN, day=DAY)
            took_s = time.monotonic() - began
            time.sleep(0.1)
            with pytest.raises(StoreBusyError):
                counts.flush()
        assert scans(stores, of=2000) == 2000
    assert took_s < 0.5
    assert stored(stores) == {("K7WM", SCAN): 2000}


def test_what_waits_has_an_end_and_what_waits_already_goes_on_counting(stores):
    with closing(Counts(stores, every_s=60.0, most=2)) as counts:
        for code in ("K7WM", "H3NR", "M9TF", "K7WM"):
            counts.count(code, SCAN, day=DAY)

    assert stores.counts.scans() == {"K7WM": 2, "H3NR": 1}


def test_a_forked_process_counts_its_own_and_not_its_parents(stores):
    counts = Counts(stores, every_s=60.0)
    counts.count("K7WM", SCAN, day=DAY)

    def job():
        counts.count("H3NR", SCAN, day=DAY)
        counts.close()

    assert in_processes(job) == [0]
    assert stores.counts.scans() == {"H3NR": 1}
    counts.close()
    assert stores.counts.scans() == {"H3NR": 1, "K7WM": 1}


def test_gunicorns_workers_write_what_waits_when_they_end(tmp_path):
    database = tmp_path / "h5app.db"
    with closing(SqliteRows(database)) as rows:
        migrate(rows)
    address = tmp_path / "socket"
    command = [sys.executable, "-m", "gunicorn", "--preload", "--workers=2", "--worker-class=gthread", "--threads=4"]
    process = subprocess.Popen(
        [*command, "--no-control-socket", f"--bind=unix:{address}", "--log-level=warning",
         f"counting_app:make_app('{database}')"],
        cwd=PROJECT, env={"PYTHONPATH": f"{PROJECT}:{HERE}"},
    )  # fmt: skip
    try:
        workers = _ask_all(address, times=40)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()
        process.wait()

    assert os.getpid() not in workers
    with closing(SqliteRows(database)) as rows:
        assert rows.read("SELECT code, count FROM counts") == [{"code": "K7WM", "count": 40}]


def _ask_all(address, *, times):
    until = time.monotonic() + 20
    while not listens(address) and time.monotonic() < until:
        time.sleep(0.02)
    return {_ask(address) for _ in range(times)}


def _ask(address):
    with socket.socket(socket.AF_UNIX) as line, closing(http.client.HTTPConnection("localhost", timeout=30)) as asked:
        line.connect(str(address))
        asked.sock = line
        asked.request("GET", "/")
        return int(asked.getresponse().read())


# Drafts and entries


def test_a_draft_and_its_entry_are_counted_with_their_storing(any_stores, files, campaign, now):
    answers = typed(campaign, Route.SELF)
    draft, _token = begin(any_stores, answers, route=Route.SELF, channel="K7WM", now=now, counted_on=DAY)
    with_photo(any_stores, files, draft, now=now)
    for _ in range(2):
        nominate(any_stores, draft, campaign=campaign, now=now)

    assert stored(any_stores) == {("K7WM", FunnelStep.STARTED): 1, ("K7WM", FunnelStep.SUBMITTED): 1}


def test_an_entry_that_is_not_stored_is_not_counted(any_stores, files, campaign, now):
    draft = complete_draft(any_stores, files, campaign, now=now)

    def half_way():
        with any_stores.rows.transaction():
            nominate(any_stores, draft, campaign=campaign, now=now)
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        half_way()
    assert stored(any_stores) == {}


def test_who_comes_without_a_poster_is_counted_without_a_code(any_stores, now):
    begin(any_stores, route=Route.PEER, channel="", now=now, counted_on=DAY)

    assert stored(any_stores) == {(DIRECT, FunnelStep.STARTED): 1}


def test_a_correction_is_no_second_entry(any_stores, files, campaign, now):
    entry = submitted(any_stores, files, campaign, now=now)
    answers = typed(campaign, Route.SELF, union_name="改过的工会")
    draft, _token = begin(any_stores, answers, route=Route.SELF, channel="K7WM", now=now, corrects=entry)
    with_photo(any_stores, files, draft, now=now)

    nominate(any_stores, draft, campaign=campaign, now=now + timedelta(minutes=1))

    assert any_stores.nominations.get(entry.id).revision == 2
    assert stored(any_stores) == {("K7WM", FunnelStep.SUBMITTED): 1}


def test_a_form_that_came_by_mail_came_by_no_poster(any_stores, files, campaign, now):
    draft = complete_draft(any_stores, files, campaign, now=now)
    mailed = replace(draft, origin=Origin.MAIL)
    any_stores.rows.write("UPDATE drafts SET origin = 'mail'")

    nominate(any_stores, mailed, campaign=campaign, now=now)

    assert stored(any_stores) == {}
