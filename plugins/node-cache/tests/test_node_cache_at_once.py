"""Equal steps at once: one is run for all, and what becomes of it is told to the others."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from counted_nodes import Handle, Nodes, cache, run
from stratagem import (
    Kernel,
)
from stratagem_testing import AnyReady, graph_of, node, scheduled, workflow_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def nodes() -> Nodes:
    """A pack of its own for each test."""
    return Nodes()


async def test_of_equal_steps_at_once_one_is_run(nodes: Nodes) -> None:
    """The others wait for it."""
    workflow = workflow_of(*[node(f"n{i}", "count.pure", {"value": i % 2, "seconds": 0.05}) for i in range(10)])
    (result,) = await run(nodes, workflow, plugins=(cache(), scheduled(AnyReady)))
    assert len(nodes.ran) == 2
    assert [result.outputs[f"n{i}"]["result"] for i in range(10)] == [[i % 2] for i in range(10)]
    assert result.outputs["n0"]["result"] is not result.outputs["n2"]["result"]


async def test_who_waits_for_what_can_not_be_kept_runs_at_once_itself(nodes: Nodes) -> None:
    """Not one after another: such a result is of no use to anyone else."""
    plugin, running, most = cache(), 0, 0
    pack = nodes.pack

    @pack.node(effect="pure")
    async def unfit(value: int) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await anyio.sleep(0.02)
        running -= 1
        return Handle()

    workflow = workflow_of(*[node(f"n{i}", "count.unfit", {"value": 1}) for i in range(6)])
    (result,) = await run(nodes, workflow, plugins=(plugin, scheduled(AnyReady)))
    assert (result.status, most) == ("done", 5)


async def test_who_waits_for_a_failure_tries_it_itself(nodes: Nodes) -> None:
    """Every step fails with its own error, or the first that can gives the result."""
    pack, tries = nodes.pack, [0]

    @pack.node(effect="pure")
    async def third(value: int) -> int:
        tries[0] += 1
        mine = tries[0]
        await anyio.sleep(0.01)
        if mine < 3:
            raise ValueError(f"try {mine}")
        return mine

    workflow = workflow_of(*[node(f"n{i}", "count.third", {"value": 1}, on_error="continue") for i in range(6)])
    (result,) = await run(nodes, workflow, plugins=(cache(), scheduled(AnyReady)))
    assert (tries, len(result.failures), result.steps["done"]) == ([3], 2, 4)


async def test_who_waits_for_a_cancelled_step_takes_its_place(nodes: Nodes) -> None:
    """A time limit is for the step that has it; the others get their result."""
    workflow = workflow_of(
        node("late", "count.pure", {"value": 1, "seconds": 0.15}, timeout=0.05, on_error="continue"),
        *[node(f"n{i}", "count.pure", {"value": 1, "seconds": 0.15}) for i in range(3)],
    )
    plugin = cache()
    (result,) = await run(nodes, workflow, plugins=(plugin, scheduled(AnyReady)))
    assert result.steps["failed"] == 1
    assert [result.outputs[f"n{i}"]["result"] for i in range(3)] == [[1]] * 3
    assert len(nodes.ran) == 2
    assert len(plugin.results.flights) == 0


@pytest.mark.parametrize("after", [0.0, 0.005, 0.02, 0.04])
async def test_nothing_is_left_under_way_when_a_run_is_cancelled(nodes: Nodes, after: float) -> None:
    """Those who run and those who wait: another run of the kernel finds the way free."""
    plugin = cache()
    workflow = workflow_of(*[node(f"n{i}", "count.pure", {"value": i % 2, "seconds": 0.03}) for i in range(6)])
    async with Kernel(packs=[nodes.pack], plugins=[plugin, scheduled(AnyReady)]) as kernel:
        handle = await kernel.start(workflow)
        await anyio.sleep(after)
        handle.cancel()
        await handle.wait()
        assert len(plugin.results.flights) == 0
        assert (await kernel.run(workflow)).status == "done"


async def test_equal_steps_of_several_runs_share_one(nodes: Nodes) -> None:
    """Also where one of the runs is cancelled meanwhile."""
    workflow = workflow_of(node("a", "count.pure", {"seconds": 0.1}))
    async with Kernel(packs=[nodes.pack], plugins=[cache()]) as kernel:
        handles = [await kernel.start(workflow) for _ in range(3)]
        await anyio.sleep(0.03)
        handles[0].cancel()
        results = [await handle.wait() for handle in handles]
    assert [result.status for result in results] == ["cancelled", "done", "done"]
    assert 1 <= len(nodes.ran) <= 2  # the cancelled one may have run, or have waited


async def test_bodies_that_wait_for_each_others_steps_do_not_stall(nodes: Nodes) -> None:
    """Passes at once, in sequence and with any number of steps at once."""
    body = graph_of(
        node("inner", "count.pure", {"value": "{{ loop.item % 2 }}", "seconds": 0.01}), result="{{ inner.result }}"
    )
    loop = node("loop", "sample.each", {"items": list(range(8)), "concurrency": 4}, bodies={"body": body})
    for plugins in ((cache(),), (cache(), scheduled(lambda: AnyReady(1))), (cache(), scheduled(AnyReady))):
        with anyio.fail_after(10):
            (result,) = await run(nodes, workflow_of(loop), plugins=plugins)
        assert result.outputs["loop"]["results"] == [[item % 2] for item in range(8)]
