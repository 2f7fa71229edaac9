"""`flask posters`: every poster, or a chosen few, into a folder or a ZIP."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click
from flask import Flask

from h5app.cli.sentences import SERVER, in_one_sentence
from h5app.domain.channel import ChannelState, KeptChannel
from h5app.domain.channel_code import read_code
from h5app.domain.errors import NotFoundError, SettingsError, UnreadableListError
from h5app.domain.nomination import Route
from h5app.posters.product import DESIGNS, PRODUCTS, form_named, product_named
from h5app.services.listing_channels import read_list
from h5app.services.printing import Order, PosterFile, made, only_samples, order, posters_zip
from h5app.settings import PROJECT
from h5app.wiring import Parts

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_FORMS = ("pdf", "png", "jpg")


def install_posters(app: Flask, parts: Parts) -> None:
    """Put posters on the application."""

    @app.cli.command("posters")
    @click.option("--product", "products", multiple=True, type=click.Choice([each.name for each in PRODUCTS]))
    @click.option("--design", "designs", multiple=True, type=click.Choice([each.name for each in DESIGNS]))
    @click.option("--all", "everything", is_flag=True, help="Every product in every design.")
    @click.option("--channel", "codes", multiple=True, metavar="CODE", help="Only this channel; may be repeated.")
    @click.option("--region", default="", help="Only channels of this region.")
    @click.option("--category", default="", help="Only channels of this category.")
    @click.option("--route", type=click.Choice([each.value for each in Route]), help="Only channels of this route.")
    @click.option("--form", "forms", multiple=True, type=click.Choice(_FORMS), help="If not each product's usual one.")
    @click.option("--list", "source", type=_FILE, help="CSV or XLSX of channels: new ones are added, all made.")
    @click.option("--sample", is_flag=True, help="With 样张 across every page.")
    @click.option("--zip", "archive", type=click.Path(dir_okay=False, path_type=Path), help="One ZIP, not a folder.")
    @click.option("--out", default=PROJECT / "qr" / "out", type=click.Path(file_okay=False, path_type=Path))
    @in_one_sentence
    def posters_command(
        *,
        products: Sequence[str],
        designs: Sequence[str],
        everything: bool,
        codes: Sequence[str],
        region: str,
        category: str,
        route: str | None,
        forms: Sequence[str],
        source: Path | None,
        sample: bool,
        archive: Path | None,
        out: Path,
    ) -> None:
        """Make posters of every channel, as the products and designs that qr/posters.toml calls usual, or others."""
        if parts.press.why_sample and not sample:
            raise SettingsError(f"{only_samples(parts.press)}。要做样张请加 --sample")
        usual = parts.press.book.usual
        every = [each.name for each in PRODUCTS], [each.name for each in DESIGNS]
        default_products, default_designs = every if everything else (usual.products, usual.designs)
        _check_places(parts, region=region, category=category)
        added = _added(parts, source) if source else None
        wanted = order(
            parts.press,
            _narrowed(_chosen(parts, codes, added), region=region, category=category, route=route),
            prints=_prints(products or default_products, forms),
            designs=designs or default_designs,
            sample=sample,
        )
        problems = _zipped(parts, wanted, archive) if archive else _written(parts, wanted, out)
        click.echo(f"做好 {wanted.count - len(problems)} 个文件，在 {archive or out}")
        if problems:
            for poster in problems:
                click.echo(f"没有做成：{poster.what}：{poster.problem}", err=True)
            raise SystemExit(1)


def _prints(products: Sequence[str], forms: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Products in their usual form, or in those of `forms` that they have; PosterError where none has any of them."""
    found = [
        (product.name, form)
        for product in PRODUCTS
        if product.name in products
        for form in product.forms
        if form in (forms or product.forms[:1])
    ]
    if not found:
        form_named(forms[0], product_named(products[0]))
    return found


def _check_places(parts: Parts, *, region: str, category: str) -> None:
    """Raises NotFoundError for what the campaign does not have, with what it has."""
    for said, what, offered in (
        (region, "地区", parts.campaign.regions),
        (category, "类别", parts.campaign.categories),
    ):
        if said and said not in offered:
            raise NotFoundError(f"没有“{said}”这个{what}，可以选：{'、'.join(offered)}")


def _chosen(parts: Parts, codes: Sequence[str], added: Sequence[KeptChannel] | None) -> Sequence[KeptChannel]:
    """The channels with these codes; without codes those of the list, and without a list all that are in use."""
    there = {kept.channel.code: kept for kept in parts.channels.all()}
    asked = list(dict.fromkeys(read_code(code).code for code in codes))
    if unknown := [code for code in asked if code not in there]:
        raise NotFoundError(f"没有这些编码，请核对：{'、'.join(unknown)}")
    if asked or added is None:
        return [there[code] for code in asked] or [k for k in there.values() if k.state is not ChannelState.REVOKED]
    return added


def _narrowed(
    channels: Iterable[KeptChannel], *, region: str, category: str, route: str | None
) -> tuple[KeptChannel, ...]:
    found = tuple(
        kept
        for kept in channels
        if region in {"", kept.channel.region}
        and category in {"", kept.channel.category}
        and route in {None, kept.channel.route}
    )
    if not found:
        raise NotFoundError("没有这样的渠道，请换一个地区、类别或推荐方式，或者先添加渠道")
    return found


def _added(parts: Parts, source: Path) -> tuple[KeptChannel, ...]:
    """The channels of a list, those that are new kept first.

    Raises:
        UnreadableListError: it cannot be read, or has rows to mend; nothing is kept then.
    """
    try:
        data = source.read_bytes()
    except OSError as error:
        raise SettingsError(f"读不了 {source}（{error.strerror}），请核对权限") from None
    found = read_list(data, parts.channels, parts.campaign)
    if found.mistakes:
        lines = "\n".join(f"  第 {mistake.row} 行：{mistake.sentence}" for mistake in found.mistakes)
        raise UnreadableListError(f"名单有几处要改，还没有添加：\n{lines}")
    added = parts.channels.add(found.channels, who=SERVER, now=parts.post.clock())
    click.echo(f"名单：新添加 {len(added)} 个，已经有的 {len(found.known)} 个")
    codes = {code for _listed, code in found.known} | {kept.channel.code for kept in added}
    return tuple(kept for kept in parts.channels.all() if kept.channel.code in codes)


def _written(parts: Parts, wanted: Order, out: Path) -> list[PosterFile]:
    """Write the posters into folders; those that could not be made."""
    problems = []
    with _progress(parts, wanted) as posters:
        for poster in posters:
            if poster.problem:
                problems.append(poster)
                continue
            with _whole(out / poster.folder / poster.name) as file:
                file.write(poster.data)
    return problems


def _zipped(parts: Parts, wanted: Order, archive: Path) -> list[PosterFile]:
    """The same as a ZIP."""
    problems: list[PosterFile] = []
    now = parts.campaign.local(parts.post.clock())
    with _whole(archive) as file, _progress(parts, wanted) as posters:
        for piece in posters_zip(parts.press, wanted, _noted(posters, problems), modified_at=now):
            file.write(piece)
    return problems


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that is there once it is whole; until then under a name of this run's own, for two may be at work."""
    unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with unfinished.open("wb") as file:
                yield file
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(f"写不进 {target}（{error.strerror}），请核对目录和权限") from None


def _noted(posters: Iterable[PosterFile], problems: list[PosterFile]) -> Iterator[PosterFile]:
    for poster in posters:
        if poster.problem:
            problems.append(poster)
        yield poster


@contextmanager
def _progress(parts: Parts, wanted: Order) -> Iterator[Iterable[PosterFile]]:
    with click.progressbar(made(parts.press, wanted), length=wanted.count, label="做海报") as posters:
        yield posters
