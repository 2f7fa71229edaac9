"""Two pages that save the same topic, on both databases."""

from datetime import timedelta

import pytest

from h5app.domain.nomination import Route
from h5app.domain.writing import Sheet, WrittenElsewhereError
from h5app.services.drafting import begin, save
from tests.threads import at_once

FIRST, SECOND = Sheet("person", "1" * 8), Sheet("person", "2" * 8)


@pytest.fixture
def draft(any_stores, now):
    draft, _token = begin(any_stores, {"name": "李建国"}, route=Route.SELF, channel="", now=now, sheet=FIRST)
    return draft


def test_the_page_that_began_a_draft_is_its_first_writer(any_stores, draft):
    assert any_stores.drafts.get(draft.id).writers == {"person": ("1" * 8, 0)}


def test_the_later_page_is_told_and_nothing_of_it_is_stored(any_stores, draft, now):
    with pytest.raises(WrittenElsewhereError) as told:
        save(any_stores, draft, {"name": "王秀英", "phone": "1"}, now=now, sheet=SECOND)

    assert (told.value.elsewhere, told.value.draft) == ({"name": "李建国", "phone": ""}, draft)
    assert any_stores.drafts.get(draft.id) == draft


def test_a_page_that_has_seen_the_other_overwrites_it_and_then_the_other_is_told(any_stores, draft, now):
    knowing = Sheet("person", "2" * 8, seen="1" * 8)
    saved = save(any_stores, draft, {"name": "王秀英"}, now=now, sheet=knowing)

    assert any_stores.drafts.get(draft.id) == saved
    assert (saved.answers, saved.writers) == ({"name": "王秀英"}, {"person": ("2" * 8, 0)})
    with pytest.raises(WrittenElsewhereError):
        save(any_stores, saved, {"name": "李建国"}, now=now, sheet=FIRST)


def test_other_topics_never_conflict(any_stores, draft, now):
    story = Sheet("story", "3" * 8)

    saved = save(any_stores, draft, {"deeds": "一"}, now=now, sheet=story)

    assert saved.answers == {"name": "李建国", "deeds": "一"}
    assert saved.writers == {"person": ("1" * 8, 0), "story": ("3" * 8, 0)}


def test_a_save_that_was_overtaken_by_a_later_one_of_its_page_changes_nothing(any_stores, draft, now):
    saved = save(any_stores, draft, {"name": "李建军"}, now=now, sheet=Sheet("person", "1" * 8, turn=7))

    late = save(any_stores, saved, {"name": "李建"}, now=now, sheet=Sheet("person", "1" * 8, turn=6))

    assert late == saved == any_stores.drafts.get(draft.id)


def test_an_answer_lost_on_the_way_is_no_false_alarm(any_stores, draft, now):
    save(any_stores, draft, {"name": "李建军"}, now=now, sheet=Sheet("person", "1" * 8, turn=1))

    again = save(any_stores, draft, {"name": "李建军"}, now=now, sheet=Sheet("person", "1" * 8, turn=2))

    assert (again.answers, again.writers) == ({"name": "李建军"}, {"person": ("1" * 8, 2)})


def test_of_two_pages_that_save_at_once_one_is_told(any_stores, draft, now):
    pages = iter([({"name": "甲"}, "a" * 8), ({"name": "乙"}, "b" * 8)])
    told = []

    def type_on() -> None:
        answers, page = next(pages)
        try:
            save(any_stores, draft, answers, now=now, sheet=Sheet("person", page, seen="1" * 8))
        except WrittenElsewhereError as error:
            told.append((answers, error.elsewhere))

    at_once(type_on, 2)

    stored = any_stores.drafts.get(draft.id).answers
    assert len(told) == 1
    assert told[0][1] == stored
    assert told[0][0] != stored


def test_a_draft_of_the_first_release_gets_a_resume_code_when_it_is_saved(any_stores, draft, now):
    any_stores.rows.write("UPDATE drafts SET resume_code = ''")
    old = any_stores.drafts.get(draft.id)

    saved = save(any_stores, old, {"phone": "1"}, now=now + timedelta(minutes=1))

    assert len(saved.resume_code) == 8
    assert any_stores.drafts.by_resume_code(saved.resume_code) == any_stores.drafts.get(draft.id) == saved
