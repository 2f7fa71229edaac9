"""The bleed box of a PDF page. typst writes the trim box, and the page as large as its bleed, but leaves the bleed
box to be inferred (PDF 2.0, 14.11.2.1); print shops' checks want to read it."""

import re

_PAGE = re.compile(rb"/MediaBox(\[[^\]]*\])")
_TRIMMED = b"/TrimBox["
_TABLE = re.compile(rb"^(\d{10})( \d{5} n)", re.MULTILINE)


def with_bleed_box(pdf: bytes) -> bytes:
    """The same one-page file with its page's bleed box said, as large as the page; without a trim box, unchanged.

    What stands behind it moves by its length, and so do the addresses in the table at the file's end.
    """
    page = _PAGE.search(pdf)
    table = pdf.rindex(b"\nxref\n") + 1
    if page is None or _TRIMMED not in pdf:
        return pdf
    said = b"/BleedBox" + page[1]
    moved = re.sub(rb"(?<=startxref\n)\d+", b"%d" % (table + len(said)), _moved(pdf[table:], page.end(), len(said)))
    return pdf[: page.end()] + said + pdf[page.end() : table] + moved


def _moved(table: bytes, place: int, by: int) -> bytes:
    def entry(found: re.Match[bytes]) -> bytes:
        address = int(found[1])
        return b"%010d%s" % (address + by if address > place else address, found[2])

    return _TABLE.sub(entry, table)
