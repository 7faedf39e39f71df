"""The spans of a run, as a receiver gets them."""

from __future__ import annotations

import pytest

from otel_kernels import traced
from otlp_receiver import Receiver
from stratagem.testing import node, workflow_of

pytestmark = pytest.mark.anyio


async def test_a_run_and_its_steps_are_spans_over_either_protocol(either: Receiver) -> None:
    """One a run, one a step under it, with names, attributes, resource and scope."""
    workflow = workflow_of(node("a", "sample.value", {"value": 1}), node("b", "sample.value", after="a"))
    async with traced(either, service_name="robots", resource={"site": "Bern"}) as kernel:
        result = (await kernel.run(workflow)).raise_for_error()
    run = either.one(f"workflow.run {workflow.name}")
    a, b = either.node("a"), either.node("b")
    assert {a.parent, b.parent} == {run.id}
    assert {run.trace, a.trace, b.trace} == {run.trace}
    assert a.name == "workflow.node sample.value"
    assert run.attributes["workflow.run.id"] == a.attributes["workflow.run.id"] == result.id
    assert run.attributes["workflow.outcome"] == "done"
    assert run.attributes["workflow.steps.done"] == 2
    assert a.attributes["workflow.node.type"] == "sample.value"
    assert a.resource["service.name"] == "robots"
    assert a.resource["site"] == "Bern"
    assert a.scope[0] == "stratagem"
    assert run.begun <= a.begun <= a.ended <= b.begun <= b.ended <= run.ended
