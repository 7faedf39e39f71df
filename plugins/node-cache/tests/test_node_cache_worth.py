"""Worth: types that cost less than a look-up are left out, and nothing else changes by that."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from typing import Any

import anyio
import pytest

from stratagem import (
    Cache,
    Kernel,
    Pack,
    PlainResolver,
    Plugin,
    Resolver,
    ResolverWrapper,
    RunResult,
    Step,
    Workflow,
    hookimpl,
)
from stratagem_node_cache import NodeCachePlugin
from stratagem_node_cache.resolver import NodeCacheResolver
from stratagem_node_cache.worth import COLD, ENOUGH, LONGEST_PAUSE, SHORTEST_PAUSE, Worth
from stratagem_testing import AnyReady, graph_of, node, outcome, resolved, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

MISS = "cache.requests{cache=node,hit=False}"
LEFT_OUT = "cache.left_out{cache=node,type=cost.cheap}"

pack = Pack("cost")


@pack.node(effect="pure")
async def cheap(value: int = 0) -> int:
    """Adds one."""
    return value + 1


@pack.node(effect="pure", runs="loop")
def dear(value: int = 0) -> int:
    """Adds one, and takes a millisecond for it."""
    end = time.perf_counter() + 0.001
    while time.perf_counter() < end:
        pass
    return value + 1


def chain(type_: str, count: int = 200, **traits: Any) -> Workflow:
    """Nodes that read the one before them."""
    texts: list[Any] = [0, *(f"{{{{ n{i}.result }}}}" for i in range(count - 1))]
    return workflow_of(*(node(f"n{i}", type_, {"value": text}, **traits) for i, text in enumerate(texts)))


async def run(flow: Workflow, times: int = 1) -> list[RunResult]:
    """Runs in one kernel with the cache."""
    async with Kernel(packs=[pack], plugins=[NodeCachePlugin()]) as kernel:
        plan = kernel.compile(flow)
        return [(await kernel.run(plan)).raise_for_error() for _ in range(times)]


def worth() -> Worth:
    """Of a type that nothing is known of."""
    return Worth()


async def test_a_type_that_costs_less_than_a_look_up_is_left_out() -> None:
    """After some executions that show it; the outcome is that of a run without the cache."""
    (result,) = await run(chain("cost.cheap"))
    assert result.metrics[LEFT_OUT].total > 150
    assert result.metrics[MISS].total < 50
    async with Kernel(packs=[pack]) as kernel:
        assert outcome(result) == outcome(await kernel.run(chain("cost.cheap")))


async def test_passes_of_a_loop_are_left_out_too() -> None:
    """The step is bound anew in the middle of it."""
    body = graph_of(node("in", "cost.cheap", {"value": "{{ each.item }}"}))
    flow = workflow_of(node("each", "sample.each", {"items": list(range(300))}, bodies={"body": body}))
    async with Kernel(packs=[pack, sample], plugins=[NodeCachePlugin()]) as kernel:
        result = (await kernel.run(flow)).raise_for_error()
    assert result.steps["done"] == 301
    assert result.metrics[MISS].total < 50


async def test_what_another_resolver_concerns_is_left_out_too() -> None:
    """It is still asked for all else."""
    inner = resolved(lambda: ResolverWrapper(PlainResolver()))
    async with Kernel(packs=[pack], plugins=[NodeCachePlugin(), inner]) as kernel:
        result = (await kernel.run(chain("cost.cheap"))).raise_for_error()
    assert result.metrics[LEFT_OUT].total > 150
    assert result.metrics[MISS].total < 50


async def test_class_nodes_are_bound_once() -> None:
    """What is learned of them changes nothing, as their instances have to be lent."""
    classes = Pack("classes")

    @classes.node(effect="pure")
    class Cheap:
        async def run(self, value: int = 0) -> int:
            """Adds one."""
            return value + 1

    bound: list[str] = []

    class Noting(ResolverWrapper):
        def remembers(self, step: Step) -> bool:
            bound.append(step.id)
            return False

    body = graph_of(node("in", "classes.Cheap", {"value": "{{ each.item }}"}))
    flow = workflow_of(node("each", "sample.each", {"items": list(range(50))}, bodies={"body": body}))
    plugins = [NodeCachePlugin(), resolved(lambda: Noting(PlainResolver()))]
    async with Kernel(packs=[classes, sample], plugins=plugins) as kernel:
        (await kernel.run(flow)).raise_for_error()
    assert sorted(bound) == ["each", "in"]


async def test_a_type_that_costs_more_is_looked_up_every_time() -> None:
    """And found in the next run."""
    first, second = await run(chain("cost.dear", 30), 2)
    assert first.metrics[MISS].total == 30
    assert second.metrics["cache.requests{cache=node,hit=True}"].total == 30


async def test_waiting_for_an_equal_step_is_no_cost_of_a_look_up() -> None:
    """Of equal steps at once one is run, however long that takes, and the type stays one that pays."""

    waits = Pack("waits")

    @waits.node(effect="pure")
    async def slow(value: int = 0) -> int:
        """Waits, and adds one."""
        await anyio.sleep(0.02)
        return value + 1

    plugin = NodeCachePlugin()
    async with Kernel(packs=[waits], plugins=[plugin, scheduled(AnyReady)]) as kernel:
        flow = workflow_of(*(node(f"n{i}", "waits.slow", {"value": 1}) for i in range(30)))
        (await kernel.run(flow)).raise_for_error()
    assert [known.left for known in plugin.results.worths.types.values()] == [0]


async def test_a_node_that_asks_for_the_cache_is_always_looked_up() -> None:
    """Its workflow knows better."""
    (result,) = await run(chain("cost.cheap", cache=Cache()))
    assert result.metrics[MISS].total == 200


async def test_a_run_in_which_all_is_left_out_has_no_cache_around_it() -> None:
    """It costs nothing then; now and then one has it again."""
    seen: list[bool] = []

    class Seeing(Plugin):
        @hookimpl(wrapper=True)
        def resolve(self) -> Generator[None, Resolver, Resolver]:
            inner = yield
            seen.append(isinstance(inner, NodeCacheResolver))
            return inner

    async with Kernel(packs=[pack], plugins=[Seeing(), NodeCachePlugin()]) as kernel:
        plan = kernel.compile(chain("cost.cheap", 30))
        for _ in range(60):
            (await kernel.run(plan)).raise_for_error()
    assert seen[0]
    assert 2 <= sum(seen) < 30


def test_so_many_cheap_executions_are_enough_and_one_dear_one_begins_anew() -> None:
    """Only those one after the other count."""
    known = worth()
    told = [known.note(1.0, 2.0) for _ in range(ENOUGH)]
    assert told == [False] * (ENOUGH - 1) + [True]
    assert not known.note(2.0, 1.0)
    assert known.left == 0
    assert not known.note(1.0, 2.0)


def test_a_type_that_stays_cheap_is_looked_up_ever_more_rarely() -> None:
    """Each look that does not pay doubles the pause, up to a bound."""
    known = worth()
    for _ in range(ENOUGH - 1):
        known.note(1.0, 2.0)
    pauses = []
    for _ in range(12):
        known.note(1.0, 2.0)
        pauses.append(known.left)
    assert pauses == [min(SHORTEST_PAUSE * 2**i, LONGEST_PAUSE) for i in range(12)]


@pytest.mark.parametrize(("taken", "left_out"), [(COLD / 2, True), (COLD * 2, False)])
def test_of_a_hit_the_first_time_of_a_quick_node_counts_for_little(taken: float, left_out: bool) -> None:
    """An interpreter takes several times as long for what it does for the first time."""
    known = worth()
    known.note(1e-6, 10e-6)
    note: Callable[[float, float], bool] = known.note_hit
    assert any(note(taken, 10e-6) for _ in range(ENOUGH)) is left_out
