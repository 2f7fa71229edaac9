import io

import docx
import pytest
from docx.oxml import OxmlElement
from docx.shared import Mm
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from h5app.documents import recommendation_docx
from h5app.documents.reading import form as reading
from h5app.documents.reading import read_form
from h5app.documents.reading.labels import label_of
from h5app.domain.errors import UnreadableFormError
from h5app.domain.questions import BY_NAME, Kind
from h5app.domain.text import clean_text
from tests.documents.conftest import TEXTS, jpeg
from tests.documents.reading.word_forms import FILLED, notice_form, saved, with_runs

FOUND_IN_ANSWERS = [
    "（下转附页）",
    "姓名：",
    "联系电话：110",
    "附件1",
    "推荐表",
    "日期：",
    "事" * 200,
    "A & B <b>{{x}}",
]
RARE = "䶮𠮷𫖯𬍛𰻞\U00031350阿卜杜拉·买买提"


def texts(document) -> dict[str, str]:
    return dict(read_form(document if isinstance(document, bytes) else saved(document)).texts)


# Our own form


def test_our_own_form_reads_back_as_it_was_filled(make_sheet):
    sheet = make_sheet(name=RARE, native_place="河南省\n修武县", honours="一\n\n二", deeds="第一行\n第二行 A & B <b>")

    read = read_form(recommendation_docx(sheet))

    assert read.texts == sheet.texts
    assert read.portrait == reading.Portrait(sheet.portrait, (0.0, 0.0, 0.0, 0.0))
    assert (read.others, read.notes) == ((), ())


LONG = {
    "lines": "\n".join(f"第{number}件事：雨夜送药，2023年获评“最美快递员”。" for number in range(60)),
    "blank lines": "\n\n".join(f"第{number}件事：雨夜送药。" for number in range(60)),
    "sentences": "每天第一个到站点，最后一个离开。" * 150,
    "no place to part": "事" * 3000,
    "letters": "a" * 4000,
    "says the mark itself": "（下转附页）\n" * 200 + "完（下转附页）",
}


@pytest.mark.parametrize(
    ("deeds", "honours"),
    list(zip(LONG.values(), ["无", "2022年 市级荣誉\n" * 80 + "完", "荣誉" * 400] * 2, strict=True)),
    ids=LONG,
)
def test_what_went_on_on_the_appendix_is_put_together_again(make_sheet, deeds, honours):
    sheet = make_sheet(deeds=deeds, honours=honours, portrait=None)

    read = read_form(recommendation_docx(sheet))

    assert read.texts == sheet.texts
    assert (read.others, read.notes) == ((), ())


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],  # a form takes 50 ms: making a failure smaller would take minutes
)
@given(data=st.data())
def test_any_answers_that_the_form_takes_read_back_the_same(make_sheet, data):
    texts = {
        name: data.draw(typed_text(lines=BY_NAME[name].kind is Kind.LINES, most=3000 if name == "deeds" else 60))
        for name in TEXTS
    }
    assume(not any(label_of(text) is not None for text in texts.values()))  # 姓名 as an answer is a label to a reader
    sheet = make_sheet(portrait=None, **(texts | {"name": "李建国", "sex": "男"}))

    assert read_form(recommendation_docx(sheet)).texts == sheet.texts


def typed_text(*, lines: bool, most: int) -> st.SearchStrategy[str]:
    """What `clean_text` leaves of anything typed."""
    letters = st.characters(codec="utf-8", exclude_categories=["Co"])
    words = st.text(letters, max_size=80)
    if lines:
        words |= st.sampled_from(FOUND_IN_ANSWERS)
    some = st.lists(words, max_size=6).map("\n".join if lines else " ".join)
    return st.builds(lambda text, times: clean_text(text * times, lines=lines)[:most].strip(), some, st.integers(1, 30))


# 附件1, filled in by hand


def test_the_notices_own_grid_is_read_cell_by_cell():
    assert texts(notice_form()) == FILLED


def test_answers_come_in_the_order_of_the_sheet_with_their_labels_as_written():
    found = read_form(saved(notice_form(unit_and_post="单位及职务（填单位全称，具体到工作岗位）"))).found

    assert [each.name for each in found] == list(FILLED)
    assert found[7] == reading.Found(
        "unit_and_post", "单位及职务（填单位全称，具体到工作岗位）", FILLED["unit_and_post"]
    )


@pytest.mark.parametrize(
    "label",
    ["姓名", "姓 名：", "姓　　名", "1、姓名", "* 姓名", "姓名（与身份证一致）", "被推荐人姓名", "本人姓名:", "姓\n名"],
)
def test_a_label_is_known_however_it_is_written(label):
    assert texts(notice_form(name=label)) == FILLED


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("id_number", "居民身份证号码"),
        ("phone", "联系电话（手机）"),
        ("birth_month", "出生日期"),
        ("deeds", "主要事迹（500字左右，可另附页）"),
        ("deeds", "主要事迹500字以内"),
        ("honours", "曾获主要荣誉（市级以上"),
        ("unit_and_post", "工作单位及职务"),
        ("skill_level", "职业技能等级"),
    ],
)
def test_labels_of_other_offices_are_known_as_well(name, label):
    assert texts(notice_form(**{name: label})) == FILLED


def test_the_hint_printed_into_the_cell_is_no_part_of_the_answer():
    filled = FILLED | {"unit_and_post": "(填单位全称, 具体到工作岗位)顺达速运 快递员"}

    assert texts(notice_form(filled))["unit_and_post"] == "顺达速运 快递员"


def test_columns_moved_and_rows_added_change_nothing():
    document = docx.Document()
    table = document.add_table(rows=0, cols=5)
    rows = [
        ("序号", "1", "年龄", "36", ""),
        ("联系方式", FILLED["phone"], "", "姓名", FILLED["name"]),
        ("性别", FILLED["sex"], "", "民族", FILLED["ethnicity"]),
        ("身份证号", FILLED["id_number"], "", "备注", "已核对"),
    ]
    for texts_of_row in rows:
        for cell, text in zip(table.add_row().cells, texts_of_row, strict=True):
            cell.text = text

    read = read_form(saved(document))

    assert read.texts == {name: FILLED[name] for name in ("name", "sex", "ethnicity", "id_number", "phone")}
    assert read.others == ("1", "36", "已核对")


def test_labels_may_stand_above_their_answers():
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for column, (label, text) in enumerate([("姓名", "李建国"), ("性别", "男"), ("民族", "汉"), ("籍贯", "修武")]):
        table.cell(0, column).text, table.cell(1, column).text = label, text
    table.cell(2, 0).merge(table.cell(2, 3)).text = "主要事迹"
    row = table.add_row().cells
    row[0].merge(row[3]).text = "第一行\n第二行"

    assert texts(document) == {
        "name": "李建国",
        "sex": "男",
        "native_place": "修武",
        "ethnicity": "汉",
        "deeds": "第一行\n第二行",
    }


def test_label_and_answer_may_share_a_cell():
    document = docx.Document()
    table = document.add_table(rows=4, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "姓名：张三", "性　别: 男　民族：回族"
    table.cell(1, 0).text, table.cell(1, 1).text = "身份证号码：410811199012120019", "电话：13800001234\n（本人）"
    table.cell(2, 0).merge(table.cell(2, 1)).text = "曾获主要荣誉：\n2022年 劳动奖章\n2023年 提名"
    table.cell(3, 0).merge(table.cell(3, 1)).text = "主要事迹（500字）\n冬天送老人回家。\n他的电话：没人接。"

    assert texts(document) == {
        "name": "张三",
        "sex": "男",
        "ethnicity": "回族",
        "id_number": "410811199012120019",
        "phone": "13800001234",
        "honours": "2022年 劳动奖章\n2023年 提名",
        "deeds": "冬天送老人回家。\n他的电话：没人接。",
    }


def test_a_form_without_any_table_is_read_line_by_line():
    document = docx.Document()
    for line in (
        "推荐表",
        "姓名：张三",
        "性别：男",
        "民族：汉族",
        "手机：13800001234",
        "主要事迹：每天送件。",
        "从不迟到。",
    ):
        document.add_paragraph(line)

    assert texts(document) == {
        "name": "张三",
        "sex": "男",
        "ethnicity": "汉族",
        "phone": "13800001234",
        "deeds": "每天送件。\n从不迟到。",
    }


def test_a_table_in_a_cell_is_read_like_one_of_its_own():
    document = docx.Document()
    outer = document.add_table(rows=2, cols=1)
    inner = outer.cell(0, 0).add_table(rows=2, cols=4)
    for place, text in enumerate(["姓名", "李建国", "性别", "男", "民族", "汉", "籍贯", "修武"]):
        inner.cell(place // 4, place % 4).text = text
    honours = outer.cell(1, 0).add_table(rows=1, cols=2)
    honours.cell(0, 0).text = "主要荣誉"
    listed = honours.cell(0, 1).add_table(rows=2, cols=2)
    for place, text in enumerate(["2022年", "劳动奖章", "2023年", "提名"]):
        listed.cell(place // 2, place % 2).text = text

    assert texts(document) == {
        "name": "李建国",
        "sex": "男",
        "native_place": "修武",
        "ethnicity": "汉",
        "honours": "2022年 劳动奖章\n2023年 提名",
    }


def test_an_id_number_with_a_cell_for_each_digit_is_one_number():
    document = docx.Document()
    table = document.add_table(rows=3, cols=19)
    table.cell(0, 0).text = "身份证号"
    for place, digit in enumerate(FILLED["id_number"], start=1):
        table.cell(0, place).text = digit
    for column, text in enumerate(["姓名", "李建国", "性别", "男", "民族", "汉"]):
        table.cell(1, column).text = text

    assert texts(document)["id_number"] == FILLED["id_number"]


def test_unit_and_post_in_two_cells_are_one_answer():
    document = docx.Document()
    table = document.add_table(rows=3, cols=4)
    for place, text in enumerate(
        ["姓名", "李建国", "性别", "男", "民族", "汉", "籍贯", "修武", "工作单位", "顺达速运", "职务", "快递员"]
    ):
        table.cell(place // 4, place % 4).text = text

    assert read_form(saved(document)).found[-1] == reading.Found("unit_and_post", "工作单位、职务", "顺达速运 快递员")


# What Word writes between the letters


def run(text: str) -> str:
    return f"<w:r><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    ("runs", "seen"),
    [
        ('<w:ins w:id="1" w:author="x">' + run("李建国") + "</w:ins>", "李建国"),
        ('<w:del w:id="1"><w:r><w:delText>王五</w:delText></w:r></w:del>' + run("李建国"), "李建国"),
        ('<w:moveFrom w:id="1">' + run("王五") + "</w:moveFrom>" + run("李建国"), "李建国"),
        ("<w:sdt><w:sdtPr/><w:sdtContent>" + run("李建国") + "</w:sdtContent></w:sdt>", "李建国"),
        ("<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + run("点这里") + "</w:sdtContent></w:sdt>", ""),
        ('<w:hyperlink w:anchor="x">' + run("李建国") + "</w:hyperlink>", "李建国"),
        (run("李") + run("建") + run("国"), "李建国"),
        ("<w:r><w:t>李</w:t><w:softHyphen/><w:t>建</w:t><w:tab/><w:t>国</w:t></w:r>", "李建\t国"),
        ("<w:r><w:t>李</w:t><w:br/><w:t>建国</w:t></w:r>", "李\n建国"),
        ("<w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r>" + run("李建国"), "李建国"),
        ('<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>AUTHOR</w:instrText></w:r>' + run("李建国"), "李建国"),
        (
            "<w:r><w:ruby><w:rubyPr/><w:rt>" + run("lǐ") + "</w:rt><w:rubyBase>" + run("李") + "</w:rubyBase></w:ruby>"
            "</w:r>" + run("建国"),
            "李建国",
        ),
        (
            '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>男 </w:t><w:sym w:char="F0A8"/><w:t>女</w:t></w:r>',
            "☑男 □女",
        ),
        ("<w:smartTag>" + run("李建国") + "</w:smartTag>", "李建国"),
        (
            '<w:r><mc:AlternateContent xmlns:mc="m"><mc:Choice><w:drawing><w:txbxContent><w:p>'
            + run("李建国")
            + "</w:p></w:txbxContent></w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p>"
            + run("李建国")
            + "</w:p></w:txbxContent></w:pict></mc:Fallback></mc:AlternateContent></w:r>",
            "李建国",
        ),
    ],
)
def test_an_answer_is_what_its_reader_sees(runs, seen):
    read = read_form(with_runs(saved(notice_form()), "李建国", runs))

    assert read.texts["name"].strip("\n") == seen


def test_a_paragraph_whose_mark_was_deleted_goes_on_in_the_next():
    data = saved(notice_form(FILLED | {"deeds": "前半句"}))
    deleted = "<w:r><w:t>前半句</w:t></w:r></w:p><w:p><w:r><w:t>后半句</w:t></w:r>"
    data = with_runs(data, "前半句", deleted)

    assert texts(data)["deeds"] == "前半句\n后半句"


def test_a_deleted_row_is_not_there():
    document = notice_form()
    row = document.tables[0].add_row()
    row.cells[0].text, row.cells[1].text = "姓名", "王五"
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:del"))

    assert read_form(saved(document)).notes == ()


# The portrait


def test_the_picture_in_the_photos_cell_is_the_portrait():
    portrait, other = jpeg(50, 70), jpeg(500, 700)
    document = notice_form(portrait=portrait)
    document.add_paragraph().add_run().add_picture(io.BytesIO(other), width=Mm(100), height=Mm(140))

    assert read_form(saved(document)).portrait.data == portrait


def test_a_picture_that_floats_elsewhere_is_the_portrait_if_it_is_the_largest_upright_one():
    wide, small, large = jpeg(400, 100), jpeg(30, 42), jpeg(250, 350)
    document = notice_form()
    for picture, width, height in ((wide, 160, 40), (small, 10, 14), (large, 25, 35)):
        document.add_paragraph().add_run().add_picture(io.BytesIO(picture), width=Mm(width), height=Mm(height))

    assert read_form(saved(document)).portrait.data == large


def test_what_word_cuts_off_a_portrait_is_said(make_sheet):
    portrait = jpeg(1000, 700)

    assert read_form(recommendation_docx(make_sheet(portrait=portrait))).portrait.cut == (0.25, 0.0, 0.25, 0.0)


def test_a_form_without_a_photo_has_none():
    assert read_form(saved(notice_form())).portrait is None


# What is no form


def test_an_empty_form_a_letter_and_a_list_of_many_are_told_apart():
    letter = docx.Document()
    letter.add_paragraph("您好，附上推荐表。姓名：张三")
    listed = docx.Document()
    table = listed.add_table(rows=2, cols=6)
    for column, label in enumerate(["序号", "推荐单位", "姓名", "性别", "民族", "出生年月"]):
        table.cell(0, column).text = label

    for document, sentence in (
        (notice_form(dict.fromkeys(FILLED, "")), reading.NOTHING_FILLED),
        (letter, reading.NO_FORM),
        (listed, reading.A_TABLE),
        (notice_form(FILLED | {"deeds": "书" * 70_000}), reading.TOO_LONG),
    ):
        with pytest.raises(UnreadableFormError, match=sentence.replace("（", ".").replace("）", ".")):
            read_form(saved(document))


def test_two_forms_in_one_file_give_the_first_and_a_note():
    document = notice_form()
    other = notice_form(FILLED | {"name": "王五", "phone": "13900000000"})
    document.element.body.insert(-1, other.tables[0]._tbl)

    read = read_form(saved(document))

    assert read.texts == FILLED
    assert read.notes == (reading.SEVERAL,)


def test_all_of_the_sheets_answers_have_a_place(make_sheet):
    assert read_form(recommendation_docx(make_sheet())).texts.keys() == TEXTS.keys()


# 附页 made by hand


@pytest.mark.parametrize(
    "heading", ["附页", "附 页：", "附页（续 主要事迹）", "附页：主要事迹（续）", "附页1 主要事迹"]
)
def test_an_appendix_made_by_hand_goes_on_where_the_deeds_end(heading):
    document = notice_form()
    for line in (heading, "姓名：李建国", "还做过两件事。", "第二件。"):
        document.add_paragraph(line)

    read = read_form(saved(document))

    assert read.texts == FILLED | {"deeds": f"{FILLED['deeds']}\n还做过两件事。\n第二件。"}
    assert (read.others, read.notes) == ((), ())


def test_a_mark_without_an_appendix_is_what_somebody_has_typed():
    filled = FILLED | {"deeds": "第一句。（下转附页）"}

    assert texts(notice_form(filled)) == filled
