"""Forms of one kind of person: submitting, signing in, deciding. The questions' pages are `topics.py`'s."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from h5app.services.signing_in import PASSWORD_LEAST


class ResumeForm(FlaskForm):
    """What opens a draft on another phone. `leave` says that the one this browser holds may be left behind."""

    code = StringField("续填码")
    digits = StringField("手机号后四位")
    leave = HiddenField()


class StatusForm(FlaskForm):
    """What opens an entry to whoever it is about, or who has sent it."""

    reference = StringField("受理编号")
    phone = StringField("手机号")


class DigitsForm(FlaskForm):
    """The end of a telephone number, which tells that a link has reached whom it is for."""

    digits = StringField("您手机号的后四位")


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
    """What becomes of an entry, and why. `was` and `revision` say what was on the page."""

    was = HiddenField()
    revision = HiddenField()
    to = HiddenField()
    reason = StringField("说明")
