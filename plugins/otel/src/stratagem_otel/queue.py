"""The queue that spans wait in, and what becomes of them: sent, dropped, or not taken by the receiver."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

BACKLOG = 8_192
"""Spans: where so many wait, the receiver does not keep up; the further ones are made small, which takes its time."""


class Tally:
    """Counts of spans that wait to be sent, were dropped because too many did, and were not taken by the receiver."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.waiting = 0
        self.dropped = 0
        self.undelivered = 0

    @property
    def lost(self) -> int:
        """Return how many will never arrive."""
        return self.dropped + self.undelivered


class CountingExporter(SpanExporter):
    """Hands spans on, and counts those that wait no longer; once `abandon`\\ ed it takes no more time for any."""

    def __init__(self, inner: SpanExporter, tally: Tally) -> None:
        self._inner = inner
        self._tally = tally
        self._once = threading.Lock()
        self._abandoned = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = SpanExportResult.FAILURE
        try:
            if not self._abandoned:
                result = self._inner.export(spans)
        finally:
            with self._tally.lock:
                self._tally.waiting -= len(spans)
                if result is not SpanExportResult.SUCCESS:
                    self._tally.undelivered += len(spans)
        return result

    def abandon(self) -> None:
        """Ends an export that is going on, and any that would come."""
        self._abandoned = True
        self.shutdown()

    def shutdown(self) -> None:
        if self._once.acquire(blocking=False):
            self._inner.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._inner.force_flush(timeout_millis)


class CountingProcessor(BatchSpanProcessor):
    """The SDK's queue; drops the youngest span where ``capacity`` of them wait, and counts it, where the SDK's own
    would drop the oldest and log a warning for each."""

    def __init__(self, exporter: CountingExporter, tally: Tally, capacity: int, batch: int) -> None:
        # One batch may be on its way while as many as the capacity wait.
        super().__init__(exporter, max_queue_size=capacity + batch, max_export_batch_size=batch)
        self._tally = tally
        self._capacity = capacity
        self._closed = False

    def on_end(self, span: ReadableSpan) -> None:
        if not (span.context and span.context.trace_flags.sampled):
            return
        tally = self._tally
        with tally.lock:
            if tally.waiting >= self._capacity or self._closed:
                tally.dropped += 1
                return
            tally.waiting += 1
        super().on_end(span if tally.waiting <= BACKLOG else small(span))

    def shutdown(self) -> None:
        self._closed = True
        super().shutdown()  # type: ignore[no-untyped-call]  # the SDK has no annotation there


def small(span: ReadableSpan) -> ReadableSpan:
    """Return the same span in half the memory, without the SDK's own lists for events and links that it does not have.

    One that has lost some of its parts to the SDK's limits stays as it is: it alone knows how many.
    """
    if span.dropped_attributes or span.dropped_events or span.dropped_links:
        return span
    return ReadableSpan(
        span.name,
        span.context,
        span.parent,
        span.resource,
        dict(span.attributes or {}),
        tuple(span.events),
        tuple(span.links),
        span.kind,
        status=span.status,
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )
