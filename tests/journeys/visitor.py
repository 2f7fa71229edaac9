"""A person whose phone runs no script, against the real service; and the patience to try again."""

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from urllib.parse import urlencode

from h5app.domain.campaign import Campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, topics_of
from tests.journeys.service import Service
from tests.people import jpeg, typed_on

_Steady = Callable[[Callable[[], object]], object]
BOUNDARY = "x-photo-boundary"
PORTRAIT = jpeg(300, 420)
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


class NoAnswerError(Exception):
    """No answer, or one that asks to try again."""


@dataclass
class Visitor:
    """A browser without script: cookies, the last page, its token."""

    service: Service
    html: str = ""
    url: str = ""
    cookies: CookieJar = field(default_factory=CookieJar)

    def open(self, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None) -> int:
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        request = urllib.request.Request(f"{self.service.base_url}{path}", data, dict(headers or {}))
        try:
            answer = opener.open(request, timeout=30)
        except urllib.error.HTTPError as error:
            answer = error
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError from error
        with answer:
            try:
                self.html, self.url = answer.read().decode(), answer.geturl()
            except http.client.HTTPException as error:
                raise NoAnswerError from error
        if answer.status >= 500:
            raise NoAnswerError
        return answer.status

    def post(self, path: str, answers: Mapping[str, str] | None = None) -> int:
        """What the form on the last page sends: its hidden fields with it, so that it is known for that page."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.html))
        return self.open(path, urlencode({**hidden, **(answers or {}), "csrf_token": self.token}).encode())

    def upload(self, path: str, picture: bytes) -> int:
        parts = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{self.token}\r\n'
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photo"; filename="IMG_1.jpg"\r\n\r\n'
        )
        return self.open(path, parts.encode() + picture + f"\r\n--{BOUNDARY}--\r\n".encode(), MULTIPART)

    def fill(
        self,
        campaign: Campaign,
        *,
        answers: Mapping[str, str] | None = None,
        steady: Callable[[Callable[[], object]], object] | None = None,
        portrait: bytes = PORTRAIT,
    ) -> None:
        """Everything up to the check page; `steady` runs each step, again where it must."""
        step = steady or (lambda act: act())
        step(lambda: self.open("/apply/self/eligibility"))
        for topic in topics_of(Route.SELF):
            if topic is not Topic.PHOTOS:
                asked = typed_on(campaign, Route.SELF, topic)
                page = {name: (answers or {}).get(name, text) for name, text in asked.items()}
                step(lambda page=page, topic=topic: self.post(f"/apply/self/{topic}", page))
        step(lambda: self.upload("/apply/self/photos/portrait", portrait))
        step(lambda: self.open("/apply/self/check"))

    @property
    def token(self) -> str:
        return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.html)[1]

    @property
    def reference(self) -> str:
        assert self.url.endswith("/receipt")
        return "".join(re.search(r'"stub-number"[^>]*><span>(\w+)</span><span>(\w+)</span>', self.html).groups())


def again_and_again(act: Callable[[], object]) -> object:
    """What a person does when a page does not come."""
    for _ in range(100):
        try:
            return act()
        except NoAnswerError:
            time.sleep(0.2)
    raise AssertionError("no answer after 100 tries")
