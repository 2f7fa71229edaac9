"""`flask mail …`: the outbox from the server's own keyboard."""

import signal
import threading
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import click
from flask.cli import AppGroup

from h5app.cli.sentences import SERVER, in_one_sentence
from h5app.domain.campaign import short_time
from h5app.domain.letter import LetterKind, LetterState
from h5app.domain.nomination import Nomination, read_reference
from h5app.domain.parcel import megabytes
from h5app.services.composing import foresee
from h5app.services.delivering import deliver_next
from h5app.services.posting import (
    digest_words,
    message_words,
    newest_letter,
    pause,
    resend,
    resume,
    send_written,
    split,
)
from h5app.services.reporting import reconcile, report_text
from h5app.services.reviewing import entry
from h5app.services.sharing import refresh_ticket
from h5app.services.working import daily, work
from h5app.storage.letters import ALARM, ListedLetter, QueuedLetter
from h5app.wiring import Parts

_FIRST_DAY = date(2020, 1, 1)


def mail_group(parts: Parts) -> AppGroup:
    group = AppGroup("mail", help="The outbox: work, send, list, show, retry, split, pause, resume, report.")

    @group.command("work")
    @in_one_sentence
    def work_command() -> None:
        """Send letters as they become due, sweep orphaned files, keep WeChat's ticket fresh, until asked to stop."""
        stop, desk = threading.Event(), parts.share_desk
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work(parts.post, stop=stop, aside=(lambda now: refresh_ticket(desk, now=now)) if desk else None)

    @group.command("send")
    @in_one_sentence
    def send_command() -> None:
        """Send every letter that is due now, those of the day too, then stop; 1 where some need staff, or all wait."""
        for queue in daily(parts.post):
            queue(parts.post.clock())
        while verdict := deliver_next(parts.post):
            click.echo(verdict.note)
        if held_up := _held_up(parts):
            raise SystemExit(held_up)

    @group.command("report")
    @click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Which day; yesterday unless said.")
    @in_one_sentence
    def report_command(day: datetime | None) -> None:
        """Print the account of a day: received, mailed, and what no mailbox has."""
        now, campaign = parts.post.clock(), parts.campaign
        account = reconcile(parts.stores, campaign, _reported(day, today=campaign.local(now).date()), now=now)
        click.echo(report_text(account, campaign, base_url=parts.base_url), nl=False)

    @group.command("list")
    @click.option(
        "--state",
        type=click.Choice([*(each.value for each in LetterState), ALARM]),
        default=None,
        help=f"{ALARM}: what needs staff.",
    )
    @click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
    @in_one_sentence
    def list_command(state: str | None, limit: int) -> None:
        """Show the newest letters and where they stand."""
        rows = parts.stores.outbox.page(state=state or "", limit=limit, offset=0)
        for line in aligned([_listed(parts, row) for row in rows]):
            click.echo(line)

    @group.command("show")
    @click.argument("reference")
    @in_one_sentence
    def show_command(reference: str) -> None:
        """Show every letter of an entry: its messages, their sizes, when and why."""
        nomination = entry(parts.stores, read_reference(reference))
        click.echo(f"{nomination.reference}  {nomination.route.label}  {nomination.status.label}")
        letters = parts.stores.outbox.all_of(nomination.id)
        for letter in letters:
            click.echo(f"\n{_name(letter)}  {letter.state.label}")
            for line in aligned(_shown(parts, nomination, letter)):
                click.echo(f"  {line}")
        if not letters:
            click.echo("没有要寄的邮件")

    @group.command("retry")
    @click.argument("reference", default="")
    @click.option("--written", is_flag=True, help="Every letter that was only written to a file.")
    @in_one_sentence
    def retry_command(reference: str, *, written: bool) -> None:
        """Queue the newest letter of one entry again, or all that were only written to files."""
        if written:
            click.echo(f"{send_written(parts.stores, who=SERVER, now=parts.post.clock())} 封已排队")
            return
        letter = newest_letter(parts.stores, entry(parts.stores, read_reference(reference)))
        click.echo(resend(parts.stores, parts.campaign, letter, who=SERVER, now=parts.post.clock()))

    @group.command("split")
    @click.argument("reference")
    @in_one_sentence
    def split_command(reference: str) -> None:
        """Build the newest letter of one entry anew, in one message more."""
        letter = newest_letter(parts.stores, entry(parts.stores, read_reference(reference)))
        click.echo(split(parts.stores, parts.campaign, letter, who=SERVER, now=parts.post.clock()))

    @group.command("pause")
    @click.option("--note", default="", help="Why; staff read it in the console.")
    @in_one_sentence
    def pause_command(note: str) -> None:
        """Send nothing until `flask mail resume`."""
        pause(parts.stores, parts.campaign, who=SERVER, note=note, now=parts.post.clock())
        click.echo("已暂停，信件都排着队，不会丢。要继续：flask mail resume")

    @group.command("resume")
    @in_one_sentence
    def resume_command() -> None:
        """End a pause, by staff or by a server."""
        resume(parts.stores, who=SERVER, now=parts.post.clock())
        click.echo("已继续寄出")

    return group


def _reported(day: datetime | None, *, today: date) -> date:
    """The day to report about, yesterday unless another one is asked for."""
    about = day.date() if day else today - timedelta(days=1)
    if not _FIRST_DAY <= about <= today:
        raise click.BadParameter("这一天还没有到，或者太早了，请写 2020-01-01 到今天的日期", param_hint="--day")
    return about


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines whose columns stand under each other; a Chinese character is two columns wide.

    >>> aligned([("7K2M9QXA", "已寄出", "好"), ("合计", "2", "")])
    ['7K2M9QXA  已寄出  好', '合计      2']
    """
    widths = [max(map(_columns, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell + " " * (width - _columns(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _held_up(parts: Parts) -> str:
    """Why `flask mail send` did not get everything out; "" where it did."""
    held = parts.stores.pauses.now(now=parts.post.clock())
    if held:
        until = f"到 {_when(parts, held.until)}" if held.until else ""
        return f"邮件暂停寄出{until}。{held.note}"
    alarms = parts.stores.outbox.count_alarms()
    return f"有 {alarms} 封邮件要处理，请看 flask mail list --state {ALARM}" if alarms else ""


def _listed(parts: Parts, row: ListedLetter) -> tuple[str, ...]:
    letter = row.letter
    note = letter.note
    if letter.state is LetterState.COLLECTED:
        note = digest_words(parts.stores, parts.campaign, letter, path=row.path, now=parts.post.clock())
    times = f"{letter.attempts} 次"
    when = _when(parts, letter.done_at or letter.due_at)
    return (row.reference or letter.day, _name(letter), letter.state.label, times, when, note)


def _name(letter: QueuedLetter) -> str:
    return f"第 {letter.revision} 版" if letter.kind is LetterKind.ENTRY else letter.kind.label


def _shown(parts: Parts, nomination: Nomination, letter: QueuedLetter) -> list[tuple[str, str]]:
    """One letter, label and text."""
    stores, campaign, now = parts.stores, parts.campaign, parts.post.clock()
    waits = letter.state in {LetterState.QUEUED, LetterState.UNKNOWN}
    done = "写成" if letter.state is LetterState.WRITTEN else "寄出"
    rows = [
        ("寄到", campaign.home_of(nomination.path, nomination.route).mailbox or "还没有设置报送邮箱"),
        (done, _when(parts, letter.done_at) if letter.done_at else ""),
        ("下次寄", _when(parts, letter.due_at) if waits else ""),
        ("次数", f"{letter.attempts} 次" if letter.attempts else ""),
        ("说明", letter.note),
    ]
    if letter.state is LetterState.COLLECTED:
        rows.append(("汇总", digest_words(stores, campaign, letter, path=nomination.path, now=now)))
    messages = stores.outbox.messages(letter.id)
    for message in messages:
        told = f"{megabytes(message.size_bytes)}  {message_words(letter, message, campaign)}  {message.message_id}"
        rows.append((f"第 {message.part}/{len(messages)} 封", told))
    is_to_come = waits and not messages and letter.kind is LetterKind.ENTRY and nomination.path in campaign.paths
    if is_to_come and letter.revision == nomination.revision and not nomination.status.is_erased:
        rows.append(("会这样寄", foresee(parts.post, nomination, least_parts=letter.least_parts).sentence))
    return [(label, text) for label, text in rows if text]


def _when(parts: Parts, moment: datetime) -> str:
    return short_time(parts.campaign.local(moment))
