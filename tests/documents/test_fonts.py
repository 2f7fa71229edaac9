import io

import pytest
from pypdf import PdfReader

from h5app.documents.faces import Face, subset
from h5app.documents.fonts import FONT_FAMILIES, chain_of, missing_characters, rare_characters
from h5app.documents.pdf import recommendation_pdf
from h5app.documents.stationery import SHIPPED, Stationery


def test_S8_what_a_shipped_font_has_is_not_missing():
    assert missing_characters("䶮𫖯𬍛𰻞阿卜杜拉·买买提，“最美”（1寸）㎡①") == ()


def test_S8_what_no_shipped_font_has_is_named_once_in_order():
    assert missing_characters("𠮷\U00031350和𠮷😀") == ("𠮷", "\U00031350", "😀")


def test_private_use_is_missing_because_no_other_machine_shows_it():
    assert missing_characters("\ue000") == ("\ue000",)


@pytest.mark.parametrize("text", ["", "\n\t\u3000 ", "葛\U000e0100", "\u200d\ufe0f", "\x00\ud800"])
def test_what_draws_nothing_is_not_missing(text):
    assert missing_characters(text) == ()


def test_S8_fonts_of_rare_characters_print_the_extensions_up_to_h_and_pictures(stationery):
    assert missing_characters("𠮷𫖯𬍛𰻞\U00031350𠀀𮯠😀", stationery) == ()


def test_S8_what_even_they_have_not_is_named(stationery):
    assert missing_characters("\U0002ebf0一\U000323b0", stationery) == ("\U0002ebf0", "\U000323b0")


def test_only_what_no_other_font_has_is_taken_out_of_them(stationery):
    babelstone, hanazono, symbola = stationery.rare_fonts
    found = rare_characters("张三𰻞𠮷\U00031350🛵𠮷", stationery)

    assert {face.path: characters for face, characters in found.items()} == {
        babelstone: "𠮷\U00031350",
        symbola: "🛵",
    }
    assert rare_characters("\U0002a603", stationery) == {Face(hanazono): "\U0002a603"}


def test_the_shipped_fonts_are_asked_where_the_office_has_none():
    chain = chain_of(SHIPPED)
    assert (chain.body, chain.title, chain.rare) == (FONT_FAMILIES, FONT_FAMILIES, ())


@pytest.fixture
def office_folder(tmp_path, rare_fonts):
    """An office's fonts: one called 仿宋, one called 小标宋, one of rare characters; all with shapes of others."""
    (tmp_path / "FZXBS.ttf").write_bytes(subset(Face(rare_fonts[0]), "推荐表", family="FZXiaoBiaoSong-B05S"))
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "simfang.ttf").write_bytes(subset(Face(rare_fonts[0]), "李建国快递", family="FangSong"))
    (tmp_path / "more.ttf").write_bytes(subset(Face(rare_fonts[1]), "\U0002a6d6", family="More Han"))
    return Stationery(font_folders=(tmp_path,))


def test_the_offices_own_fonts_are_asked_first_and_its_rare_ones_by_glyph(office_folder, tmp_path):
    chain = chain_of(office_folder)

    assert chain.body == ("FangSong", *FONT_FAMILIES)
    assert chain.title == ("FZXiaoBiaoSong-B05S", "FangSong", *FONT_FAMILIES)
    assert chain.rare == (Face(tmp_path / "more.ttf"),)
    assert missing_characters("\U0002a6d6", office_folder) == ()


def test_a_form_is_printed_with_the_offices_fonts(office_folder, make_sheet):
    pdf = recommendation_pdf(make_sheet(portrait=None, deeds="\U0002a6d6"), office_folder)

    (page,) = PdfReader(io.BytesIO(pdf)).pages
    fonts = {font.get_object()["/BaseFont"].split("+")[1] for font in page["/Resources"]["/Font"].values()}
    assert {name.split("-Regular")[0] for name in fonts} >= {"FangSong", "FZXiaoBiaoSong-B05S", "h5app few glyphs 0"}
