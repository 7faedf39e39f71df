"""A recorder that takes little of a run's time: where steps are short, it sees a sample of them."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from time import perf_counter
from types import TracebackType
from typing import Any, Final

from stratagem import Plan, Step, StepRun
from stratagem_report.plan_lines import late_line
from stratagem_report.recorder import RunRecorder
from stratagem_report.writer import RecordWriter

SHARE: Final = 0.02
"""The share of a run's time that may go into its record; what the engine does for steps that are seen comes on top."""

ALLOWANCE: Final = 0.005
"""Seconds that may go into it in any case: some hundred steps, however short they are."""

BATCH: Final = 0.004
"""Seconds that must have come together before it goes on: while steps are looked at, all of them take longer."""

MANY: Final = 500
"""Of plans with more steps only those nodes are written down that are seen, and with the first of their steps."""

UNSEEN: Final = nullcontext()


class SparingRecorder(RunRecorder):
    """Writes as `RunRecorder` does until that has taken its share of the time, and then waits until it may go on.

    The record's last line tells how many steps were not seen.
    """

    def __init__(self, writer: RecordWriter) -> None:
        super().__init__(writer)
        self._spent = 0.0
        self._rests = False
        self._late: dict[Step, int] | None = None

    def wants_steps(self) -> bool:
        """Return whether there is time for steps."""
        return self._has_time(perf_counter())

    def step(self, step: StepRun) -> AbstractContextManager[Any]:
        owner = step.frame.owner
        # those inside a step that is not seen are not either: the record could not tell where they belong
        if self._has_time(perf_counter()) and (owner is None or owner in self._running):
            return SparingAttempt(self, step)
        return UNSEEN

    def skipped(self, step: StepRun) -> None:
        begun, owner = perf_counter(), step.frame.owner
        if self._has_time(begun) and (owner is None or owner in self._running):
            super().skipped(step)
            self.spend(begun)

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        if step in self._running:
            begun = perf_counter()
            super().event(step, name, **attributes)
            self.spend(begun)

    def spend(self, since: float) -> None:
        """Count the time since then as the record's."""
        self._spent += perf_counter() - since

    def _has_time(self, now: float) -> bool:
        left = ALLOWANCE + SHARE * (now - self._begun) - self._spent
        self._rests = left < (BATCH if self._rests else 0.0)
        return not self._rests

    def _digest(self, plan: Plan) -> str:
        return "" if _is_large(plan) else super()._digest(plan)

    def _tell_nodes(self, plan: Plan) -> None:
        if _is_large(plan):
            self._late = {}
        else:
            super()._tell_nodes(plan)

    def _number(self, step: StepRun) -> int:
        if self._late is None:
            return super()._number(step)
        number = self._late.get(step.step)
        if number is None:
            owner = step.frame.owner
            around = None if owner is None else self._number(owner)
            self._writer.put("node", **late_line(step, self._late, around))
            number = self._late[step.step] = len(self._late)
        return number

    def _ended(self) -> dict[str, Any]:
        return {"unseen": max(0, sum(self._run.counts.values()) - self._seen)}


class SparingAttempt:
    """The context around one attempt; the time of both its ends is counted."""

    __slots__ = ("_number", "_recorder", "_step")

    def __init__(self, recorder: SparingRecorder, step: StepRun) -> None:
        self._recorder = recorder
        self._step = step

    def __enter__(self) -> None:
        begun = perf_counter()
        self._number = self._recorder.begin(self._step)
        self._recorder.spend(begun)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        begun = perf_counter()
        self._recorder.end(self._step, self._number, error)
        self._recorder.spend(begun)


def _is_large(plan: Plan) -> bool:
    """Return whether a plan has more than `MANY` steps, those of its bodies and subflows included."""
    waiting, room = [plan], MANY
    while waiting:
        inner = waiting.pop()
        room -= len(inner.steps)
        if room < 0:
            return True
        waiting += [each for step in inner.steps for each in (*step.bodies.values(), *step.flows.values())]
    return False
