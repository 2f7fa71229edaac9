import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageFont, ImageStat

from h5app.documents.faces import Coverage, Face, subset
from h5app.documents.fonts import FONT_FILES


@given(st.sets(st.integers(0, 300)), st.integers(0, 310))
def test_a_coverage_holds_what_its_ranges_hold(codes, asked):
    ranges = [(code, code) for code in sorted(codes)]
    assert (asked in Coverage([first for first, _ in ranges], [last for _, last in ranges])) == (asked in codes)


@pytest.mark.parametrize("path", FONT_FILES, ids=lambda path: path.stem)
def test_coverage_agrees_with_what_freetype_draws(path):
    """FreeType draws the same box for every character that a font has not."""
    font, coverage = ImageFont.truetype(path, 40), Face(path).coverage
    box = bytes(font.getmask("\U000ffffd"))
    characters = "一龥䶮㐀𠮷𫖯𬍛𰻞\U00031350😀Aa·—ก"

    drawn = [character for character in characters if bytes(font.getmask(character)) != box]

    assert [character for character in characters if ord(character) in coverage] == drawn


def test_nothing_is_taken_out_of_a_font_of_another_kind_of_outlines():
    assert not Face(FONT_FILES[0]).has_outlines


@pytest.mark.parametrize(
    ("package", "characters"),
    [("hanazono", "𠮷𫖯𬍛𬭚"), ("babelstone", "𰻞\U00031350䶮"), ("ancient-scripts", "😀👍é")],
)
def test_S8_a_few_glyphs_are_drawn_as_in_the_font_they_are_taken_out_of(rare_fonts, package, characters):
    (path,) = (path for path in rare_fonts if path.parent.name == package)
    few = subset(Face(path), characters, family="few glyphs")

    large, small = ImageFont.truetype(path, 512), ImageFont.truetype(io.BytesIO(few), 512)
    assert small.getname() == ("few glyphs", "Regular")
    assert len(few) < 10_000
    assert [small.getlength(c) for c in characters] == [large.getlength(c) for c in characters]
    assert [difference(large, small, c) < 0.02 for c in characters] == [True] * len(characters)


def difference(large, small, character: str) -> float:
    """Of two shapes in one box, 0 (the same) to 1; hinting, which is not taken over, moves an edge here and there."""
    masks = [font.getmask(character, mode="L") for font in (large, small)]
    boxes = [Image.frombytes("L", mask.size, bytes(mask)).resize((48, 48), Image.Resampling.BOX) for mask in masks]
    return ImageStat.Stat(ImageChops.difference(*boxes)).mean[0] / 255


def test_a_few_glyphs_of_the_same_font_are_the_same_bytes(rare_fonts):
    face = Face(rare_fonts[1])
    assert subset(face, "𠮷𫖯", family="a") == subset(face, "𫖯𠮷𠮷", family="a")


def test_what_a_font_has_not_cannot_be_taken_out_of_it(rare_fonts):
    with pytest.raises(ValueError, match=r"U\+0E01"):
        subset(Face(Path(rare_fonts[1])), "ก", family="a")
