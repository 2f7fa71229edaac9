"""Into the console and out of it: the one-time link, signing in, signing out."""

import re

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from h5app.domain.errors import InvalidAnswersError, NotFoundError, SignInError
from h5app.services.drafting import token_hash
from h5app.services.signing_in import close, set_up_admin, sign_in
from h5app.web.admin.console import bp
from h5app.web.admin.session import SESSION_COOKIE
from h5app.web.context import drop_cookie, parts, read_cookie, set_cookie, utc_now
from h5app.web.forms import SetupForm, SignInForm

# As a browser sends it: printable ASCII, and no backslash, which browsers read as a slash.
_OWN_PAGE = re.compile(r"/admin(?:[/?][!-\[\]-~]*)?")


@bp.route("/setup/<token>", methods=["GET", "POST"])
def setup_page(token: str) -> ResponseReturnValue:
    if not parts().stores.admins.link_is_good(token_hash(token), now=utc_now()):
        raise NotFoundError("这个链接已经用过或过期了。请在服务器上运行 flask admin add 重新生成")
    form = SetupForm()
    if form.validate_on_submit():
        try:
            return _set_up(token, form)
        except InvalidAnswersError as error:
            for name, sentence in error.problems.items():
                form[name].errors = [sentence]
        return render_template("admin/setup.html", form=form), 422
    return render_template("admin/setup.html", form=form)


@bp.route("/sign-in", methods=["GET", "POST"])
def sign_in_page() -> ResponseReturnValue:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            token = sign_in(parts().stores, name=form.name.data or "", password=form.password.data or "", now=utc_now())
        except SignInError as error:
            return render_template("admin/sign_in.html", form=form, problem=str(error)), 422
        return _opened(token, local_target(request.args.get("next", "")))
    return render_template("admin/sign_in.html", form=form, problem="")


@bp.post("/sign-out")
def sign_out() -> Response:
    close(parts().stores, read_cookie(SESSION_COOKIE))
    response = redirect(url_for(".sign_in_page"), code=303)
    drop_cookie(response, SESSION_COOKIE)
    return response


def local_target(target: str) -> str:
    """Where to go after signing in: a path of the console, never another site."""
    return target if _OWN_PAGE.fullmatch(target) else url_for("admin.nominations_page")


def _set_up(token: str, form: SetupForm) -> Response:
    name, password = form.name.data or "", form.password.data or ""
    if password != form.password_again.data:
        raise InvalidAnswersError({"password_again": "两次输入的密码不一样，请再输一次"})
    set_up_admin(parts().stores, token=token, name=name, password=password, now=utc_now())
    return _opened(sign_in(parts().stores, name=name, password=password, now=utc_now()), "")


def _opened(token: str, target: str) -> Response:
    response = redirect(target or url_for("admin.nominations_page"), code=303)
    set_cookie(response, SESSION_COOKIE, token, max_age_s=None)
    return response
