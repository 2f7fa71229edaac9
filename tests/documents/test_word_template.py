"""The office's own Word form: what may be changed in it, and what no change may do to a mail."""

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml.ns import nsmap, qn
from pypdf import PdfReader

from h5app.documents.stationery import Stationery
from h5app.documents.word import print_word, recommendation_docx, shipped_template
from h5app.documents.word_template import OPTIONAL, REQUIRED, check_template

PAPER_MD = Path(__file__).parents[2] / "docs" / "paper.md"
UNUSABLE = "有一处写法不能用：花括号里只能是说明里列出的占位符、for 和 if，不能计算，也不能调用别的东西"


@pytest.fixture
def changed():
    """The shipped form after a change of its document."""

    def change(how) -> bytes:
        document = docx.Document(io.BytesIO(shipped_template()))
        how(document)
        saved = io.BytesIO()
        document.save(saved)
        return saved.getvalue()

    return change


def texts(document):
    roots = [document.element.body, document.sections[0].footer._element]
    return [text for root in roots for text in root.iter(qn("w:t"))]


def replacing(old: str, new: str):
    def change(document):
        found = [text for text in texts(document) if old in text.text]
        assert found
        for text in found:
            text.text = text.text.replace(old, new)

    return change


def deleting_paragraph(words: str):
    def change(document):
        (text,) = (text for text in texts(document) if text.text == words)
        paragraph = text.getparent().getparent()
        paragraph.getparent().remove(paragraph)

    return change


def deleting_row(number: int):
    return lambda document: document.tables[0]._tbl.remove(document.tables[0].rows[number]._tr)


def splitting_runs(document):
    """As LibreOffice and Word do while somebody types, or checks the spelling: every character a run of its own."""
    for text in texts(document):
        run = text.getparent()
        if [child.tag for child in run] != [qn("w:t")]:
            continue
        for character in reversed(text.text):
            piece = docx.oxml.OxmlElement("w:r")
            piece.append(docx.oxml.OxmlElement("w:t"))
            piece[-1].text = character
            run.addnext(piece)
        run.remove(text)


def test_the_shipped_form_is_all_right():
    assert check_template(shipped_template()) == ()


@pytest.mark.parametrize(
    "how",
    [
        replacing("申报单位", "推荐单位"),
        replacing("{{ texts.name }}", "{{texts.name}}"),
        replacing("{{ deeds_chars }}", "500"),
        replacing("{%r if continues %}", "{%r if continues and reference %}"),
        lambda document: document.add_paragraph("填表说明：如实填写。"),
    ],
    ids=["other words", "no spaces", "no optional", "another condition", "a note below"],
)
def test_what_an_office_may_change_is_all_right_and_is_printed(changed, make_sheet, how):
    form = changed(how)

    assert check_template(form) == ()
    assert print_word(make_sheet(), Stationery(word_template=form)).notes == ()


def test_a_form_whose_runs_were_split_is_filled_like_the_shipped_one(changed, make_sheet):
    form = changed(splitting_runs)
    filled = recommendation_docx(make_sheet(), Stationery(word_template=form))

    assert check_template(form) == ()
    assert words(filled) == words(recommendation_docx(make_sheet()))


def words(data: bytes) -> list[str]:
    paragraphs = docx.Document(io.BytesIO(data)).element.body.iter(qn("w:p"))
    return ["".join(text.text or "" for text in paragraph.iter(qn("w:t"))) for paragraph in paragraphs]


LOOP = "{%p for line in lines.deeds %}、{{ line }}、{%p endfor %} 各占一段"
BROKEN = {
    "unknown": (
        replacing("{{ deeds_chars }}", "{{ texts.unknown }}"),
        ["不认识占位符 texts.unknown，请删去，或改成说明里列出的名字"],
    ),
    "mistyped": (
        replacing("{{ texts.phone }}", "{{ texts.Phone }}"),
        ["不认识占位符 texts.Phone，是不是想写 texts.phone？", "缺少“联系方式”：请补上 {{ texts.phone }}"],
    ),
    "row deleted": (
        deleting_row(4),
        [
            "缺少“职称”：请补上 {{ texts.professional_title }}",
            "缺少“技术等级”：请补上 {{ texts.skill_level }}",
            "缺少“联系方式”：请补上 {{ texts.phone }}",
        ],
    ),
    "deeds deleted": (deleting_row(6), [f"缺少“主要事迹”：请补上 {LOOP}"]),
    "no portrait": (replacing("{{ portrait }}", "近照"), ["缺少“近照”的位置：请补上 {{ portrait }}"]),
    "no number": (replacing("{{ reference }}", ""), ["缺少“受理编号”：请补上 {{ reference }}"]),
    "loop left open": (
        deleting_paragraph("{%p for line in lines.deeds %}"),
        ["{%p for … %} 和 {%p endfor %} 没有配成对：可能删掉了其中一个，请补上"],
    ),
    "loop not closed": (
        replacing("{%p endfor %}", ""),
        ["{%p for … %} 和 {%p endfor %} 没有配成对：可能删掉了其中一个，请补上"],
    ),
    "condition not closed": (
        replacing("{%r endif %}", ""),
        ["{%p if … %} 和 {%p endif %} 没有配成对：可能删掉了其中一个，请补上"],
    ),
    "brace lost": (
        replacing("{{ texts.education }}", "{{ texts.education }"),
        ["有一处花括号没有写完整，如 {{ 少了 }}，或里面写错了。请对照说明逐个核对"],
    ),
    "wide braces": (
        replacing("{{ unit }}", "｛｛ unit ｝｝"),
        ["有花括号没有被填上：是不是用了全角的｛｛ ｝｝？请改成半角的 {{ }}"],
    ),
    "list not looped": (
        replacing("{{ unit }}", "{{ lines.deeds }}"),
        [f"{{{{ lines.deeds }}}} 要一段一段地印：{LOOP}"],
    ),
    "into Python": (replacing("{{ unit }}", "{{ ''.__class__.__mro__ }}"), [UNUSABLE]),
    "a call": (replacing("{{ unit }}", "{{ title.format(title) }}"), [UNUSABLE]),
    "endless work": (replacing("{{ unit }}", "{% for x in range(99999999) %}x{% endfor %}"), [UNUSABLE]),
    "a loop in a loop": (
        replacing("{{ unit }}", "{% for a in lines.deeds %}{% for b in lines.deeds %}x{% endfor %}{% endfor %}"),
        [UNUSABLE],
    ),
    "endless text": (replacing("{{ unit }}", "{{ 'x' * 9999999999 }}"), [UNUSABLE]),
    "another file": (replacing("{{ unit }}", "{% include '/etc/passwd' %}"), [UNUSABLE]),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_wrong_is_said_in_plain_words_and_the_shipped_form_is_printed(changed, make_sheet, kind):
    how, troubles = BROKEN[kind]
    form, sheet = changed(how), make_sheet()

    printed = print_word(sheet, Stationery(word_template=form))

    assert list(check_template(form)) == troubles
    assert printed.data == recommendation_docx(sheet)
    assert printed.notes == (f"单位自己的 Word 模板用不了，这份用的是自带的模板：{troubles[0]}",)


def test_a_footnote_is_read_like_all_the_rest():
    endless = "{% for x in range(99999) %}{% for y in range(99999) %}{% endfor %}{% endfor %}"
    form = docx.Document(io.BytesIO(shipped_template()))
    paragraph = f"<w:footnote><w:p><w:r><w:t>{endless}</w:t></w:r></w:p></w:footnote>"
    text = f'<w:footnotes xmlns:w="{nsmap["w"]}">{paragraph}</w:footnotes>'
    note = Part(PackURI("/word/footnotes.xml"), CONTENT_TYPE.WML_FOOTNOTES, text.encode(), form.part.package)
    form.part.relate_to(note, RELATIONSHIP_TYPE.FOOTNOTES)
    saved = io.BytesIO()
    form.save(saved)

    assert check_template(saved.getvalue()) == (UNUSABLE,)


def with_part(name: str) -> bytes:
    packed = io.BytesIO(shipped_template())
    with zipfile.ZipFile(packed, "a") as parts:
        parts.writestr(name, b"x")
    return packed.getvalue()


def zipped(**members: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        for name, data in members.items():
            parts.writestr(name.replace("__", "/").replace("_", "."), data)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("data", "trouble"),
    [
        (b"", "这不是 Word 文件（.docx）。请在 Word 里另存为 .docx"),
        (b"PK\x03\x04 broken", "这不是 Word 文件（.docx）。请在 Word 里另存为 .docx"),
        (b"\xd0\xcf\x11\xe0 an old one", "这不是 .docx：是老的 .doc，或者加了密码。请在 Word 里另存为 .docx，不加密码"),
        (zipped(a_txt=b"x"), "这不是 Word 文件（.docx），里面没有正文。请在 Word 里另存为 .docx"),
        (zipped(word__document_xml=b"<w"), "这个 Word 文件打不开，可能没有存完整。请在 Word 里重新另存为 .docx"),
        (with_part("word/vbaProject.bin"), "这个 Word 文件带宏。请在 Word 里另存为不带宏的 .docx"),
        (zipped(word__document_xml=bytes(21_000_000)), "这个 Word 文件太大（展开后超过 20 MB）。请去掉里面的大图片"),
    ],
    ids=["empty", "broken", "doc", "zip", "no xml", "macros", "bomb"],
)
def test_what_is_no_word_form_is_told_and_the_shipped_one_is_printed(make_sheet, data, trouble):
    sheet = make_sheet()

    assert check_template(data) == (trouble,)
    assert recommendation_docx(sheet, Stationery(word_template=data)) == recommendation_docx(sheet)


def test_a_cell_left_without_a_paragraph_is_told(changed):
    def emptied_when_filled(document):
        cell = next(text.getparent().getparent().getparent() for text in texts(document) if text.text == "{%p else %}")
        for paragraph in [p for p in cell.iter(qn("w:p")) if "".join(t.text for t in p.iter(qn("w:t"))) in NO_PORTRAIT]:
            cell.remove(paragraph)

    assert check_template(changed(emptied_when_filled)) == (
        "有一个单元格填好以后是空的，Word 会打不开。请在那个单元格里留一个空段落",
    )


NO_PORTRAIT = {"正面免冠", "彩色近照", "（1寸）"}


@pytest.mark.office
def test_a_form_saved_by_libreoffice_is_all_right_and_still_fits_its_page(make_sheet, office):
    form = office.saved_again({"template": shipped_template()})["template"]
    sheet = make_sheet(deeds="他把每一单都当成一次承诺，风里来雨里去。" * 39, unit="某某公司")
    filled = recommendation_docx(sheet, Stationery(word_template=form))

    assert check_template(form) == ()
    assert words(filled) == words(recommendation_docx(sheet))
    assert len(PdfReader(io.BytesIO(office.pdfs({"filled": filled})["filled"])).pages) == 1


def test_the_offices_guide_names_every_placeholder_and_no_other():
    rows = [line.split("|") for line in PAPER_MD.read_text().splitlines() if line.startswith("| `{")]
    guide = {row[1].strip(" `{}"): row[2].strip() for row in rows}

    assert guide == dict(REQUIRED) | dict(OPTIONAL)
