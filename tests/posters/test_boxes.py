from io import BytesIO

import pytest
from pypdf import PdfReader

from h5app.posters.boxes import with_bleed_box
from h5app.posters.poster import Poster, poster_file
from h5app.posters.product import DESIGNS, PRODUCTS

URL = "https://zm.example.org/t/K7WM"


@pytest.fixture
def made(facts, book):
    def make(product):
        return poster_file(Poster(facts, book, book.channels[0], URL, product, DESIGNS[0], sample=False), "pdf")

    return make


@pytest.mark.parametrize("product", [product for product in PRODUCTS if "pdf" in product.forms], ids=lambda p: p.name)
def test_every_address_in_the_file_still_leads_to_its_object(made, product):
    pdf = made(product)
    table = pdf.rindex(b"\nxref\n") + 1

    assert pdf[table:].endswith(b"startxref\n%d\n%%%%EOF" % table)
    entries = pdf[table:].split(b"trailer")[0].splitlines()[3:]
    assert [pdf[int(entry[:10]) :].split(b" obj")[0] for entry in entries] == [
        b"%d 0" % number for number in range(1, len(entries) + 1)
    ]


def test_the_bleed_box_is_the_whole_sheet_and_the_trim_box_3_mm_smaller(made):
    page = PdfReader(BytesIO(made(PRODUCTS[0])), strict=True).pages[0]

    assert [
        [round(float(side) / 72 * 25.4, 2) for side in page[box]] for box in ("/MediaBox", "/BleedBox", "/TrimBox")
    ] == [
        [0, 0, 216, 303],
        [0, 0, 216, 303],
        [3, 3, 213, 300],
    ]


def test_a_file_without_a_trim_box_stays_as_it_is():
    pdf = b"%PDF-1.7\n1 0 obj\n<</MediaBox[0 0 9 9]>>\nendobj\nxref\n0 1\ntrailer\nstartxref\n54\n%%EOF"

    assert with_bleed_box(pdf) == pdf
