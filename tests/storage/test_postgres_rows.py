import threading
import time

import psycopg
import pytest

from h5app.domain.errors import SettingsError, StoreBusyError, StoreFullError
from h5app.storage.postgres import PostgresRows, to_psycopg

RAISE = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{}'; END $$"


@pytest.fixture
def lines(postgres_url):
    rows = PostgresRows(postgres_url, lock_wait_s=0.3)
    rows.write("CREATE TABLE lines (text TEXT)")
    yield rows
    rows.close()


def cut_off(url, rows):
    """End the server's side of this thread's connection, as a restart would."""
    pid = rows.read("SELECT pg_backend_pid() AS pid")[0]["pid"]
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


@pytest.mark.postgres
def test_F5_commits_reach_the_disk_though_the_server_s_default_is_hasty(lines):
    settings = "SELECT current_setting('synchronous_commit') AS durable, current_setting('lock_timeout') AS wait"
    assert lines.read(settings) == [{"durable": "on", "wait": "300ms"}]


@pytest.mark.postgres
def test_a_lost_connection_is_replaced(lines, postgres_url):
    cut_off(postgres_url, lines)
    assert lines.read("SELECT text FROM lines") == []
    cut_off(postgres_url, lines)
    lines.write("INSERT INTO lines VALUES ('x')")
    assert lines.read("SELECT text FROM lines") == [{"text": "x"}]


@pytest.mark.postgres
def test_a_connection_lost_inside_a_transaction_keeps_nothing_and_says_try_again(lines, postgres_url):
    def write_two_lines():
        with lines.transaction():
            lines.write("INSERT INTO lines VALUES ('x')")
            cut_off(postgres_url, lines)
            lines.write("INSERT INTO lines VALUES ('y')")

    with pytest.raises(StoreBusyError):
        write_two_lines()

    lines.write("INSERT INTO lines VALUES ('z')")
    assert lines.read("SELECT text FROM lines") == [{"text": "z"}]


@pytest.mark.postgres
def test_a_thread_keeps_one_connection_and_its_end_closes_it(lines):
    pids = []

    def work():
        pids.extend(lines.read("SELECT pg_backend_pid() AS pid")[0]["pid"] for _ in range(3))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()

    assert len(set(pids)) == 1
    alive = "SELECT COUNT(*) AS alive FROM pg_stat_activity WHERE pid = :pid"
    deadline = time.monotonic() + 5
    while lines.read(alive, {"pid": pids[0]}) != [{"alive": 0}]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.postgres
def test_F3_a_full_disk_is_told(lines):
    with pytest.raises(StoreFullError, match="磁盘满了"):
        lines.write(RAISE.format("53100"))


@pytest.mark.postgres
@pytest.mark.parametrize("state", ["55P03", "57P03", "53300", "40001", "40P01"])
def test_a_server_that_is_busy_is_told_as_busy(lines, state):
    with pytest.raises(StoreBusyError):
        lines.write(RAISE.format(state))


@pytest.mark.postgres
def test_a_migration_by_another_process_does_not_break_running_ones(lines, postgres_url):
    lines.write("INSERT INTO lines VALUES ('x')")
    for _ in range(10):
        assert lines.read("SELECT * FROM lines") == [{"text": "x"}]

    with psycopg.connect(postgres_url) as other:
        other.execute("ALTER TABLE lines ADD COLUMN note TEXT")

    assert lines.read("SELECT * FROM lines") == [{"text": "x", "note": None}]


@pytest.mark.postgres
def test_a_mistake_in_sql_stays_what_it_is(lines):
    with pytest.raises(psycopg.errors.UndefinedTable):
        lines.read("SELECT * FROM nowhere")
    assert lines.read("SELECT text FROM lines") == []


@pytest.mark.postgres
def test_F6_a_row_locked_by_another_program_is_waited_for_then_told_as_busy(lines, postgres_url):
    lines.write("INSERT INTO lines VALUES ('x')")
    with psycopg.connect(postgres_url) as other:
        other.execute("UPDATE lines SET text = 'y'")
        with pytest.raises(StoreBusyError):
            lines.write("UPDATE lines SET text = 'z'")
    lines.write("UPDATE lines SET text = text || 'z'")
    assert lines.read("SELECT text FROM lines") == [{"text": "yz"}]


@pytest.mark.postgres
def test_a_database_that_cannot_hold_chinese_is_refused(postgres_server):
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        with pytest.raises(SettingsError, match="编码必须是 UTF8"):
            PostgresRows(postgres_server.replace("/postgres?", "/latin?")).read("SELECT 1")
    finally:
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute("DROP DATABASE latin WITH (FORCE)")


def test_a_server_that_is_away_is_told_as_busy(tmp_path):
    with pytest.raises(StoreBusyError, match="暂时连不上数据库"):
        PostgresRows(f"postgresql://h5app@/postgres?host={tmp_path}").read("SELECT 1")


def test_a_malformed_address_is_refused_without_repeating_its_password():
    with pytest.raises(SettingsError, match="数据库地址写错了") as caught:
        PostgresRows("postgresql://h5app:geheim@host:port:5/h5app?nonsense=geheim")
    assert "geheim" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT :a, :a_2", "SELECT %(a)s, %(a_2)s"),
        ("SELECT x::text, :x::int", "SELECT x::text, %(x)s::int"),
        ("SELECT 'it''s :no', \":no\", :yes", "SELECT 'it''s :no', \":no\", %(yes)s"),
        ("SELECT 1 -- :no 5%\n, :yes", "SELECT 1 -- :no 5%%\n, %(yes)s"),
        ("SELECT /* :no\n */ :yes", "SELECT /* :no\n */ %(yes)s"),
        ("DO $x$ a := ':no' $x$", "DO $x$ a := ':no' $x$"),
        ("SELECT 7 % 2, 'a%' LIKE :like", "SELECT 7 %% 2, 'a%%' LIKE %(like)s"),
    ],
)
def test_only_parameters_are_translated(sql, expected):
    assert to_psycopg(sql) == expected
