import io
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from h5app.documents import plan as grid
from h5app.documents.word import recommendation_docx
from h5app.domain.errors import UnreadablePhotoError
from h5app.domain.sheet import CELLS

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80)
FOUND_IN_TEXTS = [
    "{{7*7}}",
    "</w:t>",
    '#read("/etc/passwd")',
    "A & B <b>",
    "{% for x in y %}",
    "{_{7*7}_} {_%x%_}",
    "{%p if x %}",
    "&lt;&#65;&amp;",
    "{#x#}",
]


def opened(data: bytes):
    return docx.Document(io.BytesIO(data))


def answers_of(document) -> dict[str, str]:
    """Text of each answer's cell, found by the style that is named after its label."""
    answers: dict[str, list[str]] = {}
    for paragraph in document.element.body.iter(qn("w:p")):
        style = paragraph.style
        parts = [node.text or "\n" for node in paragraph.iter(qn("w:t"), qn("w:br"))]
        answers.setdefault(style, []).append("".join(parts).strip("\n"))
    return {name: "\n".join(answers[label]) for name, label in CELLS.items()}


def test_every_answer_stands_in_its_cell_line_by_line(make_sheet):
    sheet = make_sheet(native_place="河南省\n修武县")
    assert answers_of(opened(recommendation_docx(sheet))) == sheet.texts


def test_empty_answers_leave_empty_cells(make_sheet):
    sheet = make_sheet(**dict.fromkeys(CELLS, ""))
    assert answers_of(opened(recommendation_docx(sheet))) == dict.fromkeys(CELLS, "")


@pytest.mark.parametrize("answer", FOUND_IN_TEXTS)
def test_S11_what_looks_like_a_program_is_printed_as_typed(make_sheet, answer):
    document = opened(
        recommendation_docx(make_sheet(name=answer, deeds=answer, honours=answer, title=answer, reference=answer))
    )

    found = answers_of(document)
    assert {found[name] for name in ("name", "deeds", "honours")} == {answer}
    assert document.paragraphs[0].text == answer
    assert document.core_properties.title == answer
    assert document.sections[0].footer.paragraphs[0].text == f"\t受理编号：{answer}"


def test_the_page_is_a4_and_the_columns_are_fixed(make_sheet):
    document = opened(recommendation_docx(make_sheet()))
    section, table = document.sections[0], document.tables[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type")) == "fixed"
    assert [column.width.mm for column in table.columns] == pytest.approx(list(grid.COLUMNS_MM), abs=0.1)


def test_fonts_are_named_in_chinese(make_sheet):
    styles = opened(recommendation_docx(make_sheet())).styles
    names = [styles[name].element.rPr.rFonts.get(qn("w:eastAsia")) for name in ("Normal", "推荐表标题")]
    assert names == ["仿宋", "方正小标宋简体"]


def test_sizes_are_those_of_the_plan(make_sheet):
    sheet = make_sheet(name="阿卜杜拉·买买提", deeds="事" * 800)
    styles = opened(recommendation_docx(sheet)).styles

    assert {name: styles[label].font.size.pt for name, label in CELLS.items()} == grid.plan(sheet).sizes_pt


@pytest.mark.parametrize(
    ("size", "crop"),
    [((295, 413), (0, 0, 0, 0)), ((1000, 700), (25_000, 0, 25_000, 0)), ((250, 700), (0, 25_000, 0, 25_000))],
)
def test_the_portrait_is_25_by_35_mm_and_cropped_not_stretched(make_sheet, make_jpeg, size, crop):
    portrait = make_jpeg(*size)
    document = opened(recommendation_docx(make_sheet(portrait=portrait)))

    (picture,) = document.inline_shapes
    assert (picture.width, picture.height) == (Mm(25), Mm(35))
    (cut,) = document.element.body.iter(qn("a:srcRect"))
    assert tuple(int(cut.get(side)) for side in "ltrb") == crop
    assert portrait in [part.blob for part in document.part.package.iter_parts()]


def test_without_a_portrait_its_cell_says_what_belongs_there(make_sheet):
    cell = opened(recommendation_docx(make_sheet(portrait=None))).tables[0].cell(0, 6)
    assert cell.text == "正面免冠\n彩色近照\n（1寸）"


def test_a_portrait_that_is_no_jpeg_is_refused(make_sheet):
    with pytest.raises(UnreadablePhotoError):
        recommendation_docx(make_sheet(portrait=b"GIF89a"))


@pytest.mark.parametrize(
    ("stamped", "opinion", "signing"),
    [
        (True, "（盖章）\n　　　年　　月　　日", "推荐单位：　　　　　　　　　（盖章）\t日期：　　　年　　月　　日"),
        (False, "（无须盖章）\n　　　年　　月　　日", "推荐单位：\t日期：　　　年　　月　　日"),
    ],
)
def test_the_seal_is_asked_for_only_where_it_is_due(make_sheet, stamped, opinion, signing):
    document = opened(recommendation_docx(make_sheet(stamped=stamped)))

    assert document.tables[0].cell(7, 1).text == opinion
    assert document.paragraphs[-1].text == signing


def test_the_same_sheet_gives_the_same_bytes(make_sheet):
    assert recommendation_docx(make_sheet()) == recommendation_docx(make_sheet())


def test_a_form_is_filled_while_somebody_knows_the_body_that_docxtpl_read(make_sheet):
    calls = []

    def hold(frame, _event, _result):
        if frame.f_code.co_name == "map_tree":
            calls.append(frame)  # its callers, and all that they know

    before = sys.getprofile()
    sys.setprofile(hold)
    try:
        document = opened(recommendation_docx(make_sheet()))
    finally:
        sys.setprofile(before)

    assert calls
    assert answers_of(document) == answers_of(opened(recommendation_docx(make_sheet())))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=ANY_TEXT)
def test_S7_any_text_gives_a_word_file_that_opens(make_sheet, text):
    answers = dict.fromkeys(CELLS, text)
    data = recommendation_docx(make_sheet(title=text, reference=text, portrait=None, **answers))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        for name in parts.namelist():
            etree.fromstring(parts.read(name))


def test_the_committed_template_is_what_its_script_builds(monkeypatch):
    spec = spec_from_file_location("build_recommendation_docx", TEMPLATES / "build_recommendation_docx.py")
    script = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, script)
    spec.loader.exec_module(script)
    built = io.BytesIO()
    script.build().save(built)

    assert _parts(built) == _parts(TEMPLATES / "recommendation.docx")


def _parts(file) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as parts:
        return {name: parts.read(name) for name in parts.namelist()}


def runs_of(document, style: str) -> list[tuple[str, str | None]]:
    """Text and East Asian font of each run in the paragraphs of a style."""
    paragraphs = [paragraph for paragraph in document.element.body.iter(qn("w:p")) if paragraph.style == style]
    runs = [run for paragraph in paragraphs for run in paragraph.iter(qn("w:r")) if run.text]
    return [(run.text, run.rPr.rFonts.get(qn("w:eastAsia")) if run.rPr is not None else None) for run in runs]


def test_S8_characters_beyond_the_basic_plane_have_runs_in_fonts_that_windows_has_them_in(make_sheet):
    document = opened(recommendation_docx(make_sheet(name="张𠮷䶮𰻞", deeds="见🛵来\n𠮷")))

    assert runs_of(document, "姓名") == [("张", None), ("𠮷", "SimSun-ExtB"), ("䶮", None), ("𰻞", "SimSun-ExtG")]
    assert runs_of(document, "主要事迹") == [
        ("见", None),
        ("🛵", "Segoe UI Emoji"),
        ("来", None),
        ("𠮷", "SimSun-ExtB"),
    ]


def test_a_line_break_in_a_short_cell_stays_where_a_rare_character_parts_its_run(make_sheet):
    sheet = make_sheet(native_place="𠮷省\n修𠮷县", name="\U0002ebf0")
    assert answers_of(opened(recommendation_docx(sheet))) == sheet.texts


def test_what_the_form_cannot_hold_stands_behind_it_on_a_page_of_its_own(make_sheet):
    deeds = "\n".join(f"第{number}件事：雨夜送药。" for number in range(50))
    document = opened(recommendation_docx(make_sheet(deeds=deeds, name="张𠮷")))

    heading, person, *rest = [p for p in document.paragraphs if p.style.name.startswith("附页")]
    assert (heading.text, heading.paragraph_format.page_break_before) == ("附页（续 主要事迹）", True)
    assert person.text == "姓名：张𠮷\t受理编号：8PK4W2QM"
    cell = [paragraph.text for paragraph in document.tables[0].cell(6, 1).paragraphs]
    assert cell[-1] == "（下转附页）"
    assert cell[:-1] + [paragraph.text for paragraph in rest] == deeds.split("\n")


def test_a_form_that_fits_has_no_second_page(make_sheet):
    document = opened(recommendation_docx(make_sheet()))
    assert [p.text for p in document.paragraphs if p.style.name.startswith("附页")] == []
