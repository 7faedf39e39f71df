"""What waits to be sent: bounded in number, and small."""

from __future__ import annotations

import json
import threading
import tracemalloc
from typing import Any

from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status, StatusCode

from stratagem_otel.queue import BACKLOG, CountingExporter, CountingProcessor, Tally, small


class Stuck(SpanExporter):
    """Takes nothing until it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def export(self, spans: Any) -> SpanExportResult:
        self.go.wait(60)
        return SpanExportResult.FAILURE


def ended(**limits: int) -> ReadableSpan:
    """A span that has everything."""
    tracer = TracerProvider(span_limits=SpanLimits(**limits), shutdown_on_exit=False).get_tracer("t", "1")
    around = tracer.start_span("around")
    span: Any = tracer.start_span("name", attributes={"a": 1, "b": ("x", "y")}, links=[Link(around.get_span_context())])
    span.add_event("event", {"c": 2.5})
    span.add_event("later")
    span.set_status(Status(StatusCode.ERROR, "why"))
    span.end()
    readable: ReadableSpan = span._readable_span()
    return readable


def test_a_span_that_is_made_small_says_all_that_it_said() -> None:
    """Names, ids, times, attributes, events, links, and status are equal."""
    span = ended()
    assert json.loads(small(span).to_json()) == json.loads(span.to_json())
    assert small(span).instrumentation_scope == span.instrumentation_scope


def test_a_span_that_has_lost_parts_stays_as_it_is() -> None:
    """It alone knows how many events it has lost."""
    span = ended(max_events=1)
    assert span.dropped_events == 1
    assert small(span) is span


def test_a_backlog_stays_within_its_memory() -> None:
    """A queue that is full holds less than 2 kB for each of its spans, and takes no more of them."""
    tally, stuck = Tally(), Stuck()
    processor = CountingProcessor(CountingExporter(stuck, tally), tally, capacity=6 * BACKLOG, batch=512)
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    tracer = provider.get_tracer("t")
    tracemalloc.start()
    for _ in range(8 * BACKLOG):
        tracer.start_span("a span", attributes={"a": 1, "b": 2, "c": "text"}).end()
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    waiting, dropped = tally.waiting, tally.dropped
    stuck.go.set()
    provider.shutdown()
    assert (waiting, dropped) == (6 * BACKLOG, 2 * BACKLOG)
    assert held / waiting < 2_000
