"""`flask up`, `flask migrate`, `flask demo`: starting, and something to look at."""

import fcntl
import os
import socket
import sys
from pathlib import Path

import click
import qrcode
from flask import Flask

from h5app.cli.admin import admin_link
from h5app.cli.sentences import in_one_sentence
from h5app.domain.errors import SettingsError
from h5app.services.demonstrating import demonstrate
from h5app.settings import PROJECT
from h5app.storage.migrations import migrate
from h5app.wiring import Parts, eml_folder


def install_serving(app: Flask, parts: Parts) -> None:
    """Put up, migrate and demo on the application."""

    @app.cli.command("up")
    @in_one_sentence
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
    @in_one_sentence
    def migrate_command() -> None:
        """Bring the database to the newest schema."""
        applied = migrate(parts.stores.rows)
        click.echo(f"数据库已更新：{'、'.join(applied)}" if applied else "数据库已是最新")

    @app.cli.command("demo")
    @click.option("--entries", "count", default=12, show_default=True, type=click.IntRange(1, 100_000))
    @in_one_sentence
    def demo_command(count: int) -> None:
        """Add synthetic entries to try the console with."""
        migrate(parts.stores.rows)
        for done in demonstrate(parts.stores, parts.files, parts.campaign, count=count, now=parts.post.clock()):
            click.echo(f"\r已加入 {done}/{count} 份示例", nl=done == count)


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


def _greet(parts: Parts) -> None:
    """Where phones, admins and mails go."""
    code = qrcode.QRCode(border=2)
    code.add_data(parts.base_url)
    code.print_ascii(tty=sys.stdout.isatty(), invert=True)
    click.echo(f"手机（同一网络）扫上面的码，或打开：{parts.base_url}")
    if parts.stores.admins.any():
        click.echo(f"后台：{parts.base_url}/admin")
    else:
        click.echo(f"后台：用这个链接设置第一位管理员（24 小时内有效，只能用一次）：\n  {admin_link(parts)}")
    if parts.post.needs_mailbox:
        click.echo("邮件：由 H5APP_SMTP_URL 设置的邮箱寄出")
    else:
        click.echo(f"邮件：还没有设置发件邮箱，先写成文件，放在 {eml_folder(parts.settings)}")
    click.echo("按 Ctrl-C 停止")
