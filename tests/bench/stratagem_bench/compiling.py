"""What compiling costs, beside the standard library's topological order of the same graph."""

from __future__ import annotations

import anyio

from stratagem import Kernel, Plan, Workflow
from stratagem_bench.baselines import static_order
from stratagem_bench.figures import Figure, Findings
from stratagem_bench.graphs import STEP_GRAPHS, Graph
from stratagem_bench.measure import Side, Times, alternate
from stratagem_bench.subject import named_parents, new_kernel, workflow_of

TARGET = 4.0


def measure(budget: float) -> Findings:
    """Times graphlib, for each graph."""
    for make in STEP_GRAPHS:
        graph = make()
        times = anyio.run(_times, graph, budget)
        ours, theirs = (times.median(name) / len(graph) * 1e6 for name in ("compile", "graphlib"))
        detail = f"{ours:.2f} µs/node, graphlib {theirs:.2f}; {times.repetitions} repetitions"
        yield Figure(f"compile {graph.name}", times.ratio("compile", "graphlib"), "× graphlib", TARGET, detail)


async def _times(graph: Graph, budget: float) -> Times:
    async with new_kernel() as kernel:
        return await alternate({"graphlib": sorting(graph), "compile": compiling(kernel, graph)}, budget)


def sorting(graph: Graph) -> Side:
    """Topological order of the graph by graphlib, from a ready dict of names."""
    names = named_parents(graph)

    async def sort() -> int:
        return len(static_order(names))

    return Side(sort, lambda count: _same(count, graph))


def compiling(kernel: Kernel, graph: Graph) -> Side:
    """The kernel's compilation of the graph, from a ready workflow."""
    workflow: Workflow = workflow_of(graph)

    async def compile_it() -> Plan:
        return kernel.compile(workflow)

    return Side(compile_it, lambda plan: _same(len(plan), graph))


def _same(count: int, graph: Graph) -> None:
    if count != len(graph):
        raise AssertionError(f"{graph.name}: {count} nodes instead of {len(graph)}")
