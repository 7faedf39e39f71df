"""What a time limit on every step adds."""

from __future__ import annotations

from functools import partial

import anyio

from stratagem_bench.baselines import bare_loop
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import Graph, chain, layered
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import new_kernel, running, same, step, workflow_of

TARGET = 1.0
LIMIT = 60.0
"""Seconds; never reached."""


def measure(budget: float) -> Findings:
    """The difference that ``step_timeout`` makes to a run, in steps of the bare loop."""
    for graph in (chain(1000), layered(20, 50)):
        times = anyio.run(_times, graph, budget)
        added = times.ratio("limited", "loop") - times.ratio("free", "loop")
        detail = f"{times.ratio('free', 'loop'):.2f}× → {times.ratio('limited', 'loop'):.2f}× bare loop"
        yield Figure(f"step timeout, {graph.name}", added, "bare steps", TARGET, detail)


async def _times(graph: Graph, budget: float) -> Times:
    async with new_kernel() as kernel:
        plan = kernel.compile(workflow_of(graph))
        sides = {
            "loop": Side(partial(bare_loop, graph, step), partial(same, graph)),
            "free": running(kernel, plan, graph),
            "limited": running(kernel, plan, graph, step_timeout=LIMIT),
        }
        return await alternate(sides, budget)
