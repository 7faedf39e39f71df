"""The plugin that a config names ``otel``."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, ClassVar

from anyio import CancelScope, CapacityLimiter, to_thread

from stratagem import Finding, Plugin, StratagemError, hookimpl
from stratagem_otel.facts import Facts
from stratagem_otel.lag import measured_lag
from stratagem_otel.nodes import NodeRecorder
from stratagem_otel.propagation import around
from stratagem_otel.runs import RunRecorder, run_span
from stratagem_otel.settings import OtelSettings
from stratagem_otel.spans import SpanRecorder
from stratagem_otel.telemetry import Telemetry, check

if TYPE_CHECKING:
    from stratagem import KernelView, Run


class OtelPlugin(Plugin):
    """Makes traces and metrics of all runs of a kernel."""

    Settings: ClassVar[type[OtelSettings]] = OtelSettings
    settings: OtelSettings

    def __init__(self, settings: OtelSettings | None = None) -> None:
        super().__init__(settings)
        self._telemetry: Telemetry | None = None
        self._facts = Facts(self.settings.links)

    @asynccontextmanager
    async def lifespan(self, kernel: KernelView) -> AsyncIterator[None]:
        """Opens the ways out; in the end waits for what is still to be sent, off the event loop and not for long."""
        self._telemetry = telemetry = Telemetry(self.settings)
        try:
            async with measured_lag(telemetry.instruments):
                yield
        finally:
            self._telemetry = None
            with CancelScope(shield=True):
                await to_thread.run_sync(telemetry.close, limiter=CapacityLimiter(1))

    @hookimpl
    def record_metric(self, run: Run) -> RunRecorder | None:
        """A recorder of the steps, if the run's span is recorded; else one that does not look at them."""
        telemetry, settings = self._telemetry, self.settings
        if telemetry is None or (telemetry.tracer is None and telemetry.instruments is None):
            return None
        context, links = around(run)
        span = run_span(telemetry, run, context, links)
        if telemetry.tracer is not None and span is not None and span.is_recording():
            most, propagate = settings.max_spans, settings.propagate
            return SpanRecorder(
                telemetry, telemetry.tracer, run, span, context, self._facts, most=most, propagate=propagate
            )
        if telemetry.instruments is not None and self._times_all():
            return NodeRecorder(telemetry, run, span, context, self._facts, propagate=settings.propagate)
        return RunRecorder(telemetry, run, span, context, propagate=settings.propagate)

    def doctor(self) -> Iterator[Finding]:
        """Yield whether what the settings ask for is installed and can be set up."""
        subject = self.name or "otel"
        try:
            sent = check(self.settings)
        except StratagemError as error:
            yield Finding("error", subject, str(error), error.hint or "")
        else:
            yield Finding("ok", subject, sent)

    def _times_all(self) -> bool:
        """Return whether nodes are timed in runs that are not traced: by default where none are."""
        chosen = self.settings.node_metrics
        return chosen == "all" or (chosen is None and self._telemetry is not None and self._telemetry.tracer is None)
