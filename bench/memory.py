"""Resident memory of the whole service, at rest and under load. `python -m bench.memory`.

Everything that the Procfile starts: runner, gunicorn with two workers, their zygotes, the mailer. Forked workers
share pages with their master, and what all of them share lies in memory once: the proportional size (PSS) counts it
once, so it is held to the limit; the sum of resident sizes (RSS) counts it once a process. A child that decodes a
photo lives for a quarter of a second under a limit of its own (768 MiB): it is measured beside the service.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.figures import Figure, show
from bench.journeys import one_after_another
from bench.load import Visitor, drive, for_seconds
from bench.photos import phone_photo
from bench.serving import DISK, settings_in, whole_service
from bench.visitors import Browser, campaign_of, filling, journey
from h5app.domain.campaign import Campaign
from h5app.domain.questions import Topic

LOAD_S = 10.0
CONNECTIONS, UPLOADERS = 14, 2
LIMIT_MIB = 300
_SAMPLE_S = 0.25
_MIB = 1 << 20


@dataclass(frozen=True)
class Memory:
    """Of a process and all its descendants, in MiB; `decoding_mib` of the children that decode a photo."""

    pss_mib: float
    rss_mib: float
    processes: int
    decoding_mib: float


def main(*, load_s: float = LOAD_S) -> list[Figure]:
    DISK.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=DISK, prefix="bench-") as folder:
        env = settings_in(Path(folder))
        with whole_service(env) as service:
            photo = phone_photo()
            # Each worker has answered a page and decoded a photo: what then lies idle is the service at rest.
            drive(service.port, _people(campaign_of(env), photo, ends=True))
            rest = memory_of(service.pid)
            samples: list[Memory] = []
            people = _people(campaign_of(env), photo, ends=False)
            drive(service.port, people, until=_sampled(service.pid, samples, seconds=load_s))
    peak = max(samples, key=lambda sample: sample.pss_mib)
    return show(
        Figure(f"memory, at rest, {rest.processes} processes, shared pages once", rest.pss_mib, "MiB", LIMIT_MIB),
        Figure("memory, at rest, sum of resident sizes", rest.rss_mib, "MiB"),
        Figure("memory, under load, shared pages once", peak.pss_mib, "MiB", LIMIT_MIB),
        Figure("memory, under load, sum of resident sizes", max(sample.rss_mib for sample in samples), "MiB"),
        Figure("memory, decoding 12 megapixels twice at once", max(s.decoding_mib for s in samples), "MiB"),
    )


def memory_of(pid: int) -> Memory:
    """What a process and its descendants hold now; those that end meanwhile are left out."""
    pss, rss, count, decoding = 0, 0, 0, 0
    root = psutil.Process(pid)
    for process in [root, *root.children(recursive=True)]:
        try:
            found, decodes = process.memory_full_info(), _decodes(process)
        except psutil.Error:
            continue
        if decodes:
            decoding += found.pss
        else:
            pss, rss, count = pss + found.pss, rss + found.rss, count + 1
    return Memory(pss / _MIB, rss / _MIB, count, decoding / _MIB)


def _decodes(process: psutil.Process) -> bool:
    """Whether it is a zygote's child: those share its command line."""
    parent = process.parent()
    return parent is not None and any("zygote" in part for part in parent.cmdline())


def _people(campaign: Campaign, photo: bytes, *, ends: bool) -> list[Visitor]:
    """Journeys and uploads at once: one of each kind a connection, or without end."""
    rounds: Callable[[], Iterator[int]] = lambda: iter(range(1 if ends else 1_000_000))  # noqa: E731
    walkers = [
        one_after_another(journey(campaign, seed=seed, submitted=lambda _s: None) for _ in rounds())
        for seed in range(CONNECTIONS)
    ]
    return walkers + [one_after_another(_uploading(campaign, photo) for _ in rounds()) for _ in range(UPLOADERS)]


def _uploading(campaign: Campaign, photo: bytes) -> Visitor:
    """Somebody who begins a form and sends his portrait, 12 megapixels of it."""
    browser = Browser()
    yield from filling(browser, campaign, pages=(Topic.ELIGIBILITY,))
    yield from browser.get("/apply/self/photos")
    yield from browser.upload("/apply/self/photos/portrait", photo)


def _sampled(pid: int, samples: list[Memory], *, seconds: float) -> Callable[[], bool]:
    """True once the time is over; meanwhile memory is looked at now and then."""
    over, pause = for_seconds(seconds), [for_seconds(0)]

    def until() -> bool:
        if pause[0]():
            samples.append(memory_of(pid))
            pause[0] = for_seconds(_SAMPLE_S)
        return over()

    return until


if __name__ == "__main__":
    main()
