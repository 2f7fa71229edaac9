from datetime import date

import pytest

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.identity import (
    IdNumber,
    id_number_with_check,
    mask_id_number,
    mask_phone,
    parse_id_number,
    parse_name,
    parse_phone,
    parse_unit_code,
)
from tests.people import ID_NUMBER

TODAY = date(2026, 11, 22)
LAST_PLACE = "身份证号最后一位对不上，请核对第 18 位，也看看前面有没有输错"
NO_BIRTH = "身份证号第 7 到 14 位不是一个出生日期，请核对"


def refusal(parse, *args, **kwargs):
    with pytest.raises(InvalidAnswerError) as told:
        parse(*args, **kwargs)
    return str(told.value)


def remainder_mod_11_2(number):
    """ISO 7064's own definition, digit by digit: a valid number leaves 1."""
    rest = 0
    for char in number:
        rest = (rest * 2 + (10 if char == "X" else int(char))) % 11
    return rest


# Names


@pytest.mark.parametrize(
    "name", ["䶮䶮", "陈𠮷", "李𫖯", "王𬍛", "𰻞𰻞", "张\U00031350", "赵\U0002ebf0", "钱\U00032000", "﨑㐂", "李〇"]
)
def test_S8_names_of_every_cjk_extension_are_taken_as_typed(name):
    assert parse_name(name) == name


@pytest.mark.parametrize("dot", "·•・‧∙⋅●．")
def test_S8_every_middle_dot_becomes_the_one_on_identity_cards(dot):
    assert parse_name(f"阿卜杜拉{dot}买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("张 三", "张三"),
        (" 张\u3000三 ", "张三"),
        ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
        ("Anna  Maria O'Neil", "Anna Maria O'Neil"),
        ("Jean-Luc", "Jean-Luc"),
        ("José Łukasz", "José Łukasz"),
        ("李\r\n四", "李四"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("张\u200d三\u200b", "张三"),
    ],
)
def test_S9_names_lose_what_does_not_belong_and_keep_what_does(typed, kept):
    assert parse_name(typed) == kept


@pytest.mark.parametrize(
    ("typed", "char"), [("张三1", "1"), ("张三😀", "😀"), ("张三@", "@"), ("<b>张</b>", "<"), ("{{7*7}}张", "{")]
)
def test_a_character_that_no_name_has_is_named(typed, char):
    assert refusal(parse_name, typed) == f"姓名里不能有“{char}”，请与身份证上的写法一致"


@pytest.mark.parametrize("typed", ["", "·", "- .", "12", "😀"])
def test_a_name_without_a_letter_is_asked_for_again(typed):
    assert refusal(parse_name, typed) == "请填写姓名，与身份证上一致"


# ID numbers


@pytest.mark.parametrize(
    "first_17", ["41081119901212001", "11010519491231002", "81000019910203456", "83000020000229123"]
)
def test_a_computed_check_character_leaves_one_modulo_eleven(first_17):
    number = id_number_with_check(first_17)

    assert (number[:17], remainder_mod_11_2(number)) == (first_17, 1)


def test_the_standards_own_example_is_read():
    assert parse_id_number("11010519491231002X", on=TODAY) == IdNumber("11010519491231002X", "女", date(1949, 12, 31))


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002x", "１１０１０５１９４９１２３１００２ｘ", " 110105 19491231 002X ", "110105-19491231-002X"],
)
def test_full_width_digits_small_x_and_spaces_are_fine(typed):
    assert parse_id_number(typed, on=TODAY).number == "11010519491231002X"


@pytest.mark.parametrize("code", ["810000", "820000", "830000"])
def test_residence_permits_of_hongkong_macao_and_taiwan_are_read(code):
    number = id_number_with_check(f"{code}19910203" + "456")

    assert parse_id_number(number, on=TODAY) == IdNumber(number, "女", date(1991, 2, 3))


@pytest.mark.parametrize("digits", ["", "1", "41081119901212001", "4108111990121200190", "410811901212001"])
def test_the_count_of_digits_is_told(digits):
    assert refusal(parse_id_number, digits, on=TODAY) == (
        f"身份证号应为 18 位，现在是 {len(digits)} 位，请补全或删去多余的"
    )


@pytest.mark.parametrize("place", range(1, 18))
def test_every_place_that_is_no_digit_is_named(place):
    number = ID_NUMBER[: place - 1] + "X" + ID_NUMBER[place:]

    assert refusal(parse_id_number, number, on=TODAY) == f"身份证号第 {place} 位应为数字，请改正"


def test_the_last_place_may_only_be_a_digit_or_x():
    assert refusal(parse_id_number, f"{ID_NUMBER[:17]}Y", on=TODAY) == "身份证号第 18 位应为数字，请改正"


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5, 6, 15, 16, 17])
def test_one_wrong_digit_is_caught_by_the_check_character_at_every_place(place):
    for digit in set("0123456789") - {ID_NUMBER[place - 1]}:
        number = ID_NUMBER[: place - 1] + digit + ID_NUMBER[place:]
        assert refusal(parse_id_number, number, on=TODAY) == LAST_PLACE


def test_two_digits_in_the_wrong_order_are_caught():
    for place in (*range(5), 14, 15):
        swapped = ID_NUMBER[:place] + ID_NUMBER[place + 1] + ID_NUMBER[place] + ID_NUMBER[place + 2 :]
        if swapped != ID_NUMBER:
            assert refusal(parse_id_number, swapped, on=TODAY) == LAST_PLACE


@pytest.mark.parametrize("birth", ["20261123", "18991231", "19900230", "19901301", "19900000", "00000101", "20230229"])
def test_what_is_no_birth_date_is_told_even_with_a_right_check_character(birth):
    number = id_number_with_check(f"410811{birth}001")

    assert refusal(parse_id_number, number, on=TODAY) == NO_BIRTH


@pytest.mark.parametrize("birth", [date(2026, 11, 22), date(1900, 1, 1), date(2000, 2, 29)])
def test_birth_today_in_1900_and_on_a_leap_day_are_dates(birth):
    number = id_number_with_check(f"410811{birth:%Y%m%d}002")

    assert parse_id_number(number, on=TODAY) == IdNumber(number, "女", birth)


@pytest.mark.parametrize("digit", ["²", "①", "٣", "七"])
def test_digits_of_other_scripts_are_no_digits(digit):
    # NFKC turns ² and ① into plain digits, which the check character then refuses.
    number = ID_NUMBER[:2] + digit + ID_NUMBER[3:]

    assert refusal(parse_id_number, number, on=TODAY) in {"身份证号第 3 位应为数字，请改正", LAST_PLACE}


# Telephones


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800001234", "13800001234"),
        ("138 0000 1234", "13800001234"),
        ("138-0000-1234", "13800001234"),
        ("１３８００００１２３４", "13800001234"),
        ("+8613800001234", "13800001234"),
        ("0086-13800001234", "13800001234"),
        ("19912345678", "19912345678"),
        ("0391-3999920", "0391-3999920"),
        ("03913999920", "0391-3999920"),
        ("（0391）3999920", "0391-3999920"),
        ("010-62345678", "010-62345678"),
        ("0391-3999920-801", "0391-3999920-801"),
    ],
)
def test_telephones_come_out_in_one_spelling(typed, kept):
    assert parse_phone(typed) == kept


@pytest.mark.parametrize("typed", ["1380000123", "138000012345", "12345678901", "3999920", "110"])
def test_the_count_of_a_wrong_telephone_is_told(typed):
    assert refusal(parse_phone, typed) == (
        f"手机号应为 11 位，现在是 {len(typed)} 位，请核对；座机请带区号，如 0391-3999920"
    )


@pytest.mark.parametrize("typed", ["微信同号", "1380000123a", "call me", "13800001234/13900001234"])
def test_what_is_no_telephone_is_asked_for(typed):
    assert refusal(parse_phone, typed) == "请填写 11 位手机号；座机请带区号，如 0391-3999920"


# Unit codes


@pytest.mark.parametrize(
    "typed",
    ["91350100M000100Y43", "91350100m000100y43", "９１３５０１００Ｍ０００１００Ｙ４３", "913501 00M000 100Y43"],
)
def test_the_standards_unit_code_is_read_however_typed(typed):
    assert parse_unit_code(typed) == "91350100M000100Y43"


def test_wrong_unit_codes_say_where():
    assert refusal(parse_unit_code, "9135") == "统一社会信用代码应为 18 位，现在是 4 位；不清楚可以不填"
    assert refusal(parse_unit_code, "91350100I000100Y43") == ("统一社会信用代码第 9 位“I”不对，请核对；不清楚可以不填")
    assert refusal(parse_unit_code, "91350100M000100Y44") == "统一社会信用代码最后一位对不上，请核对；不清楚可以不填"


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_character_of_a_unit_code_is_caught_at_every_place(place):
    code = "91350100M000100Y43"
    wrong = code[:place] + ("2" if code[place] != "2" else "3") + code[place + 1 :]

    assert refusal(parse_unit_code, wrong) == "统一社会信用代码最后一位对不上，请核对；不清楚可以不填"


# Masks


def test_masks_keep_length_and_hide_the_middle():
    assert mask_id_number(ID_NUMBER) == "4108**********0019"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("0391-3999920") == "039*****9920"
    assert [mask_id_number(short) for short in ("", "12345678")] == ["", "********"]
    assert [mask_phone(short) for short in ("", "1234567")] == ["", "*******"]
