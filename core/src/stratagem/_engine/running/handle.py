"""A run as its caller has it: the handle while it goes on, the result when it has ended."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from anyio import CancelScope, Event

from stratagem._engine.outcomes.faults import KEPT, let_go
from stratagem.errors import PluginFailed, RunError, StepFailed
from stratagem.measures import Measure
from stratagem.outcomes import Outcome, Skipped, outcome_of, outputs_of
from stratagem.scope import PENDING

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame
    from stratagem._engine.running.run import Run

log = logging.getLogger("stratagem.engine")


class RunHandle:
    """Controls a run that goes on in a task of its kernel.

    A ``detached`` one was started by a step of another run, and may have nobody who waits for it.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.detached = False
        self._ended = Event()
        self._result: RunResult | None = None
        self.scope = CancelScope()

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def done(self) -> bool:
        """Return whether the run has ended."""
        return self._ended.is_set()

    @property
    def paused(self) -> bool:
        """Return whether no further step is started at present."""
        return self.run.paused is not None

    def pause(self) -> None:
        """Lets the steps that run end, and starts no others until `resume`."""
        self.run.pause()

    def resume(self) -> None:
        """Goes on after `pause`."""
        self.run.resume()

    def cancel(self) -> None:
        """Cancels the run: what runs is cancelled, what is open is closed; the result says ``cancelled``."""
        if not self.done:
            self.run.frame.stop(None)  # so that nothing more starts, even where a node swallows the cancellation
            self.scope.cancel()

    async def wait(self) -> RunResult:
        """The result, once the run has ended; raises RunError if the kernel was closed before."""
        await self._ended.wait()
        if self._result is None:
            raise RunError("the kernel was closed before the run had ended")
        return self._result

    def end(self, result: RunResult) -> None:
        """For the kernel: the run has ended with this result."""
        self._result = result
        self._ended.set()
        if self.detached and result.error is not None:
            log.error("the detached run of %s has failed: %s", self._name, result.error)

    def abandon(self) -> None:
        """For the kernel: there will be no result any more, unless there is one."""
        if self.detached and not self.done:
            log.warning("the detached run of %s was cancelled, because the kernel closes", self._name)
        self._ended.set()

    @property
    def _name(self) -> str:
        workflow, starter = self.run.workflow, self.run.starter
        name = workflow.source or workflow.name or f"run {self.id}"
        way = starter.way if starter is not None else None
        return f"{name}, started by {way}," if way is not None and way.nested else name


Status = Literal["done", "failed", "cancelled"]
"""The end of a run."""


class RunResult:
    """The result of a run.

    ``status`` is ``done`` only if every step was settled. ``error`` is what ended the run early; ``failures`` are all
    failed steps' errors, those included that the workflow told to go on after, ``faults`` those of plugins. ``steps``
    counts steps by outcome, those of bodies at every pass; ``not_run`` are steps of the workflow itself that never
    started. ``seconds`` is the time the run took, ``value`` what the workflow's ``result`` says, ``metrics`` what was
    measured meanwhile by name, ``variables`` the last values of the workflow's own.
    """

    id: str
    """The run's id."""
    status: Status
    error: BaseException | None
    failures: tuple[StepFailed, ...]
    faults: tuple[PluginFailed, ...]
    seconds: float
    value: Any
    metrics: Mapping[str, Measure]
    variables: dict[str, Any]
    steps: Mapping[str, int]

    def __init__(self, run: Run, status: Status, error: BaseException | None, seconds: float, value: Any) -> None:
        self.id = run.id
        self.status = status
        for each in (error, *run.faults):
            let_go(each)
        self.error = error
        last = vars(error).get(KEPT) if error is not None else None
        self.failures = tuple(
            error if failure is last and isinstance(error, StepFailed) else failure for failure in run.failures
        )
        self.faults = tuple(run.faults)
        self.seconds = seconds
        self.value = value
        self.metrics = run.measures
        self.variables = run.frame.scope.variables.snapshot()
        not_run = _not_run(run.frame) if run.frame.left else 0
        self.steps = {**run.counts, "not_run": not_run}
        self._frame = run.frame
        self._inner = tuple(run.last_frames.values())

    @cached_property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """Node id → port → value, as far as the run kept values; for nodes in bodies those of their last pass."""
        found: dict[str, dict[str, Any]] = {}
        for frame in (*self._inner, self._frame):
            found.update(outputs_of(frame.plan, frame.values))
        return found

    @cached_property
    def outcomes(self) -> Mapping[str, Outcome]:
        """Node id → `Done`, `Failed` or `Skipped`, for the nodes of the workflow itself."""
        plan = self._frame.plan
        found = {plan.steps[i].id: outcome_of(plan.steps[i], value) for i, value in enumerate(self._frame.values)}
        return found | {plan.steps[i].id: Skipped("dropped") for i in plan.dropped}

    def raise_for_error(self) -> RunResult:
        """Raises what ended the run early, if anything did; else gives the result itself."""
        if self.error is not None:
            raise self.error
        return self

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.steps.items() if count)
        return f"<RunResult {self.status}: {counts or 'no steps'} in {self.seconds:.3f} s>"


def _not_run(frame: Frame) -> int:
    return sum(value is PENDING for value in frame.values) - len(frame.plan.dropped)
