"""A poster's code: counted, remembered, and on to the landing page; whatever is wrong with it, a way on.

Not behind the form's gate and without a look into the database: codes come from memory, counts go there.
"""

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from h5app.domain.channel import ChannelState
from h5app.domain.channel_code import CODE_LENGTHS, Spelling, read_code
from h5app.web.context import parts, utc_now
from h5app.web.robots import is_prefetch, is_robot
from h5app.web.visits import count_scan, remember

bp = Blueprint("scanning", __name__)

_NOTHING_TYPED = "还没有输入编码，请照海报上的输入"
_MISTYPED = "编码好像打错了一个字，请核对海报上的字"
_OTHER_LENGTH = f"编码是 {CODE_LENGTHS[0]} 到 {CODE_LENGTHS[-1]} 个字母和数字，请核对海报上的字"


@bp.get("/t/<code>", strict_slashes=False)
def scan(code: str) -> ResponseReturnValue:
    """From a poster to the landing page, as quickly as it goes."""
    reading = read_code(code)
    if reading.spelling is not Spelling.WELL:
        return _ask_again(reading.spelling)
    here = parts()
    kept = here.channels.destination(reading.code)
    if kept is None:
        return render_template("scan/nowhere.html", stopped=False), 404
    asked = request.environ
    if not is_robot(asked):
        if not is_prefetch(asked):
            count_scan(session, here.counts, reading.code, kept, today=here.campaign.local(utc_now()).date())
        if kept.state is ChannelState.ACTIVE:
            remember(session, kept)
    if kept.state is ChannelState.REVOKED:
        return render_template("scan/nowhere.html", stopped=True), 410
    return redirect(url_for("nominate.landing"), code=303)


@bp.get("/T/<code>", strict_slashes=False)
def scan_in_capitals(code: str) -> ResponseReturnValue:
    """The printed address typed all in capitals, as its code is."""
    return redirect(url_for(".scan", code=code), code=303)


@bp.get("/t", strict_slashes=False)
def type_page() -> ResponseReturnValue:
    """For those who cannot scan: type what stands on the poster."""
    typed = request.args.get("code")
    if typed is None:
        return _html()
    # Somebody may copy the whole address into the field.
    code = typed.rstrip("/ ").rpartition("/")[2]
    reading = read_code(code)
    if reading.spelling is Spelling.WELL:
        return redirect(url_for(".scan", code=reading.code), code=303)
    if not reading.code:
        return _html(_NOTHING_TYPED), 422
    return _ask_again(reading.spelling)


def _ask_again(spelling: Spelling) -> ResponseReturnValue:
    """The field, empty: no page repeats what stood in its address (tests/web/test_compressing.py)."""
    return _html(_MISTYPED if spelling is Spelling.MISTYPED else _OTHER_LENGTH), 404


def _html(problem: str = "") -> str:
    return render_template("scan/type.html", problem=problem)
