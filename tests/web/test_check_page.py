"""The check page: every answer leads to its own field, and from there back."""

import re
from urllib.parse import urldefrag

import pytest

from h5app.domain.nomination import Route
from h5app.domain.questions import BY_NAME, Topic, topics_of
from tests.people import NAME, jpeg, typed_on
from tests.web.test_nominate import fill

CHECK = "/apply/self/check"
CHANGE_NAME = "/apply/self/person?back=check#name"


def changes(page):
    """Links to single answers."""
    return [link for link in page.links if "back=check" in link]


@pytest.mark.parametrize("route", Route)
def test_every_answer_has_a_link_to_its_own_field(browser, service, route):
    fill(browser, service, route)

    links = changes(browser.open(f"/apply/{route}/check"))

    pages = {urldefrag(link).url: None for link in links}
    ids = {url: set(re.findall(r'id="([^"]+)"', browser.open(url).html)) for url in pages}
    assert [link for link in links if urldefrag(link).fragment not in ids[urldefrag(link).url]] == []
    pages_of_questions = [topic for topic in topics_of(route) if topic is not Topic.PHOTOS]
    asked = {name for topic in pages_of_questions for name in typed_on(service.parts.campaign, route, topic)}
    assert {urldefrag(link).fragment for link in links} >= asked


def test_what_follows_from_the_id_number_is_changed_there(browser, service):
    fill(browser, service, Route.SELF)

    links = changes(browser.open(CHECK))

    assert links.count("/apply/self/person?back=check#id_number") == 3


def test_changing_one_answer_leads_back_to_the_check_page(browser, service):
    fill(browser, service, Route.SELF)
    page = browser.open(CHANGE_NAME)
    assert "返回核对" in page.text
    assert CHECK in page.links
    assert ("改好了\n保存，回到核对页" in page.text, "下一步" in page.text) == (True, False)

    page = browser.submit({"name": "王示例"})

    assert page.response.request.path == CHECK
    assert "王示例" in page.text


def test_a_mistake_in_a_change_comes_back_and_still_leads_to_the_check_page(browser, service):
    fill(browser, service, Route.SELF)
    browser.open("/apply/self/person?back=check")

    wrong = browser.submit({"phone": "138"})
    right = browser.submit({"phone": "13800001111"})

    assert wrong.status == 422
    assert "返回核对" in wrong.text
    assert right.response.request.path == CHECK


def test_the_same_page_on_the_way_leads_on_as_ever(browser, service):
    fill(browser, service, Route.SELF)
    browser.open(CHANGE_NAME)

    page = browser.open("/apply/self/person")

    assert "上一步" in page.text
    assert "返回核对" not in page.text
    assert ("改好了" in page.text, "下一步" in page.text) == (False, True)
    assert browser.submit().response.request.path == "/apply/self/work"


def test_an_expired_token_does_not_lose_the_way_back(browser, service):
    fill(browser, service, Route.SELF)
    browser.open(CHANGE_NAME)
    form = browser.form()

    page = browser.post(form.action, form.fields | {"csrf_token": "expired", "name": "王示例"})

    assert page.status == 400
    assert "您填的都在，请再点一次“改好了”" in page.text
    assert browser.form().fields["name"] == "王示例"
    assert browser.submit().response.request.path == CHECK


def test_another_look_does_not_lose_the_way_back(browser, service):
    fill(browser, service, Route.SELF)
    browser.open(CHANGE_NAME)

    browser.post("/look", browser.form("/look").fields | {"look": "care"})

    assert "返回核对" in browser.page.text
    assert browser.submit().response.request.path == CHECK


def test_what_is_to_be_done_is_linked_at_the_top_and_said_in_the_same_words_at_the_field(browser, service):
    fill(browser, service, Route.SELF)
    browser.open("/apply/self/person")
    browser.submit({"id_number": "4108", "phone": ""})

    check = browser.open(CHECK)

    sentences = {
        "id_number": "身份证号应为 18 位，现在是 4 位，请补全或删去多余的",
        "phone": "请填写联系方式",
        "portrait": "请上传近照",
    }
    assert "还有 3 处没填好" in check.text
    for sentence in sentences.values():
        assert check.text.count(sentence) == 2
    assert "/apply/self/photos#slot-portrait" in check.links
    field = browser.open("/apply/self/person?back=check")
    assert field.status == 200
    html = field.html.replace("\u00a0", " ")
    for name in ("id_number", "phone"):
        assert re.search(rf'id="{name}-error">.*?{sentences[name]}', html, re.DOTALL)
    assert {"#id_number", "#phone"} <= set(field.links)


def test_before_going_on_nothing_on_a_page_is_called_wrong(browser, service):
    fill(browser, service, Route.SELF, until=Topic.PERSON)
    data = browser.form().fields | {"name": NAME, "id_number": "4108"}
    browser.client.post("/apply/self/person/save", data=data)

    page = browser.open("/apply/self/person")

    assert "-error" not in page.html
    assert "错误" not in page.html


def test_a_page_on_which_nothing_is_answered_is_one_thing_to_do(browser, service):
    fill(browser, service, Route.SELF, until=Topic.WORK)

    page = browser.open(CHECK)

    assert "还有 3 处没填好" in page.text
    for heading in ("工作和学历", "荣誉和事迹"):
        assert page.text.count(f"还没有填“{heading}”") == 2
    assert "/apply/self/work?back=check#unit_and_post" in page.links
    assert BY_NAME["professional_title"].label not in page.text


def test_what_may_stay_empty_is_shown_as_such(browser, service):
    fill(browser, service, Route.SELF, union_name="", consent_publication="")
    browser.upload("/apply/self/photos/portrait", jpeg(300, 420))

    page = browser.open(CHECK)

    assert "未同意" in page.text
    assert re.search(r"所在工会</dt>\s*<dd><span class=\"hint\">没有填", page.html)
    assert "没填好" not in page.text


def test_S27_links_to_answers_say_nothing_of_them(browser, service):
    fill(browser, service, Route.SELF)

    for link in changes(browser.open(CHECK)):
        assert re.fullmatch(r"/apply/self/[a-z]+\?back=check#[a-z_]+", link)
