"""Lighthouse's marks for the landing page and every form page: `python -m bench.phone`.

Lighthouse's own phone: 1.6 Mbit/s, 150 ms, a processor four times slower, worked out from a load at full speed. So a
busy machine costs marks. Chromium is Debian's, or the one that CHROME_PATH names.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.figures import Figure, show
from bench.load import drive
from bench.serving import DISK, gunicorn, settings_in
from bench.visitors import Browser, campaign_of, filling
from h5app.domain.nomination import Route
from h5app.domain.questions import Topic, questions_of

LIGHTHOUSE = Path(__file__).parent / "lighthouse"
LIMITS = {"performance": 98, "accessibility": 100, "best-practices": 100}
LIMIT_LCP_MS = 1000
LANDING = "landing"
# Of the page whose paint has a limit, the middle of three.
RUNS = 3
# Name → address. The forms of one route are those of the others but for who nominates.
PAGES = {
    LANDING: "/",
    **{topic.value: f"/apply/self/{topic}" for topic in Topic if questions_of(Route.SELF, topic)},
    "nominator, peer": "/apply/peer/nominator",
    "nominator, unit": "/apply/unit/nominator",
    "photos": "/apply/self/photos",
    "check": "/apply/self/check",
}


def main(*, pages: Sequence[str] = tuple(PAGES)) -> list[Figure]:
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        env = settings_in(Path(folder))
        with gunicorn("wsgi:app", env) as service:
            browser = Browser()
            drive(service.port, [filling(browser, campaign_of(env))])
            orders = [
                {
                    "name": name,
                    "url": f"http://localhost:{service.port}{PAGES[name]}",
                    "cookies": {} if name == LANDING else browser.cookies,
                    "runs": RUNS if name == LANDING else 1,
                }
                for name in pages
            ]
            return [figure for audit in _audits(orders) for figure in show(*figures_of(audit))]


def figures_of(audit: Mapping[str, Any]) -> Iterator[Figure]:
    """What `audit.mjs` says of a page, as figures.

    Raises:
        RuntimeError: the page could not be looked at.
    """
    name = audit["name"]
    if audit["problem"]:
        raise RuntimeError(f"{name}: {audit['problem']}")
    for category, least in LIMITS.items():
        yield Figure(f"phone, {name} page, {category}", audit["marks"][category], "of 100", least, least=True)
    limit = LIMIT_LCP_MS if name == LANDING else None
    yield Figure(f"phone, {name} page, largest paint", audit["lcp_ms"], "ms", limit)


def _audits(orders: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """A page's audit as soon as it is there.

    Raises:
        SystemExit: Lighthouse is not installed, or fell over.
    """
    if not (LIGHTHOUSE / "node_modules").is_dir():
        raise SystemExit("bench.phone needs Lighthouse: make bench/lighthouse/node_modules")
    environment = {"CHROME_PATH": "/usr/bin/chromium"} | os.environ
    command = ["node", "audit.mjs", json.dumps(orders)]
    with subprocess.Popen(command, cwd=LIGHTHOUSE, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield from map(json.loads, process.stdout or ())
    if process.returncode:
        raise SystemExit(f"Lighthouse ended with {process.returncode}")


if __name__ == "__main__":
    main()
