import re

from h5app.storage.links import Links
from h5app.storage.vault import Vault


def test_a_mark_is_128_bits_in_letters_that_can_be_typed(vault):
    mark = Links(vault).mark("2346789A", purpose="nominee")

    assert re.fullmatch("[A-Z2-7]{26}", mark)
    assert mark == Links(vault).mark("2346789A", purpose="nominee")


def test_value_purpose_and_key_each_make_another_mark(vault):
    links, others = Links(vault), Links(Vault(bytes(32)))

    marks = {
        links.mark("2346789A", purpose="nominee"),
        links.mark("2346789C", purpose="nominee"),
        links.mark("2346789A", purpose="worker"),
        others.mark("2346789A", purpose="nominee"),
    }

    assert len(marks) == 4


def test_only_the_whole_mark_is_right_in_either_case(vault):
    links = Links(vault)
    mark = links.mark("2346789A", purpose="nominee")

    assert links.is_mark(mark, "2346789A", purpose="nominee")
    assert links.is_mark(mark.lower(), "2346789A", purpose="nominee")
    for wrong in ("", mark[:-1], f"{mark}A", mark[::-1], "张" * 26):
        assert not links.is_mark(wrong, "2346789A", purpose="nominee")
    assert not links.is_mark(mark, "2346789C", purpose="nominee")
    assert not links.is_mark(mark, "2346789A", purpose="worker")


def test_a_mark_says_nothing_about_the_blind_index_of_the_same_words(vault):
    digest = vault.blind_index("2346789A", purpose="nominee")

    assert Links(vault).mark("2346789A", purpose="nominee").lower() not in digest
    assert digest != vault.blind_index("2346789A", purpose="link:nominee")
