"""Events for progress displays and logs, and the times of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from attrs import field, frozen

from stratagem._engine.outcomes.unwrap import unwrap
from stratagem.errors import PluginFailed
from stratagem.measures import Measure
from stratagem.nodes.values import LeaveLoop
from stratagem.strategies import WAITS, Recorder
from stratagem.usual import Usual
from stratagem.ways import Way

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Protocol

    from stratagem._engine.telemetry.gauges import Gauges
    from stratagem.views import Run, StepRun

    class Gauged(Protocol):
        """The engine's own run, of which views do not show the gauges."""

        gauges: Gauges


@frozen
class RunStarted:
    """The first event: ``steps`` is the number of steps of the workflow itself, those of bodies not counted.

    ``places`` is how many steps may run at once, ``usual`` how long nodes take by id, as far as that is
    known from earlier runs.
    """

    run: str
    """The run's id."""
    workflow: str
    """The workflow's name."""
    steps: int
    places: int = 1
    usual: Mapping[str, Usual] = field(factory=dict)


@frozen
class _OfStep:
    """``step`` is the execution that the event is of, for as long as the event is at hand."""

    node: str
    """The node's id."""
    type: str
    """The node's type."""
    depth: int
    """The number of bodies and subflows around it."""

    @property
    def way(self) -> Way:
        """The way to the node, with the passes of loops; made when it is asked for."""
        step: StepRun | None = getattr(self, "step", None)
        return Way(self.node) if step is None else step.way


@frozen
class StepStarted(_OfStep):
    """A node is about to run; ``depth`` counts the bodies around it."""

    attempt: int
    """The number of the attempt, from 1."""
    step: StepRun | None = field(default=None, repr=False, eq=False)


@frozen
class StepEnded(_OfStep):
    """A node has run, or was skipped (then ``seconds`` is 0). ``error`` is set where it failed or was cancelled.

    Of its seconds it ``waited`` so many for resources.
    """

    outcome: str
    """``done``, ``failed``, ``skipped`` or ``cancelled``."""
    seconds: float = 0.0
    error: BaseException | None = None
    waited: float = 0.0
    step: StepRun | None = field(default=None, repr=False, eq=False)

    @property
    def worked(self) -> float:
        """Seconds in which it did not wait for a resource."""
        return max(0.0, self.seconds - self.waited)


@frozen
class RunEnded:
    """The last event."""

    run: str
    """The run's id."""
    seconds: float
    """The seconds that the run took."""


Event = RunStarted | StepStarted | StepEnded | RunEnded
"""One of the events."""


class EventRecorder(Recorder):
    """Turns what a recorder sees into events."""

    def __init__(self, tell: Callable[[Event], None]) -> None:
        self._tell = tell
        self._waited: dict[StepRun, float] = {}

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        begun = perf_counter()
        self._tell(RunStarted(run.id, run.workflow.name, run.plan.count, run.places, run.usual))
        try:
            yield
        finally:
            self._tell(RunEnded(run.id, perf_counter() - begun))

    @contextmanager
    def step(self, step: StepRun) -> Iterator[None]:
        begun = perf_counter()
        self._tell(StepStarted(*_names(step), step.attempt, step))
        try:
            yield
        except BaseException as error:
            self._ended(step, ending_of(error), perf_counter() - begun, error)
            raise
        self._ended(step, "done", perf_counter() - begun)

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        if name in WAITS:
            self._waited[step] = self._waited.get(step, 0.0) + attributes["waited"]

    def skipped(self, step: StepRun) -> None:
        self._tell(StepEnded(*_names(step), "skipped", step=step))

    def _ended(self, step: StepRun, outcome: str, seconds: float, error: BaseException | None = None) -> None:
        waited = self._waited.pop(step, 0.0) if self._waited else 0.0
        self._tell(StepEnded(*_names(step), outcome, seconds, error, waited, step))


def _names(step: StepRun) -> tuple[str, str, int]:
    depth = 0 if step.frame.owner is None else sum(1 for _ in step.ancestors())
    return step.step.id, step.step.spec.type, depth


def ending_of(error: BaseException) -> str:
    """Return how a step ended that raised: leaving a loop is no failure."""
    if isinstance(unwrap(error), PluginFailed):
        return "cancelled"  # the node is not to blame: its run was broken off
    if isinstance(unwrap(error), LeaveLoop):
        return "done"
    return "failed" if isinstance(error, Exception) else "cancelled"


class StepTimes(Recorder):
    """Sums up the seconds of every attempt; the run's gauges are given those of steps without bodies as its work.

    Seconds in which a step waits for a resource are not its own.
    """

    def __init__(self) -> None:
        self._by_type: dict[str, Measure] = {}
        self._work = 0.0
        self._waited: dict[StepRun, float] = {}

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        cast("Gauged", run).gauges.measured_by(self)
        yield

    def step(self, step: StepRun) -> Timed:
        return Timed(self, step)

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        if name in WAITS:
            self._waited[step] = self._waited.get(step, 0.0) + attributes["waited"]

    def note(self, step: StepRun, seconds: float) -> None:
        """Takes an attempt in."""
        if self._waited:
            seconds = max(0.0, seconds - self._waited.pop(step, 0.0))
        if not step.step.composite:
            self._work += seconds
        type_ = step.step.spec.type
        known = self._by_type.get(type_)
        if known is None:
            self._by_type[type_] = Measure.of(seconds, "s")
        else:
            known.add(seconds)

    @property
    def work(self) -> float:
        """Seconds that all attempts of steps without bodies took together."""
        return self._work

    @property
    def by_type(self) -> dict[str, Measure]:
        """Seconds of attempts, by node type."""
        return self._by_type


class Timed:
    """The time of one attempt."""

    __slots__ = ("_begun", "_step", "_times")

    def __init__(self, times: StepTimes, step: StepRun) -> None:
        self._times = times
        self._step = step

    def __enter__(self) -> None:
        self._begun = perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._times.note(self._step, perf_counter() - self._begun)
