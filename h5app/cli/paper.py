"""`flask posters`, `flask export`: what is printed and what is handed over as a table."""

from pathlib import Path

import click
from flask import Flask

from h5app.cli.sentences import in_one_sentence, write_private
from h5app.services.exporting import entries_table
from h5app.settings import PROJECT
from h5app.storage.nominations import Search
from h5app.wiring import Parts


def install_paper(app: Flask, parts: Parts) -> None:
    """Put posters and export on the application."""

    @app.cli.command("posters")
    @click.option("--out", default=PROJECT / "qr" / "out", type=click.Path(file_okay=False, path_type=Path))
    @in_one_sentence
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
    @in_one_sentence
    def export_command(target: Path) -> None:
        """Write all entries as XLSX to TARGET, readable by its owner only."""
        write_private(target, entries_table(parts.stores, parts.campaign, Search()))
        click.echo(f"已写入 {target}")
