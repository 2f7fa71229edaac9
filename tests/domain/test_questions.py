import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import (
    BY_NAME,
    EDUCATIONS,
    ETHNICITIES,
    NONE_WORD,
    POLITICAL_STATUSES,
    QUESTIONS,
    Kind,
    Topic,
    questions_of,
    topics_of,
)
from h5app.domain.sheet import CELLS

NOMINATOR = {
    Route.SELF: [],
    Route.PEER: ["nominator_name", "nominator_phone", "relation", "consent_nominee"],
    Route.UNIT: ["unit_name", "unit_code", "unit_contact", "unit_phone", "consent_nominee"],
}


def test_names_are_unique_and_labels_of_one_route_are_too():
    assert len(BY_NAME) == len(QUESTIONS)
    for route in Route:
        labels = [question.label for question in questions_of(route)]
        assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("route", Route)
def test_routes_differ_only_in_who_nominates(route):
    assert [question.name for question in questions_of(route, Topic.NOMINATOR)] == NOMINATOR[route]
    others = [question for question in questions_of(route) if question.topic is not Topic.NOMINATOR]
    assert others == [question for question in QUESTIONS if question.topic is not Topic.NOMINATOR]


def test_who_nominates_himself_has_one_page_less():
    assert topics_of(Route.SELF) == (
        Topic.ELIGIBILITY,
        Topic.CONSENT,
        Topic.PERSON,
        Topic.WORK,
        Topic.STORY,
        Topic.PHOTOS,
    )
    assert topics_of(Route.PEER) == topics_of(Route.UNIT) == tuple(Topic)


@pytest.mark.parametrize("route", Route)
def test_consent_comes_before_the_first_personal_answer(route):
    topics = topics_of(route)

    assert topics.index(Topic.CONSENT) < min(
        topics.index(question.topic) for question in questions_of(route) if question.kind in {Kind.NAME, Kind.PHONE}
    )
    assert not any(question.kind in {Kind.NAME, Kind.PHONE} for question in questions_of(route, Topic.ELIGIBILITY))


def test_every_cell_of_the_printed_form_is_a_question_under_the_same_label():
    assert {name: BY_NAME[name].label for name in CELLS} == dict(CELLS)
    assert all(BY_NAME[name].routes == frozenset(Route) for name in CELLS)


def test_none_in_one_tap_is_offered_for_title_level_and_honours():
    assert [question.name for question in QUESTIONS if question.none_word] == [
        "professional_title",
        "skill_level",
        "honours",
    ]
    assert NONE_WORD == "无"


def test_choices_stand_in_the_question_or_in_the_campaign_and_nowhere_else():
    choices = {q.name: (bool(q.choices), bool(q.from_campaign)) for q in QUESTIONS if q.kind is Kind.CHOICE}

    assert all(here != there for here, there in choices.values())
    assert not any(q.choices or q.from_campaign for q in QUESTIONS if q.kind is not Kind.CHOICE)


def test_the_national_lists_are_whole():
    assert len(set(ETHNICITIES)) == len(ETHNICITIES) == 58
    assert len(set(POLITICAL_STATUSES)) == len(POLITICAL_STATUSES) == 13
    assert len(set(EDUCATIONS)) == len(EDUCATIONS)
