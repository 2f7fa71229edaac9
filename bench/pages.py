"""Form pages a second beside a hello-world of the same Flask and gunicorn settings. `python -m bench.pages`.

Pages as a browser with a half-filled draft gets them, over kept connections, by the same client, in turns. Plain, as
nginx asks for them when it compresses itself; what the service pays for compressing the heaviest one is a figure too.
"""

import statistics
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bench.figures import Figure, show
from bench.load import again_and_again, drive, for_seconds, request
from bench.serving import DISK, gunicorn, settings_in
from bench.visitors import Browser, campaign_of, filling
from h5app.domain.questions import Topic

ROUNDS = 11
ROUND_S = 0.7
CONNECTIONS = 8
LIMIT_SHARE = 0.5
# The heaviest page, with three long lists, is the one that is held to the limit.
HEAVIEST = Topic.PERSON
PAGES = (HEAVIEST, Topic.ELIGIBILITY, Topic.STORY)
COMPRESSED = f"{HEAVIEST} page, compressed"


def main(*, rounds: int = ROUNDS, round_s: float = ROUND_S) -> list[Figure]:
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        env = settings_in(Path(folder))
        with gunicorn("bench.hello:app", {}) as hello, gunicorn("wsgi:app", env) as service:
            aims = {"hello": (hello.port, request("/"))}
            cookies = _half_filled(service.port, env)
            aims |= {page: (service.port, request(f"/apply/self/{page}", cookies=cookies)) for page in PAGES}
            aims[COMPRESSED] = (service.port, request(f"/apply/self/{HEAVIEST}", cookies=cookies, packed=True))
            found = _rates(aims, rounds=rounds, round_s=round_s)
    shares = {page: statistics.median(map(_share, found[page], found["hello"])) for page in PAGES}
    bare = statistics.median(found["hello"])
    figures = show(Figure("pages, hello-world", bare, "/s"))
    for page in PAGES:
        limit = LIMIT_SHARE if page is HEAVIEST else None
        rate = statistics.median(found[page])
        figures += show(
            Figure(f"pages, {page} page", rate, "/s"),
            Figure(f"pages, {page} page ÷ hello-world", shares[page], "times", limit, least=True),
        )
    return figures + show(Figure(f"pages, {COMPRESSED}", statistics.median(found[COMPRESSED]), "/s"))


def _rates(aims: Mapping[str, tuple[int, bytes]], *, rounds: int, round_s: float) -> dict[str, list[float]]:
    """Answers a second of each, a value a round."""
    found: dict[str, list[float]] = {name: [] for name in aims}
    for number in range(rounds + 1):
        for name, (port, message) in aims.items():
            visitors = [again_and_again(message) for _ in range(CONNECTIONS)]
            answers = drive(port, visitors, until=for_seconds(round_s))
            if number:  # the first round only warms up
                found[name].append(answers / round_s)
    return found


def _share(rate: float, bare: float) -> float:
    return rate / bare


def _half_filled(port: int, env: Mapping[str, str]) -> str:
    """The cookies of somebody who has answered everything up to the heaviest page."""
    browser = Browser()
    drive(port, [filling(browser, campaign_of(env), pages=(Topic.ELIGIBILITY, Topic.CONSENT, HEAVIEST))])
    return browser.cookie_header


if __name__ == "__main__":
    main()
