"""A browser without JavaScript, as far as forms go: it reads a page, fills in its form and posts it."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

_VOID_TYPES = frozenset({"submit", "file", "button"})


@dataclass
class Form:
    """One form as it stands on the page; `fields` is what a browser would send of it untouched."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    labelled: set[str] = field(default_factory=set)


class Page(HTMLParser):
    """A page's forms, links and visible text."""

    def __init__(self, response: TestResponse) -> None:
        super().__init__()
        self.response = response
        self.status = response.status_code
        self.html = response.text
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.labels: set[str] = set()
        self._words: list[str] = []
        self._select = self._textarea = ""
        self._in_label = False
        self.feed(self.html)

    @property
    def text(self) -> str:
        """What a person reads; a space that parts no lines is a space."""
        return "\n".join(word for word in self._words if word).replace("\u00a0", " ")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        match tag:
            case "a":
                self.links.append(given.get("href", ""))
            case "label":
                self._in_label = True
                self.labels.add(given.get("for", ""))
            case "form":
                here = self.response.request.full_path.rstrip("?")
                self.forms.append(Form(urljoin(here, given.get("action") or here), given.get("method", "get")))
            case "input" if self.forms:
                self._input(given)
            case "select" if self.forms:
                self._select = given["name"]
                self.forms[-1].fields.setdefault(self._select, "")
            case "option" if self._select:
                self.forms[-1].offered.setdefault(self._select, []).append(given["value"])
                if "selected" in given:
                    self.forms[-1].fields[self._select] = given["value"]
            case "textarea" if self.forms:
                self._textarea = given["name"]
                self.forms[-1].fields[self._textarea] = ""

    def _input(self, given: Mapping[str, str]) -> None:
        form, name = self.forms[-1], given.get("name", "")
        kind = given.get("type", "text")
        if self._in_label:
            self.labels.add(given.get("id", ""))
        if not name or kind in _VOID_TYPES:
            return
        if kind in {"checkbox", "radio"}:
            form.offered.setdefault(name, []).append(given.get("value", "on"))
            if "checked" not in given:
                return
        form.fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._in_label = False
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            form = self.forms[-1]
            form.fields[self._textarea] = form.fields[self._textarea].removeprefix("\r\n").removeprefix("\n")
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields[self._textarea] += data
        self._words.append(data.strip())


class Browser:
    """Remembers the last page; answers go into the form that has a field of that name."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.page: Page | None = None
        self.visited: list[str] = []

    def open(self, url: str) -> Page:
        """GET, following redirects."""
        return self._see(self.client.get(url, follow_redirects=True))

    def submit(self, answers: Mapping[str, str] | None = None, *, action: str = "") -> Page:
        """Fill in a form of this page (the first that posts, or the one with that action) and post it."""
        form = self.form(action)
        return self.post(form.action, form.fields | dict(answers or {}))

    def post(self, url: str, data: Mapping[str, object]) -> Page:
        return self._see(self.client.post(url, data=dict(data), follow_redirects=True))

    def upload(self, url: str, picture: bytes, *, name: str = "IMG_1.jpg") -> Page:
        photo = FileStorage(io.BytesIO(picture), filename=name, content_type="image/jpeg")
        # Encoded here: the client would leave a temporary file open for what is large.
        boundary, body = encode_multipart({"csrf_token": self.token, "photo": photo})
        kind = f"multipart/form-data; boundary={boundary}"
        return self._see(self.client.post(url, data=body, content_type=kind, follow_redirects=True))

    def form(self, action: str = "") -> Form:
        assert self.page is not None
        # The switch to 大字版 at every page's foot is meant only by its own address.
        wanted = {action} if action else {form.action for form in self.page.forms} - {"/look"}
        posting = [form for form in self.page.forms if form.method == "post" and form.action in wanted]
        assert posting, f"no form{' for ' + action if action else ''} on {self.page.response.request.path}"
        return posting[-1] if not action else posting[0]

    @property
    def token(self) -> str:
        return self.form().fields["csrf_token"]

    def _see(self, response: TestResponse) -> Page:
        self.visited += [each.request.full_path for each in (*response.history, response)]
        self.page = Page(response)
        return self.page
