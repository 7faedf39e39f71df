"""A scheduler around another one that counts what is taken and given back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from stratagem import Scheduler

if TYPE_CHECKING:
    from stratagem import StepRun


class CountingScheduler(Scheduler):
    """Passes everything on to ``inner``; ``running`` are the steps that were taken and not released.

    ``taken`` and ``released`` count them all; ``faults`` tells of steps that were given twice, or released without
    having been taken.
    """

    def __init__(self, inner: Scheduler) -> None:
        self.inner = inner
        self.bursts = inner.bursts
        self.places = inner.places
        self.taken = 0
        self.released = 0
        self.running: set[StepRun] = set()
        self.faults: Counter[str] = Counter()

    def offer(self, step: StepRun) -> None:
        self.inner.offer(step)

    def take(self) -> StepRun | None:
        return self._begin(self.inner.take())

    def release(self, step: StepRun) -> None:
        self._end(step)
        self.inner.release(step)

    def waiting(self) -> int | None:
        return self.inner.waiting()

    def exchange(self, ended: StepRun, fresh: Sequence[StepRun]) -> StepRun | None:
        self._end(ended)
        return self._begin(self.inner.exchange(ended, fresh))

    def _begin(self, step: StepRun | None) -> StepRun | None:
        if step is not None:
            self.taken += 1
            self.faults[f"{step.step.id} was given twice"] += step in self.running
            self.running.add(step)
        return step

    def _end(self, step: StepRun) -> None:
        self.released += 1
        self.faults[f"{step.step.id} was released without having been taken"] += step not in self.running
        self.running.discard(step)

    def check(self) -> None:
        """Raise AssertionError unless as many steps were released as were taken, each once."""
        assert not +self.faults, f"{self.faults}"
        assert not self.running, f"taken and never released: {sorted(step.step.id for step in self.running)}"
        assert self.taken == self.released
