"""What a step costs: runs of compiled plans beside the bare loop and the hand-written task group."""

from __future__ import annotations

from functools import partial

import anyio

from stratagem_bench.baselines import bare_loop, task_group
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import STEP_GRAPHS, Graph
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import new_kernel, running, same, step, workflow_of

TARGET = 3.0


def measure(budget: float) -> Findings:
    """Times the bare loop, for each graph; compilation is excluded."""
    for make in STEP_GRAPHS:
        graph = make()
        times, group = anyio.run(_times, graph, budget)
        detail = _detail(times, group.ratio("group", "loop"), graph)
        yield Figure(f"run {graph.name}", times.ratio("kernel", "loop"), "× bare loop", TARGET, detail)


async def _times(graph: Graph, budget: float) -> tuple[Times, Times]:
    """The kernel, and then the task group, each in turn with the bare loop: so neither warms or cools the other's data."""
    async with new_kernel() as kernel:
        plan = kernel.compile(workflow_of(graph))
        right = partial(same, graph)
        loop = Side(partial(bare_loop, graph, step), right)
        group = Side(partial(task_group, graph, step), right)
        beside = await alternate({"loop": loop, "kernel": running(kernel, plan, graph)}, budget)
        return beside, await alternate({"loop": loop, "group": group}, budget / 2)


def _detail(times: Times, group: float, graph: Graph) -> str:
    loop, kernel = (times.median(name) / len(graph) * 1e6 for name in ("loop", "kernel"))
    return f"{kernel:.2f} µs/node, loop {loop:.2f}; TaskGroup {group:.1f}×; {times.repetitions} repetitions"
