"""Pages of the catalogue as WTForms: what is drawn and sent. What an answer must be, the domain says."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import Field, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.widgets import html_params

from h5app.domain.answers import Terms, agreement_mark
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Kind, Question, Topic, questions_of, topics_of
from h5app.services.signing_in import PASSWORD_LEAST

# Beyond this many choices a list to scroll beats rows to tap.
_MOST_ROWS = 8
_CHOOSE = "请选择"


class AgreementField(StringField):
    """A box whose value is the hash of the text beside it; unticked, it sends nothing."""

    def __init__(self, label: str, *, agreement_text: str, **kwargs: Any) -> None:  # noqa: ANN401 -- WTForms' own
        super().__init__(label, **kwargs)
        self.agreement_text = agreement_text

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist else ""

    @staticmethod
    def widget(field: "AgreementField", **kwargs: object) -> Markup:
        mark = agreement_mark(field.agreement_text)
        kwargs |= {"id": field.id, "name": field.name, "type": "checkbox", "value": mark}
        return Markup(f"<input {html_params(checked=field.data == mark, **kwargs)}>")  # noqa: S704 -- html_params escapes


class TopicForm(FlaskForm):
    """One page of questions; see `TopicForms`."""

    @property
    def questions_fields(self) -> Iterator[Field]:
        """The fields that stand for questions, each with its `question`."""
        return (field for field in self if hasattr(field, "question"))

    def answers(self, posted: Mapping[str, str]) -> dict[str, str]:
        """Question name → text as typed, with “无” where its box was ticked beside an empty field."""
        typed = {field.name: field.data or "" for field in self.questions_fields}
        return {name: text or posted.get(f"{name}__none", "") for name, text in typed.items()}

    def show(self, problems: Mapping[str, str]) -> list[tuple[str, str]]:
        """Put each sentence at its field; returns (field id, sentence) for the summary on top."""
        summary: list[tuple[str, str]] = []
        for field in self.questions_fields:
            field.errors = [problems[field.name]] if field.name in problems else []
            summary += [(field.id, sentence) for sentence in field.errors]
        return summary


@dataclass(frozen=True)
class _Asked:
    """What a page says of a question under one campaign and route."""

    question: Question
    asked_required: bool
    max_chars: int
    asked_chars: int


class TopicForms:
    """The form class of every page, made once: WTForms takes longer to make a class than to fill it."""

    def __init__(self, campaign: Campaign) -> None:
        self._classes: dict[tuple[Route, Topic], type[TopicForm]] = {}
        self._asked: dict[tuple[Route, Topic], dict[str, _Asked]] = {}
        for route in Route:
            terms = Terms(campaign, route, on=date.min)
            for topic in topics_of(route):
                asked = {q.name: _asked(q, terms) for q in questions_of(route, topic) if terms.is_asked(q)}
                fields = {name: _field(asked[name].question, terms) for name in asked}
                self._classes[route, topic] = type("TopicForm", (TopicForm,), fields)
                self._asked[route, topic] = asked

    def make(self, route: Route, topic: Topic, answers: Mapping[str, str]) -> TopicForm:
        """The page filled with what was posted, or else with the draft's answers."""
        form = self._classes[route, topic](data=answers)
        for name, asked in self._asked[route, topic].items():
            vars(form[name]).update(vars(asked))
        return form


def _asked(question: Question, terms: Terms) -> _Asked:
    return _Asked(
        question=question,
        asked_required=terms.is_required(question),
        max_chars=terms.max_chars(question),
        asked_chars=terms.path.limits.deeds_chars if question.name == "deeds" else 0,
    )


def _field(question: Question, terms: Terms) -> Field:
    match question.kind:
        case Kind.AGREEMENT:
            return AgreementField(question.label, agreement_text=terms.agreement_text(question))
        case Kind.LINES:
            return TextAreaField(question.label)
        case Kind.CHOICE:
            choices = [SelectChoice(choice) for choice in terms.choices(question)]
            if len(choices) <= _MOST_ROWS:
                return RadioField(question.label, choices=choices)
            return SelectField(question.label, choices=[SelectChoice("", _CHOOSE), *choices])
        case _:
            return StringField(question.label)


class SubmitForm(FlaskForm):
    """A button and its token."""


class SetupForm(FlaskForm):
    """The first admin's account."""

    name = StringField("账号名")
    password = PasswordField("密码", description=f"至少 {PASSWORD_LEAST} 位，一句好记的话最好，不要包含账号名")
    password_again = PasswordField("再输一次密码")


class SignInForm(FlaskForm):
    """Name and password."""

    name = StringField("账号名")
    password = PasswordField("密码")


class RevealForm(FlaskForm):
    """Why somebody wants to see an ID number; kept in the audit log."""

    reason = StringField("查看原因")


class DecideForm(FlaskForm):
    """What becomes of an entry, and why."""

    was = HiddenField()
    to = HiddenField()
    reason = StringField("说明")
