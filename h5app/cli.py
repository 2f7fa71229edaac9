"""`flask …`: commands as thin as views. `flask up` is what `make run` runs."""

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeVar

import click
import qrcode
from flask import Flask
from flask.cli import AppGroup

from h5app.domain.errors import H5appError, SettingsError
from h5app.domain.letter import LetterKind
from h5app.services.delivering import deliver_next
from h5app.services.demonstrating import demonstrate
from h5app.services.exporting import entries_table
from h5app.services.reviewing import entry, resend
from h5app.services.sharing import refresh_ticket
from h5app.services.signing_in import make_admin_link
from h5app.services.working import work
from h5app.settings import PROJECT
from h5app.storage.migrations import migrate
from h5app.storage.nominations import Search
from h5app.wiring import Parts, eml_folder

# Who acts in the audit log when somebody works at the server itself.
_SERVER = "服务器命令"
_Command = TypeVar("_Command", bound=Callable[..., None])


def install_commands(app: Flask, parts: Parts) -> None:
    """Put every command on the application."""
    app.cli.add_command(_mail_group(parts))
    app.cli.add_command(_admin_group(parts))

    @app.cli.command("up")
    @_in_one_sentence
    def up_command() -> None:
        """Migrate, greet, then run web and mail worker together until Ctrl-C."""
        lock = _only_one(parts.settings.data_dir / "run.lock")
        _check_port(parts.settings.port)
        migrate(parts.stores.rows)
        _greet(parts)
        parts.stores.rows.close()
        os.set_inheritable(lock, True)  # noqa: FBT003 -- the runner holds it as long as it lives
        bin_dir = Path(sys.executable).parent
        os.environ["PORT"] = str(parts.settings.port)
        os.environ["PATH"] = f"{bin_dir}{os.pathsep}{os.environ.get('PATH', '')}"
        honcho = bin_dir / "honcho"
        os.execv(honcho, [str(honcho), "--no-prefix", "-f", str(PROJECT / "Procfile"), "start"])  # noqa: S606

    @app.cli.command("migrate")
    @_in_one_sentence
    def migrate_command() -> None:
        """Bring the database to the newest schema."""
        applied = migrate(parts.stores.rows)
        click.echo(f"数据库已更新：{'、'.join(applied)}" if applied else "数据库已是最新")

    @app.cli.command("posters")
    @click.option("--out", default=PROJECT / "qr" / "out", type=click.Path(file_okay=False, path_type=Path))
    @_in_one_sentence
    def posters_command(out: Path) -> None:
        """Write every poster as PDF and PNG into qr/out/, or another folder."""
        out.mkdir(exist_ok=True)
        if parts.press.why_sample:
            click.echo(f"只做样张：{parts.press.why_sample}")
        for channel in parts.press.book.channels:
            stem = out / f"海报_{channel.name}_{channel.code}"
            stem.with_suffix(".pdf").write_bytes(parts.press.pdf(channel))
            stem.with_suffix(".png").write_bytes(parts.press.png(channel))
            click.echo(f"{stem.name}.pdf / .png  {parts.press.url(channel)}")

    @app.cli.command("export")
    @click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
    @_in_one_sentence
    def export_command(target: Path) -> None:
        """Write all entries as XLSX to TARGET, readable by its owner only."""
        _write_private(target, entries_table(parts.stores, parts.campaign, Search()))
        click.echo(f"已写入 {target}")

    @app.cli.command("demo")
    @click.option("--entries", "count", default=12, show_default=True, type=click.IntRange(1, 100_000))
    @_in_one_sentence
    def demo_command(count: int) -> None:
        """Add synthetic entries to try the console with."""
        migrate(parts.stores.rows)
        for done in demonstrate(parts.stores, parts.files, parts.campaign, count=count, now=parts.post.clock()):
            click.echo(f"\r已加入 {done}/{count} 份示例", nl=done == count)


def _mail_group(parts: Parts) -> AppGroup:
    group = AppGroup("mail", help="The outbox: work, send, list, retry.")

    @group.command("work")
    @_in_one_sentence
    def work_command() -> None:
        """Send letters as they become due, sweep orphaned files, keep WeChat's ticket fresh, until asked to stop."""
        stop, desk = threading.Event(), parts.share_desk
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work(parts.post, stop=stop, aside=(lambda now: refresh_ticket(desk, now=now)) if desk else None)

    @group.command("send")
    @_in_one_sentence
    def send_command() -> None:
        """Send every letter that is due now, then stop."""
        while verdict := deliver_next(parts.post):
            click.echo(verdict.note)

    @group.command("list")
    @_in_one_sentence
    def list_command() -> None:
        """Show the newest letters and where they stand."""
        for row in parts.stores.outbox.page(state="", limit=100, offset=0):
            kind = row.letter.kind.label if row.letter.kind is LetterKind.WITHDRAWAL else f"第 {row.letter.revision} 版"
            click.echo(f"{row.reference}  {kind}  {row.letter.state.label}  {row.letter.note}")

    @group.command("retry")
    @click.argument("reference")
    @_in_one_sentence
    def retry_command(reference: str) -> None:
        """Queue the letter of one entry again."""
        nomination = entry(parts.stores, reference)
        resend(parts.stores, nomination, who=_SERVER, now=parts.post.clock())
        click.echo("已排队，马上重发")

    return group


def _admin_group(parts: Parts) -> AppGroup:
    group = AppGroup("admin", help="Who may sign in to the console.")

    @group.command("add")
    @_in_one_sentence
    def add_command() -> None:
        """Print a one-time link that makes an admin."""
        migrate(parts.stores.rows)
        click.echo(_admin_link(parts))

    return group


def _in_one_sentence(command: _Command) -> _Command:
    """Expected errors end a command with their sentence and exit code 1."""

    @wraps(command)
    def run(*args: object, **kwargs: object) -> None:
        try:
            command(*args, **kwargs)
        except H5appError as error:
            raise SystemExit(str(error)) from None

    return run  # type: ignore[return-value]  # wraps keeps the signature


def _write_private(target: Path, data: bytes) -> None:
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            os.fchmod(file.fileno(), 0o600)  # a file that was there keeps its own mode otherwise
            file.write(data)
    except OSError as error:
        raise SettingsError(f"写不进 {target}（{error.strerror}），请核对目录和权限") from None


def _only_one(path: Path) -> int:
    """Hold the lock of a running service; SettingsError where another one runs on the same data."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SettingsError("已经有一个在运行了（用的是同一个数据目录），请先在那个窗口按 Ctrl-C 停掉") from None
    return lock


def _check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except PermissionError:
            raise SettingsError(f"端口 {port} 不让普通用户用，请换一个：PORT=8000 make run") from None
        except OSError:
            raise SettingsError(f"端口 {port} 被别的程序占用了，请换一个：PORT={port + 1} make run") from None


def _admin_link(parts: Parts) -> str:
    return f"{parts.base_url}/admin/setup/{make_admin_link(parts.stores, now=parts.post.clock())}"


def _greet(parts: Parts) -> None:
    """Where phones, admins and mails go."""
    code = qrcode.QRCode(border=2)
    code.add_data(parts.base_url)
    code.print_ascii(tty=sys.stdout.isatty(), invert=True)
    click.echo(f"手机（同一网络）扫上面的码，或打开：{parts.base_url}")
    if parts.stores.admins.any():
        click.echo(f"后台：{parts.base_url}/admin")
    else:
        click.echo(f"后台：用这个链接设置第一位管理员（24 小时内有效，只能用一次）：\n  {_admin_link(parts)}")
    if parts.post.needs_mailbox:
        click.echo("邮件：由 H5APP_SMTP_URL 设置的邮箱寄出")
    else:
        click.echo(f"邮件：还没有设置发件邮箱，先写成文件，放在 {eml_folder(parts.settings)}")
    click.echo("按 Ctrl-C 停止")
