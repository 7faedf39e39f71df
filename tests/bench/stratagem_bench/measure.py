"""Times several ways to do the same work, in turn, so that a busy spell of the machine meets all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Awaitable, Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any

from attrs import frozen

WARM_UPS = 2


@frozen
class Side:
    """One way: ``call`` is timed, ``check`` (untimed) raises AssertionError if its result is wrong."""

    call: Callable[[], Awaitable[Any]]
    check: Callable[[Any], None]


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

    @property
    def repetitions(self) -> int:
        """How often each side was timed."""
        return min(len(taken) for taken in self.seconds.values())


async def alternate(sides: Mapping[str, Side], budget: float, *, least: int = 5, most: int = 200) -> Times:
    """Repeats all sides one after another, for about ``budget`` seconds.

    The garbage collector stays on; each timing starts with nothing left over from the one before.
    """
    seconds: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(WARM_UPS):
        for side in sides.values():
            side.check(await side.call())
    end = perf_counter() + budget
    for repetition in range(most):
        if repetition >= least and perf_counter() > end:
            break
        for name, side in sides.items():
            seconds[name].append(await _time(side))
    return Times(seconds)


async def _time(side: Side) -> float:
    gc.collect()
    begun = perf_counter()
    result = await side.call()
    taken = perf_counter() - begun
    side.check(result)
    return taken
