"""`flask mail …`: the outbox from the server's own keyboard."""

import signal
import threading
from datetime import datetime, timedelta

import click
from flask.cli import AppGroup

from h5app.cli.sentences import SERVER, in_one_sentence
from h5app.domain.letter import LetterKind
from h5app.services.delivering import deliver_next
from h5app.services.reporting import reconcile, report_text
from h5app.services.reviewing import entry, resend
from h5app.services.sharing import refresh_ticket
from h5app.services.working import daily, work
from h5app.wiring import Parts


def mail_group(parts: Parts) -> AppGroup:
    group = AppGroup("mail", help="The outbox: work, send, list, retry.")

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
        """Send every letter that is due now, those of the day too, then stop."""
        for queue in daily(parts.post):
            queue(parts.post.clock())
        while verdict := deliver_next(parts.post):
            click.echo(verdict.note)

    @group.command("report")
    @click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Which day; yesterday unless said.")
    @in_one_sentence
    def report_command(day: datetime | None) -> None:
        """Print the account of a day: received, mailed, and what no mailbox has."""
        now, campaign = parts.post.clock(), parts.campaign
        about = day.date() if day else campaign.local(now).date() - timedelta(days=1)
        account = reconcile(parts.stores, campaign, about, now=now)
        click.echo(report_text(account, campaign, base_url=parts.base_url), nl=False)

    @group.command("list")
    @in_one_sentence
    def list_command() -> None:
        """Show the newest letters and where they stand."""
        for row in parts.stores.outbox.page(state="", limit=100, offset=0):
            kind = row.letter.kind.label if row.letter.kind is not LetterKind.ENTRY else f"第 {row.letter.revision} 版"
            click.echo(f"{row.reference or row.letter.day}  {kind}  {row.letter.state.label}  {row.letter.note}")

    @group.command("retry")
    @click.argument("reference")
    @in_one_sentence
    def retry_command(reference: str) -> None:
        """Queue the letter of one entry again."""
        nomination = entry(parts.stores, reference)
        resend(parts.stores, nomination, who=SERVER, now=parts.post.clock())
        click.echo("已排队，马上重发")

    return group
