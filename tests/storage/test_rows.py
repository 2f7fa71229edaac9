import threading
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest

from h5app.domain.errors import StoreBusyError
from h5app.storage.rows import SwallowedError, from_text, must_read, to_text
from tests.storage.databases import in_processes

COUNTER = "CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL)"
ADD = "INSERT INTO counter (id, value) VALUES (:id, :value)"
ALL = "SELECT id, value FROM counter ORDER BY id"


@pytest.fixture
def counter(bare_rows):
    bare_rows.write(COUNTER)
    bare_rows.write(ADD, {"id": 1, "value": 0})
    return bare_rows


def count_up(rows, times):
    """Read, think, write: loses counts unless nobody else writes in between."""
    for _ in range(times):
        with rows.transaction():
            value = rows.read("SELECT value FROM counter WHERE id = 1")[0]["value"]
            rows.write("UPDATE counter SET value = :value WHERE id = 1", {"value": value + 1})


def test_written_values_come_back_as_they_were(bare_rows, database):
    blob = "BLOB" if database.kind == "sqlite" else "BYTEA"
    bare_rows.write(f"CREATE TABLE kinds (text TEXT, number BIGINT, part DOUBLE PRECISION, raw {blob}, absent TEXT)")
    values = {"text": "䶮𠮷 100% ':x'", "number": 2**40, "part": 0.25, "raw": b"\x00\xff", "absent": None}

    bare_rows.write("INSERT INTO kinds VALUES (:text, :number, :part, :raw, :absent)", values)

    assert bare_rows.read("SELECT * FROM kinds") == [values]


def test_writing_gives_the_returned_rows(counter):
    assert counter.write(f"{ADD} RETURNING id, value", {"id": 2, "value": 7}) == [{"id": 2, "value": 7}]
    assert counter.write("UPDATE counter SET value = 8 WHERE id = 9 RETURNING id") == []
    assert counter.write("DELETE FROM counter WHERE id = 1") == []
    assert counter.read(ALL) == [{"id": 2, "value": 7}]


def test_a_conflict_can_be_ignored_or_taken_over(counter):
    assert counter.write(f"{ADD} ON CONFLICT DO NOTHING RETURNING id", {"id": 1, "value": 5}) == []
    add = f"{ADD} ON CONFLICT (id) DO UPDATE SET value = counter.value + excluded.value RETURNING value"
    assert counter.write(add, {"id": 1, "value": 5}) == [{"value": 5}]


def test_an_optional_filter_reads_alike_on_both(counter):
    sql = "SELECT id FROM counter WHERE CAST(:value AS INTEGER) IS NULL OR value = :value"
    assert counter.read(sql, {"value": None}) == [{"id": 1}]
    assert counter.read(sql, {"value": 3}) == []


def test_a_percent_sign_and_a_quoted_colon_are_only_text(counter):
    sql = "SELECT ':id' AS colon, '50%' AS percent, id FROM counter WHERE 'a1' LIKE '%1' AND id = :id -- 10% :no"
    assert counter.read(sql, {"id": 1}) == [{"colon": ":id", "percent": "50%", "id": 1}]


def test_a_write_alone_is_kept_at_once(counter, database):
    counter.write(ADD, {"id": 2, "value": 7})

    other = database.open()
    assert other.read(ALL) == [{"id": 1, "value": 0}, {"id": 2, "value": 7}]
    other.close()


def fail_inside(rows):
    with rows.transaction():
        rows.write(ADD, {"id": 3, "value": 7})
        assert {"id": 3, "value": 7} in rows.read(ALL)
        raise ZeroDivisionError


def fail_after_an_inner_one(rows):
    with rows.transaction():
        with rows.transaction():
            rows.write(ADD, {"id": 2, "value": 7})
        raise ZeroDivisionError


def fail_in_one_statement(rows):
    rows.write(ADD, {"id": 1, "value": 8})


def test_a_transaction_keeps_all_or_nothing(counter):
    with pytest.raises(ZeroDivisionError):
        fail_inside(counter)

    assert counter.read(ALL) == [{"id": 1, "value": 0}]


def test_others_see_a_transaction_only_when_it_is_done(counter, database):
    other = database.open()
    with counter.transaction():
        counter.write(ADD, {"id": 2, "value": 7})
        assert other.read(ALL) == [{"id": 1, "value": 0}]
    assert other.read(ALL) == [{"id": 1, "value": 0}, {"id": 2, "value": 7}]
    other.close()


def test_an_inner_transaction_joins_the_outer_one(counter):
    with pytest.raises(ZeroDivisionError):
        fail_after_an_inner_one(counter)

    assert counter.read(ALL) == [{"id": 1, "value": 0}]


def swallow(failing, rows):
    with rows.transaction():
        rows.write(ADD, {"id": 2, "value": 7})
        with suppress(Exception):  # whatever the driver calls it
            failing(rows)


@pytest.mark.parametrize("failing", [fail_inside, fail_in_one_statement])
def test_a_swallowed_failure_keeps_nothing_and_is_told(counter, failing):
    with pytest.raises(SwallowedError):
        swallow(failing, counter)

    assert counter.read(ALL) == [{"id": 1, "value": 0}]
    count_up(counter, 1)
    assert counter.read(ALL) == [{"id": 1, "value": 1}]


def test_four_processes_that_read_then_write_lose_nothing(counter, database):
    def job():
        rows = database.open()
        count_up(rows, 25)
        rows.close()

    assert in_processes(job, job, job, job) == [0, 0, 0, 0]
    assert counter.read(ALL) == [{"id": 1, "value": 100}]


def test_eight_threads_that_read_then_write_lose_nothing(counter):
    threads = [threading.Thread(target=count_up, args=(counter, 12)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert counter.read(ALL) == [{"id": 1, "value": 96}]


def hold_the_lock(rows, seconds):
    """A thread that stands in a transaction, once it does."""
    inside = threading.Event()

    def hold():
        with rows.transaction():
            inside.set()
            time.sleep(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(timeout=10)
    return thread


@pytest.mark.parametrize("same_process", [True, False])
def test_F6_a_lock_held_for_less_than_the_wait_is_waited_for(counter, database, same_process):
    holder = counter if same_process else database.open()
    thread = hold_the_lock(holder, 0.2)

    count_up(counter, 1)

    assert counter.read(ALL) == [{"id": 1, "value": 1}]
    thread.join()
    holder.close()


@pytest.mark.parametrize("same_object", [True, False])
def test_F6_a_lock_held_for_longer_is_told_as_busy_and_passes(counter, database, same_object):
    hasty = database.open(lock_wait_s=0.2)
    holder = hasty if same_object else counter
    thread = hold_the_lock(holder, 0.6)
    started = time.monotonic()

    with pytest.raises(StoreBusyError, match=r"请过几秒再试一次"):
        count_up(hasty, 1)

    assert 0.15 < time.monotonic() - started < 0.55
    thread.join()
    count_up(hasty, 1)
    assert hasty.read(ALL) == [{"id": 1, "value": 1}]
    hasty.close()


def test_closed_rows_open_again_on_the_next_use(counter):
    counter.close()
    assert counter.read(ALL) == [{"id": 1, "value": 0}]


def test_a_child_process_and_its_parent_both_keep_what_they_write(counter):
    """The connection was open before the fork, as with gunicorn's preload."""

    def job():
        count_up(counter, 5)

    count_up(counter, 1)
    assert in_processes(job, job) == [0, 0]
    counter.close()
    assert counter.read(ALL) == [{"id": 1, "value": 11}]


@pytest.mark.parametrize("sql", ["INSERT INTO t VALUES (1)", "\n delete from t", "UPDATE t SET x = 1"])
def test_reading_is_for_queries(sql):
    with pytest.raises(ValueError, match=r"read\(\) is for SELECT"):
        must_read(sql)


def test_times_are_text_of_one_width_in_utc():
    in_jiaozuo = datetime(2026, 3, 26, 18, 0, tzinfo=timezone(timedelta(hours=8)))

    assert to_text(in_jiaozuo) == "2026-03-26T10:00:00.000000Z"
    assert from_text("2026-03-26T10:00:00.000000Z") == in_jiaozuo
    assert from_text("2026-03-26T10:00:00.000000Z").tzinfo is UTC


def test_the_order_of_texts_is_the_order_of_times():
    moments = [datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=97 * step, microseconds=step) for step in range(400)]
    assert sorted(map(to_text, moments)) == list(map(to_text, moments))


def test_a_time_without_a_zone_is_not_stored():
    with pytest.raises(ValueError, match="no time zone"):
        to_text(datetime(2026, 3, 26))  # noqa: DTZ001 - the point


@pytest.mark.parametrize("text", ["2026-03-26", "2026-03-26T10:00:00Z", "2026-03-26T18:00:00.000000+08:00", "soon"])
def test_another_form_of_time_is_not_read(text):
    with pytest.raises(ValueError, match=r"not a stored time|Invalid isoformat|no time zone"):
        from_text(text)


def test_S7_a_text_with_a_null_character_finds_nothing_and_breaks_nothing(rows):
    assert rows.read("SELECT name FROM admins WHERE name = :name", {"name": "a\0"}) == []
