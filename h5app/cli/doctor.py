"""`flask doctor`: looks at how the service is set up, before somebody's form or letter meets it.

Rule: one list of checks. Each says what it looked at, and a plain sentence for whatever must be put right.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from flask import Flask

from h5app.cli.sentences import in_one_sentence
from h5app.documents.fonts import chain_of, fonts_in
from h5app.documents.word_template import check_template
from h5app.domain.errors import PosterError, SettingsError
from h5app.wiring import RARE_FONTS, Parts


@dataclass(frozen=True)
class Finding:
    """What a check has found.

    Args:
        seen: what there is, in a few words.
        troubles: what must be put right, a sentence each; () where all is well.
    """

    seen: str
    troubles: Sequence[str] = ()


def install_doctor(app: Flask, parts: Parts) -> None:
    """Put the doctor on the application."""

    @app.cli.command("doctor")
    @click.option("--template", type=click.Path(dir_okay=False, path_type=Path), help="先检查这个 Word 模板，还不启用")
    @in_one_sentence
    def doctor_command(template: Path | None) -> None:
        """Check the set-up; exit code 1 where something must be put right."""
        checks = {"Word 模板": lambda _: _file_finding(template)} if template else CHECKS
        findings = {name: check(parts) for name, check in checks.items()}
        for name, finding in findings.items():
            click.echo(f"{'要改' if finding.troubles else '正常'}  {name}：{finding.seen}")
            for trouble in finding.troubles:
                click.echo(f"      · {trouble}")
        if any(finding.troubles for finding in findings.values()):
            raise SystemExit(1)


def _template_finding(parts: Parts) -> Finding:
    template = parts.stationery.word_template
    if template is None:
        return Finding("用自带的模板")
    troubles = check_template(template)
    kept = "。改好以前一直用自带的模板，信不会丢" if troubles else ""
    return Finding(f"{parts.settings.word_template}{kept}", troubles)


def _file_finding(path: Path) -> Finding:
    try:
        return Finding(str(path), check_template(path.read_bytes()))
    except OSError:
        raise SettingsError(f"读不到 {path}，请核对路径和权限") from None


def _font_finding(parts: Parts) -> Finding:
    folders = parts.stationery.font_folders
    if not folders:
        return Finding("用自带的字体（思源宋体）")
    troubles = [trouble for folder in folders for trouble in _folder_troubles(folder)]
    chain = chain_of(parts.stationery)
    return Finding(f"{folders[0]}。标题用 {chain.title[0]}，正文用 {chain.body[0]}", troubles)


def _folder_troubles(folder: Path) -> list[str]:
    unread = [path.name for path in sorted(folder.rglob("*")) if not os.access(path, os.R_OK)]
    troubles = [f"读不了 {name}，请改它的权限" for name in unread]
    if not fonts_in(folder):
        troubles.append(f"{folder} 里没有字体文件（.ttf、.ttc、.otf），请放进去，或去掉 H5APP_FONTS_DIR")
    return troubles


def _rare_finding(parts: Parts) -> Finding:
    missing = [path for path in RARE_FONTS if path not in parts.stationery.rare_fonts]
    if not missing:
        return Finding("装了，扩展 B 到 H 区的字都从这里取")
    cure = "apt-get install fonts-babelstone-han fonts-hanazono fonts-symbola"
    return Finding(f"没有装全，少见的字在 PDF 上会印成“〓”并提醒您。要装：{cure}")


def _poster_finding(parts: Parts) -> Finding:
    press = parts.press
    seen = f"现在只能做样张：{press.why_sample}" if press.why_sample else f"网址 {press.url(press.book.channels[0])}"
    try:
        press.check_link()
    except PosterError as error:
        return Finding(seen, (str(error),))
    return Finding(f"{seen}。{press.advice}" if press.advice else seen)


CHECKS: dict[str, Callable[[Parts], Finding]] = {
    "Word 模板": _template_finding,
    "字体": _font_finding,
    "生僻字字体": _rare_finding,
    "海报": _poster_finding,
}
"""Name of what is looked at → the check, in the order they are told."""
