import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.domain.channel_code import (
    CODE_LETTERS,
    CodeReading,
    Spelling,
    check_letter,
    is_code,
    read_code,
)

data = st.text(alphabet=CODE_LETTERS, min_size=3, max_size=5)


@given(data)
def test_a_code_is_its_letters_and_the_one_that_checks_them(letters):
    code = letters + check_letter(letters)

    assert is_code(code)
    assert read_code(f" {code.lower()[:2]}-{code.lower()[2:]} ") == CodeReading(code, Spelling.WELL)


@given(data)
def test_every_wrong_letter_is_noticed(letters):
    code = letters + check_letter(letters)

    for place, right in enumerate(code):
        for wrong in set(CODE_LETTERS) - {right}:
            assert read_code(code[:place] + wrong + code[place + 1 :]).spelling is Spelling.MISTYPED


@given(data)
def test_every_two_neighbours_in_the_wrong_order_are_noticed(letters):
    code = letters + check_letter(letters)

    for place in range(len(code) - 1):
        swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
        assert is_code(swapped) is (swapped == code)


@pytest.mark.parametrize("typed", ["K7W0", "K7WＯ", "K7WD", "二维码吗"])
def test_what_no_poster_can_have_printed_is_mistyped(typed):
    assert read_code(typed).spelling is Spelling.MISTYPED


@pytest.mark.parametrize("typed", ["", "K7M", "K7WMK7WM", "—", "../etc"])
def test_what_is_too_short_or_too_long_is_no_code(typed):
    assert read_code(typed).spelling is Spelling.NO_CODE


@pytest.mark.parametrize("letters", ["", "K7", "K7WMKK", "K0W", "k7w"])
def test_only_letters_of_codes_get_a_check_letter(letters):
    with pytest.raises(ValueError, match="is no code"):
        check_letter(letters)
