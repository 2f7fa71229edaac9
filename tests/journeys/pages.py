"""Every page of the phone and how to get there: a line a page, for all tests, measurements and pictures of pages."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property

from playwright.sync_api import Browser, BrowserContext, Page

from h5app.domain.campaign import Campaign, parse_campaign
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic
from h5app.services.demonstrating import drawn_portrait, drawn_work_photo
from h5app.settings import PROJECT
from tests.journeys.phone import PRIMARY, open_phone
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor
from tests.people import typed_on

# Class of the root and colour scheme of each look.
LOOKS: Mapping[str, tuple[str, str]] = {"light": ("", "light"), "dark": ("", "dark"), "care": ("care", "light")}


@dataclass(frozen=True)
class People:
    """Browsers at different points of the way, each prepared when first asked for."""

    service: Service
    campaign: Campaign = field(
        default_factory=lambda: parse_campaign(
            (PROJECT / "campaign.toml").read_text(encoding="utf-8"), source="campaign.toml"
        )
    )

    @cached_property
    def nobody(self) -> Visitor:
        return Visitor(self.service)

    @cached_property
    def begun(self) -> Visitor:
        """Has answered the first page and nothing else."""
        visitor = Visitor(self.service)
        visitor.open("/apply/self/eligibility")
        visitor.post("/apply/self/eligibility", typed_on(self.campaign, Route.SELF, Topic.ELIGIBILITY))
        return visitor

    @cached_property
    def barred(self) -> Visitor:
        """Is too new in the trade, and no union member."""
        visitor = Visitor(self.service)
        visitor.open("/apply/self/eligibility")
        answers = typed_on(self.campaign, Route.SELF, Topic.ELIGIBILITY)
        visitor.post("/apply/self/eligibility", answers | {"experience": "不满 2 年", "union_member": "否"})
        return visitor

    @cached_property
    def filled(self) -> Visitor:
        """Has filled everything, with a portrait and a work photo."""
        visitor = Visitor(self.service)
        visitor.fill(self.campaign, portrait=drawn_portrait())
        visitor.open("/apply/self/photos")
        visitor.upload("/apply/self/photos/work", drawn_work_photo())
        return visitor

    @cached_property
    def sent(self) -> Visitor:
        """Has a receipt."""
        visitor = Visitor(self.service)
        visitor.fill(self.campaign)
        visitor.post("/apply/self/check")
        return visitor


def _nothing(_page: Page) -> None:
    """The page is there once it is opened."""


def _go_on(page: Page) -> None:
    """Tap “下一步” with nothing filled in: the page with its problems."""
    with page.expect_navigation():
        page.locator(PRIMARY).last.click()


def _ask_for_help(page: Page) -> None:
    """Open the questions and the example that help to write."""
    page.get_by_text("不知道怎么写？").click()


@dataclass(frozen=True)
class PhonePage:
    """One page.

    Attributes:
        path: its address, or how to find it.
        who: name of the one of `People` who can open it.
        then: what to do once there.
    """

    name: str
    path: str | Callable[[People], str]
    who: str = "nobody"
    then: Callable[[Page], None] = _nothing

    def address(self, people: People) -> str:
        return self.path if isinstance(self.path, str) else self.path(people)


PAGES = (
    PhonePage("landing", "/"),
    PhonePage("landing-draft", "/", "filled"),
    PhonePage("eligibility", "/apply/self/eligibility"),
    PhonePage("eligibility-errors", "/apply/self/eligibility", then=_go_on),
    PhonePage("eligibility-peer", "/apply/peer/eligibility"),
    PhonePage("not-yet", "/apply/self/not-yet", "barred"),
    PhonePage("consent", "/apply/self/consent"),
    PhonePage("consent-errors", "/apply/self/consent", then=_go_on),
    PhonePage("nominator-peer", "/apply/peer/nominator"),
    PhonePage("nominator-unit", "/apply/unit/nominator"),
    PhonePage("person", "/apply/self/person", "filled"),
    PhonePage("person-errors", "/apply/peer/person", then=_go_on),
    PhonePage("work", "/apply/self/work", "filled"),
    PhonePage("work-errors", "/apply/self/work", then=_go_on),
    PhonePage("story", "/apply/self/story", "filled"),
    PhonePage("story-help", "/apply/self/story", "filled", _ask_for_help),
    PhonePage("story-errors", "/apply/self/story", then=_go_on),
    PhonePage("photos", "/apply/self/photos", "filled"),
    PhonePage("photos-errors", "/apply/self/photos", "begun", _go_on),
    PhonePage("check", "/apply/self/check", "filled"),
    PhonePage("check-errors", "/apply/self/check", "begun"),
    PhonePage("change", "/apply/self/person?back=check#phone", "filled"),
    PhonePage("change-errors", "/apply/self/work?back=check#education", "begun"),
    PhonePage("receipt", "/apply/self/receipt", "sent"),
    PhonePage("paper", "/papers/blank"),
    PhonePage("not-found", "/no-such-page"),
)


@contextmanager
def with_cookies(
    browser: Browser, people: People, who: str, *, javascript: bool = True, width: int = 360
) -> Iterator[BrowserContext]:
    """A phone that has the cookies of one of the people."""
    visitor: Visitor = getattr(people, who)
    with open_phone(browser, javascript=javascript, width=width) as phone:
        base_url = people.service.base_url
        phone.add_cookies([{"name": c.name, "value": c.value or "", "url": base_url} for c in visitor.cookies])
        yield phone


@contextmanager
def opened(
    browser: Browser, people: People, page: PhonePage, *, javascript: bool = True, width: int = 360
) -> Iterator[Page]:
    """A phone that shows the page in the light look."""
    with with_cookies(browser, people, page.who, javascript=javascript, width=width) as phone:
        shown = phone.new_page()
        shown.goto(people.service.base_url + page.address(people))
        page.then(shown)
        yield shown


def put_on(page: Page, look: str) -> None:
    """Draw the page that is open in another look: as the server would, without another visit."""
    root_class, scheme = LOOKS[look]
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.evaluate("name => document.documentElement.classList.toggle('care', name === 'care')", root_class)
