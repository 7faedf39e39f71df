"""Runs that are not traced, and runs of so many steps that these share spans."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem import Recorder, Run
from stratagem_testing import AnyReady, graph_of, node, recorded, scheduled, workflow_of

pytestmark = pytest.mark.anyio

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Noting(Recorder):
    """Keeps the runs."""

    def __init__(self) -> None:
        self.runs: list[Any] = []  # looked at below the views

    @contextmanager
    def run(self, run: Run) -> Iterator[None]:
        self.runs.append(run)
        yield


async def test_a_run_that_is_not_sampled_has_its_steps_called_directly(receiver: Receiver) -> None:
    """Nothing is entered around them, as if there were no plugin; runs are measured all the same."""
    noting = Noting()
    settings: dict[str, Any] = {"sample_ratio": 0.0, "metrics": "otlp"}
    async with traced(receiver, plugins=[recorded(lambda: noting)], **settings) as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert noting.runs[0].direct
    assert receiver.spans == []
    assert receiver.metric("workflow.run.duration").count == 1
    assert not [point for point in receiver.points if point.name == "workflow.node.duration"]


async def test_nodes_of_all_runs_are_timed_where_a_setting_says_so(receiver: Receiver) -> None:
    """Whether or not they are traced."""
    async with traced(receiver, sample_ratio=0.0, metrics="otlp", node_metrics="all") as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert receiver.spans == []
    assert receiver.metric("workflow.node.duration").count == 1


async def test_a_share_of_the_runs_is_traced(receiver: Receiver) -> None:
    """Whole runs or nothing of them."""
    workflow = workflow_of(node("a", "sample.value"), node("b", "sample.value"))
    async with traced(receiver, sample_ratio=0.5) as kernel:
        for _ in range(60):
            (await kernel.run(workflow)).raise_for_error()
    runs = receiver.all(f"workflow.run {workflow.name}")
    assert 5 < len(runs) < 55
    assert len(receiver.spans) == 3 * len(runs)


@pytest.mark.parametrize(("flags", "expected"), [("01", 2), ("00", 0)])
async def test_the_caller_decides_whether_its_trace_is_sampled(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch, flags: str, expected: int
) -> None:
    """Whatever the share is."""
    monkeypatch.setenv("TRACEPARENT", f"00-{TRACE}-{PARENT}-{flags}")
    async with traced(receiver, sample_ratio=0.0 if expected else 1.0) as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert len(receiver.spans) == expected


async def test_the_environment_says_what_is_sampled(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """By OpenTelemetry's own variables, where the settings say nothing."""
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "always_off")
    async with traced(receiver) as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert receiver.spans == []


async def test_a_disabled_sdk_does_nothing(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """By OTEL_SDK_DISABLED."""
    monkeypatch.setenv("OTEL_SDK_DISABLED", "true")
    async with traced(receiver, metrics="otlp") as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    assert receiver.spans == []
    assert receiver.points == []


async def test_steps_of_a_large_workflow_share_spans(receiver: Receiver) -> None:
    """One for a hundred steps, which says how they ended; those that own bodies have spans of their own."""
    body = graph_of(node("x", "sample.value"), node("y", "sample.value", after=("x",)))
    workflow = workflow_of(
        *(node(f"n{i}", "sample.value") for i in range(250)),
        node("bad", "sample.fail", {"message": "no luck"}, on_error="continue"),
        node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}),
    )
    async with traced(receiver, max_spans=100) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    run, loop = receiver.one(f"workflow.run {workflow.name}"), receiver.node("loop")
    groups = receiver.all("workflow.steps")
    own = [each for each in groups if each.parent == run.id]
    assert [each.attributes["workflow.steps.done"] for each in own] == [100, 100, 50]
    assert own[-1].attributes["workflow.steps.failed"] == 1
    assert own[-1].status == 2
    assert [each.attributes["exception.message"] for each in own[-1].events if each.name == "exception"] == ["no luck"]
    assert [each.attributes["workflow.node.id"] for each in own[-1].events if each.name != "exception"] == ["bad"]
    passes = receiver.all("workflow.body body")
    assert [each.parent for each in passes] == [loop.id] * 2
    within = [each for each in groups if each.parent in {span.id for span in passes}]
    assert [each.attributes["workflow.steps.done"] for each in within] == [2, 2]
    assert len(receiver.spans) == 1 + 3 + 1 + 2 + 2


@pytest.mark.parametrize("width", [1, 2])
async def test_a_loop_without_end_makes_no_spans_without_end(receiver: Receiver, width: int) -> None:
    """Once a run has as many spans as it may, passes and steps share those of their loop; none is lost from sight."""
    body = graph_of(*(node(f"x{i}", "sample.value") for i in range(width)))
    workflow = workflow_of(
        node("loop", "sample.each", {"items": list(range(400)), "concurrency": 3}, bodies={"body": body})
    )
    async with traced(receiver, max_spans=50, plugins=[scheduled(AnyReady)]) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    assert result.steps["done"] == 400 * width + 1
    groups = receiver.all("workflow.steps")
    alone = len(receiver.all("workflow.node sample.value"))
    assert alone + sum(each.attributes["workflow.steps.done"] for each in groups) == 400 * width
    assert len(receiver.spans) <= 50 + 2 + 400 * width // 100 + 17
    assert {each.parent for each in groups} <= {receiver.node("loop").id, *(s.id for s in receiver.all("workflow.body body"))}  # fmt: skip


async def test_groups_grow_with_their_number(receiver: Receiver) -> None:
    """So that a hundred thousand steps have some hundreds of spans."""
    body = graph_of(node("x", "sample.value"))
    workflow = workflow_of(node("loop", "sample.each", {"items": list(range(30_000))}, bodies={"body": body}))
    async with traced(receiver, max_spans=1) as kernel:
        (await kernel.run(workflow, keep="none")).raise_for_error()
    sizes = [each.attributes["workflow.steps.done"] for each in receiver.all("workflow.steps")]
    assert sum(sizes) == 30_000
    assert sizes == sorted(sizes[:-1]) + sizes[-1:]
    assert len(sizes) < 210
