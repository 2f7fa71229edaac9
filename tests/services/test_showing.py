import io
from dataclasses import replace

import docx
import pytest
import zxingcpp
from PIL import Image
from pypdf import PdfReader

from h5app.documents.pictures import recommendation_pictures
from h5app.domain.errors import PosterError
from h5app.services.nominating import receipt_of
from h5app.services.packaging import entry_of, sheet_of
from h5app.services.showing import blank_paper, nominee_card, page_pictures, receipt_card, worker_card
from tests.people import social, submitted

STATUS_URL = "https://zm.example.org/status"
LINK = "https://zm.example.org/n/4xQ7dPq0Xn2RkTbVw9mA1g"
TOO_LONG = "https://zm.example.org/" + "a" * 120


def scanned(png):
    return [code.text for code in zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))]


def text_of(pdf):
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text().split())


def test_blank_paper_is_made_once_and_marked_by_what_it_holds(campaign):
    path = social(campaign)
    paper = blank_paper(campaign, path)

    assert blank_paper(campaign, path) is paper
    others = [
        blank_paper(replace(campaign, form_title="另一张推荐表"), path),
        blank_paper(campaign, replace(path, stamped=True)),
        blank_paper(campaign, replace(path, limits=replace(path.limits, deeds_chars=700))),
    ]
    assert len({paper.mark, *(other.mark for other in others)}) == 4


def test_blank_paper_is_the_campaigns_form_in_word_pdf_and_picture(campaign):
    paper = blank_paper(campaign, social(campaign))

    assert docx.Document(io.BytesIO(paper.word)).paragraphs[0].text == campaign.form_title
    assert text_of(paper.pdf).startswith(campaign.form_title)
    sizes = [Image.open(io.BytesIO(png)).size for png in (paper.picture, paper.glance)]
    assert sizes == [(1080, 1527), (720, 1018)]


@pytest.mark.parametrize(("stamped", "seals"), [(True, 2), (False, 0)])
def test_blank_paper_asks_for_a_seal_where_its_path_does(campaign, stamped, seals):
    paper = blank_paper(campaign, replace(social(campaign), stamped=stamped))

    assert text_of(paper.pdf).count("（盖章）") == seals


def test_an_entrys_pictures_are_those_of_its_own_form(stores, files, campaign, now):
    entry = entry_of(stores, submitted(stores, files, campaign, now=now))

    pictures = page_pictures(entry, campaign, files)

    assert pictures == recommendation_pictures(sheet_of(entry, campaign, files))
    assert len(pictures) == 1


def test_the_receipt_leads_to_the_status_page(stores, files, campaign, now):
    receipt = receipt_of(submitted(stores, files, campaign, now=now))

    assert scanned(receipt_card(receipt, campaign, status_url=STATUS_URL)) == [STATUS_URL]


def test_a_receipt_is_given_however_long_the_services_address_is(stores, files, campaign, now):
    receipt = receipt_of(submitted(stores, files, campaign, now=now))

    assert scanned(receipt_card(receipt, campaign, status_url=TOO_LONG)) == []


def test_a_receipt_can_say_another_next_step(stores, files, campaign, now):
    receipt = receipt_of(submitted(stores, files, campaign, now=now))

    usual, own = (
        receipt_card(receipt, campaign, status_url=STATUS_URL, after=after) for after in ((), ("等本人确认",))
    )

    assert Image.open(io.BytesIO(own)).height < Image.open(io.BytesIO(usual)).height


def test_cards_lead_to_their_link_and_say_until_when(campaign, now):
    cards = [
        nominee_card(campaign, nominator="王秀英", name="李建国", url=LINK),
        nominee_card(campaign, nominator="王秀英", name="李建国", url=LINK, until=now),
        worker_card(campaign, unit="焦作市顺达速运有限公司", name="李建国", url=LINK, until=now),
    ]

    assert [scanned(card) for card in cards] == [[LINK]] * 3
    heights = [Image.open(io.BytesIO(card)).height for card in cards]
    assert heights[0] < heights[1] < heights[2]


def test_a_card_whose_link_no_code_can_hold_is_refused(campaign):
    with pytest.raises(PosterError):
        nominee_card(campaign, nominator="王秀英", name="李建国", url=TOO_LONG)
