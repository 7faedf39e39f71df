"""Step times: how long steps took, by node type, for runs whose options ask for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from stratagem.measures import Measure
from stratagem.strategies import WAITS, Recorder

if TYPE_CHECKING:
    from types import TracebackType

    from stratagem._engine.run import Run as EngineRun
    from stratagem.views import Run, StepRun


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
        cast("EngineRun", run).gauges.measured_by(self)
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
