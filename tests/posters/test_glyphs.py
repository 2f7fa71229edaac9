from h5app.posters.glyphs import missing_characters


def test_everyday_and_rarer_chinese_can_be_drawn():
    assert missing_characters("焦作市总工会 “最美”·—…（2026）䶮沁陟 ABC 3999920，。：；") == ""


def test_characters_in_no_font_are_named_once_and_in_order():
    assert missing_characters("最美😀骑手🛵😀") == "😀🛵"


def test_control_and_direction_characters_cannot_be_drawn():
    assert missing_characters("a\u202e\u2028\u200b\x7f\t\n\x00") == "\u202e\u2028\u200b\x7f\t\n\x00"
