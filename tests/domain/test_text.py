import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h5app.domain.errors import InvalidAnswerError
from h5app.domain.text import clean_text, letters, word_count
from tests.counted import COUNTED


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张三  ", "张三"),
        ("张\u202e三\u2066四\u2069", "张三四"),
        ("张\u200b三\ufeff\u2060\u00ad", "张三"),
        ("a\x00b\x07c\x1b\x7f\x9f", "abc"),
        ("张\ud800三\udfff", "张三"),
        ("张\ufffe三\uffff四\ufdd0\U0001fffe", "张三四"),
        ("张\u3000\t 三\u00a0四", "张 三 四"),
    ],
)
def test_S7_what_hides_or_reorders_text_is_gone(typed, kept):
    assert clean_text(typed) == kept


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_S9_no_line_break_survives_on_one_line(break_):
    assert clean_text(f"张三{break_}Bcc: x@example.org") == "张三 Bcc: x@example.org"


@pytest.mark.parametrize("break_", ["\r\n", "\r", "\u2028", "\u2029", "\x85"])
def test_every_kind_of_line_break_becomes_the_same_one_where_lines_are_kept(break_):
    assert clean_text(f"一{break_}二", lines=True) == "一\n二"


def test_at_most_one_blank_line_stays_between_paragraphs_and_none_at_the_ends():
    assert clean_text("\n\n 一 \n\n\n\n 二\n三\n\n", lines=True) == "一\n\n二\n三"


@pytest.mark.parametrize("char", ["\ue000", "\U000f0000", "\U00100000"])
def test_S7_a_private_use_character_is_named_and_refused(char):
    with pytest.raises(InvalidAnswerError) as told:
        clean_text(f"张{char}")

    assert str(told.value) == f"有一个字（U+{ord(char):04X}）别人的手机显示不出来，请换一种输入法再打一次"


@pytest.mark.parametrize(
    "text", ["䶮", "𠮷", "𫖯", "𬍛", "𰻞", "\U00031350", "\U0002ebf0", "﨑", "👨\u200d👩\u200d👧", "葛󠄀"]
)
def test_S8_rare_characters_and_emoji_stay_as_they_are(text):
    assert clean_text(text) == text


def test_letters_are_code_points_without_line_breaks():
    assert [letters(text) for text in ("", "𰻞𠮷", "一\n\n二", "a b")] == [0, 2, 2, 3]


@pytest.mark.parametrize(("text", "words"), COUNTED, ids=[str(number) for number in range(len(COUNTED))])
def test_words_are_counted_as_word_counts_them(text, words):
    assert word_count(text) == words


@settings(deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=())), st.booleans())
def test_S7_any_text_comes_out_printable_encodable_and_cleaning_twice_changes_nothing(text, lines):
    try:
        cleaned = clean_text(text, lines=lines)
    except InvalidAnswerError:
        assert any(unicodedata.category(char) == "Co" for char in text)
        return

    assert cleaned.encode().decode() == cleaned
    assert clean_text(cleaned, lines=lines) == cleaned
    assert cleaned == cleaned.strip()
    assert lines or cleaned.splitlines() in ([], [cleaned])
