"""One table from errors to pages: every one says what is safe, what to do, and whom to telephone."""

import logging
import traceback
from contextlib import suppress
from dataclasses import dataclass

from flask import Flask, Response, g, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge, SecurityError

from h5app.documents.reading.sheet import TOO_LARGE
from h5app.domain.errors import (
    ConflictError,
    H5appError,
    InvalidAnswerError,
    NotFoundError,
    PathClosedError,
    PhotosBusyError,
    PosterError,
    SealError,
    StoreBusyError,
    StoreFullError,
    TooManyTriesError,
)
from h5app.services.linking import HandedInError
from h5app.web import handing, photos, resuming
from h5app.web.admin.session import signed_in
from h5app.web.context import campaign
from h5app.web.expired import expired_page
from h5app.web.own import LostDraftError
from h5app.web.security import IMPORTS, LISTS, TOO_MANY_FORMS

_log = logging.getLogger("h5app")

_OTHER_HOST = "这个网址不对，请重新扫海报上的二维码。\n"
_SAFE = "您之前填好的内容都已保存"
# What follows /admin/ in an address → the section of the console that it belongs to, and its first page.
_ENTRIES = ("申报", "admin.nominations_page")
_POSTERS = ("海报", "admin.posters_page")
_SECTIONS = {"mail": ("邮件", "admin.mail_page"), "posters": _POSTERS, "channels": _POSTERS, "scans": _POSTERS}


@dataclass(frozen=True)
class _Page:
    """How an error is answered. "" as message leaves the error's own words."""

    status: int
    heading: str
    message: str = ""
    safe: str = _SAFE
    retry_after_s: int = 0


_PAGES: dict[type[H5appError], _Page] = {
    NotFoundError: _Page(404, "没有找到", safe=""),
    HandedInError: _Page(410, "这份推荐表已经提交"),
    PathClosedError: _Page(403, "现在不能推荐"),
    ConflictError: _Page(409, "已经有变化"),
    InvalidAnswerError: _Page(422, "请再看一下"),
    TooManyTriesError: _Page(429, "试的次数太多了", safe="", retry_after_s=60),
    PosterError: _Page(422, "海报没有做"),
    PhotosBusyError: _Page(503, "现在传照片的人很多", retry_after_s=5),
    StoreBusyError: _Page(503, "现在填表的人很多", "请过一分钟再试一次。", retry_after_s=5),
    StoreFullError: _Page(507, "暂时存不下了"),
    SealError: _Page(500, "这份资料打不开", "请打电话告诉我们，我们来处理。"),
}
_HTTP = {
    400: _Page(400, "请再试一次", "请返回上一页，刷新后再提交一次。"),
    404: _Page(404, "没有这个页面", "地址可能不完整。请重新扫码，或从首页进入。", safe=""),
    405: _Page(405, "请从首页进入", "这个地址不能直接打开。", safe=""),
    413: _Page(413, "内容太长", "一次提交的内容太多。请返回上一页，删短一些再提交。"),
    429: _Page(429, "操作太快了", "请过一分钟再试。", retry_after_s=60),
    500: _Page(500, "这一步没有成功", "请返回上一页再试一次。还是不行，请打电话给我们。"),
}


def install(app: Flask) -> None:
    """Answer every error with its page."""

    @app.errorhandler(H5appError)
    def expected(error: H5appError) -> ResponseReturnValue:
        page = next((_PAGES[kind] for kind in type(error).__mro__ if kind in _PAGES), _HTTP[500])
        if page.status >= 500:
            _write_down(error)
        return _answer(page, page.message or str(error))

    @app.errorhandler(LostDraftError)
    def lost(error: LostDraftError) -> ResponseReturnValue:
        return _as_json(_PAGES[NotFoundError], str(error)) or (resuming.lost_page(error), 404)

    @app.errorhandler(HandedInError)
    def handed_in(error: HandedInError) -> ResponseReturnValue:
        return _as_json(_PAGES[HandedInError], str(error)) or (handing.handed_in_page(error), 410)

    @app.errorhandler(CSRFError)
    def expired(_error: CSRFError) -> ResponseReturnValue:
        return expired_page() or _answer(_HTTP[400], _HTTP[400].message)

    @app.errorhandler(SecurityError)
    def other_host(_error: SecurityError) -> ResponseReturnValue:
        # Nothing of the address is believed here, so there is no page: its links would be built from it.
        return Response(_OTHER_HOST, 400, mimetype="text/plain")

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> ResponseReturnValue:
        if request.endpoint in {IMPORTS, LISTS} and signed_in():
            photos.read_on()
        message = {IMPORTS: TOO_MANY_FORMS, LISTS: TOO_LARGE}.get(request.endpoint or "", _HTTP[413].message)
        return photos.too_large(error) or _answer(_HTTP[413], message)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        if error.code is None or error.code < 400:
            return error
        page = _HTTP.get(error.code) or _HTTP[400 if error.code < 500 else 500]
        return _answer(_Page(error.code, page.heading, page.message, page.safe, page.retry_after_s), page.message)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> ResponseReturnValue:
        _write_down(error)
        return _answer(_HTTP[500], _HTTP[500].message)


def _write_down(error: Exception) -> None:
    """Log what happened and where, without any message: it might repeat what somebody typed."""
    for each in _chain(error):
        where = "".join(traceback.format_tb(each.__traceback__))
        _log.error("%s at %s\n%s", type(each).__name__, request.endpoint, where)


def _chain(error: BaseException) -> list[BaseException]:
    """An error and those it came from; one raised from itself is told once."""
    chain = [error]
    while (cause := chain[-1].__cause__ or chain[-1].__context__) and cause not in chain:
        chain.append(cause)
    return chain


def _as_json(page: _Page, message: str) -> ResponseReturnValue | None:
    """The sentence alone, for a page's script; None for browsers."""
    if request.accept_mimetypes.best != "application/json":
        return None
    return jsonify(message=message), page.status, _headers(page)


def _headers(page: _Page) -> dict[str, str]:
    return {"Retry-After": str(page.retry_after_s)} if page.retry_after_s else {}


def _know_who_asks() -> None:
    """What is refused before the console's gate is told to staff as theirs, and not to sign in once more."""
    if "me" not in g:
        with suppress(StoreBusyError):
            g.me = signed_in()


def _answer(page: _Page, message: str) -> ResponseReturnValue:
    if told := _as_json(page, message):
        return told
    in_console = request.path.startswith("/admin")
    if in_console and page.status < 500:
        _know_who_asks()
    section, section_page = _SECTIONS.get(request.path.partition("/admin/")[2].split("/")[0], _ENTRIES)
    html = render_template(
        "admin/error.html" if in_console else "errors/error.html",
        status=page.status,
        heading=page.heading,
        message=message,
        safe="" if in_console else page.safe,
        section=section,
        back_url=url_for(section_page if in_console else "nominate.landing"),
        back_label="回首页",
        telephone=campaign().organiser.telephone,
    )
    return html, page.status, _headers(page)
