import pytest
from hypothesis import given
from hypothesis import strategies as st

from h5app.documents.wrapping import breakable, line_count, parted

TEXT = st.text(alphabet=st.sampled_from("一二三，。！“”（ab1 \n\u200d\u0301👨𠮷"), max_size=120)


def test_a_closing_mark_does_not_begin_a_line():
    assert [line_count(text, width_em=4) for text in ("一二三四", "一二三四。", "一二三四。五六", "一二\n三")] == [
        1,
        2,
        2,
        2,
    ]


def test_latin_stays_whole_and_is_broken_only_where_it_must_be():
    assert line_count("一二三abcdef", width_em=5) == 2
    assert line_count("a" * 100, width_em=5) == 15


def test_only_a_run_wider_than_the_column_may_break_anywhere():
    assert breakable("410811199012120017", width_em=10) == "410811199012120017"
    assert breakable("一" * 30, width_em=10) == "一" * 30
    assert breakable("见 " + "x" * 20, width_em=10) == "见 " + "\u200b".join("x" * 20)


def test_a_picture_is_wider_than_a_character():
    assert [line_count(text, width_em=4) for text in ("一二三四", "😀😀😀", "一😀😀")] == [1, 2, 1]


@given(text=TEXT, lines=st.integers(1, 6), width=st.integers(4, 12))
def test_parts_put_together_are_the_text_and_the_first_fits(text, lines, width):
    before, parting, after = parted(text, lines=lines, width_em=width, indent_em=1, gap_em=0.25)

    assert before + parting + after == text
    assert line_count(before, width_em=width, indent_em=1, gap_em=0.25) <= lines
    assert parting in {"", "\n"}


@pytest.mark.parametrize(
    ("text", "before", "parting"),
    [
        ("一二三四五六\n七八九十", "一二三四五六", "\n"),
        ("一二三四。五六七八九十", "一二三四。", ""),
        ("“一二三。”四五六七八九十", "“一二三。”", ""),
        ("一二三四五六，七八九十", "一二三四五六，", ""),
        ("一二三四五六七八九十", "一二三四五六七八", ""),
        ("abcd efghijklmnop", "abcd efghij", ""),
        ("一二三四五六七e\u0301八", "一二三四五六七e\u0301", ""),
    ],
)
def test_a_text_is_parted_where_it_reads_best(text, before, parting):
    assert parted(text, lines=2, width_em=4)[:2] == (before, parting)
