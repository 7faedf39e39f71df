"""The DAG scheduler: any ready step, longest critical path first, first come first served among equals.

This is list scheduling by critical path (Graham, Bounds on multiprocessing timing anomalies, 1969): no strand is idle
while a step is ready and within its limits, so a run on P strands ends within T1/P + (1 - 1/P) * T∞.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from stratagem import Scheduler

if TYPE_CHECKING:
    from stratagem import Frame, StepRun
    from stratagem_dag.limits import LimitBook

AGEING = 1024
"""After so many single offers, which loops make without end, all that is older gains the length of the plan."""


class DagScheduler(Scheduler):
    """Keeps ready steps in queues by the length of their way to the end.

    Args:
        concurrency: how many steps may run at once, those that own bodies not counted.
        limits: further limits, None if there are none.
        longest: the critical path of the run in seconds; what ageing goes by.
    """

    def __init__(self, concurrency: int, limits: LimitBook | None = None, longest: float = 1.0) -> None:
        self._free = concurrency
        self._limits = limits
        self.bursts = limits is not None
        self._longest = longest
        self._age = 0.0
        self._until_older = AGEING
        self._ranks: list[float] = []
        self._queues: dict[float, deque[StepRun]] = {}
        self._first: deque[StepRun] = deque()
        self._last_path = 0.0
        self._last_frame: Frame | None = None
        self._last_queue = self._first

    def offer(self, step: StepRun) -> None:
        self._until_older -= 1
        if not self._until_older:
            self._until_older = AGEING
            self._age += self._longest
            self._last_frame = None
        self._queue(step).append(step)

    def take(self) -> StepRun | None:
        if not self._free:
            return None
        ready = self._next()
        if self._limits is not None:
            while ready is not None and not self._limits.admit(ready):
                for held in self._limits.passed_on():
                    self._queue(held).appendleft(held)
                ready = self._next()
        if ready is not None and not ready.step.composite:
            self._free -= 1
        return ready

    def release(self, step: StepRun) -> None:
        if not step.step.composite:
            self._free += 1
        if self._limits is not None:
            for held in self._limits.leave(step):
                self._queue(held).appendleft(held)

    def waiting(self) -> int:
        held = 0 if self._limits is None else self._limits.held()
        return held + sum(map(len, list(self._queues.values())))

    def exchange(self, ended: StepRun, fresh: Sequence[StepRun]) -> StepRun | None:
        if self._limits is not None or ended.step.composite:
            return super().exchange(ended, fresh)
        ranks = self._ranks
        if fresh:
            if not ranks and len(fresh) == 1 and not fresh[0].step.composite:
                return fresh[0]  # it takes the very place that is left
            path, frame = self._last_path, self._last_frame
            for step in fresh:
                if step.step.path == path and step.frame is frame:
                    self._last_queue.append(step)
                else:
                    self._queue(step).append(step)
                    path, frame = self._last_path, self._last_frame
        elif not ranks:
            self._free += 1
            return None
        queue = self._first
        ready = queue.popleft()
        if not queue:
            self._drop_first()
        if ready.step.composite:
            self._free += 1
        return ready

    def _next(self) -> StepRun | None:
        if not self._ranks:
            return None
        ready = self._first.popleft()
        if not self._first:
            self._drop_first()
        return ready

    def _drop_first(self) -> None:
        """The queue of the most urgent steps is empty."""
        rank = heappop(self._ranks)
        if self._queues.pop(rank) is self._last_queue:
            self._last_frame = None
        if self._ranks:
            self._first = self._queues[self._ranks[0]]

    def _queue(self, step: StepRun) -> deque[StepRun]:
        """The queue for steps that are as urgent as this one."""
        rank = self._age - step.step.path - step.frame.after
        queue = self._queues.get(rank)
        if queue is None:
            queue = self._queues[rank] = deque()
            heappush(self._ranks, rank)
            if self._ranks[0] == rank:
                self._first = queue
        self._last_path, self._last_frame, self._last_queue = step.step.path, step.frame, queue
        return queue
