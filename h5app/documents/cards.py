"""Pictures that people keep or pass on with a long press: the receipt, and the card with somebody's own link."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from h5app.documents.fonts import FONT_FAMILIES, HEADING_FAMILIES
from h5app.documents.palette import PAPER, indexed_png, steps
from h5app.documents.text import printable
from h5app.documents.typesetting import typeset
from h5app.documents.wrapping import breakable
from h5app.domain.code import PrintedCode

WIDTH_PX = 750
"""Twice the width of a common phone's page."""

_RED, _ROSE, _INK, _SOFT = (200, 16, 46), (255, 227, 224), (26, 26, 26), (89, 89, 89)
_BEHIND, _RULE, _TINT = (245, 245, 245), (189, 189, 189), (253, 241, 242)
_LETTERS = [colour for inks in (_RED, _INK, _SOFT) for colour in steps(PAPER, inks, count=14)]
_COLOURS = [*_LETTERS, *steps(_RED, _ROSE, count=8), *steps(_RULE, PAPER, count=4), _BEHIND, _TINT]
_FONTS = {"plain": tuple(reversed(FONT_FAMILIES)), "heading": HEADING_FAMILIES}
# Narrower than any column of the pictures: what is longer without a space may break anywhere.
_COLUMN_EM = 10

LINK_CODE_PX = 400
"""The link's code is as large as whole pixels a module allow within this."""


@dataclass(frozen=True)
class ReceiptFacts:
    """What a receipt says. Neither ID number nor telephone of a person: the picture lies among other people's photos.

    Args:
        reference: 受理编号, eight characters.
        route: 个人自荐, 他人举荐 or 单位推荐.
        submitted: day and time as people read it.
        after: what happens next, a sentence each.
        telephone: the office's.
        address: of the status page.
        code: the same address to scan, or None where it is too long for a small code.
    """

    title: str
    organiser: str
    reference: str
    name: str
    route: str
    submitted: str
    after: Sequence[str]
    telephone: str
    address: str
    code: PrintedCode | None


@dataclass(frozen=True)
class LinkFacts:
    """What a card says that leads one person, and nobody else, to a page of his own.

    Args:
        call: who asks for what, such as 王秀英推荐您参选; one sentence, its largest words.
        whom: whose link it is, by name.
        steps: what to do there, a short sentence each.
        until: until when the link works, in words, or "".
        telephone: the office's.
        code: the link. It is not printed in letters: nobody types it, and a screenshot would give it away.
    """

    title: str
    organiser: str
    whom: str
    call: str
    steps: Sequence[str]
    until: str
    telephone: str
    code: PrintedCode


def receipt_picture(facts: ReceiptFacts) -> bytes:
    """Draw the receipt as a PNG, 750 pixels wide and as high as its words need; the same facts give the same bytes."""
    return _picture(facts)


def link_card(facts: LinkFacts) -> bytes:
    """Draw the card as a PNG, 750 pixels wide and as high as its words need; the same facts give the same bytes."""
    return _picture(facts)


def _picture(facts: ReceiptFacts | LinkFacts) -> bytes:
    template, inputs = _page(facts)
    (png,) = typeset(template, inputs, form="png")
    return indexed_png(png, _COLOURS)


def _page(facts: ReceiptFacts | LinkFacts) -> tuple[str, dict[str, str]]:
    """The template, and what it is told."""
    if isinstance(facts, ReceiptFacts):
        template, words = "receipt.typ", _of_receipt(facts)
    else:
        template, words = "link.typ", _of_link(facts)
    return template, {"facts": json.dumps(words | {"fonts": _FONTS}, ensure_ascii=False)}


def _of_receipt(facts: ReceiptFacts) -> dict[str, Any]:
    rows = [("被推荐人", facts.name), ("推荐方式", facts.route), ("提交时间", facts.submitted)]
    half = len(facts.reference) // 2
    return {
        "title": facts.title,
        "organiser": facts.organiser,
        "reference": (facts.reference[:half], facts.reference[half:]),
        "rows": [(label, _words(text)) for label, text in rows],
        "after": [_words(text) for text in facts.after],
        "telephone": facts.telephone,
        "address": _words(facts.address.split("://", 1)[-1]),
        "code": None if facts.code is None else asdict(facts.code),
    }


def _of_link(facts: LinkFacts) -> dict[str, Any]:
    return {
        "title": facts.title,
        "organiser": facts.organiser,
        "whom": _words(facts.whom),
        "call": _words(facts.call),
        "steps": [_words(text) for text in facts.steps],
        "until": _words(facts.until),
        "telephone": facts.telephone,
        "code": asdict(facts.code),
        "module_px": LINK_CODE_PX // facts.code.modules,
    }


def _words(text: str) -> str:
    return breakable(printable(text).replace("\n", " "), width_em=_COLUMN_EM)
