import io
import time
import zipfile

import pytest

from h5app.documents.reading import opening, read_form
from h5app.documents.reading.opening import is_old_word
from h5app.domain.errors import UnreadableFormError
from tests.documents.conftest import jpeg
from tests.documents.reading.word_forms import FILLED, changed, notice_form, saved

MAIN = "word/document.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)


def refusal(data: bytes) -> str:
    with pytest.raises(UnreadableFormError) as told:
        read_form(data)
    return str(told.value)


@pytest.fixture(scope="module")
def form() -> bytes:
    return saved(notice_form(portrait=jpeg(50, 70)))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "这个文件是空的，请重新选一次"),
        (b"%PDF-1.7", "这是 PDF 文件，不是 Word 文件，没有读。请传填好的 Word 推荐表"),
        (jpeg(5, 7), "这是照片，不是 Word 文件，没有读。请传填好的 Word 推荐表"),
        (b"Rar!\x1a\x07", "这是 RAR 压缩包，不是 Word 文件，没有读。请传填好的 Word 推荐表"),
        (b"just text", opening.NOT_WORD),
        (b"PK\x03\x04 and no more", opening.DAMAGED),
        (OLE + "EncryptedPackage".encode("utf-16-le"), opening.LOCKED),
        (OLE + "WordDocument".encode("utf-16-le"), opening.OLD_WORD),
        (OLE + "Workbook".encode("utf-16-le"), opening.NOT_WORD),
        (b"{\\rtf1 x}", opening.OLD_WORD),
        (bytes(opening.FILE_MOST + 1), opening.TOO_LARGE),
    ],
)
def test_what_is_no_word_file_gets_a_sentence(data, sentence):
    assert refusal(data) == sentence


def test_old_formats_are_known_unless_they_are_locked():
    old = OLE + "WordDocument".encode("utf-16-le")

    assert [is_old_word(data) for data in (old, b"{\\rtf1", OLE + "EncryptedPackage".encode("utf-16-le"), b"PK")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_file_with_macros_is_refused_whatever_its_name(form):
    out = io.BytesIO(form)
    with zipfile.ZipFile(out, "a") as file:
        file.writestr("word/vbaProject.bin", b"x")

    assert refusal(out.getvalue()) == opening.MACROS


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_S3_a_document_type_is_refused_with_all_its_entities(form, doctype):
    data = changed(form, MAIN, lambda xml: xml.replace("?>", f"?>{doctype}", 1))

    assert refusal(data) == opening.DAMAGED


@pytest.mark.parametrize(
    ("part", "content", "sentence"),
    [
        (MAIN, "<w:document", opening.DAMAGED),
        (MAIN, "", opening.DAMAGED),
        (MAIN, "<a>" * 5000 + "</a>" * 5000, opening.DAMAGED),
        (MAIN, '<?xml version="1.0" encoding="nonsense"?><a/>', opening.DAMAGED),
        (MAIN, " " * (9 * opening.MIB), opening.TOO_LARGE),
        ("_rels/.rels", "<Relationships/>", opening.NOT_WORD),
        ("[Content_Types].xml", "anything", None),
    ],
)
def test_a_damaged_part_gets_a_sentence_and_one_we_do_not_need_is_not_opened(form, part, content, sentence):
    data = changed(form, part, lambda _xml: content)

    if sentence:
        assert refusal(data) == sentence
    else:
        assert read_form(data).texts == FILLED


def outcome(data: bytes) -> str:
    try:
        return read_form(data).texts["name"]
    except UnreadableFormError:
        return "a sentence"


def test_S4_a_file_cut_off_or_with_flipped_bytes_is_a_sentence_or_a_form(form):
    places = range(0, len(form), 997)
    cut = {outcome(form[:place]) for place in places}
    flipped = {outcome(form[:place] + b"\xff\x00" + form[place + 2 :]) for place in places}

    assert cut == {"a sentence"}
    assert flipped == {"a sentence", "李建国"}


def test_pictures_that_are_linked_missing_or_too_large_are_none(form):
    rels = "word/_rels/document.xml.rels"
    linked = changed(form, rels, lambda xml: xml.replace('Target="media/', 'TargetMode="External" Target="http://x/'))
    elsewhere = changed(form, rels, lambda xml: xml.replace('Target="media/', 'Target="../../etc/'))

    assert [read_form(data).portrait for data in (linked, elsewhere)] == [None, None]
    assert read_form(form).portrait is not None


def test_a_strict_file_has_other_namespaces_and_is_read_alike(form):
    strict = changed(
        form,
        MAIN,
        lambda xml: xml.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            "http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
    )

    assert read_form(strict).texts == FILLED


@pytest.mark.parametrize("span", ["999999999", "-4", "x", ""])
def test_a_span_that_makes_no_sense_costs_nothing(form, span):
    data = changed(form, MAIN, lambda xml: xml.replace('<w:gridSpan w:val="5"/>', f'<w:gridSpan w:val="{span}"/>'))

    assert read_form(data).texts["id_number"] == FILLED["id_number"]


MERGED = "<w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr><w:p><w:r><w:t>x</w:t></w:r></w:p></w:tc></w:tr>"
FILL = '<blipFill><blip embed="x"/></blipFill>'
# Each costs minutes wherever reading looks twice at what it has seen, and never ends where gaps multiply.
TEDIOUS = {
    "gaps in a signing line": "<w:p><w:r><w:t>" + " " * 10 + ("年" + " " * 10) * 9 + "x</w:t></w:r></w:p>",
    "a gap behind a label": "<w:p><w:r><w:t>姓名" + " " * 50_000 + "x</w:t></w:r></w:p>",
    "a merged cell of many rows": f"<w:tbl>{MERGED * 20_000}</w:tbl>",
    "rows of many merged cells": f"<w:tbl>{f'<w:tr>{MERGED[6:-7] * 20_000}</w:tr>' * 2}</w:tbl>",
    "drawings in drawings": f"<w:p><w:r>{'<w:drawing>' * 150}{FILL * 20_000}{'</w:drawing>' * 150}</w:r></w:p>",
}


@pytest.mark.parametrize("kind", TEDIOUS)
def test_S1_a_file_made_to_take_for_ever_takes_a_moment(form, kind):
    data = changed(form, MAIN, lambda xml: xml.replace("</w:body>", f"{TEDIOUS[kind]}</w:body>"))
    begun = time.process_time()

    assert outcome(data) in {"李建国", "a sentence"}
    assert time.process_time() - begun < 4


def test_S1_a_picture_that_does_not_unpack_is_tried_a_few_times(form):
    drawn = '<w:drawing><w:extent cx="25" cy="35"/><blipFill><blip embed="bad"/></blipFill></w:drawing>'
    many = changed(form, MAIN, lambda xml: xml.replace("</w:body>", f"<w:p><w:r>{drawn * 400}</w:r></w:p></w:body>"))
    rels = '<Relationships><Relationship Id="bad" Target="media/bad.jpg"/></Relationships>'
    out = io.BytesIO(changed(many, "word/_rels/document.xml.rels", lambda _xml: rels))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("word/media/bad.jpg", bytes(19_000_000))
    data = bytearray(out.getvalue())
    data[data.rfind(b"PK\x01\x02") + 16] ^= 0xFF  # the checksum in its directory
    begun = time.process_time()

    assert read_form(bytes(data)).portrait is None
    assert time.process_time() - begun < 4
