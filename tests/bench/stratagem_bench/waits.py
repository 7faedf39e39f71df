"""What is lost where steps wait, beside the hand-written task group."""

from __future__ import annotations

from functools import partial

import anyio

from stratagem_bench.baselines import task_group
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import Graph, branches
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import new_kernel, running, same, wait, workflow_of

TARGET = 1.03
WIDTH, DEPTH, SECONDS = 8, 5, 0.010


def measure(budget: float) -> Findings:
    """Eight branches of five waits of 10 ms."""
    graph = branches(WIDTH, DEPTH)
    times = anyio.run(_times, graph, 2 * budget)
    kernel, group = (times.median(name) * 1e3 for name in ("kernel", "group"))
    ideal = DEPTH * SECONDS * 1e3
    detail = f"{kernel:.2f} ms, TaskGroup {group:.2f}, the waits alone {ideal:.0f}; {times.repetitions} repetitions"
    name = f"io, {graph.name} waits"
    yield Figure(name, times.ratio("kernel", "group"), "× TaskGroup", TARGET, detail)


async def _times(graph: Graph, budget: float) -> Times:
    async with new_kernel() as kernel:
        plan = kernel.compile(workflow_of(graph, "bench.wait"))
        sides = {
            "group": Side(partial(task_group, graph, wait), partial(same, graph)),
            "kernel": running(kernel, plan, graph),
        }
        return await alternate(sides, budget)
