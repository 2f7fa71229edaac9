import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.documents.names import LEAST_BYTES, UNNAMED, clean_file_name, file_title, media_type

ANY_TEXT = st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=120)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("推荐表_李建国_8PK4W2QM.docx", "推荐表_李建国_8PK4W2QM.docx"),
        ("阿卜杜拉·买买提.jpg", "阿卜杜拉·买买提.jpg"),
        ("../../etc/passwd", "etc-passwd"),
        (r"C:\Windows\x.jpg", "C-Windows-x.jpg"),
        ("张\r\n三\u2028李\u0085四\x00.jpg", "张-三-李-四.jpg"),
        ("gpj.\u202e三张.jpg", "gpj.三张.jpg"),
        ("CON.jpg", "_CON.jpg"),
        ("con", "_con"),
        ("Lpt1.tar.gz", "_Lpt1.tar.gz"),
        ("nul .txt", "_nul.txt"),
        ("CONTACT.txt", "CONTACT.txt"),
        ("张三. . .", "张三"),
        ("张三. .jpg", "张三.jpg"),
        ("   ", UNNAMED),
        ("..", UNNAMED),
        ("", UNNAMED),
    ],
)
def test_S9_S13_names_are_cleaned(text, name):
    assert clean_file_name(text) == name


def test_a_long_name_is_cut_before_its_extension_between_code_points():
    assert clean_file_name("𠮷" * 40 + ".docx", max_bytes=80) == "𠮷" * 18 + ".docx"


def test_no_room_for_a_name_is_refused():
    with pytest.raises(ValueError, match="at least 32 bytes"):
        clean_file_name("a", max_bytes=8)


@given(ANY_TEXT, st.integers(LEAST_BYTES, 200))
def test_S13_any_text_makes_one_name_that_stays_as_it_is(text, max_bytes):
    name = clean_file_name(text, max_bytes=max_bytes)

    assert 1 <= len(name.encode()) <= max_bytes
    assert not set(name) & set('/\\:*?"<>|\0\n\r')
    assert name == name.strip(" .")
    assert clean_file_name(name, max_bytes=max_bytes) == name


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("推荐表_李建国.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("推荐汇总.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("海报.png", "image/png"),
        ("李.建国_近照.jpg", "image/jpeg"),
        ("材料.zip", "application/zip"),
    ],
)
def test_a_file_says_what_it_is_by_its_ending(name, kind):
    assert media_type(name) == kind


FIELDS = {"序号": "007", "姓名": "李建国", "受理编号": "7K2M9QXA", "单位": "", "地区": "解放区"}


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{序号}-{姓名}（{单位}）-{受理编号}", "007-李建国-7K2M9QXA"),
        ("{单位}_{姓名}_{受理编号}", "李建国_7K2M9QXA"),
        ("{姓名}_{受理编号}_{单位}", "李建国_7K2M9QXA"),
        ("{姓名}、{单位}、{地区}·{受理编号}", "李建国、解放区·7K2M9QXA"),
        ("【{单位}】{姓名}{序号}", "李建国007"),
        ("{姓名}", "李建国_7K2M9QXA"),
        ("../{姓名}:{受理编号}\r\n", "李建国-7K2M9QXA"),
        ("推荐" * 30 + "{受理编号}", "推荐" * 8 + "推_7K2M9QXA"),
    ],
)
def test_a_title_is_its_template_filled_in_without_what_joined_an_empty_field(template, title):
    assert file_title(template, FIELDS) == title


def test_no_room_for_the_number_is_refused():
    with pytest.raises(ValueError, match="受理编号"):
        file_title("{姓名}", FIELDS, max_bytes=7)


@given(
    ANY_TEXT,
    ANY_TEXT,
    st.sampled_from(["{姓名}_{受理编号}", "{受理编号}（{单位}）{姓名}", "{姓名}"]),
    st.integers(8, 90),
)
def test_S13_a_title_keeps_the_number_whatever_else_is_in_it(name, unit, template, max_bytes):
    title = file_title(template, {**FIELDS, "姓名": name, "单位": unit}, max_bytes=max_bytes)

    assert "7K2M9QXA" in title
    assert len(title.encode()) <= max_bytes
    assert not set(title) & set('/\\:*?"<>|\0\n\r')
