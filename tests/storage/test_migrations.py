import os
import re
import signal
from collections.abc import Iterator

import pytest

from h5app.storage.migrations import STEPS, Step, migrate, pending
from h5app.storage.rows import SqliteRows
from tests.storage.databases import in_processes

TABLES = {
    "drafts": [
        "id", "token_hash", "route", "channel", "answers", "created_at", "saved_at",
        "resume_code", "writers", "corrects", "revision", "batch", "left_since", "origin",
    ],
    "attachments": [
        "id", "draft_id", "slot", "press_file", "mail_file", "width_px", "height_px", "added_at",
        "thumb_file", "paper_file", "place", "upload_key", "crop_left_px", "crop_top_px", "crop_width_px",
        "crop_height_px", "brightness", "face_percent", "unrest",
    ],
    "nominations": [
        "id", "draft_id", "reference", "path", "route", "status", "channel", "name", "category", "region", "unit",
        "answers", "id_number_index", "phone_index", "submitted_at",
        "revision", "changed_at", "reason", "confirmed_at", "batch", "origin",
    ],
    "revisions": ["nomination_id", "revision", "draft_id", "answers", "submitted_at"],
    "outbox": [
        "id", "nomination_id", "revision", "kind", "path", "day", "mailbox", "carried_by", "state", "due_at",
        "lease_until", "attempts", "first_at", "least_parts", "phase", "note", "alarm", "sent_at", "may_have_left",
    ],
    "messages": [
        "letter_id", "part", "file", "message_id", "size_bytes", "handings", "handed_at", "taken_at",
    ],
    "tries": ["key", "failures", "at"],
    "wechat_tokens": [
        "app_id", "access_token", "access_token_until", "ticket", "ticket_until", "due_at", "lease_until", "failures",
    ],
    "admins": ["id", "name", "password_hash", "failures", "locked_until", "created_at"],
    "admin_links": ["token_hash", "expires_at", "used_at"],
    "admin_sessions": ["token_hash", "admin_id", "started_at", "seen_at"],
    "audit": ["id", "at", "who", "action", "object", "detail"],
    "channels": [
        "code", "name", "route", "region", "category", "state", "target", "revision", "added_at", "changed_at",
    ],
    "counts": ["code", "day", "step", "count"],
    "queue_state": ["id", "paused_until", "note", "by_hand"],
    "picks": ["who", "place", "reference"],
}  # fmt: skip

NAMES = [step.name for step in STEPS]
NEXT = Step("9999_later", ("CREATE TABLE later (id {serial}, raw {blob})", "ALTER TABLE counts ADD COLUMN note TEXT"))
ADD_AUDIT = "INSERT INTO audit (at, who, action, object, detail) VALUES ('t', 'w', 'a', 'o', 'd') RETURNING id"


def tables(rows):
    """Table → its columns in order, without the records of either database's migrations."""
    if isinstance(rows, SqliteRows):
        sql = """
            SELECT tables.name AS name, columns.name AS column_name
            FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.type = 'table' AND tables.name NOT LIKE '%sqlite_%' ORDER BY columns.cid
        """
    else:
        sql = """
            SELECT table_name AS name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND table_name <> 'h5app_migrations' ORDER BY ordinal_position
        """
    found: dict[str, list[str]] = {}
    for row in rows.read(sql):
        found.setdefault(row["name"], []).append(row["column_name"])
    return found


def test_the_first_start_makes_every_table(bare_rows):
    assert pending(bare_rows) == NAMES
    assert tables(bare_rows) == {}

    assert migrate(bare_rows) == NAMES

    assert tables(bare_rows) == TABLES
    assert pending(bare_rows) == []


def test_a_second_start_finds_nothing_to_do(rows):
    assert migrate(rows) == []
    assert tables(rows) == TABLES


def test_a_later_step_is_added_to_a_filled_database(rows):
    rows.write("INSERT INTO counts (code, day, step, count) VALUES ('AB12', '2026-03-26', 'scan', 3)")
    assert pending(rows, (*STEPS, NEXT)) == ["9999_later"]

    assert migrate(rows, (*STEPS, NEXT)) == ["9999_later"]

    assert rows.read("SELECT * FROM counts") == [
        {"code": "AB12", "day": "2026-03-26", "step": "scan", "count": 3, "note": None}
    ]
    rows.write("INSERT INTO later (raw) VALUES (:raw)", {"raw": b"\x00"})
    assert rows.read("SELECT * FROM later") == [{"id": 1, "raw": b"\x00"}]


def test_steps_are_numbered_in_order():
    numbers = [int(re.fullmatch(r"(\d{4})_[a-z_]+", name)[1]) for name in NAMES]
    assert numbers == sorted(set(numbers))


def test_a_step_that_fails_leaves_nothing_of_itself_or_those_before_it(bare_rows):
    broken = Step("9999_broken", ("CREATE TABLE half (id {serial})", "CREATE TABLE oops ("))

    with pytest.raises(Exception, match=r"syntax|incomplete"):
        migrate(bare_rows, (*STEPS, broken))

    assert tables(bare_rows) == {}
    assert migrate(bare_rows) == NAMES


def test_four_starters_at_once_make_one_schema(database):
    def job():
        rows = database.open()
        migrate(rows)
        assert pending(rows) == []
        rows.close()

    assert in_processes(job, job, job, job) == [0, 0, 0, 0]
    rows = database.open()
    assert tables(rows) == TABLES
    rows.close()


class KilledAfter:
    """Statements that end with SIGKILL for the process that runs them."""

    def __init__(self, statements: list[str]) -> None:
        self._statements = statements

    def __iter__(self) -> Iterator[str]:
        yield from self._statements
        os.kill(os.getpid(), signal.SIGKILL)


# `None`: every statement has run, only the record of it is missing.
@pytest.mark.parametrize("statements_run", [1, 5, None])
def test_F10_killed_inside_a_migration_it_comes_back_whole(database, statements_run):
    dying = Step("0001_start", KilledAfter(list(STEPS[0].statements)[:statements_run]))

    def job():
        migrate(database.open(), (dying,))

    assert in_processes(job) == [-signal.SIGKILL]

    rows = database.open()
    assert tables(rows) == {}
    assert pending(rows) == NAMES
    assert migrate(rows) == NAMES
    assert tables(rows) == TABLES
    if database.kind == "sqlite":
        assert rows.read("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    rows.close()


def test_a_serial_key_is_never_given_twice(rows):
    first = rows.write(ADD_AUDIT)[0]["id"]
    second = rows.write(ADD_AUDIT)[0]["id"]
    rows.write("DELETE FROM audit")

    assert [first, second, *(row["id"] for row in rows.write(ADD_AUDIT))] == [1, 2, 3]


def test_a_letter_goes_with_its_nomination(rows):
    nominate = """
        INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region, unit,
                                 answers, id_number_index, phone_index, submitted_at)
        VALUES ('d', 'r', 'p', 'self', 'submitted', '', '张三', 'c', 'r', 'u', 'g1.', '', '', 't') RETURNING id
    """
    letter = "INSERT INTO outbox (nomination_id, revision, kind, state, due_at) VALUES (:id, 1, 'entry', 'queued', 't')"
    number = rows.write(nominate)[0]["id"]
    rows.write(letter, {"id": number})
    assert rows.read("SELECT attempts, phase, note, lease_until FROM outbox") == [
        {"attempts": 0, "phase": "", "note": "", "lease_until": None}
    ]

    rows.write("DELETE FROM nominations WHERE id = :id", {"id": number})

    assert rows.read("SELECT id FROM outbox") == []
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        rows.write(letter, {"id": number})


def test_the_pause_of_the_queue_is_one_row(rows):
    rows.write("INSERT INTO queue_state (id, note) VALUES (1, '')")
    with pytest.raises(Exception, match=r"(?i)check"):
        rows.write("INSERT INTO queue_state (id, note) VALUES (2, '')")


def test_F10_an_entry_of_the_first_schema_keeps_its_letter_and_becomes_revision_one(bare_rows):
    rows = bare_rows
    migrate(rows, STEPS[:1])
    rows.write(
        """
        INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region, unit,
                                 answers, id_number_index, phone_index, submitted_at)
        VALUES ('d', 'r', 'p', 'self', 'submitted', '', '张三', 'c', 'r', 'u', 'g1.', '', '', 't')
        """
    )
    rows.write(
        "INSERT INTO outbox (nomination_id, state, due_at, sent_at, message_file, attempts) "
        "VALUES (1, 'sent', 't', 't', 'f', 2)"
    )
    rows.write(
        """
        INSERT INTO drafts (id, token_hash, route, channel, answers, created_at, saved_at)
        VALUES ('d', 'h', 'self', '', 'g1.', 't', 't')
        """
    )

    assert migrate(rows) == NAMES[1:]

    assert rows.read("SELECT revision, changed_at, reason, confirmed_at, batch FROM nominations") == [
        {"revision": 1, "changed_at": "t", "reason": "", "confirmed_at": None, "batch": ""}
    ]
    letter, message = rows.read("SELECT * FROM outbox")[0], rows.read("SELECT * FROM messages")[0]
    assert {
        "nomination_id": 1,
        "revision": 1,
        "kind": "entry",
        "state": "sent",
        "attempts": 2,
    }.items() <= letter.items()
    assert {"letter_id": letter["id"], "part": 1, "file": "f", "taken_at": "t"}.items() <= message.items()
    assert rows.read("SELECT resume_code, writers, corrects, revision, batch FROM drafts") == [
        {"resume_code": "", "writers": "{}", "corrects": None, "revision": 1, "batch": ""}
    ]


SENT_AGAIN = {1: "queued", 2: "unknown", 3: "held", 4: "sent", 5: "written"}


def test_F10_a_letter_that_was_to_be_sent_again_still_is(bare_rows):
    rows = bare_rows
    before = NAMES.index("0007_letters_in_parts")
    migrate(rows, STEPS[:before])
    for number, state in SENT_AGAIN.items():
        rows.write(
            """
            INSERT INTO nominations (draft_id, reference, path, route, status, channel, name, category, region, unit,
                                     answers, id_number_index, phone_index, submitted_at)
            VALUES (:key, :key, 'p', 'self', 'submitted', '', '张三', 'c', 'r', 'u', 'g1.', '', '', 't')
            """,
            {"key": f"{number}"},
        )
        rows.write(
            """
            INSERT INTO outbox (nomination_id, revision, kind, state, due_at, sent_at, message_file, lease_until)
            VALUES (:number, 1, 'entry', :state, 't', 't', 'f', CAST(:lease AS TEXT))
            """,
            {"number": number, "state": state, "lease": "t" if state == "queued" else None},
        )

    assert migrate(rows) == NAMES[before:]

    found = rows.read("SELECT o.state, m.taken_at FROM outbox AS o JOIN messages AS m ON m.letter_id = o.id")
    waiting = {row["state"]: row["taken_at"] is None for row in found}
    assert waiting == {"queued": True, "unknown": True, "held": True, "sent": False, "written": False}
    # the worker that had it died, so its entry's end is announced
    assert rows.read("SELECT state FROM outbox WHERE may_have_left = 1") == [{"state": "queued"}]


def test_F10_the_next_part_of_a_letter_waits_alone(rows):
    rows.write(
        "INSERT INTO outbox (revision, kind, path, day, state, due_at) VALUES (0, 'digest', 'p', 'd', 'held', 't')"
    )
    for part, taken_at in ((1, "t"), (2, None)):
        rows.write(
            """
            INSERT INTO messages (letter_id, part, file, message_id, size_bytes, taken_at)
            VALUES (1, :part, 'f', 'm', 0, CAST(:taken_at AS TEXT))
            """,
            {"part": part, "taken_at": taken_at},
        )
    last = Step("9999_again", next(step.statements for step in STEPS if step.name == "0010_letters_sent_again"))

    migrate(rows, (*STEPS, last))

    assert rows.read("SELECT taken_at FROM messages ORDER BY part") == [{"taken_at": "t"}, {"taken_at": None}]
