"""Disabled nodes are passed over: as if the line went straight through them."""

from __future__ import annotations

import pytest

from stratagem import Catalog, Skipped
from stratagem._compile import compile_workflow
from stratagem_testing import graph_of, node, run_once, sample, workflow_of

pytestmark = pytest.mark.anyio


async def test_control_goes_on_through_a_disabled_node() -> None:
    """It does not run, counts as skipped, and what follows it does run."""
    workflow = workflow_of(
        node("a", "sample.value"),
        node("off", "sample.fail", disabled=True),
        node("b", "sample.value", {"value": 2}),
        lines=["a -> off -> b"],
    )
    result = await run_once(workflow, packs=[sample])
    assert result.status == "done"
    assert result.outputs["b"] == {"result": 2}
    assert result.outcomes["off"] == Skipped("disabled")
    assert result.steps == {"done": 2, "skipped": 1, "failed": 0, "cancelled": 0, "not_run": 0}


async def test_an_input_goes_on_as_the_output_of_its_name() -> None:
    """What would have been changed passes unchanged, constants too; ``x_in`` also as ``x_out``."""
    workflow = workflow_of(
        node("a", "sample.value", {"value": 5}),
        node("off", "sample.value", {"extra_in": 7}, disabled=True),
        node("b", "sample.add", {"right": "{{ off.extra_out }}"}),
        lines=["a.result -> off.value", "off.value -> b.left"],
    )
    assert (await run_once(workflow, packs=[sample])).outputs["b"] == {"result": 12}


async def test_an_output_that_a_disabled_node_can_not_hand_on_is_missing() -> None:
    """A line from it is a line all the same: an input that may be left out is left out."""
    workflow = workflow_of(
        node("off", "sample.value", {"value": 5}, disabled=True),
        node("b", "sample.add", {"left": 1}),
        lines=["off.other -> b.right"],
    )
    assert (await run_once(workflow, packs=[sample])).outputs["b"] == {"result": 1}


async def test_a_disabled_node_in_a_dead_branch_is_dead() -> None:
    """It hands on no life that it was not given."""
    workflow = workflow_of(
        node("if", "sample.if", {"condition": False}),
        node("off", "sample.value", disabled=True),
        node("b", "sample.value"),
        lines=["if.true -> off -> b"],
    )
    result = await run_once(workflow, packs=[sample])
    assert "b" not in result.outputs
    assert result.steps["skipped"] == 2


async def test_a_guard_of_a_disabled_node_still_guards() -> None:
    """A node that is passed over is not run either way; what follows sees its guard."""
    workflow = workflow_of(
        node("off", "sample.value", disabled=True, when="false"), node("b", "sample.value"), lines=["off -> b"]
    )
    assert (await run_once(workflow, packs=[sample])).status == "done"


def test_a_disabled_node_may_be_of_an_unknown_type_and_lack_inputs() -> None:
    """Switching a node off is how one gets a workflow to run without its pack."""
    workflow = workflow_of(
        node("off", "nopack.nothing", {"any": 1}, disabled=True),
        node("off2", "sample.add", disabled=True),
        node("off3", "sample.each", disabled=True),
        node("off4", "sample.each", bodies={"body": graph_of(node("x", "nopack.inner"))}, disabled=True),
        node("a", "sample.value"),
        lines=["off -> off2 -> off3 -> off4 -> a"],
    )
    assert len(compile_workflow(workflow, Catalog.of(sample))) == 5
