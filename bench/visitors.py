"""People at the form: browsers that keep cookies, and whole journeys from the landing page to the receipt."""

import random
import re
from collections.abc import Callable, Generator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from bench.load import Answer, Visitor, request
from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, questions_of
from h5app.services.demonstrating import answers_for
from h5app.wiring import load_campaign

_COOKIE = re.compile(rb"Set-Cookie: ([^=]+)=([^;]*)")
_TOKEN = re.compile(rb'name="csrf_token"[^>]* value="([^"]+)"')
_PAGES = tuple(topic for topic in Topic if questions_of(Route.SELF, topic))
_APPLY = "/apply/self"
_FOUND, _ELSEWHERE = 200, 303

Steps = Generator[bytes, Answer, Answer]


class Browser:
    """Cookies and the newest token of one person; `get` and `post` are steps of a visitor."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self._token = ""

    @property
    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def get(self, target: str) -> Steps:
        answer = yield request(target, cookies=self.cookie_header)
        return self._seen(answer, target, _FOUND)

    def post(self, target: str, answers: Mapping[str, str]) -> Steps:
        form = urlencode({"csrf_token": self._token, **answers}).encode()
        answer = yield request(target, cookies=self.cookie_header, form=form)
        return self._seen(answer, target, _ELSEWHERE)

    def upload(self, target: str, photo: bytes) -> Steps:
        head = '--bench\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n' + self._token
        head += '\r\n--bench\r\nContent-Disposition: form-data; name="photo"; filename="photo.jpg"\r\n\r\n'
        form = head.encode() + photo + b"\r\n--bench--\r\n"
        message = request(target, cookies=self.cookie_header, form=form, kind="multipart/form-data; boundary=bench")
        return self._seen((yield message), target, _ELSEWHERE)

    def _seen(self, answer: Answer, target: str, expected: int) -> Answer:
        if answer.status != expected:
            raise RuntimeError(f"{target} answered {answer.status}: {answer.body.decode(errors='replace')[:400]}")
        for name, value in _COOKIE.findall(answer.head):
            self.cookies[name.decode()] = value.decode()
        found = _TOKEN.search(answer.body)
        self._token = found.group(1).decode() if found else self._token
        return answer


def page_of_answers(campaign: Campaign, topic: Topic, *, dice: random.Random) -> dict[str, str]:
    """What somebody who does not exist types on one page."""
    everything = answers_for(campaign, Route.SELF, dice, on=campaign.local(datetime.now(UTC)).date())
    return {q.name: everything[q.name] for q in questions_of(Route.SELF, topic) if q.name in everything}


def filling(browser: Browser, campaign: Campaign, *, pages: tuple[Topic, ...] = _PAGES, seed: int = 1) -> Visitor:
    """Fill pages one after the other, each fetched before it is posted."""
    dice = random.Random(seed)
    for topic in pages:
        yield from browser.get(f"{_APPLY}/{topic}")
        yield from browser.post(f"{_APPLY}/{topic}", page_of_answers(campaign, topic, dice=dice))


def journey(campaign: Campaign, *, seed: int, submitted: Callable[[float], None]) -> Visitor:
    """From the landing page to the receipt, every page fetched and posted, no photo.

    Args:
        submitted: is told how many seconds the answer to the submit took.
    """
    browser = Browser()
    yield from browser.get("/")
    yield from filling(browser, campaign, seed=seed)
    yield from browser.get(f"{_APPLY}/photos")
    yield from browser.post(f"{_APPLY}/photos", {})
    yield from browser.get(f"{_APPLY}/check")
    answer = yield from browser.post(f"{_APPLY}/check", {})
    submitted(answer.took_s)
    yield from browser.get(f"{_APPLY}/receipt")


def campaign_of(env: Mapping[str, str]) -> Campaign:
    """The campaign that a service runs with."""
    return load_campaign(Path(env["H5APP_CAMPAIGN"]))
