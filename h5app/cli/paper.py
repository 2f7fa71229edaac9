"""`flask form`, `flask table`, `flask export`: what is printed and what is handed over.

What holds people's data is written for its owner only, and the log says so before.
"""

from collections.abc import Sequence
from pathlib import Path

import click
from flask import Flask

from h5app.cli.sentences import SERVER, in_one_sentence, write_private
from h5app.documents.package import PackageFile
from h5app.domain.errors import NotFoundError
from h5app.domain.nomination import read_reference
from h5app.domain.roster import ON_REQUEST
from h5app.services.choosing import found_by, living
from h5app.services.exporting import entries_table
from h5app.services.packaging import entry_of, print_forms
from h5app.services.reviewing import note_download, note_downloads, present
from h5app.services.tabling import KINDS, blank_file, in_words, roster_file, roster_of, said_columns
from h5app.storage.nominations import Search
from h5app.storage.stores import Stores
from h5app.wiring import Parts

_OUT = click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write, if not its own name."
)


def install_paper(app: Flask, parts: Parts) -> None:
    """Put forms and tables on the application."""

    @app.cli.command("export")
    @click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
    @in_one_sentence
    def export_command(target: Path) -> None:
        """Write all entries as XLSX to TARGET, readable by its owner only."""
        table = entries_table(parts.stores, parts.campaign, Search())
        note_download(parts.stores, "", "申报表格", who=SERVER, now=parts.post.clock())
        write_private(target, table)
        click.echo(f"已写入 {target}")

    @app.cli.command("form")
    @click.argument("kind", type=click.Choice(["pdf", "docx"]))
    @click.argument("number")
    @_OUT
    @in_one_sentence
    def form_command(kind: str, number: str, out: Path | None) -> None:
        """Write the 推荐表 of the entry with this 受理编号."""
        entry = entry_of(parts.stores, present(parts.stores, read_reference(number)))
        printed = print_forms(entry, parts.campaign, parts.files, parts.stationery)
        note_download(parts.stores, entry.nomination.reference, f"推荐表（{kind}）", who=SERVER, now=parts.post.clock())
        for note in printed.notes:
            click.echo(note)
        _write(printed.word if kind == "docx" else printed.pdf, out)

    @app.cli.command("table")
    @click.argument("kind", type=click.Choice(KINDS))
    @click.argument("numbers", nargs=-1)
    @click.option("--with-id", is_flag=True, help="With a column of ID numbers.")
    @click.option("--with-phone", is_flag=True, help="With a column of telephone numbers.")
    @click.option("--unit", default="", help="推荐单位 above the table.")
    @click.option("--blank", is_flag=True, help="The empty table, to be filled in by hand.")
    @_OUT
    @in_one_sentence
    def table_command(
        kind: str,
        numbers: tuple[str, ...],
        unit: str,
        out: Path | None,
        *,
        with_id: bool,
        with_phone: bool,
        blank: bool,
    ) -> None:
        """Write the 汇总表 of these entries in this order, or of all that have not ended."""
        asked = [name for name, wanted in zip(ON_REQUEST, (with_id, with_phone), strict=True) if wanted]
        file = blank_file(parts.campaign, kind) if blank else _table(parts, kind, numbers, unit=unit, asked=asked)
        _write(file, out)


def _table(parts: Parts, kind: str, numbers: Sequence[str], *, unit: str, asked: Sequence[str]) -> PackageFile:
    stores, now = parts.stores, parts.post.clock()
    references = _known(stores, numbers) if numbers else found_by(stores, Search())
    day = in_words(parts.campaign.local(now).date())
    roster = roster_of(living(stores, references), parts.campaign, unit=unit, dated=day, asked=asked)
    note_downloads(stores, references, "推荐汇总表", who=SERVER, now=now, detail=said_columns(asked))
    return roster_file(roster, kind)


def _known(stores: Stores, numbers: Sequence[str]) -> list[str]:
    """受理编号 in their one spelling, each of an entry that has not ended."""
    asked = [read_reference(number) for number in numbers]
    there = [entry.reference for entry in living(stores, asked)]
    if missing := [number for number in asked if number not in there]:
        raise NotFoundError(f"没有这些受理编号，或者已经撤回，请核对：{'、'.join(missing)}")
    return there


def _write(file: PackageFile, out: Path | None) -> None:
    target = out or Path(file.name)
    write_private(target, file.data)
    click.echo(f"已写入 {target}")
