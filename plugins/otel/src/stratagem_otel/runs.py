"""Telemetry of a run as a whole: its span, its metrics, what it hands on."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from time import perf_counter
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context, attach, detach
from opentelemetry.trace import Link, Span, set_span_in_context

from stratagem import Recorder
from stratagem_otel import names
from stratagem_otel.facts import Attributes
from stratagem_otel.failures import tell
from stratagem_otel.propagation import carried

if TYPE_CHECKING:
    from stratagem import Run, StepRun
    from stratagem_otel.instruments import Instruments
    from stratagem_otel.telemetry import Telemetry

log = logging.getLogger("stratagem.otel")


def run_span(telemetry: Telemetry, run: Run, around: Context, links: list[Link]) -> Span | None:
    """The span of a run; None where no traces are made."""
    if telemetry.tracer is None:
        return None
    attributes: Attributes = {names.RUN_ID: run.id, names.WORKFLOW: run.workflow.name, "workflow.steps": len(run.plan)}
    return telemetry.tracer.start_span(f"workflow.run {run.workflow.name}", around, attributes=attributes, links=links)


class RunRecorder(Recorder):
    """Records a run without looking at its steps, which therefore take no longer than without it.

    Args:
        span: the run's span, recording or not; None where no traces are made.
        around: the context that it begins in.
    """

    def __init__(self, telemetry: Telemetry, run: Run, span: Span | None, around: Context, *, propagate: bool) -> None:
        self.telemetry = telemetry
        self.instruments: Instruments | None = telemetry.instruments
        self.redact = run.services.secrets.redact
        self.span = span
        self.context = around if span is None else set_span_in_context(span, around)
        self._propagates = propagate

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        begun, lost = perf_counter(), self.telemetry.tally.lost
        traced = self.span is not None and self.span.is_recording()
        if self.instruments is not None:
            self.instruments.runs.add(run)
        token = attach(self.context)
        cancelled: BaseException | None = None
        try:
            yield
        except BaseException as error:
            cancelled = error
            raise
        finally:
            detach(token)
            outcome = _outcome(run, cancelled)
            self._end(run, outcome)
            if self.instruments is not None:
                self.instruments.runs.discard(run)
                self.instruments.run_ended(run, outcome, perf_counter() - begun, run.error)
            if traced:
                self._tell_of_lost(run, self.telemetry.tally.lost - lost)

    def record(self, name: str, value: float, unit: str = "1", **attributes: Any) -> None:
        if self.instruments is not None:
            told = {key: self.plain(given) for key, given in attributes.items()}
            self.instruments.record(name, value, unit, told)

    def plain(self, value: Any) -> str | bool | int | float:
        """The value as an attribute, secrets masked."""
        return value if isinstance(value, (bool, int, float)) else str(self.redact(str(value)))

    def propagate(self, step: StepRun) -> Mapping[str, str]:
        return carried() if self._propagates else {}

    def _end(self, run: Run, outcome: str) -> None:
        if self.span is None:
            return
        if self.span.is_recording():
            self.span.set_attribute(names.OUTCOME, outcome)
            self.span.set_attributes({names.steps(how): count for how, count in run.counts.items() if count})
            if run.error is not None:
                tell(self.span, run.error, self.redact, passed_on=bool(run.failures))
        self.span.end()

    def _tell_of_lost(self, run: Run, lost: int) -> None:
        run.record("otel.spans.dropped", lost, "{span}")
        if lost:
            what = "%d spans were lost while %r ran: raise [settings.otel] queue, or look after the receiver"
            log.warning(what, lost, run.workflow.name)


def _outcome(run: Run, cancelled: BaseException | None) -> str:
    if run.error is not None:
        return "failed"
    return "cancelled" if cancelled is not None or run.frame.left else "done"
