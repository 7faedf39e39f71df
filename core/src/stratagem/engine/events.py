"""What a run tells while it goes on, for progress displays and logs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING

from attrs import field, frozen

from stratagem.engine.unwrap import unwrap
from stratagem.engine.usual import Usual
from stratagem.errors import PluginFailed
from stratagem.nodes.values import LeaveLoop
from stratagem.strategies import Recorder

if TYPE_CHECKING:
    from stratagem.engine.frame import StepRun
    from stratagem.engine.run import Run


@frozen
class RunStarted:
    """The first event: ``steps`` is the number of steps of the workflow itself, those of bodies not counted.

    ``places`` is how many steps may run at once, ``usual`` how long nodes take by id, as far as that is
    known from earlier runs.
    """

    run: str
    workflow: str
    steps: int
    places: int = 1
    usual: Mapping[str, Usual] = field(factory=dict)


@frozen
class StepStarted:
    """A node is about to run; ``depth`` counts the bodies around it."""

    node: str
    type: str
    depth: int
    attempt: int


@frozen
class StepEnded:
    """A node has run, or was skipped (then ``seconds`` is 0). ``error`` is set where it failed or was cancelled."""

    node: str
    type: str
    depth: int
    outcome: str
    seconds: float = 0.0
    error: BaseException | None = None


@frozen
class RunEnded:
    """The last event."""

    run: str
    seconds: float


Event = RunStarted | StepStarted | StepEnded | RunEnded


class EventRecorder(Recorder):
    """Turns what a recorder sees into events."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        begun = perf_counter()
        self._tell(RunStarted(run.id, run.workflow.name, len(run.plan), run.places, run.usual))
        try:
            yield
        finally:
            self._tell(RunEnded(run.id, perf_counter() - begun))

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        begun = perf_counter()
        id_, type_, depth = step.step.id, step.step.spec.type, len(step.frame.path) // 2
        self._tell(StepStarted(id_, type_, depth, step.attempt))
        try:
            yield
        except BaseException as error:
            outcome = outcome_of(error)
            self._tell(StepEnded(id_, type_, depth, outcome, perf_counter() - begun, error))
            raise
        self._tell(StepEnded(id_, type_, depth, "done", perf_counter() - begun))

    def skipped(self, step: StepRun) -> None:
        self._tell(StepEnded(step.step.id, step.step.spec.type, len(step.frame.path) // 2, "skipped"))


def outcome_of(error: BaseException) -> str:
    """How a step ended that raised: leaving a loop is no failure."""
    if isinstance(unwrap(error), PluginFailed):
        return "cancelled"  # the node is not to blame: its run was broken off
    if isinstance(unwrap(error), LeaveLoop):
        return "done"
    return "failed" if isinstance(error, Exception) else "cancelled"
