"""Tasks: a run's executions as a graph of tasks with measured times, bodies laid out, for what-if simulation."""

from __future__ import annotations

from heapq import heappop, heappush

from attrs import define, field

from stratagem_report.record import Execution, RunRecord
from stratagem_report.timing import Frame, frames_of


@define
class Tasks:
    """Tasks by number: ``weights`` in seconds, ``needs`` the numbers of the tasks before it, all of them smaller."""

    weights: list[float] = field(factory=list)
    needs: list[list[int]] = field(factory=list)

    def add(self, weight: float, needs: list[int]) -> int:
        """Adds a task; gives its number."""
        self.weights.append(max(weight, 0.0))
        self.needs.append(needs)
        return len(self.weights) - 1


def tasks_of(record: RunRecord) -> Tasks:
    """The tasks of a run.

    A step without bodies is one task, of the time in which it did not wait for a resource. One with bodies is a task of no length, then those of its bodies, then one of the
    time in which none of them ran. Calls of a body that followed each other in the run still do; a call that began
    before another had ended may run beside it.
    """
    return _Layout(record).tasks


class _Layout:
    def __init__(self, record: RunRecord) -> None:
        self.tasks = Tasks()
        self._calls: dict[int, list[Frame]] = {}
        for (owner, _), frame in frames_of(record).items():
            self._calls.setdefault(owner, []).append(frame)
        self._last: dict[int, int] = {}
        for frame in self._calls.get(0, []):
            self._lay_out(frame, [])

    def _lay_out(self, frame: Frame, before: list[int]) -> None:
        """Adds the tasks of a frame, those that need nothing in it after ``before``."""
        for n in sorted(frame):
            step = frame[n]
            needs = [self._last[id(frame[need])] for need in step.node.needs if need in frame]
            self._add(step, needs or before)

    def _add(self, step: Execution, needs: list[int]) -> None:
        calls = self._calls.get(id(step))
        if not calls:
            self._last[id(step)] = self.tasks.add(step.worked, needs)
            return
        first = self.tasks.add(0.0, needs)
        before, going = [first], list[tuple[float, list[int]]]()
        for frame in sorted(calls, key=_begin):
            while going and going[0][0] <= _begin(frame):
                before = heappop(going)[1]
            self._lay_out(frame, before)
            heappush(going, (_end(frame), [self._last[id(each)] for each in frame.values()]))
        inside = [each for frame in calls for each in frame.values() if each.end <= step.end]
        after = [self._last[id(each)] for each in inside] or [first]
        self._last[id(step)] = self.tasks.add(step.worked - covered(inside), after)


def covered(executions: list[Execution]) -> float:
    """Seconds in which at least one of them ran."""
    total, reached = 0.0, float("-inf")
    for each in sorted(executions, key=lambda each: each.begin):
        total += max(0.0, each.end - max(each.begin, reached))
        reached = max(reached, each.end)
    return total


def _begin(frame: Frame) -> float:
    return min(each.begin for each in frame.values())


def _end(frame: Frame) -> float:
    return max(each.end for each in frame.values())
