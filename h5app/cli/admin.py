"""`flask admin …`: who may sign in to the console."""

import click
from flask.cli import AppGroup

from h5app.cli.sentences import in_one_sentence
from h5app.services.signing_in import make_admin_link
from h5app.storage.migrations import migrate
from h5app.wiring import Parts


def admin_group(parts: Parts) -> AppGroup:
    group = AppGroup("admin", help="Who may sign in to the console.")

    @group.command("add")
    @in_one_sentence
    def add_command() -> None:
        """Print a one-time link that makes an admin."""
        migrate(parts.stores.rows)
        click.echo(admin_link(parts))

    return group


def admin_link(parts: Parts) -> str:
    return f"{parts.base_url}/admin/setup/{make_admin_link(parts.stores, now=parts.post.clock())}"
