from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.domain.handwriting import as_answer, only_one_in
from h5app.domain.questions import BY_NAME, EDUCATIONS, ETHNICITIES, POLITICAL_STATUSES, SEXES

TODAY = date(2026, 11, 22)


def read(name, written):
    return as_answer(BY_NAME[name], written, on=TODAY)


@pytest.mark.parametrize(
    ("name", "written", "answer"),
    [
        ("sex", "男性", "男"),
        ("sex", "☑男 □女", "男"),
        ("sex", "男□ 女√", "女"),
        ("sex", "□男 ■女", "女"),
        ("ethnicity", "汉", "汉族"),
        ("ethnicity", " 汉 族 ", "汉族"),
        ("ethnicity", "维族", "维吾尔族"),
        ("ethnicity", "蒙古", "蒙古族"),
        ("political_status", "党员", "中共党员"),
        ("political_status", "中共党员（2019年6月）", "中共党员"),
        ("political_status", "预备党员", "中共预备党员"),
        ("political_status", "团员", "共青团员"),
        ("political_status", "普通群众", "群众"),
        ("political_status", "无党派", "无党派人士"),
        ("education", "大学本科", "本科"),
        ("education", "专科学历", "大专"),
        ("education", "函授大专", "大专"),
        ("education", "高中毕业", "高中"),
        ("education", "本科（函授）", "本科"),
        ("education", "中等专业学校", "中专"),
    ],
)
def test_a_choice_is_known_by_what_people_write(name, written, answer):
    assert read(name, written) == answer


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("sex", "男女"),
        ("sex", "□男 □女"),
        ("ethnicity", "中国"),
        ("political_status", "积极分子"),
        ("education", "研究生"),
        ("education", "大学肄业"),
        ("education", "本科（在读）"),
    ],
)
def test_what_is_not_certain_stays_as_written(name, written):
    assert read(name, written) == written


@pytest.mark.parametrize(
    "written",
    [
        "1985年3月",
        "1985.03",
        "1985-3",
        "1985/3/12",
        "１９８５．０３",
        "198503",
        "19850312",
        "85-3",
        "85年3月",
        "1985年3月12日",
        "1985 年 03 月",
        "一九八五年三月",
    ],
)
def test_a_month_is_read_however_it_is_written(written):
    assert read("birth_month", written) == "1985-03"


@pytest.mark.parametrize(
    ("written", "month"),
    [("05.9", "2005-09"), ("一九九〇年十二月", "1990-12"), ("1990年十月", "1990-10"), ("12.9", "1912-09")],
)
def test_two_digits_of_a_year_are_those_of_somebody_who_may_work(written, month):
    assert read("birth_month", written) == month


@pytest.mark.parametrize("written", ["1985", "1985.13", "不详", "36岁"])
def test_what_is_no_month_stays_as_written(written):
    assert read("birth_month", written) == written


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("138-0000-1234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("手机：13800001234", "13800001234"),
        ("13800001234（本人）", "13800001234"),
        ("13800001234 / 0391-3999920", "13800001234"),
        ("0391-3999920", "0391-3999920"),
        ("+86 13800001234", "13800001234"),
        ("1380000123", "1380000123"),
        ("没有手机", "没有手机"),
    ],
)
def test_a_telephone_number_is_found_among_what_stands_around_it(written, number):
    assert read("phone", written) == number


def test_an_id_number_loses_its_spaces_and_nothing_else():
    assert read("id_number", "410811 19901212 001ｘ") == "41081119901212001X"
    assert read("id_number", "4108111990121200") == "4108111990121200"


@pytest.mark.parametrize("written", ["无", "/", "—", "没有", "暂无", "无。", " - "])
def test_nothing_is_none_where_none_may_be_said_and_empty_elsewhere(written):
    assert [read(name, written) for name in ("honours", "skill_level", "education", "phone")] == ["无", "无", "", ""]


def test_short_answers_are_one_line_and_long_ones_keep_theirs():
    assert read("unit_and_post", "顺达速运\n  快递员") == "顺达速运 快递员"
    assert read("deeds", " 第一行\n\n第二行 ") == "第一行\n\n第二行"


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("sex", SEXES),
        ("ethnicity", ETHNICITIES),
        ("political_status", POLITICAL_STATUSES),
        ("education", EDUCATIONS),
    ],
)
def test_our_own_words_stay_our_own_words(name, choices):
    assert [read(name, choice) for choice in choices] == list(choices)


@pytest.mark.parametrize("name", ["sex", "phone", "birth_month", "education"])
@pytest.mark.parametrize("written", ["x" * 60_000, "（" * 60_000, "1 " * 30_000], ids=["letters", "brackets", "gaps"])
def test_S1_what_is_much_too_long_stays_as_written(name, written):
    assert read(name, written) == written.strip()


@given(st.sampled_from(sorted(BY_NAME)), st.text())
def test_nothing_that_is_written_is_too_strange_and_reading_twice_changes_nothing(name, written):
    once = read(name, written)

    assert read(name, once) == once


def test_a_word_counts_only_where_no_other_stands_beside_it():
    words = ("货车司机", "快递员")

    assert [only_one_in(text, words) for text in ("快递员张三", "货车司机兼快递员", "站长")] == ["快递员", "", ""]
