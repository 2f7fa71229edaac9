import io

import docx
import pytest
import zxingcpp
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image
from pypdf import PdfReader

from h5app.documents import plan as grid
from h5app.documents.code import reference_code
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.word import recommendation_docx

SCAN_DPI = 150


@pytest.fixture
def coded(make_sheet):
    return make_sheet(code=reference_code("8PK4W2QM"), deeds="雨夜送药。" * 130, portrait=None)


@pytest.fixture
def scanned(page_image):
    """What a scanner at 150 dpi reads on the first page, and where, in millimetres from the left and from the top."""

    def read(pdf: bytes):
        page = page_image(pdf)
        small = page.resize([round(side / 254 * SCAN_DPI) for side in page.size], Image.Resampling.BOX).convert("L")
        return [(code.text, *_middle_mm(code.position)) for code in zxingcpp.read_barcodes(small)]

    return read


def _middle_mm(position) -> tuple[int, int]:
    corners = (position.top_left, position.bottom_right)
    return tuple(round(sum(getattr(c, axis) for c in corners) / 2 / SCAN_DPI * 25.4) for axis in "xy")


def test_a_number_is_21_modules_in_bars_that_do_not_touch():
    code = reference_code("8PK4W2QM")

    assert code.modules == 21
    rights = {(x + length, y) for x, y, length in code.runs}
    assert [run for run in code.runs if (run[0], run[1]) in rights] == []


@pytest.mark.poppler
def test_the_number_is_read_from_the_corner_of_a_scan_at_150_dpi(coded, scanned):
    assert scanned(recommendation_pdf(coded)) == [("8PK4W2QM", 187, 11)]


@pytest.mark.office
@pytest.mark.poppler
def test_word_prints_it_in_the_same_corner(coded, scanned, office):
    printed = office.pdfs({"form": recommendation_docx(coded)})["form"]
    assert scanned(printed) == [("8PK4W2QM", 187, 11)]


def test_in_the_pdf_it_is_drawn_in_vectors(make_sheet):
    sheet = make_sheet(portrait=None, code=reference_code("8PK4W2QM"))
    (page,) = PdfReader(io.BytesIO(recommendation_pdf(sheet))).pages
    assert "/XObject" not in page["/Resources"]


def test_in_word_it_floats_so_that_it_moves_nothing(coded):
    body = docx.Document(io.BytesIO(recommendation_docx(coded))).element.body
    (anchor,) = body.iter(qn("wp:anchor"))
    (wrapping,) = [child.tag for child in anchor if "wrap" in child.tag]

    assert wrapping == qn("wp:wrapNone")
    assert int(anchor.find(qn("wp:extent")).get("cx")) == Mm(grid.CODE_MM)


def test_without_a_code_the_corner_is_empty(make_sheet):
    assert b"wp:anchor" not in recommendation_docx(make_sheet())
