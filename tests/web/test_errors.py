import pytest
from flask import abort

from h5app.domain.errors import (
    ConflictError,
    H5appError,
    NotFoundError,
    PhotosBusyError,
    SealError,
    StoreBusyError,
    StoreFullError,
)
from tests.fakes import FULL
from tests.people import ID_NUMBER, jpeg

SAFE = "您之前填好的内容都已保存"


@pytest.fixture
def failing(service):
    """A page, and a page of the console, that raise whatever a test puts in."""

    def page(*_args):
        raise page.error

    service.app.add_url_rule("/fails", view_func=page)
    service.app.add_url_rule("/admin/fails", endpoint="fails_in_the_console", view_func=page)

    def ask(error, path="/fails", **headers):
        page.error = error
        return service.client().get(path, headers=headers)

    return ask


@pytest.mark.parametrize(
    ("error", "status", "words", "retry_after"),
    [
        (NotFoundError("没有这个受理编号，请核对"), 404, "没有这个受理编号，请核对", None),
        (ConflictError("这份推荐表已经提交，不用再填了"), 409, "这份推荐表已经提交，不用再填了", None),
        (StoreBusyError("locked"), 503, "请过一分钟再试一次。", "5"),
        (PhotosBusyError("请过几秒再传一次"), 503, "请过几秒再传一次", "5"),
        (StoreFullError(FULL), 507, FULL, None),
        (SealError("drafts.answers:abc"), 500, "请打电话告诉我们，我们来处理。", None),
        (H5appError("unforeseen"), 500, "请返回上一页再试一次", None),
        (ValueError(ID_NUMBER), 500, "请返回上一页再试一次", None),
    ],
)
def test_every_error_is_a_page_that_says_what_to_do(failing, error, status, words, retry_after):
    answer = failing(error)

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry_after)
    assert words in answer.text
    assert (SAFE in answer.text) is (status != 404)
    assert "3999920" in answer.text
    assert ID_NUMBER not in answer.text
    assert "Traceback" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_S27_what_nobody_foresaw_is_logged_with_its_place_and_without_its_message(failing, caplog):
    failing(ValueError(f"{ID_NUMBER} is not a date"))

    assert "ValueError" in caplog.text
    assert "test_errors.py" in caplog.text
    assert ID_NUMBER not in caplog.text


def test_an_error_that_was_raised_from_itself_or_in_a_circle_is_logged_once(failing, caplog):
    first, second = KeyError("a"), ValueError("b")
    first.__cause__, second.__cause__ = second, first
    itself = KeyError("c")
    itself.__cause__ = itself

    assert [failing(error).status_code for error in (first, itself)] == [500, 500]
    assert [record.getMessage().split()[0] for record in caplog.records] == ["KeyError", "ValueError", "KeyError"]


def test_a_script_is_told_in_json(failing):
    answer = failing(StoreBusyError("locked"), Accept="application/json")

    assert (answer.status_code, answer.json, answer.headers["Retry-After"]) == (
        503,
        {"message": "请过一分钟再试一次。"},
        "5",
    )


def test_errors_of_the_console_look_like_the_console_and_lead_back_into_it(failing, service):
    answer = failing(NotFoundError("没有这个受理编号，请核对"), path="/admin/fails")

    assert answer.status_code == 404
    assert "没有这个受理编号，请核对" in answer.text
    assert 'href="/admin/nominations"' in answer.text
    assert SAFE not in answer.text
    assert service.admin_client().get("/admin/nominations/XXXXXXXX").status_code == 404


@pytest.mark.parametrize(
    ("status", "heading"),
    [
        (400, "请再试一次"),
        (403, "请再试一次"),
        (404, "没有这个页面"),
        (405, "请从首页进入"),
        (413, "内容太长"),
        (429, "操作太快了"),
        (500, "这一步没有成功"),
        (502, "这一步没有成功"),
    ],
)
def test_every_status_has_its_heading(service, status, heading):
    service.app.add_url_rule("/aborts", view_func=lambda: abort(status))

    answer = service.client().get("/aborts")

    assert answer.status_code == status
    assert heading in answer.text
    assert not set("非法 系统异常 Error Exception".split()) & set(answer.text.split())


def test_F6_a_database_that_somebody_else_holds_is_a_503_that_says_when_to_come_back(service):
    browser = service.browser()
    browser.open("/apply/self/story")
    service.stores.rows.close()
    service.stores.rows._lock_wait_s = 0.05  # rows of this test's own service
    other = type(service.stores.rows)(service.parts.settings.data_dir / "h5app.sqlite")

    with other.transaction():
        answer = browser.client.post("/apply/self/story", data=browser.form().fields | {"deeds": "一"})

    other.close()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "现在填表的人很多" in answer.text


def test_S4_an_upload_that_is_no_picture_is_one_sentence_at_its_slot(service):
    client = service.draft_client()
    browser = service.browser()
    browser.client = client
    browser.open("/apply/self/photos")

    page = browser.upload("/apply/self/photos/work", b"<svg onload=alert(1)>", name="x.jpg")

    assert page.status == 422
    assert "#slot-work" in page.links
    assert "<svg onload" not in page.html
    assert browser.upload("/apply/self/photos/work", jpeg()).status == 200


def test_an_upload_without_a_file_asks_for_it_again(service):
    browser = service.browser()
    browser.client = service.draft_client()
    browser.open("/apply/self/photos")

    page = browser.post("/apply/self/photos/work", {"csrf_token": browser.token})

    assert page.status == 422
    assert "照片没有传上来，请重新选一次" in page.text


@pytest.mark.parametrize(
    ("path", "section", "href"),
    [
        ("/admin/channels/7777", "海报", "/admin/posters"),
        ("/admin/posters/7777/a4-red.png", "海报", "/admin/posters"),
        ("/admin/mail/99", "邮件", "/admin/mail"),
        ("/admin/nominations/ZZZZZZZZ", "申报", "/admin/nominations"),
    ],
)
def test_a_page_that_is_not_there_leads_back_to_its_section_of_the_console(service, path, section, href):
    answer = service.admin_client().get(path)

    assert answer.status_code == 404
    assert f'<a class="button" href="{href}">回到{section}</a>' in answer.text
    assert f'<a href="{href}" aria-current="page">{section}</a>' in answer.text


@pytest.mark.parametrize(
    ("ask", "status"),
    [
        (lambda client: client.get("/admin/posters/nowhere/else"), 404),
        (lambda client: client.post("/admin/posters/new"), 400),
        (lambda client: client.post("/admin/posters/list", data=b"x" * 6_000_000, content_type="text/csv"), 413),
        (lambda client: client.put("/admin/posters"), 405),
    ],
)
def test_what_is_refused_before_the_gate_leads_staff_back_and_others_to_the_door(service, ask, status):
    mine, others = ask(service.admin_client()), ask(service.client())

    assert (mine.status_code, "回到海报" in mine.text, "去登录" in mine.text) == (status, True, False)
    assert (others.status_code, "回到海报" in others.text, "去登录" in others.text) == (status, False, True)
