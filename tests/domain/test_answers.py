import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from h5app.domain.answers import ON_PAPER, Checked, Terms, check_answers, shown
from h5app.domain.nomination import Origin, Route
from h5app.domain.questions import BY_NAME, QUESTIONS, Kind, Topic, questions_of
from tests.people import ID_NUMBER, NAME, PERSON, agreements, checked_self, typed, with_social, without

TODAY = date(2026, 11, 22)


@pytest.fixture
def self_terms(campaign):
    return Terms(campaign, Route.SELF, on=TODAY)


@pytest.fixture
def peer_terms(declared):
    return Terms(declared, Route.PEER, on=TODAY)


def problem(terms, name, text):
    """What is said of one wrong answer among right ones."""
    answers = typed(terms.campaign, terms.route) | {name: text}
    return check_answers(answers, terms).problems.get(name)


def value(terms, name, text):
    checked = check_answers(typed(terms.campaign, terms.route) | {name: text}, terms)
    assert checked.problems == {}
    return checked.values[name]


@pytest.mark.parametrize("route", Route)
def test_complete_answers_have_no_problem_and_every_question_has_its_value(declared, route):
    checked = check_answers(typed(declared, route), Terms(declared, route, on=TODAY))

    assert checked.problems == {}
    assert set(checked.values) == {question.name for question in questions_of(route)}


def test_checked_answers_are_those_typed_with_sex_and_birth_month_from_the_id_number(campaign, self_terms):
    assert check_answers(typed(campaign), self_terms) == Checked(values=checked_self(campaign), problems={})


def test_what_the_route_does_not_ask_is_not_kept(campaign, self_terms):
    answers = typed(campaign, unit_name="别的公司", nominator_phone="13900005678", admin="yes")

    assert check_answers(answers, self_terms).values == checked_self(campaign)


def test_typed_sex_and_birth_month_give_way_to_the_id_number(declared, peer_terms):
    checked = check_answers(typed(declared, Route.PEER, sex="女", birth_month="2001-01"), peer_terms)

    assert (checked.values["sex"], checked.values["birth_month"]) == ("男", "1990-12")


def test_sex_and_birth_month_are_asked_where_the_id_number_may_be_missing(declared, peer_terms):
    answers = without(typed(declared, Route.PEER), "id_number")

    assert check_answers(answers, peer_terms).problems == {
        "sex": "没有填身份证号，请选择性别",
        "birth_month": "没有填身份证号，请填写出生年月",
    }
    checked = check_answers(answers | {"sex": "女", "birth_month": "1990年5月"}, peer_terms)
    assert checked.problems == {}
    assert (checked.values["id_number"], checked.values["sex"], checked.values["birth_month"]) == ("", "女", "1990-05")


def test_one_wrong_id_number_is_one_sentence(declared, peer_terms):
    answers = typed(declared, Route.PEER, id_number="123")

    assert check_answers(answers, peer_terms).problems == {
        "id_number": "身份证号应为 18 位，现在是 3 位，请补全或删去多余的"
    }


def test_nothing_typed_asks_for_every_required_answer_of_the_route(self_terms):
    optional = {"union_name", "sex", "birth_month", "consent_publication"}
    required = {question.name for question in questions_of(Route.SELF)} - optional

    assert set(check_answers({}, self_terms).problems) == required


def test_a_page_is_checked_alone(self_terms):
    assert check_answers({}, self_terms, Topic.WORK).problems == {
        "unit_and_post": "请填写单位及职务",
        "region": "请选择工作所在地",
        "education": "请选择学历",
        "professional_title": "请填写职称，没有就点“无”",
        "skill_level": "请填写技术等级，没有就点“无”",
    }


def test_who_fills_in_for_somebody_else_is_told_whose_answer_is_missing(peer_terms):
    problems = check_answers({}, peer_terms).problems

    assert problems["name"] == "请填写被推荐人的姓名"
    assert problems["ethnicity"] == "请选择被推荐人的民族"
    assert problems["experience"] == "请选择被推荐人的从业年限"
    assert problems["union_member"] == "请选择被推荐人是否工会会员"
    assert problems["nominator_name"] == "请填写您的姓名"
    assert problems["relation"] == "请选择您和被推荐人的关系"


@pytest.mark.parametrize(
    ("typed_month", "kept"),
    [
        ("2021-03", "2021-03"),
        ("2021-3", "2021-03"),
        ("2021年3月", "2021-03"),
        ("2021 年 3 月", "2021-03"),
        ("202103", "2021-03"),
        ("2021.3", "2021-03"),
        ("2021/03", "2021-03"),
        ("２０２１年３月", "2021-03"),
        ("1900-01", "1900-01"),
        ("2024-11", "2024-11"),
    ],
)
def test_months_are_read_however_typed(campaign, peer_terms, typed_month, kept):
    answers = typed(campaign, Route.PEER, id_number="", sex="女", birth_month=typed_month)

    checked = check_answers(answers, peer_terms)

    assert (checked.problems, checked.values["birth_month"]) == ({}, kept)


@pytest.mark.parametrize(
    ("typed_month", "sentence"),
    [
        ("2021", "请填写年和月，如 2021-03"),
        ("三年前", "请填写年和月，如 2021-03"),
        ("2021-03-15", "请填写年和月，如 2021-03"),
        ("21-03", "请填写年和月，如 2021-03"),
        ("2021-13", "这个年月不对，请核对，如 2021-03"),
        ("2021-00", "这个年月不对，请核对，如 2021-03"),
        ("1899-12", "这个年月不对，请核对，如 2021-03"),
        ("2026-12", "这个年月不对，请核对，如 2021-03"),
        ("9999-01", "这个年月不对，请核对，如 2021-03"),
    ],
)
def test_wrong_months_are_told(campaign, peer_terms, typed_month, sentence):
    answers = typed(campaign, Route.PEER, id_number="", sex="女", birth_month=typed_month)

    assert check_answers(answers, peer_terms).problems == {"birth_month": sentence}


# Eligibility


def test_the_years_asked_for_are_the_campaigns(campaign):
    terms = Terms(replace(campaign, min_years=10), Route.SELF, on=TODAY)

    assert terms.choices(BY_NAME["experience"]) == ("满 10 年", "不满 10 年")
    assert problem(terms, "experience", "满 2 年") == "请从列表里选择从业年限"
    assert problem(terms, "experience", "不满 10 年") == "参选要求从业满 10 年，欢迎满 10 年后再来"


def test_no_years_are_asked_for_where_the_campaign_asks_for_none(campaign):
    terms = Terms(replace(campaign, min_years=0), Route.SELF, on=TODAY)

    checked = check_answers(without(typed(campaign), "experience"), terms)

    assert (checked.problems, "experience" in checked.values) == ({}, False)


def test_honest_answers_that_keep_somebody_out_are_told_apart_from_mistakes(campaign, self_terms):
    answers = typed(campaign, experience="不满 2 年", union_member="否")

    checked = check_answers(answers, self_terms, Topic.ELIGIBILITY)

    assert checked == Checked(
        values={"category": "快递员"},
        problems={
            "experience": "参选要求从业满 2 年，欢迎满 2 年后再来",
            "union_member": "参选需要是工会会员，入会以后就可以接着填",
        },
        barred=frozenset({"experience", "union_member"}),
    )
    assert checked.is_only_barred
    assert not check_answers(answers | {"category": ""}, self_terms, Topic.ELIGIBILITY).is_only_barred
    assert not check_answers(typed(campaign), self_terms).is_only_barred


@pytest.mark.parametrize("route", [Route.PEER, Route.UNIT])
@pytest.mark.parametrize("name", ["experience", "union_member"])
def test_of_somebody_else_one_may_be_unsure(campaign, route, name):
    assert value(Terms(campaign, route, on=TODAY), name, "不清楚") == "不清楚"


@pytest.mark.parametrize("name", ["experience", "union_member"])
def test_of_oneself_nobody_is_unsure(self_terms, name):
    assert problem(self_terms, name, "不清楚") == f"请选择{BY_NAME[name].label}"


@pytest.mark.parametrize("name", [question.name for question in QUESTIONS if question.kind is Kind.CHOICE])
def test_only_what_is_on_the_list_is_taken(campaign, name):
    question = BY_NAME[name]
    route = min(question.routes)
    terms = Terms(campaign, route, on=TODAY)
    answers = without(typed(campaign, route), "id_number") | {name: "<script>"}

    if terms.is_asked(question):
        assert check_answers(answers, terms).problems[name] == f"请从列表里选择{question.label}"
    else:
        assert name not in check_answers(answers, terms).values


def test_an_empty_optional_answer_is_kept_empty(campaign):
    terms = Terms(campaign, Route.UNIT, on=TODAY)
    checked = check_answers(typed(campaign, Route.UNIT, unit_code="", union_name="  "), terms)

    assert (checked.problems, checked.values["unit_code"], checked.values["union_name"]) == ({}, "", "")


@pytest.mark.parametrize("name", ["phone", "nominator_phone"])
def test_telephones_are_checked_wherever_they_stand(peer_terms, name):
    assert problem(peer_terms, name, "123") == ("手机号应为 11 位，现在是 3 位，请核对；座机请带区号，如 0391-3999920")


def test_a_unit_code_is_checked(campaign):
    terms = Terms(campaign, Route.UNIT, on=TODAY)

    assert problem(terms, "unit_code", "91350100M000100Y44") == (
        "统一社会信用代码最后一位对不上，请核对；不清楚可以不填"
    )


# Lengths


def test_S6_a_name_of_ten_thousand_characters_is_counted_and_refused(self_terms):
    assert problem(self_terms, "name", "张" * 10_000) == "姓名最多 50 个字，现在有 10000 个，请删去一些"
    assert value(self_terms, "name", "张" * 50) == "张" * 50


@pytest.mark.parametrize(("length", "fits"), [(501, True), (800, True), (801, False), (10_000, False)])
def test_S6_deeds_have_their_limit_in_code_points(self_terms, length, fits):
    text = "𰻞" * length

    expected = None if fits else f"主要事迹最多 800 个字，现在有 {length} 个，请删去一些"
    assert problem(self_terms, "deeds", text) == expected


def test_S6_deeds_are_counted_as_word_counts_and_have_a_limit_in_code_points_too(self_terms):
    assert value(self_terms, "deeds", "abc 12.5 " * 266) == ("abc 12.5 " * 266).strip()
    assert problem(self_terms, "deeds", "a" * 2400) is None
    assert problem(self_terms, "deeds", "a" * 2401) == (
        "主要事迹里字母、数字和空格太多，一共最多 2400 个，现在有 2401 个，请删去一些"
    )


def test_S6_line_breaks_do_not_count(self_terms):
    text = "\r\n".join(["字" * 80] * 10)

    assert value(self_terms, "deeds", text) == text.replace("\r\n", "\n")


def test_S6_the_limit_of_the_deeds_is_the_paths(campaign):
    changed = with_social(campaign, limits=replace(campaign.paths["social"].limits, deeds_max_chars=2000))

    assert problem(Terms(changed, Route.SELF, on=TODAY), "deeds", "字" * 2000) is None


# Agreements


def test_an_unticked_box_says_which(self_terms):
    assert check_answers({}, self_terms, Topic.CONSENT).problems == {
        "consent_rules": "请阅读并勾选“选树规则”",
        "consent_personal": "请阅读并勾选“身份证号和照片”",
        "consent_mailing": "请阅读并勾选“邮件发送”",
    }


def test_a_changed_text_asks_again(campaign):
    answers = typed(campaign)
    consents = replace(campaign.consents, personal=campaign.consents.personal + "另行公布。")
    terms = Terms(replace(campaign, consents=consents), Route.SELF, on=TODAY)

    assert check_answers(answers, terms).problems == {
        "consent_personal": "“身份证号和照片”的说明有更新，请再读一遍并勾选"
    }


def test_any_other_word_is_no_agreement(self_terms):
    assert problem(self_terms, "consent_rules", "on") == "“选树规则”的说明有更新，请再读一遍并勾选"


def test_a_changed_line_of_the_notice_asks_again_for_everything(campaign):
    answers = typed(campaign)
    consents = replace(campaign.consents, retention="活动结束后 24 个月内删除。")
    terms = Terms(replace(campaign, consents=consents), Route.SELF, on=TODAY)

    assert set(check_answers(answers, terms).problems) == {"consent_rules", "consent_personal", "consent_mailing"}


def test_to_be_written_about_nobody_has_to_agree(campaign, self_terms):
    assert value(self_terms, "consent_publication", "") == ""
    other_words = replace(campaign.consents, publication="可以拍成电影。")
    terms = Terms(replace(campaign, consents=other_words), Route.SELF, on=TODAY)
    assert value(terms, "consent_publication", self_terms.agreement_mark(BY_NAME["consent_publication"])) == ""


def test_where_the_nominee_confirms_only_he_agrees_to_being_written_about(campaign):
    terms = Terms(with_social(campaign, nominee_confirms="required"), Route.PEER, on=TODAY)

    assert "consent_publication" not in check_answers(typed(campaign, Route.PEER), terms).values


def test_what_is_kept_of_an_agreement_is_the_hash_of_the_notice_and_its_own_text(campaign, self_terms):
    mark = value(self_terms, "consent_rules", agreements(campaign, Route.SELF)["consent_rules"])

    consents = campaign.consents
    notice = "\n".join(f"{about}：{words}" for about, words in consents.notice.items())
    assert mark == hashlib.sha256(f"{notice}\n\n{consents.rules}".encode()).hexdigest()


@pytest.mark.parametrize("route", [Route.PEER, Route.UNIT])
def test_who_fills_in_for_somebody_else_declares_his_consent(campaign, route):
    answers = without(typed(campaign, route), "consent_nominee")

    assert check_answers(answers, Terms(campaign, route, on=TODAY)).problems == {
        "consent_nominee": "请阅读并勾选“被推荐人同意”"
    }


# Any text at all

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
HALF_RIGHT = st.sampled_from([*PERSON.values(), ID_NUMBER[:17], NAME * 9, "2021-3", "²", "٣" * 18, "1" * 5000])


@settings(deadline=None, max_examples=200)
@given(
    route=st.sampled_from(Route),
    answers=st.dictionaries(st.sampled_from([q.name for q in QUESTIONS]), ANY_TEXT | HALF_RIGHT),
)
def test_S7_checking_never_fails_and_every_asked_answer_is_a_value_or_a_problem(campaign, route, answers):
    terms = Terms(campaign, route, on=TODAY)

    checked = check_answers(answers, terms)

    assert not set(checked.values) & set(checked.problems)
    required = {q.name for q in questions_of(route) if terms.is_asked(q) and q.name not in {"sex", "birth_month"}}
    assert required <= set(checked.values) | set(checked.problems)
    assert all(sentence for sentence in checked.problems.values())
    again = check_answers(checked.values, terms).values
    assert {name: again[name] for name in checked.values} == checked.values
    for name, text in checked.values.items():
        assert shown(name, text).encode().decode() == shown(name, text)


# As people read it


@pytest.mark.parametrize(
    ("name", "kept", "text"),
    [
        ("birth_month", "1990-12", "1990年12月"),
        ("birth_month", "不知道", "不知道"),
        ("experience", "满 2 年", "满 2 年"),
        ("consent_rules", "ab" * 32, "已同意"),
        ("consent_rules", "", ""),
        ("consent_publication", "ab" * 32, "已同意"),
        ("consent_publication", "", "未同意"),
        ("name", NAME, NAME),
    ],
)
def test_answers_are_shown_in_words(name, kept, text):
    assert shown(name, kept) == text


@pytest.mark.parametrize("typed_month", ["2021年3月", "202103", "2021.3", "２０２１年３月"])
def test_a_month_not_yet_checked_is_shown_too(typed_month):
    assert shown("birth_month", typed_month) == "2021年3月"


@pytest.mark.parametrize("typed_as", ["13900005678", "+86 139 0000 5678"])
def test_S19_who_nominates_cannot_answer_for_the_nominee_by_giving_his_own_telephone(campaign, typed_as):
    required = with_social(campaign, nominee_confirms="required")
    terms = Terms(required, Route.PEER, on=TODAY)
    answers = typed(required, Route.PEER, phone=typed_as)

    on_the_page = check_answers(answers, terms, Topic.PERSON).problems
    assert set(on_the_page) == set(check_answers(answers, terms).problems) == {"phone"}
    assert on_the_page["phone"].startswith("这是您自己的电话")


def test_where_a_declaration_is_enough_two_may_share_a_telephone(campaign):
    declared = with_social(campaign, nominee_confirms="declared")
    answers = typed(declared, Route.PEER, phone="13900005678")

    assert check_answers(answers, Terms(declared, Route.PEER, on=TODAY)).problems == {}


@pytest.mark.parametrize("route", Route)
def test_a_signed_form_is_asked_for_no_ticks_and_says_so(campaign, route):
    answers = {name: text for name, text in typed(campaign, route).items() if not name.startswith("consent_")}
    answers |= PERSON | {"experience": "不清楚", "union_member": "不清楚"}

    checked = check_answers(answers, Terms(campaign, route, on=TODAY, origin=Origin.MAIL))

    assert checked.problems == {}
    kept = {name: text for name, text in checked.values.items() if name.startswith("consent_")}
    assert kept.pop("consent_publication") == ""
    assert set(kept.values()) == {ON_PAPER}
    assert shown("consent_rules", ON_PAPER) == "没有在网上勾选，以纸质推荐表为准"


def test_no_box_of_ours_is_ticked_by_the_words_of_a_signed_form(self_terms):
    assert problem(self_terms, "consent_rules", ON_PAPER) == "“选树规则”的说明有更新，请再读一遍并勾选"
