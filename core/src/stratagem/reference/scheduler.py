"""The reference scheduler: program order, one step at a time."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from stratagem.strategies import Scheduler

if TYPE_CHECKING:
    from stratagem.views import Frame, StepRun


class SequentialScheduler(Scheduler):
    """Starts the first ready step in program order, and only when no other step runs but those around it.

    Steps of a body come where the step that owns it stands; those of its first call before those of the second. Steps
    of a body that runs concurrently with itself thus run one pass after the other. A subflow that was started and left
    running is a sequence of its own beside the others.
    """

    bursts = False
    places = 1

    def __init__(self) -> None:
        self._ready: list[tuple[tuple[int, ...], int, StepRun]] = []
        self._running: list[StepRun] = []
        self._offers = 0

    def offer(self, step: StepRun) -> None:
        self._offers += 1
        heapq.heappush(self._ready, (step.key, self._offers, step))

    def take(self) -> StepRun | None:
        if not self._ready:
            return None
        if self._may_start(self._ready[0][2]):
            entry = heapq.heappop(self._ready)
        elif (found := self._first_inside()) is not None:
            entry = found
        else:
            return None
        self._running.append(entry[2])
        return entry[2]

    def waiting(self) -> int:
        return len(self._ready)

    def _may_start(self, step: StepRun) -> bool:
        flow = _flow(step.frame)
        return all(_flow(running.frame) is not flow or _around(running, step.frame) for running in self._running)

    def _first_inside(self) -> tuple[tuple[int, ...], int, StepRun] | None:
        """The first step that may start where an earlier one may not: inside a pass that was begun before its turn."""
        if not any(running.step.composite for running in self._running):
            return None
        found = min((entry for entry in self._ready if self._may_start(entry[2])), default=None)
        if found is not None:
            self._ready.remove(found)
            heapq.heapify(self._ready)
        return found

    def release(self, step: StepRun) -> None:
        self._running.remove(step)


def _flow(frame: Frame) -> Frame:
    """The outermost frame of the flow that ``frame`` is part of: the workflow's, or a started subflow's."""
    while frame.owner is not None and not frame.apart:
        frame = frame.owner.frame
    return frame


def _around(owner: StepRun, frame: Frame) -> bool:
    """Return whether ``frame`` is a body, at any depth, of the step ``owner``."""
    at: Frame | None = frame
    while at is not None and at.owner is not None:
        if at.owner is owner:
            return True
        at = at.owner.frame
    return False
