from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from h5app.documents.text import printable


def test_lines_of_every_kind_become_line_feeds():
    assert printable("一\r\n二\r三\x85四\u2028五\u2029六\x0b七\x0c八") == "一\n二\n三\n四\n五\n六\n七\n八"


def test_S7_what_cannot_be_printed_is_dropped():
    assert printable("张\x00\x07\ud800三\ufffe\uffff\u202e\u2066") == "张三"


def test_S8_rare_characters_emoji_and_private_use_stay():
    rare = "䶮𠮷𫖯𬍛𰻞\U00031350阿卜杜拉·买买提😀\ue000"
    assert printable(rare) == rare


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=())))
def test_S7_any_text_becomes_text_that_xml_takes(text):
    element = etree.Element("t")
    element.text = printable(text)

    assert etree.fromstring(etree.tostring(element)).text == (printable(text) or None)
