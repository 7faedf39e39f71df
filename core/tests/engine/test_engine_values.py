"""What a run keeps of its steps' values, and what it lets go."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest

from stratagem import Done, Kernel, Node, Pack, Plugin, RunResult, Workflow
from stratagem.options import Keep
from stratagem_testing import AnyReady, graph_of, node, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("heavy")
ALIVE: weakref.WeakSet[Any] = weakref.WeakSet()
MOST: list[int] = []


class Heavy:
    """A value that can be watched."""


@pack.node()
async def make(value: Any = None) -> Heavy:
    MOST.append(len(ALIVE))
    made = Heavy()
    ALIVE.add(made)
    return made


@pytest.fixture(params=["sequential", "at once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """The reference schedule, and one that runs steps at once."""
    return [scheduled(AnyReady)] if request.param == "at once" else []


def chain(length: int) -> Workflow:
    """Each step takes the value of the one before."""
    nodes = [node(f"s{i}", "heavy.make") for i in range(length)]
    return workflow_of(*nodes, lines=[f"s{i}.result -> s{i + 1}.value" for i in range(length - 1)])


@pytest.mark.parametrize(("keep", "left"), [("all", {f"s{i}" for i in range(6)}), ("leaves", {"s5"}), ("none", set())])
async def test_values_are_kept_as_far_as_was_asked(plugins: list[Plugin], keep: Keep, left: set[str]) -> None:
    """All, those that nothing reads, or none; every step counts as done in any case."""
    result = await run_once(chain(6), packs=[pack], plugins=plugins, keep=keep)
    assert set(result.outputs) == left
    assert result.steps["done"] == 6
    assert result.status == "done"
    assert all(isinstance(outcome, Done) for outcome in result.outcomes.values())


async def most_alive(plugins: list[Plugin], keep: Keep) -> int:
    """The largest number of values that were alive at once during a run of twenty."""
    gc.collect()
    before = len(ALIVE)
    MOST.clear()
    await run_once(chain(20), packs=[pack], plugins=plugins, keep=keep)
    return max(MOST) - before


async def test_a_value_is_let_go_after_its_last_reader(plugins: list[Plugin]) -> None:
    """A long chain of large values never holds more than two of them."""
    assert await most_alive(plugins, "leaves") <= 2
    assert await most_alive(plugins, "all") == 19


@pytest.mark.parametrize("keep", ["leaves", "none"])
async def test_what_is_still_read_is_not_let_go(plugins: list[Plugin], keep: Keep) -> None:
    """By a late reader, by a template, by a body, by the workflow's result."""
    body = graph_of(
        node("inner", "sample.add", {"left": "{{ a.result }}", "right": "{{ n }}"}), result="{{ inner.result }}"
    )
    workflow = workflow_of(
        node("a", "sample.value", {"value": 10}),
        node("b", "sample.value", {"value": 1}, after=("a",)),
        node("late", "sample.add", {"left": "{{ a.result }}", "right": "{{ b.result }}"}),
        node("loop", "sample.each", {"items": [1, 2], "as": "n"}, bodies={"body": body}, after=("late",)),
        result="{{ a.result + late.result + loop.count }}",
    )
    result = await run_once(workflow, packs=[sample], plugins=plugins, keep=keep)
    assert result.error is None
    assert result.value == 10 + 11 + 2


async def test_skipped_steps_and_failed_ones_let_values_go_too(plugins: list[Plugin]) -> None:
    """A reader that will never run holds nothing back, and nothing is let go early for it."""
    workflow = workflow_of(
        node("a", "heavy.make"),
        node("never", "heavy.make", when="false"),
        node("bad", "sample.fail", on_error="continue", after=("a",)),
        node("end", "heavy.make", after=("never", "bad")),
        lines=["a.result -> never.value"],
    )
    result = await run_once(workflow, packs=[pack, sample], plugins=plugins, keep="leaves")
    assert result.status == "done"
    assert set(result.outputs) == {"end"}


async def test_values_of_bodies_are_those_of_the_last_pass(plugins: list[Plugin]) -> None:
    """Last in the order of the reference run, whichever pass ended last."""
    body = graph_of(node("in", "sample.wait", {"seconds": "{{ (3 - n) / 100 }}", "value": "{{ n }}"}))
    for concurrency in (1, 3):
        config = {"items": [1, 2, 3], "as": "n", "concurrency": concurrency}
        result = await run_once(
            workflow_of(node("loop", "sample.each", config, bodies={"body": body})), packs=[sample], plugins=plugins
        )
        assert result.outputs["in"] == {"result": 3}


async def test_a_plan_may_be_run_again_and_at_once() -> None:
    """Plans hold nothing of a run: equal runs give equal results."""
    nodes = [
        node("set", "sample.set", {"name": "x", "value": "{{ x + 1 }}"}),
        node("read", "sample.value", {"value": "{{ x }}"}),
    ]
    workflow = workflow_of(*nodes, variables={"x": 1})
    async with Kernel(packs=[sample]) as kernel:
        plan = kernel.compile(workflow)
        first = await kernel.run(plan)
        handles = [await kernel.start(plan, {"x": start}) for start in (10, 20)]
        others: list[RunResult] = [await handle.wait() for handle in handles]
    assert first.outputs["read"] == {"result": 2}
    assert [result.outputs["read"]["result"] for result in others] == [11, 21]


async def test_a_nodes_result_can_not_reach_back_into_the_workflow() -> None:
    """A constant list in a config is the run's own: changing it changes no later run."""
    own = Pack("own")

    @own.node()
    async def grow(items: list[int]) -> int:
        items.append(1)
        return len(items)

    workflow = workflow_of(Node("a", "own.grow", {"items": [0]}), Node("b", "own.grow", {"items": [0]}))
    async with Kernel(packs=[own]) as kernel:
        plan = kernel.compile(workflow)
        for _ in range(2):
            result = await kernel.run(plan)
            assert [result.outputs[id_]["result"] for id_ in "ab"] == [2, 2]
