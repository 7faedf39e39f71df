"""What the plugin ``otel`` costs: where a run is not traced, and where it is, beside the same spans made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from io import StringIO
from unittest.mock import patch

import anyio
from opentelemetry.sdk.metrics.export import ConsoleMetricExporter
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, SpanContext, Tracer

from stratagem import Config, Kernel, Strategy
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import Graph, chain, layered
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import name_of, new_kernel, pack, running, same, step, workflow_of
from stratagem_otel import OtelPlugin, OtelSettings, telemetry

ABSENT_TARGET, TRACED_TARGET = 1.05, 1.15
QUEUE = 1_000_000
LINKS = 16


class Nowhere(SpanExporter):
    """Takes spans and sends them nowhere: what sending costs is the same on both sides."""

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        return SpanExportResult.SUCCESS


def measure(budget: float) -> Findings:
    """The plugin in use and no run sampled, beside no plugin; then every step a span, beside a loop that makes them."""
    for graph in (chain(10_000), layered(100, 100)):
        with _exporting_nowhere():
            times = anyio.run(_unsampled, graph, budget)
        detail = f"{_micro(times, 'otel', graph)} µs/node, without {_micro(times, 'absent', graph)}"
        ratio = times.ratio("otel", "absent")
        yield Figure(f"otel, not sampled, {graph.name}", ratio, "× no plugin", ABSENT_TARGET, detail)
    for graph in (chain(1000), layered(20, 50)):
        with _exporting_nowhere():
            times = anyio.run(_sampled, graph, 2 * budget)
        detail = f"{_micro(times, 'otel', graph)} µs/node, by hand {_micro(times, 'by hand', graph)}"
        ratio = times.ratio("otel", "by hand")
        yield Figure(f"otel, traced, {graph.name}", ratio, "× spans by hand", TRACED_TARGET, detail)


def _micro(times: Times, name: str, graph: Graph) -> str:
    return f"{times.median(name) / len(graph) * 1e6:.2f}"


async def _unsampled(graph: Graph, budget: float) -> Times:
    async with new_kernel() as absent, _traced(0.0) as otel:
        kernels = {"absent": absent, "otel": otel}
        sides = {name: running(each, each.compile(workflow_of(graph)), graph) for name, each in kernels.items()}
        return await alternate(sides, budget)


async def _sampled(graph: Graph, budget: float) -> Times:
    async with _traced(1.0) as otel:
        sides = {
            "by hand": Side(partial(by_hand, graph, _tracer()), partial(same, graph)),
            "otel": running(otel, otel.compile(workflow_of(graph)), graph),
        }
        return await alternate(sides, budget)


def _traced(ratio: float) -> Kernel:
    """A kernel like the others with the plugin in use, which traces this share of its runs."""
    plugin = OtelPlugin(OtelSettings(sample_ratio=ratio, queue=QUEUE))
    return Kernel(Config(strategy=Strategy(schedule="dag")), packs=[pack], plugins=[plugin])


def _tracer() -> Tracer:
    """A tracer as one sets it up by hand, its queue as large as the plugin's here."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Nowhere(), max_queue_size=QUEUE))
    return provider.get_tracer("by hand")


def _exporting_nowhere() -> ExitStack:
    """While it lasts, what the plugin would send is sent nowhere."""
    stack = ExitStack()
    stack.enter_context(patch.object(telemetry, "span_exporter", lambda settings: Nowhere()))
    stack.enter_context(patch.object(telemetry, "metric_exporter", lambda settings: ConsoleMetricExporter(StringIO())))
    return stack


async def by_hand(graph: Graph, tracer: Tracer) -> int:
    """The bare loop, each node in a span with the attributes, parents and links that the plugin gives it."""
    values: list[int] = []
    contexts: list[SpanContext] = []
    with tracer.start_as_current_span("workflow.run bench", attributes={"workflow.run.id": "0123456789ab"}):
        for index, parents in enumerate(graph.parents):
            attributes: dict[str, str | int] = {
                "workflow.run.id": "0123456789ab",
                "workflow.node.id": name_of(index),
                "workflow.node.type": "bench.step",
                "workflow.node.version": 1,
            }
            links = [Link(contexts[parent]) for parent in parents[:LINKS]]
            with tracer.start_as_current_span("workflow.node bench.step", attributes=attributes, links=links) as span:
                contexts.append(span.get_span_context())
                values.append(await step(*[values[parent] for parent in parents]))
    return sum(values[leaf] for leaf in graph.leaves)
