"""`flask import`: Word forms that came by mail, from the server's own keyboard."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask

from h5app.cli.sentences import SERVER, in_one_sentence
from h5app.domain.answers import Terms
from h5app.domain.attachment import Slot
from h5app.domain.errors import SettingsError
from h5app.domain.identity import mask_id_number, mask_phone
from h5app.domain.nomination import Origin, Route
from h5app.domain.questions import BY_NAME
from h5app.services.importing import (
    Imported,
    amend,
    imports,
    lacking,
    read_uploads,
    review,
    save_as_entry,
    take_in,
)
from h5app.wiring import Parts

_MASKS = {"id_number": mask_id_number, "phone": mask_phone}
_LINE_MOST = 40
_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


def install_importing(app: Flask, parts: Parts) -> None:
    """Put import on the application."""

    @app.cli.command("import")
    @click.argument("files", nargs=-1, required=True, type=_FILES)
    @click.option("--route", required=True, type=click.Choice([route.value for route in Route]))
    @click.option("--save", is_flag=True, help="Save what has nothing to mend; the rest waits in the console.")
    @click.option("--region", default="", help="工作所在地 of all of them, where the forms do not say it.")
    @click.option("--category", default="", help="所属类别 of all of them, where the forms do not say it.")
    @click.option("--mail/--no-mail", default=True, help="Whether saved entries go to the mailbox as well.")
    @in_one_sentence
    def import_command(
        *, files: tuple[Path, ...], route: str, save: bool, region: str, category: str, mail: bool
    ) -> None:
        """Read 推荐表 in Word (.docx, .doc, .wps, or a ZIP of them) and show what they say and what is missing."""
        given = {name: text for name, text in (("region", region), ("category", category)) if text}
        if save:
            _save(parts, files, Route(route), given, mails=mail)
        else:
            _show(parts, files, Route(route), given)


def _show(parts: Parts, files: tuple[Path, ...], route: Route, given: dict[str, str]) -> None:
    now = parts.post.clock()
    terms = Terms(parts.campaign, route, on=parts.campaign.local(now).date(), origin=Origin.MAIL)
    for upload, form in read_uploads(_uploads(files)):
        click.echo(f"{upload.name}：{upload.problem or '读到'}")
        if form is None:
            continue
        for found in form.found:
            click.echo(f"  {found.label}：{_shown(found.name, found.text)}")
        click.echo(f"  近照：{'有' if form.portrait else '没有'}")
        for note in form.notes:
            click.echo(f"  注意：{note}")
        _echo_problems({name: text for name, text in lacking(form, terms).items() if name not in given})


def _save(parts: Parts, files: tuple[Path, ...], route: Route, given: dict[str, str], *, mails: bool) -> None:
    now = parts.post.clock()
    batch = take_in(
        parts.stores, parts.files, _uploads(files), route=route, campaign=parts.campaign, who=SERVER, now=now
    )
    read = imports(parts.stores, batch)
    for form in read:
        click.echo(f"{form.source.file}：{_save_one(parts, form, read, given, mails=mails)}")
    if any(each.entry is None for each in imports(parts.stores, batch)):
        click.echo(f"没有存的在后台等着核对：{parts.base_url}/admin/imports/batch/{batch}")


def _save_one(parts: Parts, form: Imported, others: list[Imported], given: dict[str, str], *, mails: bool) -> str:
    """What has become of one file."""
    if form.source.problem:
        return form.source.problem
    now = parts.post.clock()
    missing = {name: text for name, text in given.items() if not form.draft.answers.get(name)}
    form = amend(parts.stores, form, missing, route=form.draft.route, now=now)
    found = review(parts.stores, form, parts.campaign, now=now, others=others)
    if found.problems:
        return f"没有存，还有 {len(found.problems)} 处要改（{'、'.join(_label(name) for name in found.problems)}）"
    if found.alike or found.twins or form.source.notes:
        return "没有存，可能重复或有要留意的地方"
    receipt = save_as_entry(parts.stores, form, parts.campaign, who=SERVER, mails=mails, now=now)
    return f"已存为申报，受理编号 {receipt.reference}"


def _uploads(files: tuple[Path, ...]) -> Iterator[tuple[str, BinaryIO]]:
    for path in files:
        try:
            with path.open("rb") as file:
                yield path.name, file
        except OSError as error:
            raise SettingsError(f"读不了 {path}（{error.strerror}），请核对权限") from None


def _echo_problems(problems: dict[str, str]) -> None:
    for name, sentence in problems.items():
        click.echo(f"  要改：{_label(name)}，{sentence}")


def _label(name: str) -> str:
    return Slot(name).label if name in set(Slot) else BY_NAME[name].office_label


def _shown(name: str, text: str) -> str:
    """One line of a terminal, numbers masked: what a terminal shows may be logged."""
    line = " ".join(text.split()) or "没有填"
    line = _MASKS[name](line) if name in _MASKS and text else line
    return line if len(line) <= _LINE_MOST else f"{line[:_LINE_MOST]}…（共 {len(text)} 字）"
