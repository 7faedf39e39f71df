"""RunResult: what is known of a run once it has ended."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from stratagem._engine.kept import KEPT, let_go
from stratagem.errors import PluginFailed, StepFailed
from stratagem.measures import Measure
from stratagem.outcomes import Outcome, outcome_of, outputs_of
from stratagem.scope import PENDING

if TYPE_CHECKING:
    from stratagem._engine.parts import Frame
    from stratagem._engine.run import Run

Status = Literal["done", "failed", "cancelled"]


class RunResult:
    """How a run ended and what it gave.

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
        return {plan.steps[i].id: outcome_of(plan.steps[i], value) for i, value in enumerate(self._frame.values)}

    def raise_for_error(self) -> RunResult:
        """Raises what ended the run early, if anything did; else gives the result itself."""
        if self.error is not None:
            raise self.error
        return self

    def __repr__(self) -> str:
        counts = ", ".join(f"{count} {outcome}" for outcome, count in self.steps.items() if count)
        return f"<RunResult {self.status}: {counts or 'no steps'} in {self.seconds:.3f} s>"


def _not_run(frame: Frame) -> int:

    return sum(value is PENDING for value in frame.values)
