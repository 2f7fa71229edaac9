from dataclasses import replace

import pytest

from h5app.domain.nomination import Draft, Route
from h5app.domain.writing import Sheet, is_old_news, last_writer, written_elsewhere


@pytest.fixture
def draft(now):
    answers = {"name": "李建国", "deeds": "一\r\n二"}
    return Draft("d" * 32, Route.SELF, "", answers, now, now, writers={"person": ("page1", 5)})


def test_the_last_writer_is_known_by_topic(draft):
    assert (last_writer(draft, "person"), last_writer(draft, "story")) == ("page1", "")


@pytest.mark.parametrize(
    ("sheet", "elsewhere"),
    [
        (Sheet("person", "page1", turn=6), {}),  # it wrote last itself
        (Sheet("person", "page2", seen="page1"), {}),  # it has shown what was written last
        (Sheet("person", "page2", seen="page0"), {"name": "李建国"}),
        (Sheet("person", "page2"), {"name": "李建国"}),
        (Sheet("story", "page2"), {}),  # nobody has written there
        (Sheet("person", "page1", draft="e" * 32), {"name": "李建国"}),  # a page of another draft
        (Sheet("story", "page2", draft="e" * 32), {"name": "李建国"}),
        (Sheet("story", "page2", draft="d" * 32), {}),
    ],
)
def test_a_page_is_told_what_it_would_overwrite_unseen(draft, sheet, elsewhere):
    assert written_elsewhere(draft, {"name": "王秀英", "phone": ""}, sheet) == elsewhere


def test_equal_answers_overwrite_nothing_whatever_their_line_ends(draft):
    assert written_elsewhere(draft, {"name": "李建国", "deeds": "一\n二"}, Sheet("person", "page2")) == {}


@pytest.mark.parametrize(("page", "turn", "is_old"), [("page1", 4, True), ("page1", 5, False), ("page2", 4, False)])
def test_only_an_earlier_send_of_the_same_page_is_old_news(draft, page, turn, is_old):
    assert is_old_news(draft, Sheet("person", page, turn=turn)) is is_old


def test_a_page_that_cannot_count_is_never_old_news(draft):
    assert is_old_news(draft, Sheet("person", "page1", turn=0)) is False
    assert is_old_news(replace(draft, writers={}), Sheet("person", "page1", turn=3)) is False
