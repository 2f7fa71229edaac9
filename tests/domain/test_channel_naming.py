import pytest

from h5app.domain.channel_naming import channel_code, channel_name, in_short
from h5app.domain.errors import ChannelError


def test_a_name_is_cleaned_and_may_be_40_characters_long():
    assert (channel_name(" 中通\u200b 示例站 "), channel_name("站" * 40)) == ("中通 示例站", "站" * 40)


def test_a_code_is_taken_as_people_type_it_and_none_is_none():
    assert (channel_code(" k7-wm "), channel_code("  ")) == ("K7WM", "")


@pytest.mark.parametrize("typed", ["K7WX", "K7W0", "K7", "总海报"])
def test_what_is_no_code_is_refused_with_the_cure(typed):
    with pytest.raises(ChannelError, match="或者空着，由系统给一个"):
        channel_code(typed)


def test_what_was_typed_is_shown_on_one_line_and_cut():
    assert (in_short("甲\n\u202e乙"), in_short("字" * 41)) == ("甲乙", "字" * 40 + "…")
