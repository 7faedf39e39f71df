"""Times several ways to do the same work, in turn, so that a busy spell of the machine meets all of them alike."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

from attrs import frozen

WARM_UPS = 2


@frozen
class Side:
    """One way: ``call`` is timed, ``check`` (untimed, before and after all timing) raises if its result is wrong.

    ``prepare`` is called before each call, untimed.
    """

    call: Callable[[], Awaitable[Any]]
    check: Callable[[Any], None]
    prepare: Callable[[], object] = lambda: None


@frozen
class Times:
    """Seconds of every repetition of every side, by the side's name."""

    seconds: Mapping[str, list[float]]

    def median(self, name: str) -> float:
        """Median seconds of one side."""
        return median(self.seconds[name])

    def ratio(self, name: str, base: str) -> float:
        """How many times as long as ``base`` this side takes: the ratio of the medians."""
        return self.median(name) / self.median(base)

    def paired(self, name: str, base: str) -> float:
        """The same as the median of the ratios within each repetition: for small differences, and few repetitions."""
        return median([one / other for one, other in zip(self.seconds[name], self.seconds[base], strict=True)])

    @property
    def repetitions(self) -> int:
        """How often each side was timed."""
        return min(len(taken) for taken in self.seconds.values())


async def alternate(sides: Mapping[str, Side], budget: float, *, least: int = 5, most: int = 200) -> Times:
    """Repeats all sides one after another, for about ``budget`` seconds; the garbage collector stays on, untouched."""
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    await _check(sides, WARM_UPS)
    end = perf_counter() + budget
    for repetition in range(most):
        if repetition >= least and perf_counter() > end:
            break
        for name, side in sides.items():
            seconds[name].append(await _time(side))
    await _check(sides, 1)
    return Times(seconds)


async def _check(sides: Mapping[str, Side], times: int) -> None:
    for _ in range(times):
        for side in sides.values():
            side.prepare()
            side.check(await side.call())


async def _time(side: Side) -> float:
    side.prepare()
    begun = perf_counter()
    await side.call()
    return perf_counter() - begun
