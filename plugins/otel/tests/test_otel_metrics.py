"""Metrics, as a receiver gets them."""

from __future__ import annotations

from time import sleep
from typing import Any

import anyio
import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import Context, Pack
from stratagem_otel.durations import NODE_BOUNDS, SERIES, Durations
from stratagem_otel.kinds import bounded
from stratagem_testing import AnyReady, node, scheduled, workflow_of

pytestmark = pytest.mark.anyio

measuring = Pack("measuring")


@measuring.node()
async def record(context: Context, name: str, value: float = 1.0, unit: str = "1") -> None:
    """Measures something."""
    context.metric(name, value, unit, cache="node", hit=True, run_id=context.run_id)


def kinds(receiver: Receiver) -> dict[str, str]:
    """What each metric came as."""
    return {point.name: point.kind for point in receiver.points}


async def test_runs_and_nodes_are_timed_over_either_protocol(either: Receiver) -> None:
    """As histograms in seconds, by workflow, node type and outcome, in buckets from a tenth of a millisecond to hours."""
    workflow = workflow_of(
        node("a", "sample.wait", {"seconds": 0.02}),
        node("b", "sample.wait", {"seconds": 0.02}),
        node("bad", "sample.fail", on_error="continue"),
    )
    async with traced(either, metrics="otlp") as kernel:
        (await kernel.run(workflow)).raise_for_error()
    waits = either.metric("workflow.node.duration", workflow__node__type="sample.wait")
    assert (waits.kind, waits.unit, waits.count) == ("histogram", "s", 2)
    assert waits.attributes["workflow.outcome"] == "done"
    assert waits.bounds == NODE_BOUNDS
    assert waits.buckets[: NODE_BOUNDS.index(0.01) + 1] == (0,) * 5
    assert sum(waits.buckets) == 2
    assert waits.total >= 0.04
    failed = either.metric("workflow.node.duration", workflow__node__type="sample.fail")
    assert failed.attributes["workflow.outcome"] == "failed"
    errors = either.metric("workflow.node.errors", workflow__node__type="sample.fail")
    assert (errors.value, errors.attributes["error.type"]) == (1, failed.attributes["error.type"])
    run = either.metric("workflow.run.duration", workflow__outcome="done")
    assert (run.count, run.unit, run.attributes["workflow.name"]) == (1, "s", workflow.name)
    assert either.metric("workflow.run.steps", workflow__outcome="failed").value == 1


async def test_what_runs_is_counted_while_it_does(receiver: Receiver) -> None:
    """Runs and nodes that are active when metrics are collected."""
    nodes = [node(f"n{i}", "sample.wait", {"seconds": 0.4}) for i in range(3)]
    workflow = workflow_of(*nodes)
    settings: dict[str, Any] = {"metrics": "otlp", "metric_interval": 0.1}
    async with traced(receiver, plugins=[scheduled(AnyReady)], **settings) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    active = [point.value for point in receiver.points if point.name == "workflow.node.active"]
    assert 3 in active
    assert active[-1] == 0
    assert {point.value for point in receiver.points if point.name == "workflow.run.active"} == {0, 1}


async def test_the_process_is_measured(receiver: Receiver) -> None:
    """Processor time, and memory now and at most."""
    async with traced(receiver, metrics="otlp") as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert receiver.metric("process.cpu.time", cpu__mode="user").value > 0
    peak, now = receiver.metric("process.memory.peak"), receiver.metric("process.memory.usage")
    assert peak.unit == now.unit == "By"
    assert peak.value > 1_000_000
    assert now.value > 1_000_000


@measuring.node(runs="loop")
def block(seconds: float) -> None:
    """Blocks the event loop."""
    sleep(seconds)


async def test_a_blocked_loop_is_seen(receiver: Receiver) -> None:
    """By how much later than due other tasks go on."""
    workflow = workflow_of(node("a", "measuring.block", {"seconds": 1.2}))
    async with traced(receiver, packs=[measuring], metrics="otlp") as kernel:
        await anyio.sleep(0.05)  # what measures has begun by then
        (await kernel.run(workflow)).raise_for_error()
        await anyio.sleep(0.05)
    lag = receiver.metric("loop.lag")
    assert (lag.kind, lag.unit) == ("histogram", "s")
    assert lag.total > 0.5


MEASURED = {
    "cache.requests": ("1", "sum"),
    "cache.size": ("By", "gauge"),
    "cache.saved": ("s", "sum"),
    "resource.wait": ("s", "histogram"),
    "resource.in_use": ("1", "gauge"),
    "resource.created": ("1", "sum"),
    "run.parallel_efficiency": ("1", "histogram"),
    "run.queue_depth": ("{step}", "gauge"),
    "shop.orders": ("{order}", "sum"),
    "shop.basket": ("By", "histogram"),
    "shop.errors": ("1", "sum"),
    "shop.temperature": ("1", "gauge"),
}


async def test_measurements_become_what_their_names_and_units_tell(receiver: Receiver) -> None:
    """Requests are counted, waits and sizes are distributions, levels are gauges; all keep their names and units."""
    nodes = [
        node(f"n{i}", "measuring.record", {"name": name, "value": 0.5, "unit": unit})
        for i, (name, (unit, _)) in enumerate(MEASURED.items())
    ]
    async with traced(receiver, packs=[measuring], metrics="otlp") as kernel:
        result = (await kernel.run(workflow_of(*nodes))).raise_for_error()
    found = kinds(receiver)
    assert {name: found[name] for name in MEASURED} == {name: kind for name, (_, kind) in MEASURED.items()}
    requests = receiver.metric("cache.requests")
    assert requests.attributes == {"cache": "node", "hit": True, "workflow.node.id": "n0"}
    assert result.id not in repr([point.attributes for point in receiver.points])
    assert receiver.metric("run.parallel_efficiency").bounds[-1] == 1.0


async def test_settings_say_what_a_measurement_is(receiver: Receiver) -> None:
    """By patterns of names, before what is known of them."""
    workflow = workflow_of(node("a", "measuring.record", {"name": "shop.temperature"}))
    settings: dict[str, Any] = {"metrics": "otlp", "instruments": {"shop.*": "histogram"}}
    async with traced(receiver, packs=[measuring], **settings) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert kinds(receiver)["shop.temperature"] == "histogram"


@pytest.mark.parametrize("name", ["with space", "9 lives", "ünit", "x" * 300])
async def test_names_that_no_instrument_can_have_are_mended(receiver: Receiver, name: str) -> None:
    """The run and its other metrics are unharmed."""
    workflow = workflow_of(node("a", "measuring.record", {"name": name, "unit": "°C"}))
    async with traced(receiver, packs=[measuring], metrics="otlp") as kernel:
        (await kernel.run(workflow)).raise_for_error()
    told = {point.name for point in receiver.points}
    assert "workflow.run.duration" in told
    assert any(each.startswith(("with_space", "x_9_lives", "x__nit", "xxx")) for each in told)


async def test_no_metric_has_a_run_s_id(receiver: Receiver) -> None:
    """However many runs there are, the series stay as many."""
    async with traced(receiver, metrics="otlp", metric_interval=3600.0) as kernel:
        results = [await kernel.run(workflow_of(node("a", "sample.value"))) for _ in range(20)]
    text = repr([(point.name, point.attributes) for point in receiver.points])
    assert not [result.id for result in results if result.id in text]
    durations = [point for point in receiver.points if point.name == "workflow.node.duration"]
    assert [point.count for point in durations] == [20]


async def test_metrics_alone_are_sent_without_a_single_span(receiver: Receiver) -> None:
    """Nodes are timed all the same."""
    async with traced(receiver, traces="none", metrics="otlp") as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert receiver.spans == []
    assert receiver.metric("workflow.node.duration").count == 1


async def test_a_receiver_may_want_only_what_is_new(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """By OpenTelemetry's variable; the points then add up."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "delta")
    async with traced(receiver, metrics="otlp", metric_interval=0.05) as kernel:
        for _ in range(4):
            (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
            await anyio.sleep(0.08)
    points = [point for point in receiver.points if point.name == "workflow.node.duration"]
    assert len(points) > 1
    assert sum(point.count for point in points) == 4
    assert sum(sum(point.buckets) for point in points) == 4


def test_durations_of_too_many_kinds_share_a_series() -> None:
    """What grows without bound in attributes does not in memory."""
    durations = Durations("d", "", (1.0, 2.0))
    for index in range(SERIES + 50):
        durations.series((("k", str(index)),)).add(1.5)
    metric = durations.collect()
    assert metric is not None
    points: Any = metric.data.data_points
    assert len(points) == SERIES + 1
    assert sum(point.count for point in points) == SERIES + 50


async def test_an_attribute_that_stands_in_itself_again_and_again_is_cut() -> None:
    """Its text takes no longer than that of a small one."""
    value: Any = [1]
    for _ in range(40):
        value = [value, value]
    found = bounded({"large": value, "small": 2, "list": [1, 2]})
    assert found["large"] == "[[[[…], […]], [[…], […]]], [[[…], […]], [[…], […]]]]"
    assert (found["small"], found["list"]) == (2, "[1, 2]")
