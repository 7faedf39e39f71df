"""A scheduler that starts whatever is ready: enough to have steps run at once."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from stratagem import Scheduler

if TYPE_CHECKING:
    from stratagem import StepRun


class AnyReady(Scheduler):
    """First come, first served; at most ``concurrency`` steps at once, those that own bodies not counted."""

    def __init__(self, concurrency: int = 16) -> None:
        self.free = concurrency
        self.ready: deque[StepRun] = deque()

    def offer(self, step: StepRun) -> None:
        self.ready.append(step)

    def take(self) -> StepRun | None:
        if not self.ready or not self.free:
            return None
        step = self.ready.popleft()
        self.free -= not step.step.composite
        return step

    def release(self, step: StepRun) -> None:
        self.free += not step.step.composite
