"""Whole journeys a second, every page fetched and posted, beside the durable commits of the same disk.

`python -m bench.journeys`. Text only; the web workers alone, as many people at once as connections. A journey
commits six times (five pages and the submit), so a disk's commits ÷ 6 is what no service could beat.
"""

import itertools
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench.figures import Figure, show
from bench.load import Visitor, drive, for_seconds
from bench.serving import DISK, gunicorn, settings_in
from bench.storage import durable_commits_per_s
from bench.visitors import campaign_of, journey

ROUNDS = 3
ROUND_S = 5.0
CONNECTIONS = 16
LIMIT_P99_MS = 50
COMMITS_A_JOURNEY = 6

_seeds = itertools.count()


def main(*, rounds: int = ROUNDS, round_s: float = ROUND_S) -> list[Figure]:
    DISK.mkdir(exist_ok=True)
    commits, submits = [], []
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        env = settings_in(Path(folder))
        with gunicorn("wsgi:app", env) as service:
            run(service.port, env, seconds=round_s / 2)
            for _ in range(rounds):
                commits.append(durable_commits_per_s(Path(folder), round_s / 5))
                submits.append(run(service.port, env, seconds=round_s))
    commits_per_s = statistics.median(commits)
    rate = statistics.median(len(times) / round_s for times in submits)
    p99_ms = statistics.median(statistics.quantiles(times, n=100)[98] for times in submits) * 1000
    share = statistics.median(
        len(times) / round_s * COMMITS_A_JOURNEY / bare for times, bare in zip(submits, commits, strict=True)
    )
    return show(
        Figure("journeys, durable commits of this disk", commits_per_s, "/s"),
        Figure("journeys, whole, 16 requests", rate, "/s"),
        Figure(f"journeys, their commits ÷ the disk's ({COMMITS_A_JOURNEY} each)", share, "times"),
        Figure("journeys, submit, median", statistics.median(itertools.chain(*submits)) * 1000, "ms"),
        Figure(f"journeys, submit p99 at {CONNECTIONS} connections", p99_ms, "ms", LIMIT_P99_MS),
    )


def run(port: int, env: Mapping[str, str], *, seconds: float) -> list[float]:
    """Seconds that each submit took, of people who come without a pause for that long."""
    campaign, times = campaign_of(env), list[float]()

    def people() -> Iterator[Visitor]:
        while True:
            yield journey(campaign, seed=next(_seeds), submitted=times.append)

    drive(port, [one_after_another(people()) for _ in range(CONNECTIONS)], until=for_seconds(seconds))
    return times


def one_after_another(people: Iterator[Visitor]) -> Visitor:
    """Visitors that share one connection, as behind a proxy that keeps its own."""
    for visitor in people:
        yield from visitor


if __name__ == "__main__":
    main()
