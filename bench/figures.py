"""Figures as they are printed, `name: value unit (limit …)`, and how their medians are taken."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

_ABOVE_THIS_WHOLE = 100


@dataclass(frozen=True)
class Figure:
    """One measured value. `limit` is a bound in the same unit, or None; `least` says that it is a lower bound."""

    name: str
    value: float
    unit: str
    limit: float | None = None
    least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the value is on the right side of its limit."""
        if self.limit is None:
            return True
        return self.value >= self.limit if self.least else self.value <= self.limit

    def __str__(self) -> str:
        """The line.

        >>> str(Figure("paper, PDF form", 5.02, "ms", limit=25))
        'paper, PDF form: 5.0 ms (limit ≤ 25 ms)'
        >>> str(Figure("form page ÷ hello", 0.41, "times", limit=0.5, least=True))
        'form page ÷ hello: 0.41 times (limit ≥ 0.50 times) BROKEN'
        """
        line = f"{self.name}: {self._number(self.value)} {self.unit}"
        if self.limit is None:
            return f"{line} (no limit)"
        line += f" (limit {'≥' if self.least else '≤'} {self._number(self.limit)} {self.unit})"
        return line if self.kept else f"{line} BROKEN"

    def _number(self, value: float) -> str:
        if self.unit == "times":
            return f"{value:.2f}"
        return f"{value:.0f}" if value >= _ABOVE_THIS_WHOLE or value == int(value) else f"{value:.1f}"


def show(*figures: Figure) -> list[Figure]:
    """Print figures as soon as they are known, and hand them on."""
    for figure in figures:
        print(figure, flush=True)
    return list(figures)


def medians_s(*works: Callable[[], object], rounds: int) -> list[float]:
    """Median seconds of each, warm, taken in turns so that a busy moment falls on all of them."""
    for work in works:
        work()
    times = [[_seconds(work) for work in works] for _ in range(rounds)]
    return [statistics.median(column) for column in zip(*times, strict=True)]


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
