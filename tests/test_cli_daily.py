"""`flask mail`: the letters of the day, from the server's own keyboard."""

from datetime import UTC, datetime, timedelta

import pytest

from h5app.domain.letter import LetterState
from tests.people import NAME

REPORTED = {"mailboxes = [] ": 'mailboxes = ["admin@example.org"] ', "at = 08:00:00": "at = 00:00:00"}


@pytest.fixture
def reporting(make_service):
    """A service with a daily account whose hour has always come."""
    return make_service(replace_in_campaign=REPORTED)


def run(service, *args):
    done = service.app.test_cli_runner().invoke(args=args)
    return done.exit_code, done.output


def today(service):
    return service.parts.campaign.local(datetime.now(UTC)).date()


def test_the_account_of_a_day_is_printed_and_names_nobody(service):
    entry = service.entry()
    day = today(service)

    code, text = run(service, "mail", "report", "--day", day.isoformat())

    assert code == 0
    assert text.startswith(f"每日对账 {day.year}年{day.month}月{day.day}日\n")
    assert "当天：收到 1 = 等待寄出 1，对得上。" in text
    assert f"  {entry.reference}  等待寄出，" in text
    assert NAME not in text


@pytest.mark.parametrize("day", ["0001-01-01", "2019-12-31", "9999-12-31"])
def test_a_day_that_has_no_account_is_said_in_a_sentence(service, day):
    code, text = run(service, "mail", "report", "--day", day)

    assert code == 2
    assert "这一天还没有到，或者太早了，请写 2020-01-01 到今天的日期" in text


def test_unless_said_otherwise_it_is_about_yesterday(service):
    service.entry()

    code, text = run(service, "mail", "report")

    yesterday = today(service) - timedelta(days=1)
    assert (code, text.splitlines()[0]) == (0, f"每日对账 {yesterday.year}年{yesterday.month}月{yesterday.day}日")
    assert "收到：0 / 0" in text


def test_sending_by_hand_sends_the_letters_of_the_day_too(reporting):
    entry = reporting.entry()
    ago = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="microseconds").replace("+00:00", "Z")
    reporting.stores.rows.write("UPDATE nominations SET submitted_at = :ago", {"ago": ago})

    code, _text = run(reporting, "mail", "send")

    kinds = {path.name.partition("-")[0] for path in (reporting.parts.settings.data_dir / "mail").iterdir()}
    assert (code, kinds) == (0, {"report", f"{entry.reference}.eml"})
    assert reporting.stores.outbox.counts() == {LetterState.WRITTEN: 2}
