"""Typed answers → checked answers: every rule about a value in one place, for page, submit and console."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from h5app.domain.campaign import Campaign, Path
from h5app.domain.errors import InvalidAnswerError
from h5app.domain.identity import IdNumber, parse_id_number, parse_name, parse_phone, parse_unit_code
from h5app.domain.nomination import Route
from h5app.domain.questions import BY_NAME, NO, NONE_WORD, Kind, Question, Topic, questions_of
from h5app.domain.text import clean_text, letters

_MONTH = re.compile(r"(\d{4})\s*[-年./]?\s*(\d{1,2})\s*月?")
_OLDEST_YEAR = 1900
_MONTHS = 12
# What a nominator knows of somebody else; the rest the nominee adds when he confirms.
_KNOWN_OF_OTHERS = frozenset({"category", "region", "name", "phone", "unit_and_post", "deeds"})
_ONLY_OWN = frozenset({"id_number", "sex", "birth_month"})


@dataclass(frozen=True)
class Terms:
    """What an entry is judged by: campaign, route and the day it is judged on."""

    campaign: Campaign
    route: Route
    on: date

    @property
    def path(self) -> Path:
        return self.campaign.path_of(self.route)

    def choices(self, question: Question) -> tuple[str, ...]:
        if question.from_campaign:
            return tuple(getattr(self.campaign, question.from_campaign))
        return question.choices

    def max_chars(self, question: Question) -> int:
        return self.path.limits.deeds_max_chars if question.name == "deeds" else question.max_chars

    def id_number_required(self) -> bool:
        return self.route in self.path.id_number_required

    def agreement_text(self, question: Question) -> str:
        return str(getattr(self.campaign.consents, question.name.removeprefix("consent_")))

    def is_asked(self, question: Question) -> bool:
        """Sex and birth month stand in the ID number; they are asked where that may be missing.

        Where the nominee is going to confirm, nobody else is asked for any of the three.
        """
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
        return self.path.waits_for_nominee(self.route)


@dataclass(frozen=True)
class Checked:
    """`values`: question name → text as kept and printed; `problems`: question name → what to do."""

    values: Mapping[str, str]
    problems: Mapping[str, str]


def agreement_mark(text: str) -> str:
    """What a ticked box sends: the hash of the text agreed to, so that a changed text asks again."""
    return hashlib.sha256(text.encode()).hexdigest()


def check_answers(answers: Mapping[str, str], terms: Terms, topic: Topic | None = None) -> Checked:
    """Check all answers of a route, or those of one page.

    Sex and birth month follow from the ID number where there is one.
    """
    values: dict[str, str] = {}
    problems: dict[str, str] = {}
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
    if "id_number" in problems:  # one mistake, one sentence
        problems.pop("sex", None)
        problems.pop("birth_month", None)
    return Checked(values=values, problems=problems)


def _read(question: Question, raw: str, terms: Terms) -> str:
    text = clean_text(raw, lines=question.kind is Kind.LINES)
    if not text:
        if terms.is_required(question):
            raise InvalidAnswerError(_missing(question, terms))
        return ""
    if letters(text) > terms.max_chars(question) and question.kind is not Kind.AGREEMENT:
        raise InvalidAnswerError(
            f"{question.label}最多 {terms.max_chars(question)} 个字，现在有 {letters(text)} 个，请删去一些"
        )
    return _parsed(question, text, terms)


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
            return _parse_month(question, text, terms)
        case Kind.CHOICE:
            return _parse_choice(question, text, terms)
        case Kind.AGREEMENT:
            if text != agreement_mark(terms.agreement_text(question)):
                raise InvalidAnswerError(f"“{question.label}”的说明有更新，请再读一遍并勾选")
            return text
        case _:
            return text


def _parse_choice(question: Question, text: str, terms: Terms) -> str:
    if text not in terms.choices(question):
        raise InvalidAnswerError(f"请从列表里选择{question.label}")
    if question.name == "union_member" and text == NO:
        raise InvalidAnswerError(terms.campaign.join_union)
    return text


def _month_in(text: str) -> re.Match[str] | None:
    return _MONTH.fullmatch(unicodedata.normalize("NFKC", text))


def _parse_month(question: Question, text: str, terms: Terms) -> str:
    found = _month_in(text)
    if not found:
        raise InvalidAnswerError("请填写年和月，如 2021-03")
    year, month = int(found.group(1)), int(found.group(2))
    if not (year >= _OLDEST_YEAR and 1 <= month <= _MONTHS) or (year, month) > (
        terms.on.year,
        terms.on.month,
    ):
        raise InvalidAnswerError("这个年月不对，请核对，如 2021-03")
    if question.name == "since":
        months = (terms.on.year - year) * _MONTHS + terms.on.month - month
        if months < terms.campaign.min_years * _MONTHS:
            raise InvalidAnswerError(
                f"参选要求从业满 {terms.campaign.min_years} 年，按您填的还不满。填错了请改正；确实不满，欢迎下次参加"
            )
    return f"{year:04d}-{month:02d}"


def shown(name: str, value: str) -> str:
    """An answer as people read it: months in words, a ticked box as 已同意.

    >>> shown("birth_month", "1990-05")
    '1990年5月'
    """
    question = BY_NAME[name]
    if not value:
        return ""
    if question.kind is Kind.MONTH and (found := _month_in(value)):
        return f"{int(found.group(1))}年{int(found.group(2))}月"
    if question.kind is Kind.AGREEMENT:
        return "已同意"
    return value
