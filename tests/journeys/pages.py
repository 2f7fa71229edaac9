"""Every page of the phone and how to get there: a line a page, for all tests, measurements and pictures of pages."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from playwright.sync_api import Browser, BrowserContext, Page

from h5app.domain.campaign import Campaign, parse_campaign
from h5app.domain.channel import ChannelState, NewChannel
from h5app.domain.nomination import Route, Status
from h5app.domain.questions import Topic, topics_of
from h5app.services.demonstrating import drawn_portrait, drawn_work_photo
from h5app.services.reviewing import decide
from h5app.settings import PROJECT, Settings
from h5app.wiring import wire
from tests.journeys.phone import PRIMARY, open_phone
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor
from tests.people import PHONE, typed_on

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

    @cached_property
    def let_in(self) -> Visitor:
        """Has said number and telephone."""
        return self._looking_up(self._submitted())

    @cached_property
    def sent_back(self) -> Visitor:
        """Has said them after the office had sent the 推荐表 back."""
        reference = self._submitted()
        parts = wire(Settings.from_env(self.service.env))
        entry = parts.stores.nominations.by_reference(reference)
        decide(
            parts.stores, entry, was=Status.SUBMITTED, to=Status.RETURNED, who="管理员甲", now=datetime.now(UTC),
            reason="近照太暗，请换一张亮一点的；单位请写全称，和公章一致。",
        )  # fmt: skip
        parts.stores.rows.close()
        return self._looking_up(reference)

    @cached_property
    def stopped_poster(self) -> str:
        """The address of a poster whose code the office has stopped."""
        parts = wire(Settings.from_env(self.service.env))
        wanted, now = [NewChannel("旧站点")], datetime.now(UTC)
        code = parts.channels.add(wanted, who="管理员甲", now=now)[0].channel.code
        parts.channels.change(code, to=wanted[0], state=ChannelState.REVOKED, who="管理员甲", now=now)
        parts.stores.rows.close()
        return f"/t/{code}"

    @cached_property
    def mending(self) -> Visitor:
        """Has begun to mend what was sent back."""
        visitor = Visitor(self.service, cookies=self.sent_back.cookies)
        visitor.open("/status/entry")
        visitor.post("/status/correct")
        return visitor

    @cached_property
    def nominator(self) -> Visitor:
        """Has named somebody else, and has the link for him on the receipt."""
        visitor = Visitor(self.service)
        self._answer_all(visitor, Route.PEER)
        visitor.post("/apply/peer/check")
        return visitor

    @cached_property
    def nominee_link(self) -> str:
        return self._link_on(self.nominator, "/apply/peer/receipt")

    @cached_property
    def named(self) -> Visitor:
        """Has opened that link and said the end of his telephone number."""
        visitor = Visitor(self.service)
        visitor.open(self.nominee_link)
        visitor.post(self.nominee_link, {"digits": PHONE[-4:]})
        return visitor

    @cached_property
    def confirming(self) -> Visitor:
        """Has begun to make it his own."""
        visitor = Visitor(self.service)
        visitor.open(self.nominee_link)
        visitor.post(self.nominee_link, {"digits": PHONE[-4:]})
        visitor.post(f"{self.nominee_link}/begin")
        return visitor

    @cached_property
    def desk(self) -> Visitor:
        """A unit's clerk: one worker sent, another filled in but for what he does himself."""
        visitor = Visitor(self.service)
        self._answer_all(visitor, Route.UNIT)
        visitor.upload("/apply/unit/photos/portrait", drawn_portrait())
        visitor.open("/apply/unit/check")
        visitor.post("/apply/unit/check")
        visitor.post("/apply/unit/another")
        self._answer_all(visitor, Route.UNIT, but=Topic.CONSENT)
        return visitor

    @cached_property
    def worker_link(self) -> str:
        return self._link_on(self.desk, "/apply/unit/hand")

    @cached_property
    def worker(self) -> Visitor:
        """Has taken up what the clerk handed him, and agreed."""
        visitor = Visitor(self.service)
        visitor.open(self.worker_link)
        visitor.post(self.worker_link)
        visitor.post("/apply/worker", typed_on(self.campaign, Route.UNIT, Topic.CONSENT))
        return visitor

    def _answer_all(self, visitor: Visitor, route: Route, *, but: Topic = Topic.PHOTOS) -> None:
        visitor.open(f"/apply/{route}/eligibility")
        for topic in topics_of(route):
            if topic not in {Topic.PHOTOS, but}:
                visitor.post(f"/apply/{route}/{topic}", typed_on(self.campaign, route, topic))

    @staticmethod
    def _link_on(visitor: Visitor, path: str) -> str:
        visitor.open(path)
        return re.search(r'id="pass-on"[^>]*>[^<]*?://[^/]+(/[nh]/[\w-]+)', visitor.html)[1]

    def _submitted(self) -> str:
        visitor = Visitor(self.service)
        visitor.fill(self.campaign, portrait=drawn_portrait())
        visitor.post("/apply/self/check")
        return visitor.reference

    def _looking_up(self, reference: str) -> Visitor:
        visitor = Visitor(self.service)
        visitor.open("/status")
        visitor.post("/status", {"reference": reference, "phone": PHONE})
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


def _overtaken(page: Page) -> None:
    """Tap “下一步” on a page that another one has overtaken."""
    page.evaluate("document.querySelector('[name=seen]').value = ''")
    page.locator("[name=name]").fill("王示例")
    _go_on(page)


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
    PhonePage("scan", "/t"),
    PhonePage("scan-errors", "/t/K7MW"),
    PhonePage("scan-unknown", "/t/A3CM"),
    PhonePage("scan-stopped", lambda people: people.stopped_poster),
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
    PhonePage("status", "/status"),
    PhonePage("status-errors", "/status", then=_go_on),
    PhonePage("status-entry", "/status/entry", "let_in"),
    PhonePage("status-returned", "/status/entry", "sent_back"),
    PhonePage("status-withdraw", "/status/withdraw", "let_in"),
    PhonePage("status-paper", "/status/paper", "let_in"),
    PhonePage("check-returned", "/apply/self/check", "mending"),
    PhonePage("receipt-waiting", "/apply/peer/receipt", "nominator"),
    PhonePage("invited", lambda people: people.nominee_link),
    PhonePage("invited-errors", lambda people: people.nominee_link, then=_go_on),
    PhonePage("said", lambda people: f"{people.nominee_link}/said", "named"),
    PhonePage("decline", lambda people: f"{people.nominee_link}/decline", "named"),
    PhonePage("eligibility-named", "/apply/self/eligibility", "confirming"),
    PhonePage("consent-unit", "/apply/unit/consent", "desk"),
    PhonePage("hand", "/apply/unit/hand", "desk"),
    PhonePage("unit-list", "/apply/unit/list", "desk"),
    PhonePage("handed", lambda people: people.worker_link),
    PhonePage("handed-consent", "/apply/worker", "worker"),
    PhonePage("handed-photos", "/apply/worker/photos", "worker"),
    PhonePage("handed-done", "/apply/worker/done", "worker"),
    PhonePage("paper", "/papers/blank"),
    PhonePage("two-tabs-errors", "/apply/self/person", "filled", _overtaken),
    PhonePage("resume", "/resume"),
    PhonePage("resume-errors", "/resume", then=_go_on),
    PhonePage("lost-errors", "/apply/self/check"),
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
