"""Measurements of each attempt of a step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context
from opentelemetry.trace import Span

from stratagem import WAITS
from stratagem_otel import names
from stratagem_otel.durations import Key, Series
from stratagem_otel.facts import Facts, StepFacts
from stratagem_otel.failures import cause, failure
from stratagem_otel.runs import RunRecorder

if TYPE_CHECKING:
    from stratagem import Run, Step, StepRun
    from stratagem_otel.telemetry import Telemetry


class NodeRecorder(RunRecorder):
    """Records a run, and how long its steps take; the base of what records more of them."""

    def __init__(
        self, telemetry: Telemetry, run: Run, span: Span | None, around: Context, facts: Facts, *, propagate: bool
    ) -> None:
        super().__init__(telemetry, run, span, around, propagate=propagate)
        self._facts = facts
        self._known = facts.steps(run.plan)
        self._durations = None if telemetry.instruments is None else telemetry.instruments.durations
        self._done: dict[Key, Series] = {}
        self._waited: dict[StepRun, float] = {}

    def step(self, step: StepRun) -> AbstractContextManager[None]:
        return self._timed(step)

    @contextmanager
    def _timed(self, step: StepRun) -> Iterator[None]:
        begun = perf_counter()
        try:
            yield
        except BaseException as error:
            self.ended(step.step, error, failure(error), self._worked(step, begun))
            raise
        self.ended(step.step, None, None, self._worked(step, begun))

    def event(self, step: StepRun, name: str, **attributes: Any) -> None:
        if name in WAITS:
            self._waited[step] = self._waited.get(step, 0.0) + attributes["waited"]

    def waited(self, step: StepRun) -> float:
        """Seconds that the attempt which ends has waited for resources."""
        return self._waited.pop(step, 0.0) if self._waited else 0.0

    def _worked(self, step: StepRun, begun: float) -> float:
        return max(0.0, perf_counter() - begun - self.waited(step))

    def facts_of(self, step: Step) -> StepFacts:
        """Return what is known of a step."""
        facts = self._known.get(step)
        if facts is None:
            facts = self._known[step] = self._facts.of(step)
        return facts

    def ended(self, step: Step, error: BaseException | None, failed: BaseException | None, seconds: float) -> str:
        """Measures an attempt that has ended with ``error``, by which it ``failed`` or not; gives its outcome."""
        instruments, facts = self.instruments, self.facts_of(step)
        if error is None or (failed is None and isinstance(error, Exception)):  # one that leaves a loop is no failure
            self.done(facts, seconds)
            return "done"
        outcome = "cancelled" if failed is None else "failed"
        if instruments is not None:
            key: Key = ((names.NODE_TYPE, facts.type), (names.OUTCOME, outcome))
            if failed is not None:
                key = (*key, (names.ERROR_TYPE, names.type_of(cause(failed))))
                instruments.node_failed(facts.type, cause(failed))
            instruments.durations.series(key).add(seconds)
        return outcome

    def done(self, facts: StepFacts, seconds: float) -> None:
        """Measures an attempt that has ended well."""
        if self._durations is None:
            return
        series = self._done.get(facts.key)
        if series is None:
            series = self._done[facts.key] = self._durations.series(facts.key)
        series.add(seconds)
