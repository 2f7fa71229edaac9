"""Photos as a courier sends them: large ones on a bad line, turned ones, HEIC, with fingers and without script."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Route, expect
from pypdf import PdfReader

from bench.photos import phone_photo
from h5app.domain.attachment import Attachment, Slot
from h5app.services.packaging import entry_of, form_files
from h5app.settings import Settings
from h5app.storage.rows import SqliteRows
from h5app.wiring import Parts, wire
from tests.journeys.pages import LOOKS, put_on
from tests.journeys.phone import open_phone
from tests.journeys.service import Service
from tests.journeys.visitor import Visitor
from tests.people import jpeg
from tests.photos.pictures import colour_name, corners, corners_picture, exif, saved

pytestmark = pytest.mark.browser

PHOTOS = "/apply/self/photos"
MEASURE = (Path(__file__).parent / "measuring.js").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(tmp_path_factory.mktemp("photos"), smtp_url="") as service:
        yield service


@pytest.fixture(scope="module")
def parts(running: Service) -> Iterator[Parts]:
    """The service's own stores, to look into."""
    wired = wire(Settings.from_env(running.env))
    assert isinstance(wired.stores.rows, SqliteRows)
    with closing(wired.stores.rows):
        yield wired


@dataclass
class Courier:
    """Somebody whose form is filled but for the photos, and his phone."""

    service: Service
    parts: Parts
    context: BrowserContext
    page: Page

    def open(self) -> None:
        self.page.goto(self.service.base_url + PHOTOS)

    def choose(self, slot: str, picture: bytes, *, name: str = "IMG_1.jpg") -> None:
        file = {"name": name, "mimeType": "image/jpeg", "buffer": picture}
        self.page.locator(f"#photo-{slot}").set_input_files(file)

    def laid_out_wrong(self, width: int) -> list[str]:
        self.page.set_viewport_size({"width": width, "height": 740})
        sentences: list[str] = self.page.evaluate(MEASURE)
        return sentences

    def shown(self, slot: str, count: int = 1) -> None:
        """Wait until the slot shows that many stored photos."""
        expect(self.page.locator(f"#slot-{slot} .frames img")).to_have_count(count, timeout=20_000)

    def stored(self, slot: Slot) -> list[Attachment]:
        (newest,) = self.parts.stores.rows.read("SELECT id FROM drafts ORDER BY created_at DESC LIMIT 1")
        return [photo for photo in self.parts.stores.attachments.of_draft(newest["id"]) if photo.slot is slot]

    def press(self, photo: Attachment) -> bytes:
        return self.parts.files.get(photo.press_file)


@pytest.fixture
def courier(running, parts, browser, campaign) -> Iterator[Callable[..., Courier]]:
    opened: list[BrowserContext] = []

    def begin(*, javascript: bool = True) -> Courier:
        visitor = Visitor(running)
        visitor.fill(campaign)
        context = open_phone(browser, javascript=javascript)
        opened.append(context)
        cookies = [{"name": c.name, "value": c.value or "", "url": running.base_url} for c in visitor.cookies]
        context.add_cookies(cookies)
        begun = Courier(running, parts, context, context.new_page())
        begun.open()
        return begun

    yield begin
    for context in opened:
        context.close()


@pytest.fixture(scope="module")
def camera_photo() -> bytes:
    """12 megapixels as a phone's camera writes them, some 4 MB."""
    return phone_photo()


def turned(size: tuple[int, int]) -> bytes:
    """A picture that lies in its file and stands by its EXIF: red, green above blue, yellow."""
    upright = corners_picture(size)
    return saved(upright.transpose(Image.Transpose.ROTATE_90), "JPEG", quality=92, exif=exif(6))


def test_a_work_photo_goes_out_at_a_third_and_stays_large_enough_for_the_newspaper(courier, camera_photo):
    phone = courier()
    with phone.page.expect_request_finished(lambda request: request.url.endswith("/photos/work")) as finished:
        phone.choose("work", camera_photo)
        phone.shown("work")

    (photo,) = phone.stored(Slot.WORK)
    assert len(camera_photo) > 3_500_000
    assert 100_000 < int(finished.value.all_headers()["content-length"]) <= len(camera_photo) / 3
    assert max(photo.width_px, photo.height_px) > 2000
    thumb = phone.page.locator("#slot-work .frames img")
    assert thumb.evaluate("shown => Math.max(shown.naturalWidth, shown.naturalHeight)") == 480


def test_while_it_is_on_its_way_the_slot_says_how_far_it_has_come(courier, camera_photo):
    phone = courier()
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    phone.page.context.new_cdp_session(phone.page).send("Network.emulateNetworkConditions", slow)
    phone.page.evaluate(
        """() => {
            window.seen = [];
            const look = () => {
                const bar = document.querySelector("#slot-work progress");
                if (bar) seen.push([bar.value, document.querySelector("#slot-work [data-words]").textContent]);
            };
            new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
        }"""
    )

    phone.choose("work", camera_photo)
    phone.shown("work")

    seen = phone.page.evaluate("seen")
    shares = [share for share, words in seen if words == f"已传 {int(share)}%"]
    assert [share for share in shares if 0 < share < 100] != []
    assert shares == sorted(shares)
    assert [words for _share, words in seen][-1] == "正在保存…"


def test_turned_photos_stand_upright_shrunk_or_not_and_a_portrait_is_at_most_2048_px(courier):
    phone = courier()

    phone.choose("work", turned((3000, 4000)))
    phone.shown("work")
    phone.choose("work", turned((300, 400)))
    phone.shown("work", 2)
    phone.page.locator("#slot-portrait .swap input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": turned((3000, 4000))}
    )
    expect(phone.page.locator("#slot-portrait .sending")).to_have_count(0, timeout=20_000)

    large, small = phone.stored(Slot.WORK)
    (portrait,) = phone.stored(Slot.PORTRAIT)
    assert (large.width_px, large.height_px) == (2100, 2800)
    assert (small.width_px, small.height_px) == (300, 400)
    assert (portrait.width_px, portrait.height_px) == (1536, 2048)
    for photo in (large, small, portrait):
        assert corners(phone.press(photo)) == ("red", "green", "blue", "yellow")


def test_what_the_browser_cannot_decode_is_sent_as_it_is(courier):
    phone = courier()

    phone.choose("work", saved(corners_picture((1200, 900)), "HEIF"), name="IMG_1.HEIC")
    phone.shown("work")
    phone.choose("work", b"no picture at all")

    expect(phone.page.locator("#slot-work .error")).to_have_text("这里只收照片（JPG、PNG、WebP、HEIC），请换一张")
    (photo,) = phone.stored(Slot.WORK)
    assert corners(phone.press(photo)) == ("red", "green", "blue", "yellow")


def test_without_a_network_the_same_file_is_tried_again_by_itself_and_by_finger(courier):
    phone = courier()
    phone.context.set_offline(True)
    phone.choose("work", jpeg(900, 600))
    phone.choose("honour", jpeg(600, 900))

    for slot in ("work", "honour"):
        expect(phone.page.locator(f"#slot-{slot} .sending")).to_contain_text("网络不可用，正在重试")
        expect(phone.page.locator(f"#slot-{slot}").get_by_role("button", name="再试一次")).to_be_visible()
    expect(phone.page.locator("[data-saved]")).to_have_text("网络不可用，正在重试")
    assert [wrong for width in (320, 360) for wrong in phone.laid_out_wrong(width)] == []

    phone.context.set_offline(False)
    phone.shown("work")
    phone.shown("honour")
    expect(phone.page.locator("[data-saved]")).to_have_text("照片已保存")

    phone.page.route("**/photos/honour", lambda route: route.abort(), times=1)
    phone.choose("honour", jpeg(500, 900))
    phone.page.get_by_role("button", name="再试一次").click()
    phone.shown("honour", 2)


def test_a_photo_whose_answer_was_lost_is_stored_once(courier):
    phone = courier()

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    phone.page.route("**/photos/work", lose_the_answer, times=1)
    phone.choose("work", jpeg(900, 600))
    phone.shown("work")

    assert len(phone.stored(Slot.WORK)) == 1


def test_the_next_page_waits_for_what_is_on_its_way_and_comes_by_itself(courier):
    phone = courier()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.page.route("**/photos/work", hold)
    phone.choose("work", jpeg(900, 600))
    phone.choose("work", jpeg(900, 601))
    phone.page.get_by_role("button", name="下一步").click()

    expect(phone.page.locator("[data-waiting]")).to_have_text("还有 2 张照片正在上传，传完自动继续")
    assert phone.page.url.endswith(PHOTOS)
    assert len(held) == 1  # one after the other
    phone.page.unroute("**/photos/work")  # lets go of what was held
    phone.page.wait_for_url("**/check")

    assert len(phone.stored(Slot.WORK)) == 2


def test_every_other_way_out_waits_too(courier):
    phone = courier()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    for way, arrived in (("换大字版", "**/photos"), ("上一步", "**/story")):
        phone.page.route("**/photos/work", hold)
        phone.choose("work", jpeg(900, 600 + len(held)))
        phone.page.get_by_text(way).click()
        expect(phone.page.locator("[data-waiting]")).to_have_text("还有 1 张照片正在上传，传完自动继续")
        with phone.page.expect_navigation(url=arrived):
            phone.page.unroute("**/photos/work")

    assert len(phone.stored(Slot.WORK)) == 2


def test_a_page_killed_while_it_sends_has_lost_nothing_that_was_stored(courier):
    phone = courier()
    phone.choose("work", jpeg(900, 600))
    phone.shown("work")
    phone.page.route("**/photos/work", lambda _route: None)
    phone.choose("work", jpeg(900, 601))
    expect(phone.page.locator("#slot-work .sending")).to_be_visible()
    phone.page.close()

    phone.page = phone.context.new_page()
    phone.open()
    # The one that was on its way may or may not have arrived whole; chosen again it is there once.
    expect(phone.page.locator("#slot-work .frames img").first).to_be_visible()
    phone.shown("portrait")
    phone.choose("work", jpeg(900, 601))
    phone.shown("work", 2)
    assert len(phone.stored(Slot.WORK)) == 2


def test_photos_change_places_and_go_without_another_visit_to_the_page(courier):
    phone = courier()
    for height in (600, 700):
        phone.choose("work", jpeg(900, height))
    phone.shown("work", 2)
    first, second = (photo.id for photo in phone.stored(Slot.WORK))
    phone.page.evaluate("window.sameVisit = true")

    phone.page.locator(f"#forward-{second}").click()
    expect(phone.page.locator("#slot-work li").first).to_have_id(f"photo-{second}")
    assert [photo.id for photo in phone.stored(Slot.WORK)] == [second, first]
    phone.page.locator(f"#swap-{second}").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg(900, 800)}
    )
    expect(phone.page.locator(f"#photo-{second}")).to_have_count(0)
    new, last = phone.stored(Slot.WORK)
    assert (new.height_px, last.id) == (800, first)
    phone.page.locator(f"#delete-{new.id}").click()
    phone.shown("work", 1)

    assert phone.page.evaluate("window.sameVisit") is True
    assert [photo.id for photo in phone.stored(Slot.WORK)] == [first]


def test_without_script_photos_come_change_places_and_go(courier):
    phone = courier(javascript=False)
    for height in (600, 700):
        phone.choose("work", jpeg(900, height))
        phone.page.locator("#slot-work").get_by_role("button", name="上传").click()
    phone.shown("work", 2)
    first, second = (photo.id for photo in phone.stored(Slot.WORK))
    assert [wrong for width in (360, 320) for wrong in phone.laid_out_wrong(width)] == []

    phone.page.locator(f"#forward-{second}").click()
    assert [photo.id for photo in phone.stored(Slot.WORK)] == [second, first]
    phone.page.locator(f"#swap-{first}").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": turned((300, 400))}
    )
    phone.page.locator(f"#photo-{first}").get_by_role("button", name="换成这张").click()
    phone.page.locator(f"#delete-{second}").click()
    phone.shown("work", 1)

    (left,) = phone.stored(Slot.WORK)
    assert corners(phone.press(left)) == ("red", "green", "blue", "yellow")
    phone.page.get_by_role("button", name="下一步").click()
    phone.page.wait_for_url("**/check")


BOXES = """() => Array.from(document.querySelectorAll("#slot-portrait, #slot-work")).flatMap((slot) =>
  [slot, ...slot.querySelectorAll("*")].filter((each) => each.offsetWidth > 1).map((each) => {
    const box = each.getBoundingClientRect();
    return [each.className, box.left, box.top, box.width, box.height].join(" ");
  }))"""


def test_scripts_that_come_late_move_nothing_and_take_what_was_chosen_before(courier):
    phone = courier()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    phone.page.route("**/js/*.js*", hold)
    phone.page.goto(phone.service.base_url + PHOTOS, wait_until="commit")
    phone.page.locator("footer").wait_for()
    before = phone.page.evaluate(BOXES)
    phone.choose("honour", jpeg(900, 600))
    phone.page.unroute("**/js/*.js*")  # lets go of what was held
    phone.shown("honour")

    assert len(held) == 2
    assert len(before) > 20
    assert phone.page.evaluate(BOXES) == before


def test_where_only_the_script_of_photos_does_not_come_the_form_sends_them(courier):
    phone = courier()
    phone.page.route("**/js/photos.js*", lambda route: route.abort())
    phone.open()
    phone.choose("work", jpeg(900, 600))
    phone.page.locator("#slot-work").get_by_role("button", name="上传").click()

    phone.shown("work")


# The portrait under its frame


@dataclass
class Fingers:
    """Fingers on a screen; positions in CSS pixels."""

    page: Page

    def __post_init__(self) -> None:
        self._session = self.page.context.new_cdp_session(self.page)

    def move(self, *ways: tuple[tuple[float, float], tuple[float, float]], steps: int = 8) -> None:
        """Put down a finger at the start of each way, move all of them along, lift them."""
        for step in range(steps + 1):
            points = [
                {"x": start[0] + (end[0] - start[0]) * step / steps, "y": start[1] + (end[1] - start[1]) * step / steps}
                for start, end in ways
            ]
            self._send("touchMove" if step else "touchStart", points)
        self._send("touchEnd", [])

    def _send(self, kind: str, points: list[dict[str, float]]) -> None:
        touches = [{**point, "id": number} for number, point in enumerate(points)]
        self._session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def with_corners(phone: Courier) -> None:
    """A lying portrait, red and green above blue and yellow, with the panel open on it."""
    phone.page.locator("#slot-portrait .swap input[type=file]").set_input_files(
        {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": saved(corners_picture((2000, 1600)), "JPEG", quality=92)}
    )
    expect(phone.page.locator("#slot-portrait .sending")).to_have_count(0, timeout=20_000)
    phone.page.locator("[data-crop]").click()
    phone.page.locator(".ready .half-screen").wait_for()


def on_paper(phone: Courier) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Size and corners of the portrait in the PDF of the entry submitted last."""
    entry = phone.parts.stores.nominations.by_draft(phone.stored(Slot.PORTRAIT)[0].draft_id)
    assert entry is not None
    _word, pdf = form_files(entry_of(phone.parts.stores, entry), phone.parts.campaign, phone.parts.files)
    (portrait,) = PdfReader(io.BytesIO(pdf.data)).pages[0].images
    return portrait.image.size, corners(saved(portrait.image, "JPEG", quality=95))


def test_two_fingers_choose_what_the_pdf_shows(courier):
    phone = courier()
    with_corners(phone)
    frame = phone.page.locator("[data-frame]").bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    fingers = Fingers(phone.page)

    fingers.move(((x - 15, y), (x - 50, y)), ((x + 15, y), (x + 50, y)))
    fingers.move(((x - 60, y - 80), (x + 80, y + 110)))
    fingers.move(((x - 60, y - 80), (x + 80, y + 110)))
    preview = Image.open(io.BytesIO(phone.page.locator(".crop-paper div").screenshot()))
    phone.page.get_by_role("button", name="就用这样").click()
    phone.page.locator(".half").wait_for(state="detached")

    assert {colour_name(preview.convert("RGB").getpixel((preview.width // 2, y))) for y in (20, 200)} == {"red"}
    (portrait,) = phone.stored(Slot.PORTRAIT)
    assert (portrait.crop.left_px, portrait.crop.top_px) == (0, 0)
    assert 295 <= portrait.crop.width_px < 800  # of 1143 before
    phone.page.get_by_role("button", name="下一步").click()
    phone.page.get_by_role("button", name="提交推荐表").click()
    phone.page.wait_for_url("**/receipt")
    size, colours = on_paper(phone)
    assert size == (600, 840)
    assert colours == ("red",) * 4


def test_the_panel_works_by_keys_alone_and_leaves_the_focus_where_it_was(courier):
    phone = courier()
    with_corners(phone)
    keys = phone.page.keyboard

    keys.press("Escape")
    expect(phone.page.locator(".half")).to_have_count(0)
    expect(phone.page.locator("[data-crop]")).to_be_focused()
    (before,) = phone.stored(Slot.PORTRAIT)
    keys.press("Enter")
    phone.page.locator(".ready .half-screen").wait_for()
    phone.page.locator("[data-frame]").focus()
    for key in ("+", "+", "+", *["ArrowRight"] * 12, *["ArrowDown"] * 12):
        keys.press(key)
    for _stop in range(20):
        keys.press("Tab")
        assert phone.page.evaluate("document.activeElement.closest('.half') !== null")
    phone.page.locator("[data-done]").focus()
    keys.press("Enter")
    expect(phone.page.locator(".half")).to_have_count(0)

    expect(phone.page.locator("[data-crop]")).to_be_focused()
    (after,) = phone.stored(Slot.PORTRAIT)
    assert before.crop is None
    assert after.crop.width_px < before.box.width_px
    assert (after.crop.left_px < before.box.left_px, after.crop.top_px) == (True, 0)


OUTSIDE = """panel => [...panel.querySelectorAll("button, p, h2, figcaption, figure div, [data-frame]")]
    .filter(each => each.getClientRects().length)
    .map(each => [each.textContent.trim() || each.localName, each.getBoundingClientRect()])
    .filter(([, box]) => box.left < 0 || box.right > innerWidth)
    .map(([words]) => words)"""
SMALL = """panel => [...panel.querySelectorAll("button")]
    .filter(each => each.offsetWidth < 44 || each.offsetHeight < 44).map(each => each.outerHTML)"""


def test_the_panel_fits_every_screen_letter_size_and_look_and_axe_finds_nothing(courier):
    phone = courier()
    with_corners(phone)
    panel = phone.page.locator(".half-screen")
    troubles, found = [], {}

    for look in LOOKS:
        put_on(phone.page, look)
        found[look] = Axe().run(phone.page, ".half").generate_snapshot()
        for width, percent in product((320, 360), (100, 150, 200)):
            phone.page.set_viewport_size({"width": width, "height": 640})
            phone.page.evaluate("percent => { document.documentElement.style.fontSize = `${percent}%` }", percent)
            phone.page.locator("[data-done]").scroll_into_view_if_needed()
            bottom = phone.page.locator("[data-done]").bounding_box()
            seen = bottom["y"] + bottom["height"] <= 640 and panel.bounding_box()["y"] >= 0
            troubles += [
                (look, width, percent, trouble)
                for trouble in (
                    panel.evaluate(OUTSIDE),
                    panel.evaluate(SMALL),
                    [] if seen else ["the button is out of reach"],
                )
                if trouble
            ]

    assert troubles == []
    assert found == dict.fromkeys(LOOKS, "")


def test_a_crop_on_a_dead_network_stays_in_its_panel_until_it_is_stored(courier):
    phone = courier()
    with_corners(phone)

    phone.context.set_offline(True)
    phone.page.get_by_role("button", name="就用这样").click()
    expect(phone.page.locator(".half .error")).to_have_text("网络断了，还没保存，请再点一次")
    phone.context.set_offline(False)
    phone.page.get_by_role("button", name="就用这样").click()
    expect(phone.page.locator(".half")).to_have_count(0)

    (portrait,) = phone.stored(Slot.PORTRAIT)
    assert (portrait.crop.left_px, portrait.crop.width_px) == pytest.approx(
        (portrait.width_px * 0.214, portrait.width_px * 0.5715), abs=4
    )
    assert Path(phone.page.url).name == "photos"
