"""Every node runs wholly within one task, and lets the others have their turn."""

from __future__ import annotations

import contextvars
import time
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from stratagem import Context, Kernel, Pack, Plugin, ResourceProvider, ResourceRequest
from stratagem.views import StepRun
from stratagem_testing import AnyReady, graph_of, node, provided, run_once, sample, scheduled, workflow_of

pytestmark = pytest.mark.anyio

pack = Pack("task")
NAME: contextvars.ContextVar[str] = contextvars.ContextVar("NAME", default="nobody")


@pack.node()
async def same_task() -> bool:
    before = anyio.get_current_task().id
    await anyio.sleep(0.005)
    return anyio.get_current_task().id == before


@pack.node()
async def keeps_context(name: str) -> str:
    NAME.set(name)
    await anyio.sleep(0.005)
    return NAME.get()


@pack.node()
async def own_scopes() -> list[bool]:
    with anyio.move_on_after(0.01) as first:
        await anyio.sleep(5)
    with anyio.CancelScope() as second:
        second.cancel()
        await anyio.lowlevel.checkpoint()
    async with anyio.create_task_group() as group:
        group.start_soon(anyio.sleep, 0.001)
    return [first.cancelled_caught, second.cancelled_caught]


@pack.node()
async def instant(value: Any = None) -> None:
    pass


@pack.node(runs="loop")
def spin(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


@pytest.fixture(params=["sequential", "at once"])
def plugins(request: pytest.FixtureRequest) -> list[Plugin]:
    """The reference schedule, and one that runs steps at once."""
    return [scheduled(AnyReady)] if request.param == "at once" else []


async def test_a_node_stays_in_its_task(plugins: list[Plugin]) -> None:
    """Also where many run at once, in bodies, and with time limits."""
    body = graph_of(node("inner", "task.same_task"), result="{{ inner.result }}")
    workflow = workflow_of(
        *(node(f"n{i}", "task.same_task", timeout=5.0 if i % 2 else None) for i in range(20)),
        node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 3}, bodies={"body": body}),
    )
    result = await run_once(workflow, packs=[pack, sample], plugins=plugins)
    assert all(result.outputs[f"n{i}"]["result"] for i in range(20))
    assert result.outputs["loop"]["results"] == [True] * 3


async def test_context_variables_hold_over_a_nodes_own_waits(plugins: list[Plugin]) -> None:
    """What a node sets is what it reads after it has waited, whoever ran meanwhile."""
    workflow = workflow_of(*(node(f"n{i}", "task.keeps_context", {"name": f"n{i}"}) for i in range(10)))
    result = await run_once(workflow, packs=[pack], plugins=plugins)
    assert [result.outputs[f"n{i}"]["result"] for i in range(10)] == [f"n{i}" for i in range(10)]


async def test_cancel_scopes_and_task_groups_work_inside_nodes(plugins: list[Plugin]) -> None:
    """A node may cancel parts of itself; nothing of that is taken for a cancelled step."""
    workflow = workflow_of(*(node(f"n{i}", "task.own_scopes", timeout=5.0 if i else None) for i in range(3)))
    result = await run_once(workflow, packs=[pack], plugins=plugins)
    assert [result.outputs[f"n{i}"]["result"] for i in range(3)] == [[True, True]] * 3


async def test_a_lease_is_opened_and_closed_in_the_steps_own_task(plugins: list[Plugin]) -> None:
    """What a resource needs of its task – cancel scopes, clients bound to it – works."""
    tasks: list[tuple[int, int]] = []

    class Provider(ResourceProvider):
        def lease(self, step: StepRun, request: ResourceRequest) -> AbstractAsyncContextManager[Any]:
            return self._lease()

        @asynccontextmanager
        async def _lease(self) -> AsyncIterator[int]:
            entered = anyio.get_current_task().id
            async with anyio.create_task_group():
                yield entered
            tasks.append((entered, anyio.get_current_task().id))

    workflow = workflow_of(*(node(f"n{i}", "sample.use", {"seconds": 0.005}) for i in range(8)))
    result = await run_once(workflow, packs=[sample], plugins=[*plugins, provided("thing", Provider)])
    assert result.status == "done"
    assert len(tasks) == 8
    assert all(entered == left for entered, left in tasks)
    if plugins:
        assert len({entered for entered, _ in tasks}) > 1


@pytest.mark.parametrize("shape", ["chain", "fan", "long bodies", "short bodies"])
async def test_instant_nodes_can_not_starve_the_event_loop(plugins: list[Plugin], shape: str) -> None:
    """While ten thousand nodes that never wait are run, another task has its turn many times."""
    count = 10_000
    if shape.endswith("bodies"):
        length = 1000 if shape == "long bodies" else 2
        body = graph_of(*(node(f"n{i}", "task.instant") for i in range(length)))
        items = list(range(count // length))
        workflow = workflow_of(node("loop", "sample.each", {"items": items}, bodies={"body": body}))
    else:
        nodes = [node(f"n{i}", "task.instant") for i in range(count)]
        lines = [" -> ".join(each.id for each in nodes)] if shape == "chain" else []
        workflow = workflow_of(*nodes, lines=lines)
    turns: list[float] = []

    async def another() -> None:
        while True:
            turns.append(time.perf_counter())
            await anyio.lowlevel.checkpoint()

    async with Kernel(packs=[pack, sample], plugins=plugins) as kernel:
        plan = kernel.compile(workflow)
        async with anyio.create_task_group() as group:
            group.start_soon(another)
            await anyio.sleep(0.01)
            turns.clear()
            result = await kernel.run(plan, options=kernel.options_for(workflow, time_slice=0.001))
            group.cancel_scope.cancel()
    assert result.status == "done"
    assert len(turns) >= 3


async def test_the_time_slice_bounds_how_long_the_loop_waits() -> None:
    """Steps of half a millisecond are never run for as long as a tenth of a second on end."""
    workflow = workflow_of(*(node(f"n{i}", "task.spin", {"seconds": 0.0005}) for i in range(400)))
    gaps: list[float] = []

    async def another() -> None:
        last = time.perf_counter()
        while True:
            await anyio.lowlevel.checkpoint()
            now = time.perf_counter()
            gaps.append(now - last)
            last = now

    async with Kernel(packs=[pack]) as kernel, anyio.create_task_group() as group:
        group.start_soon(another)
        await kernel.run(workflow)
        group.cancel_scope.cancel()
    assert len(gaps) > 5
    assert sorted(gaps)[len(gaps) // 2] < 0.1  # the middle one: single ones may be the machine's


async def test_a_node_knows_what_it_is_run_as() -> None:
    """Its id, its run's id, its attempt."""
    own = Pack("own")

    @own.node()
    async def who(context: Context) -> list[Any]:
        return [context.node_id, context.run_id, context.attempt]

    result = await run_once(workflow_of(node("me", "own.who")), packs=[own])
    assert result.outputs["me"]["result"] == ["me", result.id, 1]


async def test_equal_seeds_draw_equal_numbers_on_any_schedule() -> None:
    """Each step has its own generator, by its place in program order."""
    own = Pack("own")

    @own.node()
    async def draw(context: Context) -> float:
        await anyio.sleep(context.random.random() / 200)
        return context.random.random()

    def drawn(seed: int | None) -> Any:
        body = graph_of(node("inner", "own.draw"), result="{{ inner.result }}")
        return workflow_of(
            *(node(f"n{i}", "own.draw") for i in range(4)),
            node("loop", "sample.each", {"items": [1, 2, 3], "concurrency": 2}, bodies={"body": body}),
            seed=seed,
        )

    packs = [own, sample]
    runs = [(await run_once(drawn(5), packs=packs, plugins=p)).outputs for p in ([], [scheduled(AnyReady)], [])]
    assert runs[0] == runs[1] == runs[2]
    assert runs[0] != (await run_once(drawn(6), packs=packs)).outputs
    assert len({runs[0][f"n{i}"]["result"] for i in range(4)} | set(runs[0]["loop"]["results"])) == 7
