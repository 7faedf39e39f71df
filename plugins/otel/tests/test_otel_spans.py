"""The spans of a run, as a receiver gets them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from attrs import evolve

from otel_kernels import otel, traced
from otlp_receiver import Receiver, Span
from stratagem import Config, Context, Kernel, Pack, PlainResolver, Remembered, Subflow
from stratagem_testing import graph_of, node, resolved, workflow_of

pytestmark = pytest.mark.anyio

OK, ERROR = 0, 2

told = Pack("told")


@told.node()
async def call(flow: Subflow) -> None:
    """Calls another workflow."""
    await flow()


@told.node()
async def telling(context: Context) -> None:
    """Tells of an event of its own step, as a pool would."""
    ready = context._ready  # type: ignore[attr-defined]  # as only the kernel's own context has it
    ready.run.tell(ready, "lease", kind="browser", waited=0.25)


def nested(parent: Span, *children: Span) -> bool:
    """Whether they are children of one span, begun and ended within it."""
    inside = all(parent.begun <= each.begun <= each.ended <= parent.ended for each in children)
    return inside and all((each.trace, each.parent) == (parent.trace, parent.id) for each in children)


async def test_a_run_and_its_steps_are_spans_over_either_protocol(either: Receiver) -> None:
    """One a run, one a step under it, with names, attributes, times, resource and scope."""
    workflow = workflow_of(node("a", "sample.value", {"value": 1}), node("b", "sample.value", after=("a",)))
    async with traced(either, service_name="robots", resource={"site": "Bern"}) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    run, a, b = either.one(f"workflow.run {workflow.name}"), either.node("a"), either.node("b")
    assert nested(run, a, b)
    assert a.ended <= b.begun
    assert a.name == "workflow.node sample.value"
    assert run.attributes["workflow.run.id"] == a.attributes["workflow.run.id"] == result.id
    assert run.attributes["workflow.outcome"] == "done"
    assert run.attributes["workflow.steps.done"] == 2
    assert a.attributes["workflow.node.type"] == "sample.value"
    assert a.attributes["workflow.node.version"] == 1
    assert a.resource["service.name"] == "robots"
    assert a.resource["site"] == "Bern"
    assert a.resource["telemetry.sdk.name"] == "opentelemetry"
    assert a.scope[0] == "stratagem"
    assert a.status == OK


async def test_a_span_says_who_provides_the_node_type(receiver: Receiver) -> None:
    """The distribution and its version, where the pack came from one."""
    async with Kernel(Config(), plugins=[otel(receiver)]) as kernel:
        (await kernel.run(workflow_of(node("a", "std.list_range", {"end": 3})))).raise_for_error()
    assert receiver.node("a").attributes["workflow.node.provider"].startswith("stratagem-std ")


async def test_values_are_on_no_span(receiver: Receiver) -> None:
    """Neither inputs, outputs, variables nor results."""
    workflow = workflow_of(
        node("a", "sample.value", {"value": "confidential"}),
        node("b", "sample.set", {"name": "x", "value": "{{ a.result }}"}),
        result="{{ a.result }}",
    )
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert len(receiver.spans) == 3
    assert "confidential" not in repr([(each.name, each.attributes, each.events) for each in receiver.spans])


async def test_passes_of_a_body_nest_under_its_owner(receiver: Receiver) -> None:
    """A pass is a span with its number, its steps are spans within; this to any depth."""
    inner = graph_of(node("x", "sample.value"), node("y", "sample.value", after=("x",)))
    outer = graph_of(
        node("in", "sample.each", {"items": [1]}, bodies={"body": inner}), node("z", "sample.value", after=("in",))
    )
    workflow = workflow_of(node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": outer}))
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    loop = receiver.node("loop")
    passes = [each for each in receiver.all("workflow.body body") if each.parent == loop.id]
    assert [each.attributes["workflow.body.pass"] for each in passes] == [0, 1]
    assert nested(loop, *passes)
    for each in passes:
        (owner,) = (span for span in receiver.all("workflow.node sample.each") if span.parent == each.id)
        (body,) = (span for span in receiver.all("workflow.body body") if span.parent == owner.id)
        steps = [span for span in receiver.spans if span.parent == body.id]
        assert {span.attributes["workflow.node.id"] for span in steps} == {"x", "y"}
        assert nested(owner, body)
        assert nested(body, *steps)


async def test_a_pass_with_one_step_is_that_steps_span(receiver: Receiver) -> None:
    """It stands under the owner, and says of which pass it is."""
    body = graph_of(node("x", "sample.value"))
    workflow = workflow_of(node("loop", "sample.each", {"items": [1, 2]}, bodies={"body": body}))
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    steps = receiver.all("workflow.node sample.value")
    assert nested(receiver.node("loop"), *steps)
    assert [(each.attributes["workflow.body.name"], each.attributes["workflow.body.pass"]) for each in steps] == [
        ("body", 0),
        ("body", 1),
    ]


async def test_what_a_step_depends_on_is_linked(receiver: Receiver) -> None:
    """A fan-in has a link to each step that leads into it."""
    workflow = workflow_of(
        node("a", "sample.value", {"value": 1}),
        node("b", "sample.value", {"value": 2}),
        node("sum", "sample.add", {"left": "{{ a.result }}", "right": "{{ b.result }}"}),
    )
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    a, b, total = (receiver.node(each) for each in ("a", "b", "sum"))
    assert set(total.links) == {(a.trace, a.id), (b.trace, b.id)}
    assert a.links == ()


async def test_the_number_of_links_is_bounded(receiver: Receiver) -> None:
    """By a setting."""
    parts = [node(f"n{i}", "sample.value", {"value": i}) for i in range(9)]
    workflow = workflow_of(*parts, node("end", "sample.merge", after=tuple(each.id for each in parts)))
    async with traced(receiver, links=4) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    assert len(receiver.node("end").links) == 4


async def test_skipped_steps_are_events_of_what_is_around_them(receiver: Receiver) -> None:
    """Of the run, or of the pass that they are in."""
    body = graph_of(node("inside", "sample.value", when="false"), node("other", "sample.value"))
    workflow = workflow_of(
        node("outside", "sample.value", when="false"),
        node("loop", "sample.each", {"items": [1]}, bodies={"body": body}),
    )
    async with traced(receiver) as kernel:
        (await kernel.run(workflow)).raise_for_error()
    for span, id_ in ((receiver.one(f"workflow.run {workflow.name}"), "outside"), (receiver.one("workflow.body body"), "inside")):  # fmt: skip
        (event,) = span.events
        assert event.name == "workflow.node.skipped"
        assert event.attributes["workflow.node.id"] == id_


class Knows(PlainResolver):
    """Remembers everything."""

    def concerns(self, step: Any) -> bool:
        return True

    async def recall(self, step: Any, inputs: Mapping[str, Any]) -> Remembered:
        return Remembered("known", age=1.5, key="k1")


async def test_what_happens_to_a_step_is_an_event_of_its_span(receiver: Receiver) -> None:
    """A value that was remembered, a resource that was waited for."""
    async with traced(receiver, plugins=[resolved(Knows)]) as kernel:
        (await kernel.run(workflow_of(node("a", "sample.value")))).raise_for_error()
    async with traced(receiver, packs=[told]) as kernel:
        (await kernel.run(workflow_of(node("b", "told.telling")))).raise_for_error()
    (hit,), (lease,) = receiver.node("a").events, receiver.node("b").events
    assert hit.name == "workflow.node.remembered"
    assert hit.attributes == {"workflow.node.remembered.key": "k1", "workflow.node.remembered.age": 1.5}
    assert lease.name == "workflow.node.lease"
    assert lease.attributes == {"workflow.node.lease.kind": "browser", "workflow.node.lease.waited": 0.25}


async def test_a_subflow_is_a_span_of_its_own_name(receiver: Receiver) -> None:
    """Under the node that calls it, its steps under it."""
    inner = evolve(workflow_of(node("x", "sample.value")), name="billing")
    async with traced(receiver, packs=[told]) as kernel:
        kernel.catalog.environment = evolve(kernel.catalog.environment, load=lambda path, beside: inner)
        (await kernel.run(workflow_of(node("call", "told.call", {"flow": "billing.yaml"})))).raise_for_error()
    flow = receiver.one("workflow.flow billing")
    assert nested(receiver.node("call"), flow)
    assert nested(flow, receiver.node("x"))
