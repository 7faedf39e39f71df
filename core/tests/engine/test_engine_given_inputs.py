"""A step whose inputs a pass has replaced is run with these, whatever resolver is in use."""

from __future__ import annotations

import pytest
from attrs import evolve

from stratagem import Inputs, Kernel, ListPlan, Plan, Plugin, ResolverWrapper, Step
from stratagem.reference.resolver import PlainResolver
from stratagem_testing import node, resolved, sample, workflow_of

pytestmark = pytest.mark.anyio


def replaced(step: Step) -> Step:
    """The step with another constant, set on it."""
    step.inputs = Inputs({"value": 700}, ())
    return step


def evolved(step: Step) -> Step:
    """Another step with another constant."""
    return evolve(step, inputs=Inputs({"value": 700}, ()))


def with_first(plan: Plan, step: Step) -> Plan:
    """The plan with another first step."""
    return ListPlan(plan.graph, [step, *plan.steps[1:]], plan.result, plan.keeps)


@pytest.mark.parametrize("change", [replaced, evolved])
@pytest.mark.parametrize(
    "plugins", [(), (resolved(lambda: ResolverWrapper(PlainResolver())),)], ids=["plain", "wrapped"]
)
async def test_new_inputs_are_what_the_node_is_given(change: object, plugins: tuple[Plugin, ...]) -> None:
    """The direct way does not pass them by, nor what was bound in a run before."""
    async with Kernel(packs=[sample], plugins=plugins) as kernel:
        plan = kernel.compile(workflow_of(node("a", "sample.value", {"value": 100}), result="{{ a.result }}"))
        assert (await kernel.run(plan)).value == 100
        assert callable(change)
        changed = with_first(plan, change(plan.steps[0]))
        assert (await kernel.run(changed)).value == 700


@pytest.mark.parametrize("change", [replaced, evolved])
async def test_new_inputs_stand_in_place_of_values_of_other_steps(change: object) -> None:
    """A step that was wired to another one reads it no more."""
    async with Kernel(packs=[sample]) as kernel:
        nodes = [node("a", "sample.value", {"value": 1}), node("b", "sample.value", {"value": "{{ a.result }}"})]
        plan = kernel.compile(workflow_of(*nodes, result="{{ b.result }}"))
        assert (await kernel.run(plan)).value == 1
        assert callable(change)
        changed = ListPlan(plan.graph, [plan.steps[0], change(plan.steps[1])], plan.result, plan.keeps)
        assert (await kernel.run(changed)).value == 700


async def test_a_copy_of_a_step_is_given_the_same() -> None:
    """Passes copy steps, and change other things about them."""
    async with Kernel(packs=[sample]) as kernel:
        nodes = [node("a", "sample.value", {"value": 1}), node("b", "sample.value", {"value": "{{ a.result }}"})]
        plan = kernel.compile(workflow_of(*nodes, result="{{ b.result }}"))
        copied = ListPlan(plan.graph, [plan.steps[0], evolve(plan.steps[1], cost=2.0)], plan.result, plan.keeps)
        assert (await kernel.run(copied)).value == 1
