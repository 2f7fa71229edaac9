"""Showing: paper as people meet it on a phone. Page images, the blank form, the receipt, a link to pass on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from h5app.documents.blank import blank_sheet
from h5app.documents.cards import LinkFacts, ReceiptFacts, link_card, receipt_picture
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.pictures import recommendation_glance, recommendation_pictures
from h5app.documents.stationery import SHIPPED, Stationery
from h5app.documents.word import recommendation_docx
from h5app.domain.campaign import Campaign, Path, local_time, short_time
from h5app.domain.code import PrintedCode
from h5app.domain.errors import PosterError
from h5app.posters.code import Code, code_for
from h5app.services.nominating import Receipt
from h5app.services.packaging import Entry, sheet_of
from h5app.storage.files import FileStore

_NOMINEE_STEPS = ("看看推荐人写的对不对，不对就改", "填身份证号，拍一张近照", "同意还是谢绝，由您决定")
_WORKER_STEPS = ("看看您的信息怎么用，同意就打勾", "用手机拍近照、工作照", "点“好了”，单位那边马上看得到")


@dataclass(frozen=True)
class BlankPaper:
    """The blank 推荐表 in every shape it is handed out in.

    Args:
        picture: its page as a PNG, to look at closely.
        glance: the same, small and light, for the page that shows it.
        mark: another one when any of them changes.
    """

    word: bytes = field(repr=False)
    pdf: bytes = field(repr=False)
    picture: bytes = field(repr=False)
    glance: bytes = field(repr=False)
    mark: str


def blank_paper(campaign: Campaign, path: Path, stationery: Stationery = SHIPPED) -> BlankPaper:
    """The empty form of a path, made once per process: 200 ms that nobody has to wait for twice."""
    return _blank(campaign.form_title, stationery, stamped=path.stamped, deeds_chars=path.limits.deeds_chars)


@cache
def _blank(title: str, stationery: Stationery, *, stamped: bool, deeds_chars: int) -> BlankPaper:
    sheet = blank_sheet(title, stamped=stamped, deeds_chars=deeds_chars)
    word, pdf = recommendation_docx(sheet, stationery), recommendation_pdf(sheet, stationery)
    (picture,) = recommendation_pictures(sheet, stationery)
    glance = recommendation_glance(sheet, stationery)
    mark = hashlib.sha256(word + pdf + picture + glance).hexdigest()[:12]
    return BlankPaper(word, pdf, picture, glance, mark)


def page_pictures(entry: Entry, campaign: Campaign, files: FileStore, stationery: Stationery = SHIPPED) -> list[bytes]:
    """An entry's own 推荐表, page by page, as PNGs; some 100 ms each.

    Raises:
        UnreadablePhotoError: the stored portrait is broken.
    """
    return recommendation_pictures(sheet_of(entry, campaign, files), stationery)


def receipt_card(receipt: Receipt, campaign: Campaign, *, status_url: str, after: Sequence[str] = ()) -> bytes:
    """The receipt to keep, as a PNG.

    Args:
        status_url: where the person follows what happens; a link too long for a small code is printed only.
        after: what happens next, the campaign's own words if nothing else is said.
    """
    return receipt_picture(
        ReceiptFacts(
            title=campaign.title,
            organiser=campaign.organiser.name,
            reference=receipt.reference,
            name=receipt.name,
            route=receipt.route.label,
            submitted=local_time(campaign.local(receipt.submitted_at)),
            after=after or campaign.after,
            telephone=campaign.organiser.telephone,
            address=status_url,
            code=_code_or_none(status_url),
        )
    )


def nominee_card(campaign: Campaign, *, nominator: str, name: str, url: str, until: datetime | None = None) -> bytes:
    """The card that a nominator passes on: the nominee confirms, corrects or declines behind its code.

    Raises:
        PosterError: the link is too long for a code.
    """
    call = f"{nominator}推荐您参选"
    return link_card(_link_facts(campaign, call, _NOMINEE_STEPS, name=name, url=url, until=until))


def worker_card(campaign: Campaign, *, unit: str, name: str, url: str, until: datetime | None = None) -> bytes:
    """The card that a unit's clerk hands to the worker: photos and consent are his own, from his phone.

    Raises:
        PosterError: the link is too long for a code.
    """
    call = f"{unit}推荐您，请您用手机传照片"
    return link_card(_link_facts(campaign, call, _WORKER_STEPS, name=name, url=url, until=until))


def _link_facts(
    campaign: Campaign, call: str, steps: Sequence[str], *, name: str, url: str, until: datetime | None
) -> LinkFacts:
    return LinkFacts(
        title=campaign.title,
        organiser=campaign.organiser.name,
        whom=name,
        call=call,
        steps=steps,
        until=f"请在 {short_time(campaign.local(until))} 前打开" if until else "",
        telephone=campaign.organiser.telephone,
        code=_code(url),
    )


def code_or_none(url: str) -> Code | None:
    """A link's code to show on a screen; None where the link is too long for one that phones read."""
    try:
        return code_for(url)
    except PosterError:
        return None


def _code(url: str) -> PrintedCode:
    code = code_for(url)
    return PrintedCode(code.modules, code.runs)


def _code_or_none(url: str) -> PrintedCode | None:
    code = code_or_none(url)
    return PrintedCode(code.modules, code.runs) if code else None
