import pytest
from PIL import ImageFont

from h5app.documents.fonts import FONT_FILES, missing_characters


def test_S8_what_a_shipped_font_has_is_not_missing():
    assert missing_characters("䶮𫖯𬍛𰻞阿卜杜拉·买买提，“最美”（1寸）㎡①") == ()


def test_S8_what_no_shipped_font_has_is_named_once_in_order():
    assert missing_characters("𠮷\U00031350和𠮷😀") == ("𠮷", "\U00031350", "😀")


def test_private_use_is_missing_because_no_other_machine_shows_it():
    assert missing_characters("\ue000") == ("\ue000",)


@pytest.mark.parametrize("text", ["", "\n\t\u3000 ", "葛\U000e0100", "\u200d\ufe0f", "\x00\ud800"])
def test_what_draws_nothing_is_not_missing(text):
    assert missing_characters(text) == ()


def test_coverage_agrees_with_what_freetype_draws():
    """FreeType draws the same box for every character that a font has not."""
    fonts = [ImageFont.truetype(path, 40) for path in FONT_FILES]
    boxes = [bytes(font.getmask("\U000ffffd")) for font in fonts]
    characters = "一龥䶮㐀𠮷𫖯𬍛𰻞\U00031350😀Aa·—ก"

    drawn = [
        character
        for character in characters
        if any(bytes(font.getmask(character)) != box for font, box in zip(fonts, boxes, strict=True))
    ]

    assert missing_characters(characters) == tuple(c for c in characters if c not in drawn)
