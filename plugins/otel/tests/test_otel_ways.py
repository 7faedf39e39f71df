"""Spans of steps in bodies: the way to them, the row; and waiting apart from work."""

from __future__ import annotations

import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem_pools import PoolSettings
from stratagem_testing import AnyReady, ThingPlugin, graph_of, node, scheduled, workflow_of

pytestmark = pytest.mark.anyio


async def test_a_span_in_a_body_names_the_way(receiver: Receiver) -> None:
    """One outside of bodies has its id alone; the span of a pass has its item, and that of a failure its row."""
    body = graph_of(node("v", "sample.value"), node("c", "sample.fail", after=("v",)))
    workflow = workflow_of(node("each", "sample.each", {"items": ["x", "y"]}, bodies={"body": body}))
    async with traced(receiver) as kernel:
        await kernel.run(workflow)
    assert "workflow.node.way" not in receiver.node("each").attributes
    assert receiver.node("v").attributes["workflow.node.way"] == "each[0] / v"
    failed = receiver.node("c").attributes
    assert (failed["workflow.node.way"], failed["workflow.node.rows"]) == ("each[0] / c", "row 0 of 2: 'x'")
    span = receiver.one("workflow.body body")
    told = {key: span.attributes[f"workflow.body.{key}"] for key in ("pass", "passes", "item")}
    assert told == {"pass": 0, "passes": 2, "item": "'x'"}


async def test_a_failure_in_a_group_of_steps_names_the_way(receiver: Receiver) -> None:
    """Where steps share a span, its event does."""
    body = graph_of(node("c", "sample.fail"))
    workflow = workflow_of(node("each", "sample.each", {"items": ["x"]}, bodies={"body": body}))
    async with traced(receiver, max_spans=1) as kernel:
        await kernel.run(workflow)
    events = [event for span in receiver.all("workflow.steps") for event in span.events]
    (told,) = [event.attributes for event in events if event.name == "workflow.node.failed"]
    assert (told["workflow.node.way"], told["workflow.node.rows"]) == ("each[0] / c", "row 0 of 1: 'x'")


async def test_waiting_for_a_resource_is_told_and_is_no_duration(receiver: Receiver) -> None:
    """Of a node, and by its metric too."""
    nodes = [node(name, "sample.use", {"seconds": 0.2}) for name in "ab"]
    plugins = [ThingPlugin(PoolSettings(size=1)), scheduled(lambda: AnyReady(2))]
    async with traced(receiver, plugins=plugins, metrics="otlp") as kernel:
        (await kernel.run(workflow_of(*nodes))).raise_for_error()
    waited = receiver.node("b").attributes["workflow.node.waited"]
    assert isinstance(waited, float)
    assert waited >= 0.15
    durations = receiver.metric("workflow.node.duration", **{"workflow.node.type": "sample.use"})
    assert (durations.count, durations.total < 0.55) == (2, True)
