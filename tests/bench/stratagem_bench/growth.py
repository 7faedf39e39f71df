"""How the cost of a node grows with the size of its workflow."""

from __future__ import annotations

from functools import partial

import anyio

from stratagem_bench.baselines import bare_loop
from stratagem_bench.compiling import compiling, sorting
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import Graph, chain
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import new_kernel, running, same, step, workflow_of

SIZES = (1_000, 10_000, 100_000)
TARGET = 2.0
"""A node may cost this many times as much in the largest workflow as in the smallest: what caches and collections of
garbage take. A cost that is not linear would be a hundred times as much."""

BASES = {"run": "loop", "compile": "graphlib"}


def measure(budget: float) -> Findings:
    """A chain of each size: microseconds a node, and how much they grow from the smallest to the largest."""
    found: dict[str, list[float]] = {name: [] for pair in BASES.items() for name in pair}
    for size in SIZES:
        times = anyio.run(_times, chain(size), budget)
        for name, values in found.items():
            values.append(times.median(name) / size * 1e6)
        for name, base in BASES.items():
            detail = f"{times.ratio(name, base):.2f}× {base}; {times.repetitions} repetitions"
            yield Figure(f"{name} chain {size:,}", found[name][-1], "µs/node", detail=detail)
    for name, base in BASES.items():
        detail = f"{base} itself {found[base][-1] / found[base][0]:.2f}×"
        grown = found[name][-1] / found[name][0]
        yield Figure(f"growth of {name}", grown, f"× from {SIZES[0]:,} to {SIZES[-1]:,}", TARGET, detail)


async def _times(graph: Graph, budget: float) -> Times:
    async with new_kernel() as kernel:
        plan = kernel.compile(workflow_of(graph))
        sides = {
            "loop": Side(partial(bare_loop, graph, step), partial(same, graph)),
            "run": running(kernel, plan, graph),
            "graphlib": sorting(graph),
            "compile": compiling(kernel, graph),
        }
        return await alternate(sides, budget, least=3)
