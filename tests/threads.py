"""Many at once: for races that a rule must survive."""

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def at_once(job: Callable[[], T], times: int) -> list[T | Exception]:
    """Run one job in many threads that start together; their results or errors, in no order."""
    start = threading.Barrier(times)
    results: list[T | Exception] = []

    def work() -> None:
        start.wait(timeout=10)
        try:
            results.append(job())
        except Exception as error:  # noqa: BLE001 -- told to the test, which judges it
            results.append(error)

    threads = [threading.Thread(target=work) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return results
