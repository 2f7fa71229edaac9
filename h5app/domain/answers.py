"""Typed answers → checked answers: every rule about a value in one place, for page, submit and console."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from h5app.domain.campaign import Campaign, Path
from h5app.domain.errors import InvalidAnswerError, NotEligibleError
from h5app.domain.identity import IdNumber, parse_id_number, parse_name, parse_phone, parse_unit_code
from h5app.domain.nomination import Origin, Route
from h5app.domain.questions import BY_NAME, NO, NONE_WORD, NOT_SURE, Kind, Question, Topic, questions_of
from h5app.domain.text import clean_text, letters, word_count

_MONTH = re.compile(r"(\d{4})\s*[-年./]?\s*(\d{1,2})\s*月?")
_OLDEST_YEAR = 1900
_MONTHS = 12
# What a nominator knows of somebody else; the rest the nominee adds when he confirms.
_KNOWN_OF_OTHERS = frozenset(
    {"category", "experience", "union_member", "name", "phone", "unit_and_post", "region", "deeds"}
)
_ONLY_OWN = frozenset({"id_number", "sex", "birth_month", "consent_publication"})
# What is kept of an agreement whose box nobody was shown.
ON_PAPER = "纸质推荐表"
# Long texts are counted as Word does, which counts a run of letters once however long: nothing may be longer than
# so many code points a word.
_CODE_POINTS_A_WORD = 3
_OWN_PHONE = "这是您自己的电话。请填被推荐人本人的手机号，本人要用它来确认；没有手机，可以请本人用您的手机个人自荐"


@dataclass(frozen=True)
class Terms:
    """What an entry is judged by: campaign, route and the day it is judged on.

    Whoever mailed a form has signed it: nobody is asked to confirm or to tick, and what no form has may stay unknown.
    """

    campaign: Campaign
    route: Route
    on: date
    origin: Origin = Origin.FORM

    @property
    def path(self) -> Path:
        return self.campaign.path_of(self.route)

    def choices(self, question: Question) -> tuple[str, ...]:
        given = getattr(self.campaign, question.from_campaign) if question.from_campaign else question.choices
        unsure = question.unsure_of_others and (self.route is not Route.SELF or self.origin is Origin.MAIL)
        return (*given, NOT_SURE) if unsure else tuple(given)

    def max_chars(self, question: Question) -> int:
        return self.path.limits.deeds_max_chars if question.name == "deeds" else question.max_chars

    def id_number_required(self) -> bool:
        return self.route in self.path.id_number_required

    def agreement_text(self, question: Question) -> str:
        return str(getattr(self.campaign.consents, question.name.removeprefix("consent_")))

    def agreement_mark(self, question: Question) -> str:
        """What its ticked box sends, and what is kept of the agreement."""
        return self.campaign.consents.mark(self.agreement_text(question))

    def is_asked(self, question: Question) -> bool:
        """Sex and birth month stand in the ID number; they are asked where that may be missing.

        Where the nominee is going to confirm, nobody else is asked for any of the three, nor to agree for him
        to being written about.
        """
        if question.name == "experience" and not self.campaign.min_years:
            return False
        if self.nominee_completes:
            return question.name not in _ONLY_OWN
        return question.name not in {"sex", "birth_month"} or not self.id_number_required()

    def is_required(self, question: Question) -> bool:
        if self.nominee_completes and question.topic not in {Topic.CONSENT, Topic.NOMINATOR}:
            return question.name in _KNOWN_OF_OTHERS
        return self.id_number_required() if question.name == "id_number" else question.required

    @property
    def nominee_completes(self) -> bool:
        """Whether the nominee will see, complete and confirm what is filled in here."""
        return self.path.waits_for_nominee(self.route) and self.origin is Origin.FORM


@dataclass(frozen=True)
class Checked:
    """What has become of answers.

    Args:
        values: question name → text as kept and printed.
        problems: question name → what to do.
        barred: those of the problems that no correcting mends: they keep somebody out, for now.
    """

    values: Mapping[str, str]
    problems: Mapping[str, str]
    barred: frozenset[str] = frozenset()

    @property
    def is_only_barred(self) -> bool:
        """Whether everything is answered, and the answers keep somebody out."""
        return bool(self.barred) and self.barred == set(self.problems)


def check_answers(answers: Mapping[str, str], terms: Terms, topic: Topic | None = None) -> Checked:
    """Check all answers of a route, or those of one page.

    Sex and birth month follow from the ID number where there is one.
    """
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
    barred: set[str] = set()
    identity: IdNumber | None = None
    for question in questions_of(terms.route, topic):
        if identity and question.name in {"sex", "birth_month"}:
            values["sex"], values["birth_month"] = identity.sex, f"{identity.birth:%Y-%m}"
            continue
        if not terms.is_asked(question):
            continue
        try:
            values[question.name] = _read(question, answers.get(question.name, ""), terms)
            if question.kind is Kind.ID_NUMBER and values[question.name]:
                identity = parse_id_number(values[question.name], on=terms.on)
        except InvalidAnswerError as error:
            problems[question.name] = str(error)
            if isinstance(error, NotEligibleError):
                barred.add(question.name)
    if "id_number" in problems:  # one mistake, one sentence
        problems.pop("sex", None)
        problems.pop("birth_month", None)
    if terms.nominee_completes and _is_nominators_own(values.get("phone", ""), answers.get("nominator_phone", "")):
        problems["phone"] = _OWN_PHONE
    return Checked(values=values, problems=problems, barred=frozenset(barred))


def _is_nominators_own(phone: str, nominators_typed: str) -> bool:
    """Whether a nominee's number is his nominator's: whoever answers at it may say yes in the nominee's name."""
    try:
        return bool(phone) and phone == parse_phone(nominators_typed)
    except InvalidAnswerError:
        return False


def _read(question: Question, raw: str, terms: Terms) -> str:
    if question.kind is Kind.AGREEMENT and terms.origin is Origin.MAIL:
        return ON_PAPER if terms.is_required(question) else ""
    text = clean_text(raw, lines=question.kind is Kind.LINES)
    if not text:
        if terms.is_required(question):
            raise InvalidAnswerError(_missing(question, terms))
        return ""
    _check_length(question, text, terms)
    return _parsed(question, text, terms)


def _check_length(question: Question, text: str, terms: Terms) -> None:
    if question.kind is Kind.AGREEMENT:
        return
    most, long = terms.max_chars(question), question.kind is Kind.LINES
    counted = word_count(text) if long else letters(text)
    if counted > most:
        raise InvalidAnswerError(f"{question.label}最多 {most} 个字，现在有 {counted} 个，请删去一些")
    if long and letters(text) > most * _CODE_POINTS_A_WORD:
        raise InvalidAnswerError(
            f"{question.label}里字母、数字和空格太多，一共最多 {most * _CODE_POINTS_A_WORD} 个，"
            f"现在有 {letters(text)} 个，请删去一些"
        )


def _missing(question: Question, terms: Terms) -> str:
    if question.kind is Kind.AGREEMENT:
        return f"请阅读并勾选“{question.label}”"
    if question.name in {"sex", "birth_month"}:
        return f"没有填身份证号，请{_verb(question)}{question.label}"
    if question.none_word:
        return f"请填写{question.label}，没有就点“{NONE_WORD}”"
    return f"请{_verb(question)}{_asked(question, terms)}"


def _verb(question: Question) -> str:
    return "选择" if question.kind is Kind.CHOICE else "填写"


def _asked(question: Question, terms: Terms) -> str:
    own = question.topic not in {Topic.PERSON, Topic.WORK, Topic.STORY, Topic.ELIGIBILITY} or terms.route is Route.SELF
    if own:
        return question.label
    return f"被推荐人{'' if question.label.startswith('是否') else '的'}{question.label}"


def _parsed(question: Question, text: str, terms: Terms) -> str:
    match question.kind:
        case Kind.NAME:
            return parse_name(text)
        case Kind.ID_NUMBER:
            return parse_id_number(text, on=terms.on).number
        case Kind.PHONE:
            return parse_phone(text)
        case Kind.UNIT_CODE:
            return parse_unit_code(text)
        case Kind.MONTH:
            return _parse_month(text, terms)
        case Kind.CHOICE:
            return _parse_choice(question, text, terms)
        case Kind.AGREEMENT:
            return _parse_agreement(question, text, terms)
        case _:
            return text


def _parse_agreement(question: Question, text: str, terms: Terms) -> str:
    if text == terms.agreement_mark(question):
        return text
    if terms.is_required(question):
        raise InvalidAnswerError(f"“{question.label}”的说明有更新，请再读一遍并勾选")
    return ""  # what somebody need not agree to, he has not agreed to in other words


def _parse_choice(question: Question, text: str, terms: Terms) -> str:
    choices = terms.choices(question)
    if text == NOT_SURE and text not in choices:  # somebody else's answer, now before the one who knows
        raise InvalidAnswerError(_missing(question, terms))
    if text not in choices:
        raise InvalidAnswerError(f"请从列表里选择{question.label}")
    if question.name == "union_member" and text == NO:
        raise NotEligibleError("参选需要是工会会员，入会以后就可以接着填")
    if question.name == "experience" and text == terms.campaign.experiences[1]:
        years = terms.campaign.min_years
        raise NotEligibleError(f"参选要求从业满 {years} 年，欢迎满 {years} 年后再来")
    return text


def _month_in(text: str) -> re.Match[str] | None:
    return _MONTH.fullmatch(unicodedata.normalize("NFKC", text))


def _parse_month(text: str, terms: Terms) -> str:
    found = _month_in(text)
    if not found:
        raise InvalidAnswerError("请填写年和月，如 2021-03")
    year, month = int(found.group(1)), int(found.group(2))
    if not (year >= _OLDEST_YEAR and 1 <= month <= _MONTHS) or (year, month) > (
        terms.on.year,
        terms.on.month,
    ):
        raise InvalidAnswerError("这个年月不对，请核对，如 2021-03")
    return f"{year:04d}-{month:02d}"


def shown(name: str, value: str) -> str:
    """An answer as people read it: months in words, a ticked box as 已同意, one that may stay empty as 未同意.

    >>> shown("birth_month", "1990-05")
    '1990年5月'
    """
    question = BY_NAME[name]
    if not value:
        return "未同意" if question.kind is Kind.AGREEMENT and not question.required else ""
    if question.kind is Kind.MONTH and (found := _month_in(value)):
        return f"{int(found.group(1))}年{int(found.group(2))}月"
    if question.kind is Kind.AGREEMENT:
        return f"没有在网上勾选，以{ON_PAPER}为准" if value == ON_PAPER else "已同意"
    return value
